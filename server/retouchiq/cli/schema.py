"""``retouchiq schema``: what the installed darktable can do, as it describes itself."""

from __future__ import annotations

import argparse

from hostbridge.controls import CONTROLS
from retouchiq.cli.host import add_json, installed_schema
from retouchiq.cli.terminal import print_json


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("schema", help="the installed darktable's modules and fields")
    parser.add_argument("operation", nargs="?", metavar="OPERATION", help="one module, such as exposure")
    parser.add_argument("--controls", action="store_true", help="the host-neutral controls instead")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.controls:
        return _controls(args.json)
    from retouchiq.answers import schema_answer

    schema = installed_schema()
    modules = [schema.module(args.operation)] if args.operation else list(schema.modules.values())
    described = [schema_answer(module) for module in modules]
    if args.json:
        print_json(described[0] if args.operation else {"version": schema.version, "modules": described})
        return 0
    for module in described:
        print(f"{module['operation']}  version {module['version']}, {module['size']} bytes")
        for field in module["fields"] if args.operation else ():
            print("  " + "  ".join(f"{key}={value}" for key, value in field.items() if value not in (None, "", [])))
    return 0


def _controls(as_json: bool) -> int:
    if as_json:
        print_json({name: vars(control) for name, control in CONTROLS.items()})
        return 0
    for name, control in CONTROLS.items():
        print(f"{name:20} {control.low:g}…{control.high:g} {control.unit}  + {control.more}  − {control.less}")
    return 0
