"""How near an edit comes to an expert's: PSNR per photo, after the expert's own instruction and after none at all."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from hostbridge import UnusableInput
from hostbridge.controls import Edit
from hostbridge.darktable import install
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.schema import load
from retouchiq.agent.offline import OfflineAgent
from retouchiq.edit import drive
from retouchiq.photo import Photo
from retouchiq.pictures import read_picture
from retouchiq.reward import Picture
from retouchiq.reward.measured import MeasuredReward
from retouchiq.reward.measured.scene import resized
from retouchiq.session import Session

SIZE = 1024  # px of the long side; the pairs are smaller than that or little larger
EXPERT = "expert"  # how the manifest's kind of a pair begins whose finish is a professional's
AUTOMATIC = (Edit(control="levels.mode", amount=1),)
"""darktable's own automatic finish, as far as it has one that works without its window: levels set by percentiles."""

METHODS = ("do nothing", "darktable's automatic levels", "instruction", "auto")

Say = Callable[[str], None]


def measure(data: Path, say: Say = lambda text: None) -> dict[str, Any]:
    """``pairs``: for each the ``pair``, ``instruction``, whether an ``expert`` made the finish, ``psnr`` (method → dB)
    and the ``edits`` of instruction and auto; ``means`` of the experts' pairs and of the others, method → dB.

    ``data``: a folder with ``pairs/MANIFEST.tsv`` (columns ``id``, ``before``, ``after``, ``kind``, ``instruction``).
    Everything is a real render of the installed darktable. Raises `UnusableInput` where the folder has no such file.
    """
    rows, schema = _manifest(data / "pairs"), load(install.find())
    pairs = []
    with open_renderer("library") as renderer:
        for number, row in enumerate(rows, 1):
            say(f"pair {number} of {len(rows)}: {row['id']}")
            photo = Photo(data / "pairs" / row["before"], renderer, schema, SIZE)
            pairs.append(_pair(row, photo, read_picture(data / "pairs" / row["after"])))
    return {
        "darktable": schema.version,
        "pairs": pairs,
        "means": {
            "experts": _means([pair for pair in pairs if pair["expert"]]),
            "others": _means([pair for pair in pairs if not pair["expert"]]),
        },
    }


def psnr(picture: Picture, other: Picture) -> float:
    """Peak signal-to-noise ratio in dB, both (height, width, 3) sRGB 0…1, compared in 8 bits at the smaller size."""
    shape = (min(picture.shape[0], other.shape[0]), min(picture.shape[1], other.shape[1]))
    first, second = (np.round(np.clip(resized(each, shape), 0, 1) * 255) for each in (picture, other))
    return float(20 * np.log10(255) - 10 * np.log10(max(1e-9, np.mean((first - second) ** 2))))


def table(answer: dict[str, Any]) -> str:
    """The answer of `measure` as a page of Markdown."""
    lines = ["# How near edits come to the experts'", ""]
    lines += [f"darktable {answer['darktable']}, real renders. PSNR to the finished picture in dB, per pair."]
    for title, name in (("Experts", "experts"), ("Other finishes: film looks, steps of tutorials", "others")):
        pairs = [pair for pair in answer["pairs"] if pair["expert"] == (name == "experts")]
        if pairs:
            lines += ["", f"## {title}", "", *_rows(pairs, answer["means"][name])]
    return "\n".join(lines) + "\n"


def _rows(pairs: Sequence[dict[str, Any]], means: dict[str, float]) -> list[str]:
    """Pairs by id: the sentences that people wrote for them stay where they are."""
    head = ["| pair | " + " | ".join(METHODS) + " |", "|---" * (1 + len(METHODS)) + "|"]
    body = [f"| {pair['pair']} | {_numbers(pair['psnr'])} |" for pair in pairs]
    return [*head, *body, f"| **mean of {len(pairs)}** | {_numbers(means)} |"]


def _numbers(values: dict[str, float]) -> str:
    return " | ".join(f"{values[method]:.1f}" for method in METHODS)


def _manifest(folder: Path) -> list[dict[str, str]]:
    try:
        with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file, delimiter="\t") if row["instruction"]]
    except FileNotFoundError:
        raise UnusableInput(f"{folder} has no MANIFEST.tsv: name the folder above pairs/") from None


def _pair(row: dict[str, str], photo: Photo, finished: Picture) -> dict[str, Any]:
    before = photo.observe()
    asked, auto = _edited(photo, row["instruction"]), _edited(photo, "")
    pictures = (before, photo.render(AUTOMATIC), asked[0], auto[0])
    return {
        "pair": row["id"],
        "instruction": row["instruction"],
        "expert": row["kind"].startswith(EXPERT),
        "psnr": {method: round(psnr(each, finished), 2) for method, each in zip(METHODS, pictures, strict=True)},
        "edits": {"instruction": asked[1], "auto": auto[1]},
    }


def _edited(photo: Photo, instruction: str) -> tuple[Picture, dict[str, float]]:
    """What the default agent and reward make of the photo, with which amounts; the photo where nothing is better."""
    session = Session(OfflineAgent(), MeasuredReward())
    outcome = drive(session, session.instruct(instruction), photo, lambda _: None)
    after = photo.before if outcome.after is None else outcome.after
    return after, {edit.control: edit.amount for edit in outcome.edits}


def _means(pairs: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {method: round(mean(pair["psnr"][method] for pair in pairs), 2) for method in METHODS if pairs}
