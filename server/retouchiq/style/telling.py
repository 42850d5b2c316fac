"""A learnt style in words, and as a plot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray

from hostbridge.controls import CONTROLS
from retouchiq.agent.offline.propose import PLAIN
from retouchiq.reward.measured.prior import SEEN
from retouchiq.style.taste import ON, Style

WORDS: dict[str, tuple[str, str]] = {
    "lightness": ("dark", "bright"),
    "spread": ("flat", "contrasty"),
    "black point": ("deep-black", "grey-black"),
    "white point": ("dull-white", "bright-white"),
    "middle": ("dark", "bright"),
    "saturation": ("pale", "colourful"),
    "grey warmth": ("cool", "warm"),
    "grey magenta": ("greenish", "pinkish"),
}
"""By fact: what pictures are called that have little and much of it."""

COLOURLESS = "monochrome"  # a control that is on or off, and told so
USED = 0.12  # plain words: what is done less than that is not told
DEPENDS = 0.25  # plain words between the two ends: from there an amount depends on the picture
STEPS = 24  # points of a line
PLOT = (260, 150)  # px of one panel's inside
SPARE = 0.07  # of a panel at each side, so that no dot lies on its frame


@dataclass(frozen=True)
class Habit:
    """What a style does with one control: the mean, and how that goes along with the fact that tells it best.

    ``line``: (fact, amount) pairs; ``dots``: the user's photos likewise.
    """

    control: str
    unit: str
    mean: float
    fact: str
    line: tuple[tuple[float, float], ...]
    dots: tuple[tuple[float, float, str], ...]

    @property
    def ends(self) -> tuple[float, float]:
        """The amounts at the fact's two ends."""
        return self.line[0][1], self.line[-1][1]

    @property
    def title(self) -> str:
        """What a panel of the plot is called."""
        return "black and white" if self.control == COLOURLESS else self.control

    def amount(self, value: float) -> str:
        """``value`` of the control as people read it."""
        if self.control == COLOURLESS:
            return "yes" if value >= ON else "no"
        return signed(value) + (f" {self.unit}" if self.unit else "")

    def __str__(self) -> str:
        few, much = WORDS[self.fact]
        if self.control == COLOURLESS:
            side = few if self.ends[0] > self.ends[1] else much
            mostly = "" if self._steady else f", {side} ones rather than others"
            return f"black and white: {self.mean:.0f}% of the pictures{mostly}."
        usual = f"{self.control}: {self.amount(self.mean)} on average"
        if self._steady:
            return f"{usual}, in any light."
        low, high = (self.amount(end) for end in self.ends)
        return f"{usual}; {low} in {few} pictures, {high} in {much} ones."

    @property
    def _steady(self) -> bool:
        return abs(self.ends[1] - self.ends[0]) < DEPENDS * PLAIN[self.control]


def signed(value: float) -> str:
    """Two digits, with a sign unless it is 0, and never in powers of ten."""
    shown = f"{float(f'{value:.2g}'):+g}"
    return "0" if shown in ("+0", "-0") else shown


def habits(style: Style) -> list[Habit]:
    """What the style does, the most first."""
    found = [_habit(style, control) for control, one in style.regressions.items() if one.kind != "none"]
    told = [habit for habit in found if _size(habit) > USED]
    return sorted(told, key=_size, reverse=True)


def _size(habit: Habit) -> float:
    return max(abs(habit.mean), *(abs(end) for end in habit.ends)) / PLAIN[habit.control]


def told(style: Style) -> str:
    """The style in a few sentences."""
    lines = [f"“{style.name}”, learnt from {len(style.samples)} photos in {style.host}:"]
    return "\n".join(lines + ([f"  {habit}" for habit in habits(style)] or ["  you leave pictures as they are."]))


def _habit(style: Style, control: str) -> Habit:
    """Along the fact between whose 10th and 90th percentile the amount changes most, all others at their means."""
    unit = PLAIN[control]
    regression = style.regressions[control]
    lines = {}
    for number, fact in enumerate(SEEN):
        few, much = np.percentile(style.facts[:, number], (10, 90)).tolist()
        at = np.linspace(few, much, STEPS)
        pictures = np.tile(style.facts.mean(0), (STEPS, 1))
        pictures[:, number] = at
        lines[fact] = (at, regression.predict(style.standardised(pictures)) * unit)
    fact = max(lines, key=lambda name: float(np.ptp(lines[name][1])))
    at, amounts = lines[fact]
    done = style.done(control)
    return Habit(
        control=control,
        unit=CONTROLS[control].unit,
        mean=float(done.mean()),
        fact=fact,
        line=tuple(zip(at.tolist(), amounts.tolist(), strict=True)),
        dots=tuple(
            (sample.facts[fact], float(amount), sample.photo)
            for sample, amount in zip(style.samples, done, strict=True)
        ),
    )


def plot(style: Style) -> str:
    """The plot as an SVG: one panel a habit, the user's photos as dots, what was learnt as a line."""
    env = Environment(loader=PackageLoader("retouchiq.style", ""), autoescape=True, undefined=StrictUndefined)
    panels = list(_panels(habits(style)))
    return env.get_template("plot.svg").render(style=style, panels=panels, width=PLOT[0], height=PLOT[1])


def _panels(found: list[Habit]) -> Iterator[dict[str, object]]:
    for habit in found:
        points = np.array([(x, y) for x, y, _ in habit.dots] + list(habit.line))
        low, high = points.min(0), points.max(0)
        low[1], high[1] = min(low[1], 0.0), max(high[1], 0.0)
        place = _placer(low, high)
        yield {
            "habit": habit,
            "words": WORDS[habit.fact],
            "zero": place(low[0], 0.0)[1],
            "line": " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in habit.line)),
            "dots": [(*place(x, y), name) for x, y, name in habit.dots],
            "levels": [(place(low[0], level)[1], habit.amount(level)) for level in _levels(low[1], high[1])],
        }


def _levels(low: float, high: float) -> list[float]:
    """The amounts written beside a panel: its ends, and 0 where it is not next to one."""
    apart = 0.12 * (high - low)
    return [0.0, *(end for end in (low, high) if abs(end) > apart)]


def _placer(low: NDArray[np.float64], high: NDArray[np.float64]) -> Callable[[float, float], tuple[float, float]]:
    """Values to places in a panel, px from its top left."""
    spans = np.maximum(high - low, 1e-9)

    def place(x: float, y: float) -> tuple[float, float]:
        across, up = SPARE + (1 - 2 * SPARE) * (np.array([x, y]) - low) / spans
        return round(float(across * PLOT[0]), 1), round(float((1 - up) * PLOT[1]), 1)

    return place
