"""``retouchiq looks``: which looks there are, what they do, how they come out."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from retouchiq.cli.host import add_json, installed_schema, size
from retouchiq.cli.terminal import print_json, progress

if TYPE_CHECKING:
    from retouchiq.looks import Look


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("looks", help="named styles: list, find, show, compare, export")
    add_json(parser)
    parser.set_defaults(run=run)
    what = parser.add_subparsers(metavar="WHAT")
    show = what.add_parser("show", help="what a look does, and what its result is measured by")
    show.add_argument("name", metavar="NAME")
    add_json(show)
    show.set_defaults(run=run_show)
    find = what.add_parser("find", help="the looks that a description fits")
    find.add_argument("text", metavar="TEXT", help='such as "like a thriller at night"')
    add_json(find)
    find.set_defaults(run=run_find)
    sheet = what.add_parser("sheet", help="a picture of looks on photos, side by side")
    sheet.add_argument("names", nargs="*", metavar="NAME", help="(default: all looks)")
    sheet.add_argument("--photos", nargs="+", type=Path, metavar="PHOTO", help="(default: four free pictures)")
    sheet.add_argument("--out", type=Path, required=True, metavar="FILE", help=".jpg or .png")
    sheet.add_argument("--size", type=size, default=320, metavar="N", help="long side of each in px (default: 320)")
    sheet.set_defaults(run=run_sheet)
    export = what.add_parser("export", help="write looks as darktable styles, NAME.dtstyle")
    export.add_argument("folder", type=Path, metavar="FOLDER")
    export.add_argument("names", nargs="*", metavar="NAME", help="(default: all looks)")
    export.set_defaults(run=run_export)


def run(args: argparse.Namespace) -> int:
    from retouchiq.looks import looks

    _list(looks().values(), args.json)
    return 0


def run_find(args: argparse.Namespace) -> int:
    from retouchiq.looks.nearest import nearest

    _list(nearest(args.text), args.json)
    return 0


def run_show(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    from retouchiq.looks import find

    look = find(args.name)
    if args.json:
        print_json(look.model_dump(mode="json"))
        return 0
    console = Console(highlight=False)
    console.print(
        f"{look.name}: {look.description}\nFor: {look.when}\nAsked for as: {', '.join(look.words)}", markup=False
    )
    edits, rubric = Table("control", "amount", "", box=None), Table("measure", "change", "where", "why", box=None)
    for move in look.edits:
        words = [f"{name} {value}" for name, value in move.options.items()]
        words += ["as the picture needs"] if move.control in look.adapts else []
        edits.add_row(move.control, f"{move.amount:+g}", ", ".join(words))
    for goal in look.rubric:
        rubric.add_row(goal.measure, f"{goal.change:+g}", goal.region, goal.why)
    console.print(edits, rubric)
    return 0


def run_sheet(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.contact import save
    from retouchiq.looks.sheet import samples, sheet

    chosen = _chosen(args.names)
    photos = [path.resolve() for path in args.photos or samples()]
    with progress() as say, open_renderer("library") as renderer:
        made = sheet(chosen, photos, renderer, installed_schema(), args.size, say)
    save(made, args.out)
    print(args.out)
    return 0


def run_export(args: argparse.Namespace) -> int:
    from retouchiq.looks.styles import export

    args.folder.mkdir(parents=True, exist_ok=True)
    for file in export(_chosen(args.names), args.folder, installed_schema()):
        print(file)
    return 0


def _chosen(names: list[str]) -> list[Look]:
    from hostbridge import UnusableInput
    from retouchiq.looks import find, looks

    chosen = [find(name) for name in names] or [look for look in looks().values() if not look.learnt]
    if learnt := [look.name for look in chosen if look.learnt]:
        raise UnusableInput(
            f"{', '.join(learnt)} is a learnt style, which differs from photo to photo: name other looks"
        )
    return chosen


def _list(found: Iterable[Look], as_json: bool) -> None:
    if as_json:
        print_json([{"name": look.name, "description": look.description, "when": look.when} for look in found])
        return
    for look in found:
        print(f"{look.name:18}{look.description}")
