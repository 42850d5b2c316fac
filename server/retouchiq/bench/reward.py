"""Whether the reward prefers what people prefer: an expert's edit to doing nothing, to weakened ones, to other methods.

FOLDER is laid out like the project's test data: ``pairs/MANIFEST.tsv`` (id, instruction, pictures ``<id>_before`` and
``<id>_after``), ``pairs/methods/<photo>_<method>``, ``pairs/EXPERTS.tsv`` (five experts' edits of one photo).
"""

from __future__ import annotations

import csv
import io
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from PIL import Image

from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.bench.weakened import METHODS, Weakener
from retouchiq.grounding import ground
from retouchiq.language import read
from retouchiq.pictures import jpeg, read_picture
from retouchiq.reward import Judge, Picture, Reward
from retouchiq.reward.measured.scene import fitted, resized

Say = Callable[[str], None]

SIDE = 320  # px at which pictures are compared
LARGE, SMALL = 1000, 300  # px of the long side, to see whether size changes a preference
EVERY = 3  # so many-th pair is judged again at other sizes, as JPEG and in another order
BARS = {"nothing": 0.80, "one off": 0.80, "several off": 0.80, "methods": 0.80, "all": 0.85}
CHECKED = [METHODS[name] for name in ("auto levels", "S curve", "over-saturation")]
"""The rivals, beside doing nothing, that are judged again at other sizes, as JPEG and in another order."""

NOT_JUDGED = ("vera_ref", "pixls_mairi_oversmooth")  # asks for a reference; is an example of what not to do
NEUTRAL = "make it better"


@dataclass(frozen=True)
class Case:
    """One finished picture, what it was made from and what was asked for. ``half``: tuned on, or held out."""

    name: str
    before: Path
    after: Path
    instruction: str
    half: str


@dataclass
class Result:
    """Scores of one case: the expert's, and by class (name, score) of everything it should beat."""

    case: Case
    expert: float
    others: dict[str, list[tuple[str, float]]] = field(default_factory=dict)

    def won(self, kind: str) -> list[bool]:
        """For every rival of a class, whether the expert's edit scores higher."""
        return [self.expert > score for _, score in self.others[kind]]


def measure(
    folder: Path, reward: Reward, renderer: Renderer, schema: Schema, say: Say = lambda text: None
) -> dict[str, Any]:
    """Everything `docs/measured/reward.md` shows, from the pairs in ``folder``; raises `UnreadableImage`.

    ``accuracy`` by half and class, ``pairs`` one row a pair, ``stable`` (preferences that size, format and order leave
    alone), ``swapped`` (the expert's edit under another photo's instruction), ``lost`` (share won by what was off or by
    method), ``variety`` (five experts on one photo) and ``together`` (how near one another, and above weakened ones).
    """
    cases = list(_cases(folder / "pairs"))
    results = []
    for case in cases:
        say(f"{case.name}: {case.instruction}")
        results.append(_compare(case, folder, reward, renderer, schema))
    variety = list(_variety(folder / "pairs", reward, renderer, schema, say))
    return {
        "bars": BARS,
        "accuracy": _accuracies(results),
        "pairs": [_row(result) for result in results],
        "stable": _stable(cases[::EVERY], reward, say),
        "swapped": _swapped(cases, reward, say),
        "lost": _lost(results),
        "variety": variety,
        "together": list(_together(variety)),
    }


def _cases(pairs: Path) -> Iterator[Case]:
    for row in _rows(pairs / "MANIFEST.tsv"):
        before, after = (next(pairs.glob(f"{row['id']}_{side}.*[gf]"), None) for side in ("before", "after"))
        if row["id"] in NOT_JUDGED or before is None or after is None:
            continue
        half = "tuned on" if zlib.crc32(row["id"].encode()) % 2 else "held out"
        yield Case(row["id"], before, after, row["instruction"], half)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _compare(case: Case, folder: Path, reward: Reward, renderer: Renderer, schema: Schema) -> Result:
    before = _small(read_picture(case.before), SIDE)
    judge = _judge(reward, before, case.instruction)
    weakener = Weakener(case.after, renderer, schema, SIDE)
    rivals: dict[str, Iterator[tuple[str, Picture]]] = {
        "nothing": iter([("do nothing", before)]),
        "one off": weakener.one_off(),
        "several off": weakener.several_off(),
        "methods": _methods(case, folder, before),
    }
    others = {kind: [(name, judge.judge(each).score) for name, each in made] for kind, made in rivals.items()}
    return Result(case, judge.judge(weakener.finished).score, others)


