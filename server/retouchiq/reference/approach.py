"""Brings renders of a photo as close as possible to its finished version, one render after the other.

First light, as exposure, in the host's own terms. Then every colour, as a map fitted to what that render made of each
(`mapping`); where the host has no such map, controls are fitted instead, by Gauss and Newton's method with slopes
measured on renders. Last, what differs from place to place: detail, edges, top and bottom.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import lsq_linear

from hostbridge.color_map import Numbers, at, lab_of, srgb_of, to_text, weights
from hostbridge.controls import CONTROLS, Edit, Region
from retouchiq.reference.mapping import fit, sampled
from retouchiq.reference.scene import Finished
from retouchiq.reward import Picture
from retouchiq.reward.measured.scene import fitted, resized

SIDE = 512  # px of the long side that is compared
Edits = tuple[Edit, ...]
Steps = Generator[Edits, Picture, None]
"""Yields edits to be rendered and is sent the render."""

GAIN = 0.985  # of the squared error: what brings less is not worth an edit, nor a further render
GOOD = 1e-4  # squared error: 40 dB, where the eye sees no difference side by side
EXACT = 2.5  # ΔE*ab by which a map may miss what was computed for it, on average

PLACED: tuple[tuple[str, float, str], ...] = (
    ("clarity", 40, "everywhere"),
    ("texture", 40, "everywhere"),
    ("sharpness", 40, "everywhere"),
    ("sharpness", -30, "everywhere"),
    ("denoise", 50, "everywhere"),
    ("glow", 30, "everywhere"),
    ("vignette", 40, "everywhere"),
    ("exposure", 0.5, "top"),
    ("exposure", 0.5, "bottom"),
)
"""What differs from place to place: control, the amount its effect is measured at, and where."""

TONED: tuple[tuple[str, float, str], ...] = (
    ("exposure", 0.3, "everywhere"),
    ("contrast", 25, "everywhere"),
    ("highlights", -40, "everywhere"),
    ("shadows", 40, "everywhere"),
    ("whites", 40, "everywhere"),
    ("blacks", 40, "everywhere"),
    ("temperature", 20, "everywhere"),
    ("tint", 20, "everywhere"),
    ("saturation", 30, "everywhere"),
)
"""What is fitted where the host has no map of colours."""


@dataclass
class Approach:
    """The state of the approach: the best edits so far and how far their render is from the finished version.

    ``budget``: renders left. ``squared``: mean squared error of sRGB 0…1 of the best render.
    """

    before: Picture
    finished: Finished
    budget: int
    best: Edits = ()
    picture: Picture = field(init=False)
    squared: float = field(init=False)

    def __post_init__(self) -> None:
        self.framed = bool(self.finished.framing(self.before.shape))
        self.picture = self.before
        self.squared = np.inf if self.framed else self.error(self.before)

    def steps(self) -> Steps:
        """All renders, the last one not necessarily the best."""
        if begin := (*self.finished.framing(self.before.shape), *self._lit()):
            yield from self._render(begin)
        unmapped = (self.best, self.picture)
        exact = yield from self._mapped(*unmapped)
        if not exact:
            if (yield from self._solved(TONED)):
                yield from self._solved(TONED)
            yield from self._mapped(self.best, self.picture)
        if self.squared > GOOD and (yield from self._solved(PLACED)) and exact:
            yield from self._refined(unmapped[1])

    # --- renders

    def _render(self, edits: Edits) -> Generator[Edits, Picture, Picture | None]:
        """Have ``edits`` rendered and keep them if they are better; None once the budget is spent."""
        if self.budget < 1:
            return None
        self.budget -= 1
        picture = yield edits
        squared = self.error(picture)
        if squared < self.squared:
            self.best, self.picture, self.squared = edits, picture, squared
        return picture

    def error(self, picture: Picture) -> float:
        """Mean squared difference from the finished version, sRGB 0…1."""
        seen, target, weight = self._seen(picture)
        return float((((seen - target) ** 2).mean(axis=2) * weight).sum() / max(float(weight.sum()), 1.0))

    def _seen(self, picture: Picture) -> tuple[Picture, Picture, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
        """The render, the finished version in its frame, and where that covers it, all at `SIDE`."""
        small = resized(picture, fitted(picture, SIDE))
        return small, *self.finished.laid_on(small, self.framed)

    def _pixels(self, picture: Picture) -> tuple[Numbers, Numbers, Numbers]:
        """Lab of sampled pixels of the render, Lab of the finished version there, and their weight."""
        seen, target, weight = self._seen(picture)
        chosen = sampled(weight.size)
        return (
            lab_of(seen.reshape(-1, 3)[chosen]),
            lab_of(target.reshape(-1, 3)[chosen]),
            weight.reshape(-1)[chosen].astype(np.float64) + 1e-6,
        )

    # --- light

    def _lit(self) -> Edits:
        """Exposure by the ratio of linear light that most pixels ask for; none where that is hardly any."""
        seen, target, weight = self._seen(self.before)
        if self.framed:
            seen = np.sort(seen.mean(axis=2), axis=None)[:: max(1, weight.size // 5000)]
            target = np.sort(target.mean(axis=2), axis=None)[:: max(1, weight.size // 5000)]
        light = [np.maximum(part, 0.02) ** 2.2 for part in (seen, target)]
        unclipped = (np.minimum(seen, target) > 0.04) & (np.maximum(seen, target) < 0.97)
        if unclipped.mean() < 0.05:
            return ()
        stops = float(np.clip(np.median(np.log2(light[1] / light[0])[unclipped]), -3, 3))
        return (Edit(control="exposure", amount=round(stops, 2)),) if abs(stops) > 0.05 else ()

    # --- colour

    def _mapped(self, base: Edits, unmapped: Picture) -> Generator[Edits, Picture, bool]:
        """Fit the map on ``unmapped``, the render of ``base``; whether the host's map does what was computed."""
        colours, wanted, weight = self._pixels(unmapped)
        source, target = fit(colours, wanted, weight)
        got = yield from self._render((*base, _map(source, target)))
        if got is None:
            return True
        computed = lab_of(srgb_of(weights(colours, source) @ target).astype(np.float32))
        missed = np.linalg.norm(self._pixels(got)[0] - computed, axis=1)
        if np.average(missed, weights=weight) > EXACT:
            return False
        yield from self._refined(unmapped)
        return True

    def _refined(self, unmapped: Picture) -> Generator[Edits, Picture, None]:
        """Fit the best map anew, its wishes corrected by what its render still misses, while that helps."""
        for _ in range(2):
            mapped = next((edit for edit in self.best if edit.control == "color_map"), None)
            if mapped is None:
                return
            source, target = _pairs(mapped)
            colours = self._pixels(unmapped)[0]
            now, wanted, weight = self._pixels(self.picture)
            aimed = weights(colours, source) @ target + (wanted - now)
            rest = tuple(edit for edit in self.best if edit is not mapped)
            before = self.squared
            yield from self._render((*rest, _map(*fit(colours, aimed, weight))))
            if self.squared > before * GAIN:
                return

    # --- controls

    def _solved(self, probes: Sequence[tuple[str, float, str]]) -> Generator[Edits, Picture, bool]:
        """Measure what each of ``probes`` does to the best render, and take those that bring it closer."""
        start, picture, began = self.best, self.picture, self.squared
        seen, target, weight = self._seen(picture)
        root = np.sqrt(weight)[..., None]
        slopes: list[Numbers] = []
        for control, amount, place in probes[: max(0, self.budget - 2)]:
            probe = Edit(control=control, amount=amount, region=Region.named(place))
            got = yield from self._render((*start, probe))
            if got is None:
                break
            slopes.append((((resized(got, seen.shape[:2]) - seen) * root) / amount).ravel().astype(np.float64))
        chosen = _least(slopes, ((target - seen) * root).ravel().astype(np.float64), probes)
        for share in (1.0, 0.6):
            edits = tuple(
                Edit(control=control, amount=float(f"{amount * share:.3g}"), region=Region.named(place))
                for (control, _, place), amount in zip(probes, chosen, strict=False)
                if amount
            )
            together = _summed((*start, *edits))
            if edits and (yield from self._render(together)) is not None and self.best == together:
                break
        return self.squared < began * GAIN


