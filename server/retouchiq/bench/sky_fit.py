"""Fit the first guess of where a sky is (regions/sky_head.npz) on outlined photos.

    python -m retouchiq.bench.sky_fit FOLDER OUTLINES

FOLDER: laid out like the test data. OUTLINES: outlines by photo, tests/retouchiq/regions/outlines.json.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from retouchiq.bench.outlined import Outlined, halves, outlined
from retouchiq.regions.resizing import resized
from retouchiq.regions.saliency import GRID
from retouchiq.regions.scene import seen
from retouchiq.regions.sky import features

PENALTY = 1000.0  # on the squared weights: there are many more features than photos
HEAD = Path(__file__).parents[1] / "regions" / "sky_head.npz"

Array = NDArray[np.float32]


def main(folder: Path, outlines: Path) -> None:
    photos = outlined(folder, outlines)
    cells = {photo.name: _cells(photo) for photo in photos if "sky" in photo.regions}
    tuned, held = halves(photo.name for photo in photos)
    parts = {"all": tuned + held, "tuned": tuned, "held": held}
    heads = {part: fitted([cells[name] for name in names if name in cells]) for part, names in parts.items()}
    np.savez_compressed(HEAD, **heads)  # type: ignore[arg-type]


def fitted(cells: list[tuple[Array, Array]]) -> Array:
    """Means, spreads and weights (3, features + 1) of logistic regression with a penalty, on features and truths."""
    everything, truth = (np.concatenate(parts) for parts in zip(*cells, strict=True))
    means, spreads = everything.mean(axis=0), everything.std(axis=0) + 1e-6
    normal = ((everything - means) / spreads).astype(np.float64)
    sign = np.where(truth > 0.5, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (normal @ weights[:-1] + weights[-1])
        pull = -sign * expit(-margin)
        value = np.logaddexp(0, -margin).sum() + PENALTY / 2 * weights[:-1] @ weights[:-1]
        return float(value), np.append(normal.T @ pull + PENALTY * weights[:-1], pull.sum())

    start = np.zeros(normal.shape[1] + 1)
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return np.stack([np.append(means, 0), np.append(spreads, 1), weights]).astype(np.float32)


def _cells(photo: Outlined) -> tuple[Array, Array]:
    picture = photo.picture()
    truth = photo.truth("sky", *picture.shape[:2])
    there = resized(truth[..., None], GRID, GRID)[..., 0]
    found = features(seen(picture))
    return found.reshape(-1, found.shape[-1]), there.ravel()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
