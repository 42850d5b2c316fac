"""What a finished version did to a photo, in words: "brighter by 0.6 EV, warmer, deeper shadows"."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hostbridge.color_map import Numbers
from hostbridge.controls import BANDS, HUES

MOST = 7  # phrases; the first ones say the most
COLOURLESS = 1.5  # C*ab: less is black and white
PRESENT = 0.03  # share of the pixels that a band of hues needs to be spoken of


def described(before: Numbers, after: Numbers) -> str:
    """The differences of two (n, 3) arrays of Lab, of the same pixels or of two scenes' samples of one size.

    Plain thresholds: a phrase is said from where the eye sees the difference side by side. "hardly any change" where
    there is none.
    """
    phrases = list(_tone(before[:, 0], after[:, 0]))
    phrases += list(_colour(before, after))
    return ", ".join(phrases[:MOST]) or "hardly any change"


def _tone(before: Numbers, after: Numbers) -> Iterator[str]:
    stops = float(np.log2(_luminance(np.median(after)) / _luminance(np.median(before))))
    if abs(stops) > 0.1:
        yield f"{'brighter' if stops > 0 else 'darker'} by {abs(stops):.1f} EV"
    contrast = float(after.std() / max(float(before.std()), 1e-3))
    if not 0.93 < contrast < 1.08:
        yield "more contrast" if contrast > 1 else "less contrast"
    levels = np.percentile(after, (2, 15, 85, 98)) - np.percentile(before, (2, 15, 85, 98))
    moved = float(np.median(after) - np.median(before))
    if levels[0] > 3 and np.percentile(after, 2) > 6:
        yield "lifted blacks"
    if abs(levels[1] - moved) > 4:
        yield "lighter shadows" if levels[1] > moved else "deeper shadows"
    if abs(levels[2] - moved) > 5:
        yield "brighter highlights" if levels[2] > moved else "softer highlights"


def _luminance(lightness: float) -> float:
    return max(((lightness + 16) / 116) ** 3, 0.001)


def _colour(before: Numbers, after: Numbers) -> Iterator[str]:
    chroma = [np.hypot(part[:, 1], part[:, 2]) for part in (before, after)]
    if chroma[1].mean() < COLOURLESS < chroma[0].mean():
        yield "black and white"
        return
    shift = _lightly(after) - _lightly(before)
    if abs(shift[1]) > 1.5:
        yield "warmer" if shift[1] > 0 else "cooler"
    if abs(shift[0]) > 2.0:
        yield "more magenta" if shift[0] > 0 else "greener"
    ratio = float(chroma[1].mean() / max(float(chroma[0].mean()), 0.5))
    if not 0.9 < ratio < 1.12:
        yield "more saturated" if ratio > 1 else "less saturated"
    yield from _bands(before, after, ratio)


def _lightly(lab: Numbers) -> Numbers:
    """Mean a*, b*, greys counting most: the cast rather than the colours of things."""
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    return np.asarray(np.average(lab[:, 1:], axis=0, weights=1 / (4 + chroma)))


def _bands(before: Numbers, after: Numbers, ratio: float) -> Iterator[str]:
    """The two bands of hues whose saturation changed most beyond the whole picture's."""
    said: list[tuple[float, str]] = []
    for band in BANDS:
        shares = [_chroma_of(band, part) for part in (before, after)]
        if min(share for share, _ in shares) < PRESENT:
            continue
        beyond = shares[1][1] / max(shares[0][1], 1.0) / max(ratio, 0.05)
        if not 0.85 < beyond < 1.18:
            said.append((abs(float(np.log(beyond))), f"{band}s {'more' if beyond > 1 else 'less'} saturated"))
    yield from (phrase for _, phrase in sorted(said, reverse=True)[:2])


def _chroma_of(band: str, lab: Numbers) -> tuple[float, float]:
    """The share of the pixels in a band, and their mean chroma."""
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
    there = (np.abs((hue - HUES[band] + 180) % 360 - 180) < 22) & (chroma > 8)
    return float(there.mean()), float(chroma[there].mean()) if there.any() else 0.0