def _summed(edits: Edits) -> Edits:
    """One edit for each control and place, in the order of the first."""
    sums: dict[tuple[str, str], Edit] = {}
    for edit in edits:
        before = sums.get((edit.control, edit.region.name))
        amount = float(f"{edit.amount + (before.amount if before else 0.0):.4g}")
        sums[edit.control, edit.region.name] = edit.model_copy(update={"amount": amount}).clamped()
    return tuple(sums.values())


def _map(source: Numbers, target: Numbers) -> Edit:
    return Edit(control="color_map", amount=100, options={"pairs": to_text(source, target)})


def _pairs(mapped: Edit) -> tuple[Numbers, Numbers]:
    return at(mapped.amount, str(mapped.options["pairs"]))


def _least(slopes: Sequence[Numbers], missing: Numbers, probes: Sequence[tuple[str, float, str]]) -> list[float]:
    """Amounts that leave least of ``missing``, within the controls' ranges; 0 where a control brings next to nothing.

    Controls are taken one by one, each time the one that helps most: a few that matter, not many that cancel out.
    """
    if not slopes:
        return []
    steps = np.array([probe[1] for probe in probes[: len(slopes)]])
    matrix = np.column_stack(slopes) * steps
    squares, along, left = matrix.T @ matrix, matrix.T @ missing, float(missing @ missing)
    taken: list[int] = []
    shares = np.zeros(len(slopes))
    while tries := {
        number: _bounded([*taken, number], squares, along, probes)
        for number in range(len(slopes))
        if probes[number][::2] not in [probes[other][::2] for other in taken]
    }:
        number, (solved, gained) = max(tries.items(), key=lambda item: item[1][1])
        rest = float(missing @ missing) - gained
        if rest > left * GAIN:
            break
        taken, left = [*taken, number], rest
        shares[taken] = solved
    return [float(amount) for amount in shares * steps]


def _bounded(
    taken: Sequence[int], squares: Numbers, along: Numbers, probes: Sequence[tuple[str, float, str]]
) -> tuple[Numbers, float]:
    """How many times the measured steps the controls ``taken`` should go, and the squared error that takes away."""
    normal, wanted = squares[np.ix_(taken, taken)], along[list(taken)]
    held = np.linalg.cholesky(normal + (1e-6 * np.trace(normal) + 1e-12) * np.eye(len(taken)))
    ends = np.array([_reach(probes[number]) for number in taken]).T
    solved = lsq_linear(held.T, np.linalg.solve(held, wanted), bounds=(ends[0], ends[1])).x
    return solved, float(2 * wanted @ solved - solved @ normal @ solved)


def _reach(probe: tuple[str, float, str]) -> tuple[float, float]:
    """How many times the measured step a control may go: not beyond its range, not beyond what a slope can tell."""
    control, step, _ = probe
    row = CONTROLS[control]
    ends = sorted((row.low / step, row.high / step))
    one_way = control in {"sharpness", "denoise", "glow"}  # what sharpens does not blur when turned around
    return (0.0 if one_way else max(ends[0], -2.5)), min(ends[1], 2.5)
