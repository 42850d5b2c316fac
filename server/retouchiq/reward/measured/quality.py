"""Measures of damage. In all of them more is worse, and an untouched picture is the reference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from hostbridge.weights import Weights
from retouchiq.reward.measured import detail, tone
from retouchiq.reward.measured.scene import Pair, Plane, Scene
from retouchiq.reward.measured.tone import Options, mean

WHITE = 254 / 255
BLACK = 2 / 255
PART = 0.3  # of a white pixel; chosen by eye on one photo of sunlit water
STRONG = 50.0  # C* up to which colours look like those of things
STEP = 1.25  # times the chroma before: the plain word's step of saturation, which no picture is marked down for
PAPER = 253 / 255  # in all channels: white without any detail
EDGE = 6.0  # L* between a pixel and its surroundings from which an edge is strong


def blown(pair: Pair, where: Weights, _: Options) -> float:
    """Share of pixels in % that have all three channels at their end, and `PART` of those that have two and are bright.

    White is empty; a bright colour with one channel left, such as water in sunlight, still has some of its detail.
    """
    part = PART * ((pair.after.middle_channel >= WHITE) & (pair.after.lightness > 82))
    empty = pair.after.small.min(axis=2) >= WHITE
    return 100 * mean(np.where(empty, 1, part).astype(np.float32), pair.seen(where))


def crushed(pair: Pair, where: Weights, _: Options) -> float:
    """Share of pixels in % that are black in all channels."""
    return 100 * mean((pair.after.brightest_channel <= BLACK).astype(np.float32), pair.seen(where))


def neon(pair: Pair, where: Weights, _: Options) -> float:
    """Mean C* that colours have beyond `STRONG` and beyond a plain step from what they had: pinks that glow like signs.

    Nine photos finished by professionals stay below 0.9, whatever was asked for; "much more vivid" carried out to the
    letter took a pink flower to 2.3 and a sunrise to 1.5.
    """
    excess = pair.after.chroma - np.maximum(STEP * pair.before.chroma, STRONG)
    return mean(np.maximum(excess, 0), pair.seen(where))


def greyed(pair: Pair, where: Weights, _: Options) -> float:
    """Mean L* by which ``where``, which was white (`paper`), is darker: darkening makes grey of it, not detail."""
    return mean(np.maximum(pair.before.lightness - pair.after.lightness, 0), pair.seen(where))


def paper(scene: Scene) -> Weights:
    """Pixels that are white in all channels."""
    return np.asarray(scene.small.min(axis=2) >= PAPER, np.float32)


def banding(pair: Pair, where: Weights, _: Options) -> float:
    """Share in % of the 8-bit levels inside the used range that no pixel has although their neighbours are full."""
    counts = np.bincount(np.clip(pair.after.luma.ravel() * 2.55 + 0.5, 0, 255).astype(np.int32), minlength=256)
    around = ndimage.uniform_filter1d(counts.astype(np.float32), 7)
    used = around > max(30.0, 0.0003 * counts.sum())
    empty = counts < 0.05 * around
    return float(100 * (used & empty).sum() / max(int(used.sum()), 1))


def halos(pair: Pair, where: Weights, _: Options) -> float:
    """How much more than a tone curve the light side of strong edges was lightened and the dark side darkened, L*.

    The tone curve is the mean change at each lightness; what is left near edges, signed by the side, is the halo.
    """
    return max(0.0, edge_contrast(pair, where))


def edge_contrast(pair: Pair, where: Weights) -> float:
    """`halos` with its sign: below 0 where edges lost contrast."""
    deviation = pair.before.lightness - pair.before.blurred(0.02)
    edges = pair.seen(where) * (np.abs(deviation) > EDGE)
    return mean(off_curve(pair) * np.sign(deviation), edges) if edges.sum() >= 1 else 0.0


def glow_added(pair: Pair, where: Weights, _: Options) -> float:
    """How much more than a tone curve the surroundings of highlights were lightened, L*: light that spills over."""
    return max(0.0, mean(off_curve(pair), pair.seen(where) * detail.ring(pair.before)))


def off_curve(pair: Pair) -> Plane:
    """The change of L* without what the tone curve, the mean change at each lightness, explains of it."""
    return pair.after.remember(("off curve", id(pair.before)), lambda: _off_curve(pair))


def _off_curve(pair: Pair) -> Plane:
    change = pair.after.lightness - pair.before.lightness
    level = np.clip(pair.before.lightness / 2, 0, 50).astype(np.int32)
    total = np.bincount(level.ravel(), weights=change.ravel(), minlength=51)
    curve = (total / np.maximum(np.bincount(level.ravel(), minlength=51), 1)).astype(np.float32)
    return np.asarray(change - curve[level], np.float32)


def detail_lost(pair: Pair, where: Weights, options: Options) -> float:
    """Local contrast gone missing in %, beyond what a softer tone curve explains; at the scale that lost most."""
    kept = [_local(pair, where, options, scale) for scale in (detail.clarity, detail.texture)]
    return 100 * max(0.0, 1 - min(kept))


def _local(pair: Pair, where: Weights, options: Options, scale: Callable[..., float]) -> float:
    """Local contrast after over before, each over the spread of tones there."""
    shares = [
        scale(Pair(scene, scene, valid=pair.valid), where, options)
        / max(tone.spread(Pair(scene, scene, valid=pair.valid), where, options), 1.0)
        for scene in (pair.before, pair.after)
    ]
    return shares[1] / shares[0] if shares[0] > 0.01 else 1.0


def structure_lost(pair: Pair, where: Weights, _: Options) -> float:
    """100 minus the correlation in % of the signed gradients of L*: 0 for any gain, large for anything moved."""
    seen = pair.seen(where)
    first, second = _gradients(pair.before), _gradients(pair.after)
    cross = mean(first[0] * second[0] + first[1] * second[1], seen)
    power = [mean(g[0] ** 2 + g[1] ** 2, seen) for g in (first, second)]
    if power[0] < 1e-4:
        return 0.0
    return float(100 * (1 - np.clip(cross / np.sqrt(power[0] * max(power[1], 1e-6)), 0, 1)))


def _gradients(scene: Scene) -> tuple[Plane, Plane]:
    blurred = scene.blurred(0.003)
    return (
        scene.remember(("dx",), lambda: np.gradient(blurred, axis=1).astype(np.float32)),
        scene.remember(("dy",), lambda: np.gradient(blurred, axis=0).astype(np.float32)),
    )
