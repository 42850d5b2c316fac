"""``retouchiq sidecar show|roundtrip``: look into sidecars and styles."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from hostbridge import UnusableInput
from retouchiq.cli.host import add_json, installed_schema
from retouchiq.cli.terminal import print_json


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("sidecar", help="look into darktable's sidecars and styles")
    actions = parser.add_subparsers(required=True, metavar="show|roundtrip")
    show = actions.add_parser("show", help="the decoded history as JSON")
    show.add_argument("file", type=Path, metavar="FILE")
    add_json(show)
    show.set_defaults(run=run_show)
    trip = actions.add_parser("roundtrip", help="decode, encode and compare byte for byte; sidecars and .dtstyle files")
    trip.add_argument("files", type=Path, nargs="+", metavar="FILE")
    add_json(trip)
    trip.set_defaults(run=run_roundtrip)


def run_show(args: argparse.Namespace) -> int:
    from hostbridge.darktable.sidecar import Sidecar

    sidecar = Sidecar.read(args.file)
    answer = {
        "file": str(args.file),
        "history_end": sidecar.history_end,
        "iop_order_version": sidecar.iop_order_version,
        "history": sidecar.settings(installed_schema()),
    }
    print(json.dumps(answer, ensure_ascii=False, indent=None if args.json else 2, default=str))
    return 0


def run_roundtrip(args: argparse.Namespace) -> int:
    """One object a file where several are given; a file that cannot be read is reported and the rest go on."""
    from hostbridge.darktable.roundtrip import roundtrip

    schema = installed_schema()
    status = 0
    for file in args.files:
        try:
            answer = vars(roundtrip(file, schema))
        except UnusableInput as error:
            answer = {"file": str(file), "identical": False, "carried": [], "differs": [], "error": str(error)}
        status = status or (0 if answer["identical"] else 2)
        if args.json:
            print_json(answer)
        else:
            verdict = "identical" if answer["identical"] else answer.get("error") or f"differs: {answer['differs']}"
            print(f"{file}: {verdict}" + (f", {len(answer['carried'])} carried" if answer["carried"] else ""))
    return status
