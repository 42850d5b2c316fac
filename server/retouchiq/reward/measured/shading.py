"""Strong colours that lose their shading: one channel has come to its end, and what modelled the thing is gone."""

from __future__ import annotations

import numpy as np

from hostbridge.weights import Weights
from retouchiq.reward.measured.scene import Pair
from retouchiq.reward.measured.tone import Options, mean

ENDED = 254 / 255
ROOM = 250 / 255  # the brightest channel had some before: what was at its end already is nobody's fault
STRONG = 30.0  # C*: in a pale colour the other channels still tell light from shade


def flattened(pair: Pair, where: Weights, _: Options) -> float:
    """Share of pixels in % whose colour is strong and whose brightest channel newly has come to its end.

    All three at their end is another matter (`quality.blown`). In 37 pairs of photos before and after somebody finished
    them it is at most 0.23 %.
    """
    ended = (pair.after.brightest_channel >= ENDED) & (pair.before.brightest_channel < ROOM)
    return 100 * mean((ended & (pair.after.chroma > STRONG)).astype(np.float32), pair.seen(where))
