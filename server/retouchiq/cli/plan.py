"""``retouchiq plan``: the first plan only."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hostbridge import UnreadableImage
from retouchiq.cli.host import AGENTS, add_json, open_agent
from retouchiq.cli.terminal import print_json, progress, show_plan

if TYPE_CHECKING:
    from retouchiq.reward import Picture

GLANCE = 512  # px; enough to choose first amounts by


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("plan", help="show the first plan for a photo; nothing is rendered after it")
    parser.add_argument("image", type=Path, metavar="IMAGE")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("instruction", nargs="?", default="", metavar="INSTRUCTION", help="default: auto")
    which.add_argument("--instructions", type=Path, metavar="FILE", help="one instruction a line; one answer a line")
    parser.add_argument("--agent", choices=AGENTS, default="offline", help="who plans (default: offline)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render.failure import check_readable
    from retouchiq.answers import plan_answer
    from retouchiq.auto import or_auto
    from retouchiq.grounding import ground
    from retouchiq.language import read

    check_readable(args.image)
    instructions = _lines(args.instructions) if args.instructions else [or_auto(args.instruction)]
    before = glance(args.image.resolve())
    agent = open_agent(args.agent)
    for instruction in instructions:
        answer = plan_answer(agent.propose(before, ground(read(instruction), before)))
        if args.json:
            print_json({"instruction": instruction, "plan": answer})
        else:
            print(f"“{instruction}”")
            show_plan(answer)
    return 0


def glance(image: Path) -> Picture:
    """The photo as it looks now, small: read directly where it is a finished picture, else rendered by darktable."""
    from retouchiq.pictures import read_picture

    try:
        picture = read_picture(image)
    except UnreadableImage:
        from hostbridge.darktable.render import open_renderer

        with progress() as say, open_renderer("library") as renderer:
            say("looking at the photo")
            return renderer.render(image, None, GLANCE).pixels
    step = max(1, max(picture.shape[:2]) // GLANCE)
    return picture[::step, ::step]


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableImage(
            f"{path} cannot be read as text ({error}); give a UTF-8 file, one instruction a line"
        ) from error
    return [line.strip() for line in text.splitlines() if line.strip()]
