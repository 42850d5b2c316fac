"""How much of a local edit's change lies in its region: ten instructions, eight photos each, full verified edits.

A region is what a person outlined by hand, where there are such outlines (sky, subject, face; the background is what
lies around the subject); else the one that the words define (a place, a colour) or that was found (the foreground).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from skimage.color import rgb2lab

from hostbridge import HostFailed, UnusableInput
from hostbridge.controls import Outline, Region
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from hostbridge.weights import Weights, drawn, weights
from retouchiq.agent.offline import OfflineAgent
from retouchiq.bench.outlined import OUTLINES
from retouchiq.bench.sheets import Say, evenly, photos_in
from retouchiq.contact import Cell
from retouchiq.edit import drive
from retouchiq.photo import Photo
from retouchiq.pictures import read_picture
from retouchiq.regions import find
from retouchiq.reward import Picture
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Session

INSTRUCTIONS: dict[str, str] = {
    "darken the sky": "sky",
    "more saturated sky": "sky",
    "brighten the face": "face",
    "warm the subject": "subject",
    "sharpen the subject": "subject",
    "blur the background": "background",
    "desaturate the background": "background",
    "lift the foreground shadows": "foreground",
    "brighten the left side": "left",
    "make the reds deeper": "red",
}
PHOTOS = 8  # an instruction
BAR = 0.85

LEAST, MOST = 0.005, 0.9  # share of the picture: smaller regions are specks, larger ones are the whole picture
FEATHER = 0.02  # of the short side: how far beyond a hand outline the soft edge of one may reach
SIDE = 512  # px: of the copy in which photos are chosen

Truth = Callable[[Path, Picture], Weights | None]
"""The region of a photo, in a copy of it of any size; None where there is none."""


@dataclass(frozen=True)
class Case:
    """One edit: ``share`` of its change that lies in its region, None where nothing changed.

    ``area``: the region's share of the picture, which is what an edit of the whole picture would come to. ``change``:
    mean ΔE (CIE 1976) in the region. ``baseline``: the score of doing nothing.
    """

    photo: str
    instruction: str
    region: str
    applied: bool
    share: float | None
    area: float
    change: float
    score: float
    baseline: float
    said: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """A case with the pictures before and after it."""

    case: Case
    before: Picture
    after: Picture


def measure(
    data: Path,
    renderer: Renderer,
    schema: Schema,
    size: int,
    outlines: Path = OUTLINES,
    only: str | None = None,
    say: Say = lambda text: None,
) -> Iterator[Seen]:
    """Edit the photos of ``data`` and answer case by case. ``only``: one of `INSTRUCTIONS`. Raises `UnusableInput`."""
    where = truths(outlines)
    photos = sorted(photos_in(data))
    for instruction, region in INSTRUCTIONS.items():
        if only not in (None, instruction):
            continue
        for path in chosen(photos, region, where[region]):
            say(f"{instruction}: {path.name}")
            try:
                yield _edited(path.resolve(), instruction, region, where[region], renderer, schema, size)
            except HostFailed as error:  # a photo that darktable cannot develop says nothing of regions
                say(f"{path.name} is left out: {error}")


def chosen(photos: Sequence[Path], region: str, truth: Truth) -> list[Path]:
    """Eight of the photos that have the region in a fair size and where it is found, evenly spread over their names."""
    return evenly([path for path in photos if _usable(path, region, truth)], PHOTOS)


def answer(cases: Sequence[Case]) -> dict[str, Any]:
    """The table as plain data: the mean share over the cases that changed something, by instruction and over all."""
    shares = [case.share for case in cases if case.share is not None]
    return {
        "cases": [asdict(case) for case in cases],
        "instructions": {name: _summary([c for c in cases if c.instruction == name]) for name in INSTRUCTIONS},
        "all": _summary(cases),
        "bar": BAR,
        "ok": bool(shares) and float(np.mean(shares)) >= BAR,
    }


def written(cases: Sequence[Case]) -> str:
    """The tables as Markdown: by instruction, then case by case."""
    table = answer(cases)
    text = [
        "| instruction | edits | changed something | inside | least | everywhere |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in {**table["instructions"], "all": table["all"]}.items():
        text.append(
            f"| {name} | {row['edits']} | {row['changed']} | {_percent(row['share'])} | {_percent(row['least'])} "
            f"| {_percent(row['everywhere'])} |"
        )
    text += [
        "",
        "| instruction | photo | inside | everywhere | ΔE | score | nothing |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    text += [
        f"| {case.instruction} | {case.photo} | {_percent(case.share)} | {_percent(case.area)} | {case.change:.1f} "
        f"| {case.score:.1f} | {case.baseline:.1f} |"
        for case in cases
    ]
    return "\n".join(text)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def lines(seen: Sequence[Seen]) -> list[list[Cell]]:
    """A contact sheet: a line of photos before and a line after for each instruction."""
    found: list[list[Cell]] = []
    for name in INSTRUCTIONS:
        row = [one for one in seen if one.case.instruction == name]
        found += [[(one.before, name) for one in row], [(one.after, _caption(one.case)) for one in row]] if row else []
    return found


def inside(region: Weights) -> NDArray[np.bool_]:
    """The pixels of a region, and those as near to it as a soft edge reaches."""
    away = distance_transform_edt(region < 0.5)
    return np.asarray(away <= FEATHER * min(region.shape), np.bool_)


def _caption(case: Case) -> str:
    return "not applied" if case.share is None else f"{case.share:.0%} inside, ΔE {case.change:.1f}"


def _summary(cases: Sequence[Case]) -> dict[str, Any]:
    shares = [case.share for case in cases if case.share is not None]
    return {
        "edits": len(cases),
        "changed": len(shares),
        "share": round(float(np.mean(shares)), 4) if shares else None,
        "least": round(min(shares), 4) if shares else None,
        "everywhere": round(float(np.mean([case.area for case in cases])), 4) if cases else None,
    }


def _edited(
    path: Path, instruction: str, region: str, truth: Truth, renderer: Renderer, schema: Schema, size: int
) -> Seen:
    photo = Photo(path, renderer, schema, size)
    session = Session(OfflineAgent(), MeasuredReward())
    outcome = drive(session, session.instruct(instruction), photo, lambda progress: None)
    before = photo.before
    after = outcome.after if outcome.applied and outcome.after is not None else before
    where = truth(path, before)
    assert where is not None, "photos were chosen for having one"
    within = inside(where)
    change = np.linalg.norm(rgb2lab(after) - rgb2lab(before), axis=2)
    total = float(change.sum())
    case = Case(
        photo=path.name,
        instruction=instruction,
        region=region,
        applied=outcome.applied,
        share=float(change[within].sum()) / total if total > 0 else None,
        area=float(within.mean()),
        change=float(change[within].mean()),
        score=outcome.verdict.score,
        baseline=outcome.verdict.baseline,
        said=(*outcome.plan.unsupported, *outcome.plan.notes),
    )
    return Seen(case, before, after)


def _usable(path: Path, region: str, truth: Truth) -> bool:
    picture = _small(path)
    where = truth(path, picture)
    if where is None or not LEAST <= float((where > 0.5).mean()) <= MOST:
        return False
    return region not in FOUND or find(region, picture) is not None


def _small(path: Path) -> Picture:
    picture = read_picture(path)
    step = max(1, max(picture.shape[:2]) // SIDE)
    return np.ascontiguousarray(picture[::step, ::step])


FOUND = ("sky", "subject", "face", "background", "foreground")


def truths(outlines: Path) -> dict[str, Truth]:
    """Where each region of `INSTRUCTIONS` is. Raises `UnusableInput` where there are no outlines."""
    subject = by_hand(outlines, "subject")

    def background(path: Path, picture: Picture) -> Weights | None:
        found = subject(path, picture)
        return None if found is None else 1 - found

    def foreground(path: Path, picture: Picture) -> Weights | None:
        found = find("foreground", picture)
        return None if found is None else found.weights

    return {
        **{name: by_hand(outlines, name) for name in ("sky", "face")},
        "subject": subject,
        "background": background,
        "foreground": foreground,
        **{name: _defined(name) for name in ("left", "red")},
    }


def by_hand(outlines: Path, region: str) -> Truth:
    """Where people say a region is. Raises `UnusableInput`."""
    if not outlines.is_file():
        raise UnusableInput(f"{outlines} is not there: name the hand outlines with --outlines")
    table = json.loads(outlines.read_text("utf-8"))
    shapes = {photo: Outline(**regions[region]) for photo, regions in table.items() if regions.get(region)}

    def truth(path: Path, picture: Picture) -> Weights | None:
        shape = shapes.get(path.name)
        return None if shape is None else drawn(shape, *picture.shape[:2])

    return truth


def _defined(name: str) -> Truth:
    return lambda path, picture: np.asarray(weights(Region.named(name), picture) > 0, np.float32)
