"""What is behind and what is in front: derived from the subject and the sky."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hostbridge.weights import Weights
from retouchiq.regions.found import Found
from retouchiq.regions.outlining import outline
from retouchiq.regions.scene import Scene
from retouchiq.regions.sky import sky
from retouchiq.regions.subject import subject

NEAR = 0.7  # of the picture's height: what is near reaches down to here at least


def background(scene: Scene) -> Found | None:
    """All that is not the subject; None where there is no subject."""
    found = subject(scene)
    return None if found is None else _other("background", found)


def foreground(scene: Scene) -> Found | None:
    """What is near: the subject, where it reaches down into the lower part of the picture; else all under the sky.

    None where there is neither a subject nor a sky.
    """
    found, above = subject(scene), sky(scene)
    if found is not None and (above is None or above.confidence < found.confidence) and _lowest(found.weights) >= NEAR:
        return replace(found, name="foreground")
    return None if above is None else _other("foreground", above)


def _other(name: str, found: Found) -> Found | None:
    """All of the picture that ``found`` is not."""
    weights = 1 - found.weights
    shape = outline(weights)
    return None if shape is None else Found(name, weights, shape, found.confidence)


def _lowest(weights: Weights) -> float:
    """How far down it reaches, 0 (top) … 1 (bottom)."""
    rows = np.flatnonzero((weights > 0.5).any(axis=1))
    return float(rows[-1] + 1) / len(weights) if len(rows) else 0.0
