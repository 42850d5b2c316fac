"""``retouchiq bench reward`` and ``bench cheating``: whether the reward can be trusted."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from retouchiq.cli.host import add_json, installed_schema, open_reward, positive
from retouchiq.cli.terminal import print_json, progress


def add(what: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    reward = what.add_parser("reward", help="how often the reward prefers an expert's edit, as Markdown")
    reward.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="holds pairs/ with its MANIFEST.tsv")
    add_json(reward)
    reward.set_defaults(run=run_reward)
    cheating = what.add_parser("cheating", help="a search over all controls that knows only the reward's score")
    cheating.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="photos, or a folder with photos/")
    cheating.add_argument("--out", type=Path, required=True, metavar="SHEET", help="the contact sheet, to be looked at")
    cheating.add_argument("--cases", type=positive, default=20, metavar="N", help="how many searches (default: 20)")
    cheating.add_argument("--budget", type=positive, default=200, metavar="N", help="renders a search (default: 200)")
    add_json(cheating)
    cheating.set_defaults(run=run_cheating)


def run_reward(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.bench.reward import measure

    with progress(quiet=args.json) as say, open_renderer("library") as renderer:
        answer = measure(args.data, open_reward("measured"), renderer, installed_schema(), say)
    if args.json:
        print_json(answer)
    else:
        print("\n".join(_markdown(answer)))
    return 0


def _markdown(answer: dict[str, Any]) -> list[str]:
    """The tables of docs/measured/reward.md."""
    kinds = list(answer["bars"])
    lines = [_line(["", *kinds]), _line(["---"] * (len(kinds) + 1))]
    for half, accuracy in answer["accuracy"].items():
        cells = [f"{accuracy[kind]['share']:.2f} of {accuracy[kind]['of']}" for kind in kinds]
        lines.append(_line([half, *cells]))
    lines += [_line(["bar", *(f"{answer['bars'][kind]:.2f}" for kind in kinds)]), ""]
    for what, same in answer["stable"].items():
        lines.append(f"- Same preference {what}: {same['share']:.1%} of {same['of']}")
    swapped = answer["swapped"]
    lines.append(
        f"- Under another photo's instruction the expert's edit scores lower in {swapped['share']:.0%} of "
        f"{swapped['of']} cases, by {swapped['mean']:.1f} on average"
    )
    lines += ["- Won least often against: " + ", ".join(f"{n} {w:.2f}" for n, w in list(answer["lost"].items())[:10])]
    return [
        *lines, "", *_pairs(answer["pairs"]), "",
        *_variety(answer["variety"]), "", *_together(answer["together"]),
    ]  # fmt: skip


def _pairs(rows: list[dict[str, Any]]) -> list[str]:
    kinds = ("one off", "several off", "methods")
    head = ["pair", "half", "do nothing", "expert", *kinds]
    cells = [
        [
            row["pair"], row["half"], f"{row['do nothing']:.1f}", f"{row['expert']:.1f}",
            *(f"{row[kind]:.2f}" if kind in row else "–" for kind in kinds),
        ]
        for row in rows
    ]  # fmt: skip
    return [_line(head), _line(["---"] * len(head)), *map(_line, cells)]


def _variety(rows: list[dict[str, Any]]) -> list[str]:
    head = ["photo", "expert", "instruction", "do nothing", "expert's edit", "weakened, mean", "weakened below"]
    cells = [
        [
            row["photo"], row["expert"], name,
            *(f"{row[name][key]:.1f}" for key in ("do nothing", "expert", "weakened")), f"{row[name]['won']:.0%}",
        ]
        for row in rows
        for name in ("own", "neutral")
    ]  # fmt: skip
    return [_line(head), _line(["---"] * len(head)), *map(_line, cells)]


def _together(rows: list[dict[str, Any]]) -> list[str]:
    head = [
        "photo",
        "instruction",
        "experts, mean",
        "spread",
        "weakened, mean",
        "below the lowest expert",
        "below their own",
    ]
    cells = [
        [
            row["photo"], row["instruction"], *(f"{row[key]:.1f}" for key in ("experts", "spread", "weakened")),
            *(f"{row[key]:.0%}" for key in ("below lowest", "below their own")),
        ]
        for row in rows
    ]  # fmt: skip
    return [_line(head), _line(["---"] * len(head)), *map(_line, cells)]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def run_cheating(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.bench.cheating import measure, sheet
    from retouchiq.bench.sheets import evenly, photos_in
    from retouchiq.contact import save

    photos = evenly(photos_in(args.data), args.cases)
    with progress(quiet=args.json) as say, open_renderer("library") as renderer:
        cheats = measure(photos, open_reward("measured"), renderer, installed_schema(), args.cases, args.budget, say)
    save(sheet(cheats), args.out)
    rows = [cheat.facts() for cheat in cheats]
    if args.json:
        print_json({"cases": rows, "sheet": str(args.out)})
        return 0
    head = ["photo", "instruction", "do nothing", "agent", "search", "clipped", "grey"]
    print(_line(head), _line(["---"] * len(head)), sep="\n")
    for row in rows:
        numbers = [f"{row['clipped']:+.2f} %", f"{row['grey']:+.1f}"]
        print(_line([row["photo"], row["instruction"], *(f"{row[k]:.1f}" for k in head[2:5]), *numbers]))
    return 0
