"""Fits a map of colours to pixels that are known before and after."""

from __future__ import annotations

import numpy as np
from scipy.cluster.vq import kmeans2

from hostbridge.color_map import MOST, Numbers, lab_of, weights

SAMPLES = 9000  # pixels; a map has 147 numbers
ANCHORS = 6  # per channel of sRGB: colours that the picture may not have, but its larger render or its next edit will
HELD = 0.003  # weight of all anchors together, that of all pixels being 1
ENDS = np.array([[0.0, 0, 0], [100.0, 0, 0]])
"""Lab of black and white."""
_SEED = 7


def anchors() -> Numbers:
    """Lab of a grid over sRGB."""
    steps = np.linspace(0, 1, ANCHORS)
    return lab_of(np.stack(np.meshgrid(steps, steps, steps), axis=-1).astype(np.float32))


def sampled(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Which of ``count`` pixels are used: always the same ones."""
    return np.sort(np.random.default_rng(_SEED).permutation(count)[:SAMPLES])


def fit(
    before: Numbers, after: Numbers, weight: Numbers, held: float = HELD, known: Numbers = ENDS
) -> tuple[Numbers, Numbers]:
    """Source and target colours, (`MOST`, 3) Lab each, of the map that brings ``before`` nearest to ``after``.

    ``before``, ``after``: (n, 3) Lab of the same pixels, ``weight`` (n,) how much each counts. ``known`` (k, 3): Lab
    of source colours whatever the pixels are. Least squares over the targets, for the map is linear in them. Where the
    pixels say nothing, the map leans on their straight-line trend.
    """
    source = _sources(before, weight, known)
    grid = anchors()
    trend = _trend(before, after, weight, grid)
    counts, on_grid = weights(before, source), weights(grid, source)
    share = weight / weight.sum()
    normal = counts.T @ (counts * share[:, None]) + held / len(grid) * on_grid.T @ on_grid
    wanted = counts.T @ (after * share[:, None]) + held / len(grid) * on_grid.T @ trend
    target = np.linalg.solve(normal + 1e-9 * np.eye(len(source)), wanted)
    return source, np.asarray(target)


def _sources(before: Numbers, weight: Numbers, known: Numbers) -> Numbers:
    """Those ``known``, and the middles of as many groups of like colours as a map has room for."""
    used = before[weight > 0]
    room = min(MOST - len(known), max(3, len(np.unique(used.round(), axis=0))))
    found, _ = kmeans2(used, room, minit="++", seed=_SEED)
    found = found[np.isfinite(found).all(axis=1)]
    apart = np.linalg.norm(found[:, None] - known[None], axis=2).min(axis=1) > 1.0
    return _distinct(np.vstack([known, found[apart]]))


def _distinct(source: Numbers) -> Numbers:
    """Without colours that are nearly another one: the spline could not tell them apart. Greys get company."""
    kept: list[Numbers] = []
    for colour in source:
        if all(np.linalg.norm(colour - other) > 0.5 for other in kept):
            kept.append(colour)
    beside = np.array(
        [[50.0, 20, 0], [50.0, -10, 17], [50.0, -10, -17]]
    )  # a spline of greys alone has no slope in a*b*
    flat = np.ptp(np.array(kept)[:, 1:], axis=0).max() < 8
    return np.vstack([*kept[: MOST - 3], *beside]) if flat or len(kept) < 5 else np.array(kept)


def _trend(before: Numbers, after: Numbers, weight: Numbers, grid: Numbers) -> Numbers:
    """What a straight line through the pixels makes of the grid, leaning towards no change."""
    known = np.column_stack([np.ones(len(before)), before / 50])
    root = np.sqrt(weight / weight.sum())[:, None]
    lean = 0.05 * np.eye(4)
    system = np.vstack([known * root, lean])
    moved = np.linalg.lstsq(system, np.vstack([(after - before) * root, np.zeros((4, 3))]), rcond=None)[0]
    return np.asarray(grid + np.column_stack([np.ones(len(grid)), grid / 50]) @ moved)
