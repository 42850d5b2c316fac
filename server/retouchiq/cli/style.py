"""``retouchiq style``: learning how the user finishes pictures, and telling what was learnt."""

from __future__ import annotations

import argparse
from pathlib import Path

from retouchiq.cli.host import add_json, installed_schema
from retouchiq.cli.terminal import print_json, progress


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("style", help="your own style: learn it from your edited photos, see what was learnt")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    learn = what.add_parser("learn", help="learn from a folder of photos with your darktable edits beside them")
    learn.add_argument("folder", type=Path, metavar="FOLDER", help="five edited photos or more; twenty are better")
    learn.add_argument(
        "--name", required=True, help="what to call it; `--look NAME` uses it. One of that name is replaced"
    )
    add_json(learn)
    learn.set_defaults(run=run_learn)
    show = what.add_parser("show", help="what was learnt, in words and as a plot")
    show.add_argument("name", metavar="NAME")
    show.add_argument("--plot", type=Path, metavar="FILE", help="where to write the plot, an SVG (default: NAME.svg)")
    add_json(show)
    show.set_defaults(run=run_show)
    listed = what.add_parser("list", help="the styles that have been learnt")
    add_json(listed)
    listed.set_defaults(run=run_list)


def run_learn(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.style.learning import learn
    from retouchiq.style.place import check_name
    from retouchiq.style.telling import told

    check_name(args.name)
    with progress(quiet=args.json) as say, open_renderer("library") as renderer:
        learnt = learn(args.folder.resolve(), args.name, renderer, installed_schema(), say)
    path = learnt.style.save()
    if args.json:
        left_out = [{"photo": str(photo), "why": why} for photo, why in learnt.left_out]
        print_json({"name": args.name, "file": str(path), "photos": len(learnt.style.samples), "left_out": left_out})
        return 0
    print(told(learnt.style))
    for photo, why in learnt.left_out:
        print(f"Left out: {photo.name}: {why}")
    print(f"Use it: retouchiq edit PHOTO --look {args.name}")
    return 0


def run_show(args: argparse.Namespace) -> int:
    from hostbridge.darktable.writing import replace
    from retouchiq.style.taste import find
    from retouchiq.style.telling import plot, told

    style = find(args.name)
    path = (args.plot or Path(f"{args.name}.svg")).resolve()
    replace(path, plot(style).encode())
    if args.json:
        print_json({"style": style.model_dump(mode="json"), "told": told(style), "plot": str(path)})
        return 0
    print(told(style))
    print(f"Plot: {path}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    from retouchiq.style.place import names
    from retouchiq.style.taste import find

    styles = [find(name) for name in names()]
    if args.json:
        print_json([{"name": style.name, "photos": len(style.samples), "host": style.host} for style in styles])
        return 0
    for style in styles:
        print(f"{style.name}: {len(style.samples)} photos, {style.host}")
    return 0