def _methods(case: Case, folder: Path, before: Picture) -> Iterator[tuple[str, Picture]]:
    for name, method in METHODS.items():
        yield name, method(before)
    photo, _, expert = case.name.rpartition("_")
    if expert == "C":
        for path in sorted((folder / "pairs" / "methods").glob(f"{photo}_*")):
            yield path.stem.rpartition("_")[2], _small(read_picture(path), SIDE)


def _small(picture: Picture, side: int) -> Picture:
    return resized(picture, fitted(picture, side))


def _judge(reward: Reward, before: Picture, instruction: str) -> Judge:
    return reward.rubric(before, ground(read(instruction), before))


def _accuracies(results: list[Result]) -> dict[str, dict[str, dict[str, float]]]:
    """By half, for all pairs, and for those whose instruction a person wrote for that very edit (FiveK)."""
    written = [result for result in results if result.case.name.startswith("fivek")]
    halves = {half or "all pairs": _accuracy(results, half) for half in ("tuned on", "held out", "")}
    return halves | {f"FiveK, {half or 'all'}": _accuracy(written, half) for half in ("tuned on", "held out", "")}


def _accuracy(results: list[Result], half: str) -> dict[str, dict[str, float]]:
    """By class and over all: how often the expert's edit scores higher, of how many; ``half`` "" is everything."""
    chosen = [result for result in results if half in ("", result.case.half)]
    won = {kind: [each for result in chosen for each in result.won(kind)] for kind in BARS if kind != "all"}
    won["all"] = [each for wins in won.values() for each in wins]
    return {kind: {"share": mean(wins), "of": len(wins)} for kind, wins in won.items() if wins}


def _row(result: Result) -> dict[str, Any]:
    return {
        "pair": result.case.name,
        "half": result.case.half,
        "do nothing": result.others["nothing"][0][1],
        "expert": result.expert,
        **{kind: mean(result.won(kind)) for kind in ("one off", "several off", "methods") if result.others[kind]},
    }


def _lost(results: list[Result]) -> dict[str, float]:
    """Share won against each control off and each method, lowest first."""
    won: dict[str, list[bool]] = {}
    for result in results:
        for kind in ("one off", "methods"):
            for (name, _), win in zip(result.others[kind], result.won(kind), strict=True):
                won.setdefault(name, []).append(win)
    return dict(sorted(((name, mean(wins)) for name, wins in won.items()), key=lambda each: each[1]))


def _stable(cases: list[Case], reward: Reward, say: Say) -> dict[str, Any]:
    """Preferences between the expert's edit and its rivals that stay when pictures are small, or saved as JPEG, or
    come in another order."""
    kept: dict[str, list[bool]] = {"at 300 px": [], "as JPEG": [], "in another order": []}
    for case in cases:
        say(f"{case.name}: size, format, order")
        before, after = (_small(read_picture(path), LARGE) for path in (case.before, case.after))
        rivals = [after, before, *(method(before) for method in CHECKED)]
        judge = _judge(reward, before, case.instruction)
        large = [judge.judge(picture).score for picture in rivals]
        small = _judge(reward, _small(before, SMALL), case.instruction)
        kept["at 300 px"] += _same(large, [small.judge(_small(picture, SMALL)).score for picture in rivals])
        kept["as JPEG"] += _same(large, [judge.judge(_as_jpeg(p)).score for p in rivals])
        again = [judge.judge(picture).score for picture in reversed(rivals)]
        kept["in another order"] += _same(large, again[::-1])
    return {what: {"share": mean(same), "of": len(same)} for what, same in kept.items()}


