"""Regression on five to some dozen samples: how an amount depends on what is seen in a picture.

Few samples carry little: so the candidates go from "never used" over "always the same" to a straight and a bent
dependence, and the simplest one wins whose error on photos left out, one at a time, is about the lowest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Kernel = Callable[[Matrix, Matrix], Matrix]

FLATTERY = 1.0
"""A more complicated candidate must lower the error left out by this many √n-ths of it: few samples flatter."""

MARGIN = 0.25
"""How far beyond the amounts seen a prediction may go, as a share of their range."""


@dataclass(frozen=True)
class Regression:
    """An amount as a function of standardised facts (samples, facts).

    ``error``: root mean square on the samples, each predicted from the others. ``kind``: ``none``, ``constant``,
    ``straight`` or ``bent``.
    """

    kind: str
    error: float
    constant: float
    at: Matrix
    coefficients: Vector
    kernel: Kernel
    range: tuple[float, float]

    def predict(self, facts: Matrix) -> Vector:
        """The amounts for ``facts`` (pictures, facts): (pictures,)."""
        found = self.constant + self.kernel(facts, self.at) @ self.coefficients
        return np.clip(found, *self.range)


def fit(facts: Matrix, amounts: Vector) -> Regression:
    """The regression of ``amounts`` (samples,) on standardised ``facts`` (samples, facts)."""
    candidates = list(_candidates(facts, amounts))
    best = candidates[0]
    for candidate in candidates[1:]:
        if candidate.error < best.error * (1.0 if candidate.kind == best.kind else 1 - FLATTERY / len(facts) ** 0.5):
            best = candidate
    return best


def _candidates(facts: Matrix, amounts: Vector) -> Iterator[Regression]:
    """From the simplest to the most complicated."""
    nothing = np.zeros(len(facts))
    spare = MARGIN * float(np.ptp(amounts))
    within = (float(amounts.min()) - spare, float(amounts.max()) + spare)
    yield Regression("none", _rms(amounts), 0.0, facts, nothing, _straight, (0.0, 0.0))
    left_out = (amounts.sum() - amounts) / (len(amounts) - 1)
    yield Regression("constant", _rms(amounts - left_out), float(amounts.mean()), facts, nothing, _straight, within)
    for kind, kernel in KERNELS:
        for ridge in RIDGES:
            error, coefficients = _left_out(kernel(facts, facts), amounts, ridge)
            yield Regression(kind, error, float(amounts.mean()), facts, coefficients, kernel, within)


def _straight(one: Matrix, other: Matrix) -> Matrix:
    return np.asarray(one @ other.T / one.shape[1])


def _bent(width: float) -> Kernel:
    def kernel(one: Matrix, other: Matrix) -> Matrix:
        distance = ((one[:, None] - other[None]) ** 2).sum(-1) / one.shape[1]
        return np.asarray(np.exp(-distance / (2 * width**2)))

    return kernel


KERNELS: tuple[tuple[str, Kernel], ...] = (("straight", _straight), ("bent", _bent(2.0)), ("bent", _bent(1.0)))
RIDGES = (3.0, 1.0, 0.3, 0.1, 0.03)


def _left_out(gram: Matrix, amounts: Vector, ridge: float) -> tuple[float, Vector]:
    """The error of kernel ridge regression on samples left out, and its coefficients for all of them.

    Closed form: the residual of a sample that is left out is its residual divided by 1 − its own leverage (here with
    the mean, which takes 1/n of it).
    """
    count = len(amounts)
    centred = amounts - amounts.mean()
    inverse = np.linalg.inv(gram + ridge * np.eye(count))
    leverage = np.diag(gram @ inverse) + 1 / count
    residual = centred - gram @ (inverse @ centred)
    return _rms(residual / np.maximum(1 - leverage, 0.05)), inverse @ centred


def _rms(values: Vector) -> float:
    return float(np.sqrt(np.mean(values**2)))
