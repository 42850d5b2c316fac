"""Photos with regions outlined by hand, and how a found region compares."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from hostbridge.controls import Outline
from hostbridge.weights import Weights, drawn
from retouchiq.reward import Picture

OUTLINES = Path(__file__).parents[3] / "tests" / "retouchiq" / "regions" / "outlines.json"
"""The project's own hand outlines by photo and region, in a source tree: rings and holes as in `Outline`, or null."""

SEED = 4  # of the split into a half that was looked at while tuning and one that was not
SIDE = 768  # px of the long side


@dataclass(frozen=True)
class Outlined:
    """``regions``: the outline of each judged region, None where there is no such region in the photo."""

    path: Path
    regions: dict[str, Outline | None]

    @property
    def name(self) -> str:
        return self.path.name

    def picture(self) -> Picture:
        with Image.open(self.path) as image:
            rgb = image.convert("RGB")
        rgb.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        return np.asarray(rgb, np.float32) / np.float32(255)

    def truth(self, region: str, height: int, width: int) -> Weights:
        """The region as outlined, 0…1; nothing where it is not in the photo."""
        shape = self.regions[region]
        return np.zeros((height, width), np.float32) if shape is None else drawn(shape, height, width)


def outlined(folder: Path, outlines: Path) -> list[Outlined]:
    """The photos of ``folder`` (with photos/ and pairs/) that ``outlines``, a JSON file, has outlines of, by name."""
    by_name: dict[str, dict[str, Any]] = json.loads(outlines.read_text(encoding="utf-8"))
    places = {path.name: path for part in ("photos", "pairs") for path in (folder / part).iterdir()}
    return [
        Outlined(places[name], {region: shape and Outline(**shape, feather=0) for region, shape in regions.items()})
        for name, regions in by_name.items()
        if name in places
    ]


def halves(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """A random half, and the rest."""
    mixed = sorted(names)
    random.Random(SEED).shuffle(mixed)
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def shared(one: Weights, other: Weights) -> float:
    """Intersection over union of what is above one half; 0 where neither is anywhere."""
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / max(1, (a | b).sum()))
