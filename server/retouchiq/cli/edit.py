"""``retouchiq edit``: the whole job."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from retouchiq.cli.host import (
    RENDERERS,
    add_json,
    add_judgement,
    installed_schema,
    open_agent,
    open_reward,
    positive,
    size,
    strength,
)
from retouchiq.cli.terminal import print_json, progress, said, show_plan, show_verdict


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "edit",
        help="edit a photo by instruction and verify the result",
        description="Edit a photo by instruction. The photo itself is never written: DIR gets before.jpg, after.jpg, "
        "the sidecar, a darktable style and report.html.",
    )
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument(
        "instruction",
        nargs="?",
        default="",
        metavar="INSTRUCTION",
        help='such as "warmer, lift the shadows, keep the sky" (default: auto, what the photo itself needs)',
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where results go (default: IMAGE's name + .retouchiq, here)"
    )
    parser.add_argument(
        "--then", action="append", default=[], metavar="TEXT", help='a further turn ("a bit less"); may be repeated'
    )
    parser.add_argument("--look", metavar="NAME", help="a named look to begin with")
    parser.add_argument(
        "--reference", type=Path, metavar="IMG", help="a finished picture to come close to in tone and colour"
    )
    parser.add_argument(
        "--strength", type=strength, default=100, metavar="N", help="percent of the accepted edit, 0…150 (default: 100)"
    )
    parser.add_argument(
        "--variants", type=int, choices=(1, 2, 3), default=1, help="how many different answers (default: 1)"
    )
    parser.add_argument(
        "--budget",
        type=positive,
        metavar="N",
        help="renders of plans a turn may use (default: 6; with a reference up to 36)",
    )
    parser.add_argument(
        "--size", type=size, default=1024, metavar="N", help="long side of the pictures in px (default: 1024)"
    )
    parser.add_argument(
        "--renderer", choices=RENDERERS, default="library", help="how darktable renders (default: library)"
    )
    parser.add_argument(
        "--in-place", action="store_true", help="write the sidecar beside the photo, the one before it kept"
    )
    add_judgement(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from hostbridge.darktable.render.failure import check_readable
    from hostbridge.darktable.writing import locked

    check_readable(args.image)
    image = args.image.resolve()
    with locked(image, timeout=0), progress() as say, open_renderer(args.renderer) as renderer:
        # darktable is starting; the rest is loaded meanwhile
        from retouchiq.auto import or_auto
        from retouchiq.edit import Job, edit

        out = args.out or (None if args.in_place else Path(f"{image.name}.retouchiq"))
        job = Job(
            image=image,
            instructions=(or_auto(args.instruction, args.look, args.reference), *args.then),
            out=out.resolve() if out else None,
            size=args.size,
            budget=args.budget,
            in_place=args.in_place,
            look=args.look,
            reference=args.reference,
            strength=args.strength,
            variants=args.variants,
        )
        answer = edit(job, open_agent(args.agent), open_reward(args.reward), renderer, installed_schema(), said(say))
    if args.json:
        print_json(answer)
    else:
        show(answer)
    return 0 if answer["applied"] or _needless(answer) else 1


def _needless(answer: dict[str, Any]) -> bool:
    """Whether the photo was left alone because nothing was to be done."""
    from retouchiq.session import NEEDLESS

    return bool(answer["stopped"] == NEEDLESS)


def show(answer: dict[str, Any]) -> None:
    """The answer in words: plan, verdict, and where things are."""
    show_plan(answer["plan"])
    print()
    show_verdict(answer["verdict"])
    if not answer["applied"] and not _needless(answer):
        print("Not applied: no render scored better than leaving the photo as it is.")
    for variant in answer["variants"]:
        print(f"Variant “{variant['name']}” scores {variant['score']:.1f}.")
    print(f"{answer['renders']} renders in {answer['seconds']:.1f} s.")
    for name, path in answer["files"].items():
        print(f"{name:>8}  {path}")
