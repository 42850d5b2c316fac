"""Brings the tones and the palette of another scene over to a photo, one render after the other."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from hostbridge.color_map import Numbers, lab_of, to_text, weights
from hostbridge.controls import Edit
from retouchiq.reference.approach import Edits, Steps
from retouchiq.reference.closeness import OTHER, Closeness, to_other
from retouchiq.reference.mapping import fit, sampled
from retouchiq.reference.transport import carried_over
from retouchiq.reward import Picture
from retouchiq.reward.measured.colour import skin
from retouchiq.reward.measured.scene import Scene, fitted, resized

SIDE = 320  # px of the long side that is looked at
SMOOTH = 1.0  # weight of the anchors of the map: more than for a finished version, no colour is known exactly
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
        colours, spared, wanted = self._wanted()
        source, target = fit(colours, wanted, spared, SMOOTH)
        got = yield from self._render(source, target, SHARES[0])
        if got is not None:
            aimed = weights(colours, source) @ target + (wanted - self._sampled(got))
            yield from self._render(*fit(colours, aimed, spared, SMOOTH), SHARES[0])
        for share in SHARES[1:]:
            yield from self._render(source, target, share)

    def _wanted(self) -> tuple[Numbers, Numbers, Numbers]:
        """Sampled colours of the photo, their weights, and where they should go."""
        small = resized(self._before, fitted(self._before, SIDE))
        shows_skin = skin(Scene.of(small), np.ones(small.shape[:2], np.float32)).reshape(-1)
        chosen = sampled(shows_skin.size)
        colours = lab_of(small)[chosen]
        reference = lab_of(resized(self._reference, fitted(self._reference, SIDE)))
        wanted = carried_over(colours, shows_skin[chosen].astype(np.float64), reference[sampled(len(reference))])
        return colours, wanted.weight, wanted.lab

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
