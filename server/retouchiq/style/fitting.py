"""What a user did to one photo, told in amounts of controls: those whose render comes nearest to the user's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear
from skimage.color import rgb2lab

from hostbridge.controls import CONTROLS, Edit
from retouchiq.agent.offline.propose import PLAIN
from retouchiq.reward import Picture
from retouchiq.reward.measured.scene import fitted, resized

FITTED = (
    "exposure",
    "contrast",
    "highlights",
    "shadows",
    "whites",
    "blacks",
    "temperature",
    "tint",
    "saturation",
    "clarity",
    "vignette",
)
"""The controls that are told from one another; between them they say what most edits do to a whole picture."""

SIDE = 96  # px of the long side that is compared
PASSES = 8  # renders of the amounts found, each correcting the ones before
FARTHEST = 4.0  # plain words
STEP = 1.0  # plain words that a pass may change an amount by: the effects are not straight lines
RIDGE = 0.02  # how much is given for amounts near 0, against ΔE² of the picture: what cannot be told apart stays small
COLOURLESS, COLOURFUL = 2.0, 5.0  # mean C* of a black and white picture, and of one that was not

Render = Callable[[Sequence[Edit]], Picture]


def fit(before: Picture, after: Picture, render: Render) -> dict[str, float]:
    """Control → amount: what turns ``before`` into ``after`` as nearly as `FITTED` can.

    ``render`` renders the photo with edits on top of what ``before`` shows; it is called 18 times or so.
    Gauss–Newton on the pixels' CIE Lab: the effect of each control is measured once on the photo itself, and corrected
    by every further render.
    """
    switched = _switched(before, after)
    names = [name for name in FITTED if not (switched and name in ("saturation", "tint"))]
    start = _flat(render(switched)) if switched else _flat(before)
    target = _flat(after)
    effects = np.stack([_flat(render([*switched, _edit(name, 1.0)])) - start for name in names], axis=1)
    amounts, now = np.zeros(len(names)), start
    least, step = np.inf, 1.0
    best, seen = amounts, now
    for _ in range(PASSES):
        wanted = _solve(effects, target - seen, best, names)
        amounts = best + step * (wanted - best)
        now = _flat(render([*switched, *_edits(names, amounts)]))
        effects = _corrected(effects, amounts - best, now - seen)
        missed = float(np.mean((target - now) ** 2))
        if missed < least:
            best, seen, least, step = amounts, now, missed, 1.0
        else:
            step /= 2
    found = {edit.control: edit.amount for edit in _edits(names, best)}
    return found | {edit.control: edit.amount for edit in switched}


def _switched(before: Picture, after: Picture) -> list[Edit]:
    """Black and white, where the user made it so."""
    colourless = _colour(after) < COLOURLESS and _colour(before) > COLOURFUL
    return [Edit(control="monochrome", amount=100)] if colourless else []


def _colour(picture: Picture) -> float:
    lab = _flat(picture).reshape(-1, 3)
    return float(np.hypot(lab[:, 1], lab[:, 2]).mean())


def _solve(
    effects: NDArray[np.float64], missing: NDArray[np.float64], amounts: NDArray[np.float64], names: Sequence[str]
) -> NDArray[np.float64]:
    """The next amounts, in plain words: least squares with a ridge towards 0, within the controls' ranges."""
    pixels = len(missing)
    ridge = np.sqrt(RIDGE * pixels) * np.eye(len(names))
    matrix = np.vstack([effects, ridge])
    wanted = np.concatenate([missing + effects @ amounts, np.zeros(len(names))])
    low = [max(-FARTHEST, CONTROLS[name].low / PLAIN[name], at - STEP) for name, at in zip(names, amounts, strict=True)]
    high = [
        min(FARTHEST, CONTROLS[name].high / PLAIN[name], at + STEP) for name, at in zip(names, amounts, strict=True)
    ]
    return np.asarray(lsq_linear(matrix, wanted, bounds=(low, high)).x)


def _corrected(
    effects: NDArray[np.float64], moved: NDArray[np.float64], changed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The effects that explain what the last step changed, otherwise as they were (Broyden's rank-one correction)."""
    length = float(moved @ moved)
    return effects + np.outer(changed - effects @ moved, moved) / length if length > 1e-6 else effects


def _edit(name: str, words: float) -> Edit:
    return Edit(control=name, amount=float(f"{words * PLAIN[name]:.4g}"))


def _edits(names: Sequence[str], amounts: NDArray[np.float64]) -> list[Edit]:
    return [_edit(name, amount) for name, amount in zip(names, amounts, strict=True) if abs(amount) > 0.01]


def _flat(picture: Picture) -> NDArray[np.float64]:
    """The picture's CIE Lab at `SIDE` px, as one vector."""
    return np.asarray(rgb2lab(resized(picture, fitted(picture, SIDE))), np.float64).ravel()
