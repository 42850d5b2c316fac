"""What a finder answers."""

from __future__ import annotations

from dataclasses import dataclass

from hostbridge.controls import Ellipse, Gradient, Outline
from hostbridge.weights import Weights


@dataclass(frozen=True)
class Found:
    """A region found in a picture.

    ``weights``: its pixels, float32 (height, width), 0…1. ``shape``: where it is, for hosts without pixel masks.
    ``confidence``: 0…1.
    """

    name: str
    weights: Weights
    shape: Outline | Gradient | Ellipse
    confidence: float
