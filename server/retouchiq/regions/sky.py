"""The sky: a first guess from what a network sees and from colour, then this picture's own colours, along its edges."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import expit, logit

from hostbridge.weights import Weights
from retouchiq.regions.colours import likelihood
from retouchiq.regions.edges import along_edges, model, on_even_ground
from retouchiq.regions.found import Found
from retouchiq.regions.outlining import outline
from retouchiq.regions.resizing import resized
from retouchiq.regions.saliency import GRID
from retouchiq.regions.scene import Scene

Array = NDArray[np.float32]

LEAST = 0.015  # share of the picture
ROUNDS = 3  # of learning the picture's colours and looking again
TRUST = 0.5  # of what the colours say, beside the first guess: neighbouring pixels are not independent witnesses
MOST = 6.0  # log odds that the colours alone may give
SKY_COLOURS, OTHER_COLOURS = 4, 6  # clusters: clear, hazy, cloud, sun; what is on the ground is more varied
FADING = 0.2  # how much an edge that nothing in the picture explains costs: fog and dusk do hide where a sky ends
PATCH = 0.01  # share of the picture; what is no larger than a few of it is more often a window, a page or a white dress
DOUBT = 0.3  # mean first guess below which a patch is not sky, whatever its colours


def sky(scene: Scene, fitted: Array | None = None) -> Found | None:
    """The sky; None where there is none.

    Its confidence is the mean of the first guess over it, less where its edge is none of the picture's or it is small.

    ``fitted``: another first guess than `head`'s, for measuring.
    """
    guess = first_guess(scene, head() if fitted is None else fitted)
    area = _believable(by_colours(guess, scene), guess)
    if (area > 0.5).mean() < LEAST:
        return None
    weights = along_edges(area, scene)
    shape = outline(weights)
    likely = float(guess[area > 0.5].mean())
    confidence = likely * (1 - FADING * on_even_ground(weights, scene)) * (1 - PATCH / float((area > 0.5).mean()))
    return None if shape is None else Found("sky", weights, shape, confidence)


@cache
def head(which: str = "all") -> Array:
    """Means, spreads and weights of the first guess, (3, features + 1), fitted by `retouchiq.bench.sky_fit`.

    ``which``: the outlined photos it was fitted on: ``all``, or ``tuned`` or ``held`` for measuring on the others.
    """
    with np.load(files("retouchiq.regions").joinpath("sky_head.npz").open("rb")) as stored:
        return np.asarray(stored[which], np.float32)


def first_guess(scene: Scene, fitted: Array) -> Weights:
    """How likely each pixel of the small picture is sky, 0…1: a logistic function of `features`."""
    means, spreads, weights = fitted
    cells = (features(scene) - means[:-1]) / spreads[:-1]
    guess = expit(cells @ weights[:-1] + weights[-1]).astype(np.float32)
    return np.asarray(np.clip(resized(guess[..., None], *scene.small.shape[:2])[..., 0], 0.01, 0.99), np.float32)


def features(scene: Scene) -> Array:
    """(40, 40, n): the network's inner maps, colour, texture, the strongest edge above, and place."""
    lightness, a, b = np.moveaxis(scene.lab, -1, 0)
    height, width = lightness.shape
    rough = ndimage.gaussian_gradient_magnitude(lightness, 1.0)
    above = np.maximum.accumulate(ndimage.gaussian_filter1d(rough, 3, axis=1), axis=0)
    down = np.repeat(np.linspace(0, 1, height)[:, None], width, axis=1)
    aside = np.repeat(np.abs(np.linspace(-1, 1, width))[None], height, axis=0)
    relative = (lightness - np.median(lightness)) / 50
    tone = [lightness / 100, relative, a / 50, b / 50, np.hypot(a, b) / 50, np.log1p(rough), np.log1p(above)]
    own = resized(np.dstack([*tone, down, aside]).astype(np.float32), GRID, GRID)
    by_height = own[..., [0, 1, 3, 5, 6]] * own[..., 7:8]
    return np.concatenate([scene.sight.inner, own, by_height], axis=-1).astype(np.float32)


def by_colours(guess: Weights, scene: Scene) -> Weights:
    """The guess, corrected by the colours that the sky and the rest have in this very picture."""
    odds, belief = logit(guess), guess
    for _ in range(ROUNDS):
        inside, outside = belief > 0.6, belief < 0.4
        if min(inside.mean(), outside.mean()) < LEAST / 2:
            return belief
        lead = likelihood(scene.lab, inside, SKY_COLOURS) - likelihood(scene.lab, outside, OTHER_COLOURS)
        belief = _smooth(expit(odds + TRUST * np.clip(lead, -MOST, MOST)).astype(np.float32), scene)
    return belief


def _smooth(belief: Weights, scene: Scene) -> Weights:
    slopes, offset = model(belief, scene.small)
    smooth = np.einsum("hwc,hwc->hw", slopes, scene.small) + offset
    return np.asarray(np.clip(smooth, 0.001, 0.999), np.float32)


def _believable(area: Weights, guess: Weights) -> Weights:
    """``area`` without the patches that the first guess doubts."""
    patches, count = ndimage.label(area > 0.5)
    means = ndimage.mean(guess, patches, np.arange(1, count + 1))
    doubted = np.isin(patches, 1 + np.flatnonzero(np.asarray(means) < DOUBT))
    return np.where(doubted, 0, area).astype(np.float32)
