"""``retouchiq repeat``: the edit of a recipe once more, on the same photo or another."""

from __future__ import annotations

import argparse
from pathlib import Path

from retouchiq.cli.edit import show
from retouchiq.cli.host import add_json, installed_schema, open_reward
from retouchiq.cli.terminal import print_json, progress, said


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "repeat",
        help="repeat the edit of a recipe.json, on the same photo or another",
        description="Apply the very edits that a recipe.json holds, render and judge them. Nothing is revised.",
    )
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a recipe.json that an edit left")
    parser.add_argument("image", type=Path, nargs="?", metavar="IMAGE", help="(default: the photo of the recipe)")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where results go (default: the photo's name + .repeated, here)"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from hostbridge.darktable.render.failure import check_readable
    from hostbridge.darktable.writing import locked
    from retouchiq.edit import Job, edit
    from retouchiq.recipe import RecipeAgent, read

    recipe = read(args.recipe)
    image = (args.image or Path(recipe.image)).resolve()
    check_readable(image)
    out = (args.out or Path(f"{image.name}.repeated")).resolve()
    job = Job(image, (recipe.instructions[0],), out, size=recipe.size, budget=1, look=recipe.look)
    reward = open_reward(recipe.reward)
    with locked(image, timeout=0), progress() as say, open_renderer("library") as renderer:
        answer = edit(job, RecipeAgent(recipe), reward, renderer, installed_schema(), said(say))
    if args.json:
        print_json(answer)
    else:
        show(answer)
    return 0 if answer["applied"] else 1