def _as_jpeg(picture: Picture) -> Picture:
    return np.asarray(Image.open(io.BytesIO(jpeg(picture, 90))), np.float32) / np.float32(255)


def _same(first: list[float], second: list[float]) -> list[bool]:
    """For each rival after the expert's edit, which comes first: whether both agree; closer than 0.1 is a draw."""
    return [
        (first[0] > a) == (second[0] > b) or abs(first[0] - a) < 0.1 for a, b in zip(first[1:], second[1:], strict=True)
    ]


def _swapped(cases: list[Case], reward: Reward, say: Say) -> dict[str, float]:
    """How often, and by how much, the expert's edit scores lower under the instruction of another photo."""
    fallen = []
    for case in cases:
        say(f"{case.name}: under another photo's instruction")
        before, after = (_small(read_picture(path), SIDE) for path in (case.before, case.after))
        own = _judge(reward, before, case.instruction).judge(after).score
        strange = [other for other in cases if other.instruction != case.instruction]
        chosen = random.Random(case.name).sample(strange, min(3, len(strange)))
        fallen += [own - _judge(reward, before, other.instruction).judge(after).score for other in chosen]
    return {"share": mean(fall > 0 for fall in fallen), "mean": mean(fallen), "of": len(fallen)}


def _variety(pairs: Path, reward: Reward, renderer: Renderer, schema: Schema, say: Say) -> Iterator[dict[str, Any]]:
    """One row for each expert's edit of a photo that several finished: under its own and under a neutral instruction.

    The camera's own picture of these photos is not there: a flat, dark, pale version of the experts' mean stands in.
    """
    rows = _rows(pairs / "EXPERTS.tsv")
    for photo in sorted({_photo(row["file"]) for row in rows}):
        mine = [row for row in rows if _photo(row["file"]) == photo]
        pictures = [_small(read_picture(pairs / row["file"]), SIDE) for row in mine]
        before = _stand_in(pictures)
        for row, picture in zip(mine, pictures, strict=True):
            say(f"{row['file']}: {row['fivekreq_request']}")
            weak = [each for _, each in Weakener(pairs / row["file"], renderer, schema, SIDE).several_off()]
            yield {"photo": photo, "expert": row["expert"]} | {
                name: _among(_judge(reward, before, text), before, picture, weak)
                for name, text in (("own", row["fivekreq_request"]), ("neutral", NEUTRAL))
            }


def _photo(file: str) -> str:
    return Path(file).stem.rpartition("_")[0]


def _among(judge: Judge, before: Picture, picture: Picture, weak: list[Picture]) -> dict[str, Any]:
    score = judge.judge(picture).score
    scores = [judge.judge(each).score for each in weak]
    return {
        "do nothing": judge.judge(before).score,
        "expert": score,
        "weakened": mean(scores),
        "won": mean(score > each for each in scores),
        "scores": scores,
    }


def _together(variety: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One row a photo and instruction: the experts' mean and spread (highest less lowest), the mean of all their
    weakened edits, the share of these below the lowest expert, and below the expert they were made from."""
    for photo in sorted({row["photo"] for row in variety}):
        for name in ("own", "neutral"):
            mine = [row[name] for row in variety if row["photo"] == photo]
            experts = [each["expert"] for each in mine]
            weakened = [score for each in mine for score in each["scores"]]
            yield {
                "photo": photo,
                "instruction": name,
                "experts": mean(experts),
                "spread": max(experts) - min(experts),
                "weakened": mean(weakened),
                "below lowest": mean(score < min(experts) for score in weakened),
                "below their own": mean(each["won"] for each in mine),
            }


def _stand_in(pictures: list[Picture]) -> Picture:
    """The mean of ``pictures``, 0.7 stops darker, with two thirds of its contrast and saturation."""
    shape = (pictures[0].shape[0], pictures[0].shape[1])
    picture = np.mean([resized(each, shape) for each in pictures], axis=0) * 2 ** (-0.7 / 2.2)
    grey = picture.mean(axis=2, keepdims=True)
    paler = grey + (picture - grey) * 0.67
    return np.asarray(np.clip(paler.mean() + (paler - paler.mean()) * 0.67, 0, 1), np.float32)
