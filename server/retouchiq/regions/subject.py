"""The subject: what stands out, people, animals, flowers or things alike."""

from __future__ import annotations

from retouchiq.regions.edges import along_edges, on_even_ground
from retouchiq.regions.found import Found
from retouchiq.regions.outlining import outline
from retouchiq.regions.scene import Scene

LEAST = 0.005  # share of the picture below which what stands out is a speck


def subject(scene: Scene) -> Found | None:
    """What stands out, with the picture's edges; None where nothing does.

    Its confidence is how decided the saliency is, the share of it that lies where it is above one half, times the share
    of its edge that the picture has too: a patch of a wall stands out to the network, but is no thing.
    """
    standing_out = scene.saliency
    inside = standing_out > 0.5
    if inside.mean() < LEAST:
        return None
    weights = along_edges(standing_out, scene)
    shape = outline(weights)
    decided = float(standing_out[inside].sum() / standing_out.sum())
    confidence = decided * (1 - on_even_ground(weights, scene))
    return None if shape is None else Found("subject", weights, shape, confidence)
