"""``retouchiq demo``: the main job on a photo that is made on the spot, or on the user's own."""

from __future__ import annotations

import argparse
from pathlib import Path

from retouchiq.cli.edit import show
from retouchiq.cli.host import installed_schema, open_agent, open_reward
from retouchiq.cli.terminal import progress, said


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("demo", help="see it work on a sample photo, as JPEG and as raw, or on FILE")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    parser.add_argument(
        "--out", type=Path, default=Path("retouchiq-demo"), metavar="DIR", help="(default: retouchiq-demo, here)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.demo import demo
    from retouchiq.edit import Job, edit

    out = args.out.resolve()
    photos, instruction = demo(args.file, out)
    schema = installed_schema()
    applied = []
    with progress() as say, open_renderer("library") as renderer:
        for photo in photos:
            job = Job(photo.resolve(), (instruction,), out / f"{photo.name}.retouchiq")
            answer = edit(job, open_agent("offline"), open_reward("measured"), renderer, schema, said(say))
            print(f"\n{photo.name}: “{instruction}”")
            show(answer)
            applied.append(answer["applied"])
    return 0 if all(applied) else 1
