"""How close ``--reference`` comes: to finished versions of the same photo, and to the feel of other scenes.

What is measured here is computed by other code than what the edits are fitted with: 8-bit PSNR, and a sliced
Wasserstein distance in scikit-image's Lab along directions of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.color import rgb2lab

from hostbridge import UnusableInput
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.agent.offline import OfflineAgent
from retouchiq.bench.pairs import psnr
from retouchiq.bench.sheets import photos_in
from retouchiq.contact import Cell, contact_sheet, save
from retouchiq.edit import LOOP_SIZE, drive
from retouchiq.endings import PICTURES
from retouchiq.photo import Photo
from retouchiq.pictures import read_picture
from retouchiq.reward import Picture
from retouchiq.reward.measured import MeasuredReward
from retouchiq.reward.measured.colour import near_neutral, neutral_drift, off_skin, skin
from retouchiq.reward.measured.scene import Pair, Scene, fitted, resized
from retouchiq.session import Session

SEED = 4  # of the draws below
COMBINATIONS = 20
BARS = {"finished": 29.0, "other": 0.6, "renders": 40}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """A photo and its reference; ``part``: ``tuned`` where it was looked at while this was made, else ``held out``."""

    name: str
    before: Path
    reference: Path
    part: str


def measure(
    data: Path, renderer: Renderer, schema: Schema, say: Say = lambda text: None, sheet: Path | None = None
) -> dict[str, Any]:
    """``finished`` and ``other``: ``rows``, ``means`` of each part and of all; ``darktable``; ``bars``.

    ``data``: a folder with ``pairs/MANIFEST.tsv`` (``id``, ``before``, ``after``) and ``photos/``; experts' finishes of
    one photo in ``pairs/EXPERTS.tsv`` are pairs as well, from the first expert's to each other's. ``sheet``: where the
    pictures go, two files with ``-finished`` and ``-other`` in their names. Raises `UnusableInput`.
    """
    tables: dict[str, Any] = {}
    for kind, tasks, row in (("finished", finished(data), _finished), ("other", others(data), _other)):
        made = []
        for number, task in enumerate(tasks, 1):
            say(f"{kind} {number} of {len(tasks)}: {task.name}")
            made.append(_run(task, renderer, schema, row))
        tables[kind] = {"rows": [row for row, _ in made], "means": _means([row for row, _ in made])}
        if sheet:
            save(contact_sheet([cells for _, cells in made], 400), sheet.with_stem(f"{sheet.stem}-{kind}"))
    return {"darktable": schema.version, "bars": BARS, **tables}


def finished(data: Path) -> list[Task]:
    """The pairs of the manifest, half of them drawn as ``tuned``, and the experts' finishes."""
    folder = data / "pairs"
    rows = _table(folder / "MANIFEST.tsv")
    drawn = set(np.random.default_rng(SEED).permutation(len(rows))[: len(rows) // 2].tolist())
    tasks = [
        Task(row["id"], folder / row["before"], folder / row["after"], "tuned" if number in drawn else "held out")
        for number, row in enumerate(rows)
    ]
    return tasks + _experts(folder)


def _experts(folder: Path) -> list[Task]:
    if not (folder / "EXPERTS.tsv").exists():
        return []
    by_photo: dict[str, list[Path]] = {}
    for row in _table(folder / "EXPERTS.tsv"):
        by_photo.setdefault(row["file"].rpartition("_")[0], []).append(folder / row["file"])
    return [
        Task(f"{first.stem} as {other.stem[-1]}", first, other, "held out")
        for first, *rest in by_photo.values()
        for other in rest
    ]


def _table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))
    except FileNotFoundError:
        raise UnusableInput(f"there is no {path}: name a folder with pairs/MANIFEST.tsv and photos/") from None


def others(data: Path) -> list[Task]:
    """`COMBINATIONS` pairs of different photos, drawn with `SEED` from those in ``photos/`` in the order of names."""
    photos = sorted(path for path in photos_in(data) if path.suffix.lower() in PICTURES)
    if len(photos) < 2:
        raise UnusableInput(f"{data}/photos holds no two pictures: name a folder with pairs/MANIFEST.tsv and photos/")
    draw = np.random.default_rng(SEED)
    chosen = [draw.choice(len(photos), 2, replace=False) for _ in range(COMBINATIONS)]
    return [
        Task(f"{photos[one].stem} as {photos[other].stem}", photos[one], photos[other], "held out")
        for one, other in chosen
    ]


Row = Callable[[Picture, Picture, Picture], dict[str, float]]


