"""Brings the tones and the palette of another scene over to a photo, one render after the other."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from hostbridge.color_map import Numbers, lab_of, to_text, weights
from hostbridge.controls import Edit
from retouchiq.reference.approach import Edits, Steps
from retouchiq.reference.closeness import OTHER, Closeness, to_other
from retouchiq.reference.mapping import ENDS, fit, sampled
from retouchiq.reference.transport import Wanted, carried_over
from retouchiq.reward import Picture
from retouchiq.reward.measured.colour import skin
from retouchiq.reward.measured.scene import Scene, fitted, resized

SIDE = 320  # px of the long side that is looked at
SMOOTH = 0.05  # weight of the anchors of the map: more than for a finished version, no colour is known exactly
AXIS = np.vstack([ENDS, [[tone, 0.0, 0.0] for tone in (15, 35, 55, 75, 90)]])
"""Lab of greys that are pairs of every map: between them it cannot bend away from grey."""
SHARES = (100.0, 80.0)
"""Percent of the map that are tried: the second is for what the first overdid."""


class Feel:
    """``best``: the edits that came closest by `closeness.OTHER` so far; ``picture``: their render."""

    def __init__(self, before: Picture, reference: Picture, budget: int) -> None:
        self.best: Edits = ()
        self.picture = before
        self._before, self._reference, self._budget = before, reference, budget
        self._judge = Closeness(OTHER, before, to_other(before, reference), None, lambda _: None)
        self._score = self._judge.judge(before).score

    def steps(self) -> Steps:
        """The map as computed, corrected by what its render shows, then at less than its whole."""
        wanted = self._wanted()
        source, target = self._fitted(wanted, wanted.lab)
        got = yield from self._render(source, target, SHARES[0])
        if got is not None:
            missing = np.zeros_like(wanted.lab)
            seen = self._sampled(got)
            missing[: len(seen)] = wanted.lab[: len(seen)] - seen
            aimed = weights(wanted.colours, source) @ target + missing
            yield from self._render(*self._fitted(wanted, aimed), SHARES[0])
        for share in SHARES[1:]:
            yield from self._render(source, target, share)

    def _fitted(self, wanted: Wanted, aimed: Numbers) -> tuple[Numbers, Numbers]:
        return fit(wanted.colours, aimed, wanted.weight, SMOOTH, AXIS)

    def _wanted(self) -> Wanted:
        """Where sampled colours of the photo should go."""
        small = resized(self._before, fitted(self._before, SIDE))
        shows_skin = skin(Scene.of(small), np.ones(small.shape[:2], np.float32)).reshape(-1)
        chosen = sampled(shows_skin.size)
        reference = lab_of(resized(self._reference, fitted(self._reference, SIDE)))
        return carried_over(
            lab_of(small)[chosen], shows_skin[chosen].astype(np.float64), reference[sampled(len(reference))]
        )

    def _sampled(self, render: Picture) -> Numbers:
        small = resized(render, fitted(self._before, SIDE))
        return lab_of(small)[sampled(small.shape[0] * small.shape[1])]

    def _render(self, source: Numbers, target: Numbers, share: float) -> Generator[Edits, Picture, Picture | None]:
        """Have the map rendered at ``share`` percent, and keep what scores highest; None once the budget is spent."""
        if self._budget < 1:
            return None
        self._budget -= 1
        edits = (Edit(control="color_map", amount=share, options={"pairs": to_text(source, target)}),)
        picture = yield edits
        score = self._judge.judge(picture).score
        if score > self._score:
            self.best, self.picture, self._score = edits, picture, score
        return picture
