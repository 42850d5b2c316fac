"""A learnt style: what the user did to each of their photos, and what they would do to another one."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hostbridge import UnusableInput
from hostbridge.darktable import writing
from retouchiq.agent.offline.propose import PLAIN
from retouchiq.reward.measured.prior import SEEN
from retouchiq.style.model import Regression, fit
from retouchiq.style.place import check_name, folder, names

FEWEST = 5
"""Photos without which nothing can be learnt."""

NOTICED = 0.12
"""Amounts below this share of a plain word ("warmer") are left out: nobody sees them."""

ON = 50.0  # % of monochrome from which a picture is taken for black and white


SHOWN = ("lightness", "spread", "saturation", "warmth", "magenta")
"""The measures by which a result is judged: as much of each as the user's own edits of such pictures changed it."""


class Sample(BaseModel):
    """One photo of the user's: its file name, `SEEN` before the edit, and what was done, in amounts of controls.

    ``changes``: what that changed in the picture, by the measures of `SHOWN`.
    """

    model_config = ConfigDict(frozen=True)
    photo: str
    facts: dict[str, float]
    amounts: dict[str, float]
    changes: dict[str, float]


class Style(BaseModel):
    """A style with its samples; everything it predicts follows from them."""

    name: Annotated[str, AfterValidator(check_name)]
    host: str
    samples: tuple[Sample, ...] = Field(min_length=FEWEST)

    def amounts(self, facts: dict[str, float]) -> dict[str, float]:
        """Control → amount in its unit for a picture in which ``facts`` are seen; what nobody would see is left out."""
        seen = self.standardised(np.array([[facts[name] for name in SEEN]]))
        found = {name: float(one.predict(seen)[0]) * PLAIN[name] for name, one in self.regressions.items()}
        if found.get("monochrome", 0.0) >= ON:
            colourless = {name: amount for name, amount in found.items() if name not in ("saturation", "tint")}
            found = colourless | {"monochrome": 100.0}
        else:
            found.pop("monochrome", None)
        return {name: amount for name, amount in found.items() if abs(amount) > NOTICED * PLAIN[name]}

    def changes(self, facts: dict[str, float]) -> dict[str, float]:
        """Measure of `SHOWN` → how far the user's edit would move it, for a picture in which ``facts`` are seen."""
        seen = self.standardised(np.array([[facts[name] for name in SEEN]]))
        done = {name: np.array([sample.changes[name] for sample in self.samples]) for name in SHOWN}
        scale = {name: max(float(np.abs(changes).max()), 1e-6) for name, changes in done.items()}
        learnt = self.standardised(self.facts)
        return {name: float(fit(learnt, done[name] / scale[name]).predict(seen)[0]) * scale[name] for name in SHOWN}

    @cached_property
    def facts(self) -> NDArray[np.float64]:
        """What was seen before the edits: (samples, facts of `SEEN`)."""
        return np.array([[sample.facts[name] for name in SEEN] for sample in self.samples])

    def standardised(self, facts: NDArray[np.float64]) -> NDArray[np.float64]:
        """``facts`` with the samples' mean 0 and standard deviation 1, no farther out than twice the samples."""
        away = (facts - self.facts.mean(0)) / np.maximum(self.facts.std(0), 1e-6)
        return np.asarray(np.clip(away, -3.0, 3.0))

    @cached_property
    def regressions(self) -> dict[str, Regression]:
        """Control → how its amount, in plain words, depends on standardised facts."""
        controls = sorted({name for sample in self.samples for name in sample.amounts})
        seen = self.standardised(self.facts)
        return {name: fit(seen, self.done(name) / PLAIN[name]) for name in controls}

    def done(self, control: str) -> NDArray[np.float64]:
        """What was done with ``control``, in its unit: (samples,)."""
        return np.array([sample.amounts.get(control, 0.0) for sample in self.samples])

    def save(self) -> Path:
        """Write it where `find` looks for it, whole or not at all."""
        path = folder() / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        writing.replace(path, self.model_dump_json(indent=1).encode())
        return path


def find(name: str) -> Style:
    """The learnt style called ``name``. Raises `UnusableInput` where there is none, or its file is broken."""
    check_name(name)
    path = folder() / f"{name}.json"
    if not path.exists():
        there = f"there are {', '.join(names())}" if names() else "none has been learnt yet"
        raise UnusableInput(f"no style is called {name!r}; {there}: `retouchiq style learn FOLDER --name {name}`")
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(16)
def _read(path: Path, changed: int) -> Style:
    """``changed``: when the file was, so that a server sees a style that was learnt again."""
    try:
        return Style.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        raise UnusableInput(f"{path} is no learnt style ({why}): learn it again") from error
