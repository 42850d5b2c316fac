"""Whether the reward can be cheated: a search that knows only the score moves every control, on real renders.

The search is a plain evolution strategy, (1+1) with sparse changes: it starts from the agent's own edit, changes one to
three controls at a time by a share of their range and keeps what does not score lower. With some sixty controls and a
few hundred renders this finds more than strategies that move all controls at once. Geometry is left out: a picture
that moves has lost its structure, and the frame is the photographer's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from skimage.color import rgb2lab

from hostbridge.controls import CONTROLS, Edit
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.agent.offline import OfflineAgent
from retouchiq.contact import Cell, contact_sheet
from retouchiq.edit import drive
from retouchiq.grounding import ground
from retouchiq.language import read
from retouchiq.photo import Photo
from retouchiq.reward import Judge, Picture, Reward
from retouchiq.session import Session

INSTRUCTIONS = (
    "brighter",
    "warmer, and lift the shadows a little",
    "more contrast",
    "make the colours pop",
    "make it moody and dark",
    "crisper, with more detail",
    "cooler and softer",
    "a vintage film look",
    "get rid of the haze",
    "make it better",
)

FREE = [name for name, control in CONTROLS.items() if control.group not in ("geometry", "optics")]
STEPS = (0.08, 0.2, 0.5)  # of half a control's range: standard deviations of a change
SIDE = 320  # px

Say = Callable[[str], None]


@dataclass(frozen=True)
class Cheat:
    """The end of one search: pictures, scores and what it moved."""

    photo: str
    instruction: str
    before: Picture
    normal: Picture
    cheated: Picture
    scores: tuple[float, float, float]
    edits: tuple[Edit, ...]

    def facts(self) -> dict[str, Any]:
        """The row of the report: scores of doing nothing, of the agent and of the search; what was clipped, in %."""
        nothing, normal, cheated = self.scores
        return {
            "photo": self.photo,
            "instruction": self.instruction,
            "do nothing": nothing,
            "agent": normal,
            "search": cheated,
            "clipped": clipped(self.cheated) - clipped(self.before),
            "grey": grey_drift(self.before, self.cheated) - grey_drift(self.before, self.normal),
            "edits": {edit.control: edit.amount for edit in self.edits},
        }

    def row(self) -> list[Cell]:
        """Before, the agent's edit and the search's, to be looked at."""
        nothing, normal, cheated = self.scores
        return [
            (self.before, f"“{self.instruction}”: nothing {nothing:.1f}"),
            (self.normal, f"agent {normal:.1f}"),
            (self.cheated, f"search {cheated:.1f}"),
        ]


def measure(
    photos: Sequence[Path],
    reward: Reward,
    renderer: Renderer,
    schema: Schema,
    cases: int,
    budget: int,
    say: Say = lambda text: None,
) -> list[Cheat]:
    """``cases`` searches of ``budget`` renders each: `INSTRUCTIONS` in turn on ``photos`` in turn."""
    cheats = []
    for number in range(cases):
        photo, instruction = photos[number % len(photos)], INSTRUCTIONS[number % len(INSTRUCTIONS)]
        say(f"{number + 1} of {cases}: {photo.name}, {instruction}")
        cheats.append(_cheat(Photo(photo, renderer, schema, SIDE), instruction, reward, budget))
    return cheats


def sheet(cheats: Sequence[Cheat], side: int = SIDE) -> Any:
    """The contact sheet: one row a case, two cases side by side."""
    rows = [cheat.row() for cheat in cheats]
    return contact_sheet([list(chain(*rows[at : at + 2])) for at in range(0, len(rows), 2)], side)


def clipped(picture: Picture) -> float:
    """Pixels in % that are white or black in all channels, to 1 in 255."""
    end = (picture.min(axis=2) >= 254 / 255) | (picture.max(axis=2) <= 1 / 255)
    return 100 * float(end.mean())


def grey_drift(before: Picture, after: Picture) -> float:
    """How far the mean of what was grey (C* below 5) moved in a*b*; 0 where hardly anything was grey."""
    lab, moved = (np.asarray(rgb2lab(picture)) for picture in (before, after))
    grey = (np.hypot(lab[..., 1], lab[..., 2]) < 5) & (lab[..., 0] > 15) & (lab[..., 0] < 95)
    if grey.mean() < 0.02:
        return 0.0
    return float(np.hypot(*(moved[grey][:, 1:] - lab[grey][:, 1:]).mean(axis=0)))


def _cheat(photo: Photo, instruction: str, reward: Reward, budget: int) -> Cheat:
    before = photo.observe()
    session = Session(OfflineAgent(), reward)
    outcome = drive(session, session.instruct(instruction), photo, lambda progress: None)
    judge = reward.rubric(before, ground(read(instruction), before))
    normal = outcome.after if outcome.after is not None else before
    edits, cheated = search(photo, judge, outcome.edits, normal, budget)
    scores = tuple(judge.judge(picture).score for picture in (before, normal, cheated))
    return Cheat(photo.path.name, instruction, before, normal, cheated, (scores[0], scores[1], scores[2]), edits)


def search(
    photo: Photo, judge: Judge, start: tuple[Edit, ...], picture: Picture, budget: int
) -> tuple[tuple[Edit, ...], Picture]:
    """The edits of the highest score found from ``start`` with ``budget`` renders, and their render."""
    draw = random.Random(f"{photo.path.name} {budget}")
    best, best_score = (start, picture), judge.judge(picture).score
    for _ in range(budget):
        edits = _changed(best[0], draw)
        picture = photo.render(edits)
        score = judge.judge(picture).score
        if score >= best_score:
            best, best_score = (edits, picture), score
    return best


def _changed(edits: tuple[Edit, ...], draw: random.Random) -> tuple[Edit, ...]:
    """``edits`` with one to three controls moved, over the whole picture."""
    amounts = {edit.control: edit for edit in edits}
    for name in draw.sample(FREE, draw.choice((1, 1, 2, 3))):
        control, present = CONTROLS[name], amounts.get(name, Edit(control=name, amount=0))
        step = draw.gauss(0, draw.choice(STEPS)) * (control.high - control.low) / 2
        amounts[name] = present.model_copy(update={"amount": round(present.amount + step, 3)}).clamped()
    return tuple(edit for edit in amounts.values() if edit.amount)