def _run(task: Task, renderer: Renderer, schema: Schema, row: Row) -> tuple[dict[str, Any], list[Cell]]:
    """The numbers of one edit by the whole loop, and its three pictures."""
    photo, reference = Photo(task.before.resolve(), renderer, schema, LOOP_SIZE), read_picture(task.reference)
    session = Session(OfflineAgent(), MeasuredReward(), reference=reference)
    outcome = drive(session, session.instruct(""), photo, lambda _: None)
    after = photo.before if outcome.after is None else outcome.after
    numbers = row(photo.before, reference, after)
    says = {"name": task.name, "part": task.part, **numbers, "renders": photo.renders, "applied": outcome.applied}
    captions = (task.name, "reference", ", ".join(f"{key} {value}" for key, value in numbers.items()))
    cells = [(small(each), text) for each, text in zip((photo.before, reference, after), captions, strict=True)]
    return says | {"reasoning": outcome.plan.reasoning, "edits": _edits(outcome.edits)}, cells


def _edits(edits: Sequence[Any]) -> dict[str, float]:
    return {f"{edit.control} {edit.region.name}".removesuffix(" everywhere"): edit.amount for edit in edits}


def small(picture: Picture) -> Picture:
    """At the size of a contact sheet."""
    return resized(picture, fitted(picture, 400))


def _finished(before: Picture, reference: Picture, after: Picture) -> dict[str, float]:
    return {"nothing": round(psnr(before, reference), 2), "after": round(psnr(after, reference), 2)}


def _other(before: Picture, reference: Picture, after: Picture) -> dict[str, float]:
    """Distances, the share removed, and what came over greys and skin: mean a*b*, mean degrees off the hues of skin."""
    start, end = distance(before, reference), distance(after, reference)
    first = Scene.of(resized(before, fitted(before, 512)))
    second = Scene.of(resized(after, (first.small.shape[0], first.small.shape[1])))
    whole = np.ones(first.lightness.shape, np.float32)
    greys, skins = near_neutral(first, whole), skin(first, whole)
    drift = neutral_drift(Pair(first, second), greys, {}) if greys.any() else 0.0
    off = [off_skin(Pair(first, each), skins, {}) if skins.mean() > 0.005 else 0.0 for each in (first, second)]
    return {
        "nothing": round(start, 2),
        "after": round(end, 2),
        "removed": round(1 - end / start, 3),
        "greys": round(drift, 1),
        "skin": round(off[1] - off[0], 1),
    }


def distance(first: Picture, second: Picture) -> float:
    """Sliced Wasserstein distance of two pictures' Lab (Bonneel et al. 2015), mean over 60 directions."""
    directions = np.random.default_rng(2024).normal(size=(60, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    shares = np.linspace(0.001, 0.999, 500)
    along = [np.quantile(_pixels(each) @ directions.T, shares, axis=0) for each in (first, second)]
    return float(np.abs(along[0] - along[1]).mean())


def _pixels(picture: Picture) -> NDArray[np.float64]:
    image = Image.fromarray(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8))
    image.thumbnail((256, 256))
    return np.asarray(rgb2lab(np.asarray(image)), np.float64).reshape(-1, 3)


def _means(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Part → column → mean."""
    parts = {"all": list(rows)} | {part: [row for row in rows if row["part"] == part] for part in ("tuned", "held out")}
    return {
        part: {
            column: round(mean(row[column] for row in chosen), 3)
            for column, value in chosen[0].items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        for part, chosen in parts.items()
        if chosen
    }


TITLES = {
    "finished": "## Finished versions of the same photo\n\nPSNR in dB; the row *do nothing* is the column `nothing`.",
    "other": "## Other scenes\n\nDistance in Lab units; `removed` is the share of it that went; `greys` the mean a*b* "
    "that greys took on; `skin` how many degrees skin went off the hues of skin.",
}


def markdown(answer: dict[str, Any]) -> str:
    """The answer of `measure` as a page."""
    lines = [f"darktable {answer['darktable']}, real renders of {LOOP_SIZE} px, the default agent and reward.", ""]
    for kind, title in TITLES.items():
        rows = answer[kind]["rows"]
        columns = list(answer[kind]["means"]["all"])
        lines += [title, "", "| photo | part | " + " | ".join(columns) + " |", "|---" * (2 + len(columns)) + "|"]
        lines += [f"| {row['name']} | {row['part']} | {_cells(row, columns)} |" for row in rows]
        lines += [
            f"| **mean** | {part} | {_cells(values, columns)} |" for part, values in answer[kind]["means"].items()
        ]
        lines.append("")
    return "\n".join(lines)


def _cells(row: dict[str, Any], columns: Sequence[str]) -> str:
    return " | ".join(f"{row[column]:.2f}".removesuffix(".00") for column in columns)
