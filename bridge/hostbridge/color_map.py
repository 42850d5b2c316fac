"""A map of colours: where some colours go, and every other colour in between.

The pairs are CIE Lab of D50, the white of ICC's connection space, as a picture is displayed. In between stands a
thin-plate spline with a linear part (Bookstein 1989) and the kernel r² ln r², as in darktable's color look-up table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hostbridge import InvalidSetting
from hostbridge.mixing import SRGB_TO_XYZ

Numbers = NDArray[np.float64]

MOST = 49
"""Pairs that darktable's color look-up table takes."""

_WHITE = SRGB_TO_XYZ.sum(axis=1)
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27  # CIE 15:2018


def to_text(source: Numbers, target: Numbers) -> str:
    """Two (n, 3) arrays of Lab as the text of an edit's option ``pairs``: ``L,a,b>L,a,b;…``, two decimals."""
    return ";".join(f"{_triple(one)}>{_triple(other)}" for one, other in zip(source, target, strict=True))


def _triple(lab: Numbers) -> str:
    return ",".join(f"{part:.2f}" for part in lab)


def from_text(text: str) -> tuple[Numbers, Numbers]:
    """Source and target, each (n, 3) Lab; `InvalidSetting` where the text does not hold 5 to `MOST` pairs."""
    try:
        pairs = [[[float(part) for part in lab.split(",")] for lab in pair.split(">")] for pair in text.split(";")]
        both = np.array(pairs, np.float64)
        fits = both.shape[1:] == (2, 3) and 5 <= len(both) <= MOST and bool(np.isfinite(both).all())
    except ValueError:
        fits = False
    if not fits:
        raise InvalidSetting(f"pairs = {text[:40]!r}: write 5 to {MOST} pairs of Lab as L,a,b>L,a,b;L,a,b>L,a,b;…")
    return both[:, 0], both[:, 1]


def at(amount: float, text: str) -> tuple[Numbers, Numbers]:
    """The pairs of ``text`` with targets at ``amount`` percent of the way."""
    source, target = from_text(text)
    return source, source + amount / 100 * (target - source)


def weights(lab: Numbers, source: Numbers) -> Numbers:
    """(m, n): how much each source colour's target counts in what becomes of each of ``lab`` (m, 3); rows sum to 1."""
    count = len(source)
    system = np.zeros((count + 4, count + 4))
    system[:count] = _basis(source, source)
    system[count:, :count] = system[:count, count:].T
    solved = np.linalg.lstsq(system, np.eye(count + 4)[:, :count], rcond=1e-12)[0]
    return np.asarray(_basis(lab, source) @ solved)


def _basis(lab: Numbers, source: Numbers) -> Numbers:
    apart = ((lab[:, None] - source[None]) ** 2).sum(axis=2)
    return np.hstack([apart * np.log(np.maximum(apart, 1e-8)), np.ones((len(lab), 1)), lab])


def in_linear_srgb(source: Numbers, target: Numbers) -> Numbers:
    """The 3 × 3 matrix of linear sRGB nearest to the pairs, in the sense of least squares of their cube roots.

    For hosts that know no such map. Greys stay what the pairs make of them as far as one matrix can.
    """
    start, end = _linear(source), _linear(target)
    # a step of linear light shows more the darker it is
    seen = 1 / np.maximum(np.cbrt(end.mean(axis=1)) ** 2, 0.05)
    held = 0.05 * np.eye(3)
    rows = np.linalg.lstsq(np.vstack([start * seen[:, None], held]), np.vstack([end * seen[:, None], held]), rcond=None)
    return np.asarray(rows[0].T)


def lab_of(picture: NDArray[np.float32]) -> Numbers:
    """(n, 3) Lab of D50 of the pixels of a picture (…, 3), sRGB-encoded 0…1."""
    encoded = np.asarray(picture, np.float64).reshape(-1, 3)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4)
    ratio = linear @ SRGB_TO_XYZ.T / _WHITE
    root = np.where(ratio > _EPSILON, np.cbrt(ratio), (_KAPPA * ratio + 16) / 116)
    return np.column_stack([116 * root[:, 1] - 16, 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])])


def srgb_of(lab: Numbers) -> Numbers:
    """(n, 3) sRGB-encoded of Lab of D50; colours beyond sRGB are cut to 0…1."""
    linear = np.clip(_linear(lab), 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _linear(lab: Numbers) -> Numbers:
    """(n, 3) linear sRGB, beyond 0…1 where the colour is."""
    y = (lab[:, 0] + 16) / 116
    root = np.column_stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200])
    ratio = np.where(root**3 > _EPSILON, root**3, (116 * root - 16) / _KAPPA)
    return np.asarray(ratio * _WHITE @ np.linalg.inv(SRGB_TO_XYZ).T)
