"""``retouchiq score``: the verdict on any two pictures."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from hostbridge import UnusableInput
from retouchiq.cli.host import add_json, add_judgement, open_reward
from retouchiq.cli.terminal import print_json, show_verdict

if TYPE_CHECKING:
    from retouchiq.reward import Reward, Verdict


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("score", help="judge an edit that already exists, from two pictures")
    parser.add_argument("before", nargs="?", type=Path, metavar="BEFORE")
    parser.add_argument("after", nargs="?", type=Path, metavar="AFTER")
    parser.add_argument("instruction", nargs="?", metavar="INSTRUCTION")
    parser.add_argument("--pairs", type=Path, metavar="FILE.jsonl", help="lines with before, after and instruction")
    add_judgement(parser, agent=False)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if (args.pairs is None) == (args.instruction is None):
        raise UnusableInput("score needs BEFORE AFTER INSTRUCTION, or --pairs FILE.jsonl: one of the two")
    from retouchiq.answers import verdict_answer

    reward = open_reward(args.reward)
    pairs = _pairs(args.pairs) if args.pairs else [(args.before, args.after, args.instruction)]
    for before, after, instruction in pairs:
        answer = verdict_answer(score(reward, before, after, instruction))
        if args.json:
            print_json(answer)
        else:
            show_verdict(answer)
    return 0


def score(reward: Reward, before: Path, after: Path, instruction: str) -> Verdict:
    """The verdict of ``reward`` on two picture files."""
    from retouchiq.grounding import ground
    from retouchiq.language import read
    from retouchiq.pictures import read_picture

    picture = read_picture(before)
    return reward.rubric(picture, ground(read(instruction), picture)).judge(read_picture(after))


def _pairs(path: Path) -> list[tuple[Path, Path, str]]:
    """Paths in the file are relative to the file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableInput(f"{path} cannot be read as text ({error})") from error
    return [_pair(line, path, number) for number, line in enumerate(lines, 1) if line.strip()]


def _pair(line: str, path: Path, number: int) -> tuple[Path, Path, str]:
    try:
        pair = json.loads(line)
        return path.parent / pair["before"], path.parent / pair["after"], str(pair["instruction"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableInput(
            f"{path}, line {number}: a line must be a JSON object with before, after and instruction ({error!r})"
        ) from error
