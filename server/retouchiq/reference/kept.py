"""What a photographer keeps when the colours of another scene come over a photo: hues, greys, skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hostbridge.color_map import Numbers
from retouchiq.reward.measured.colour import SKIN_HUES

TURN = 60.0  # degrees of LCh(ab) hue that a colour may turn
GREY = (5.0, 9.0)  # C*ab: a grey, and no grey any more
CALMED = 0.85  # of the chroma that a grey has: what it took on is seen the less
TINGED = 2.0  # C*ab: greys of the other picture with less are grey, the rest is an accident of its light
GRADED = 3.0  # C*ab: the most that greys take on, where the other picture's are coloured on purpose
SKIN_TURN = 7.0  # degrees
SKIN_MORE = (0.65, 1.4)  # of its chroma

_AROUND = np.vstack([np.zeros(2), *(4 * np.array([np.cos(a), np.sin(a)]) for a in np.arange(6) * np.pi / 3)])
NEUTRAL = np.array([[tone, a, b] for tone in range(5, 100, 10) for a, b in _AROUND], np.float64)
"""Lab of greys, and of colours that look grey."""


@dataclass(frozen=True)
class Tint:
    """``ab`` (k, 2): the tint of greys of the tones ``at`` (k,)."""

    at: Numbers
    ab: Numbers

    def on(self, colour: Numbers, lightness: Numbers) -> Numbers:
        """a*b* of greys ``colour`` (n, 2) that become as light as ``lightness`` (n,)."""
        tint = np.column_stack([np.interp(lightness, self.at, self.ab[:, n]) for n in range(2)])
        return np.asarray(colour * CALMED + tint)


def tint_of(reference: Numbers) -> Tint:
    """The tint of the greys of a picture, (n, 3) Lab, as far as it is meant and greys may take it on."""
    at = np.array([20.0, 50.0, 80.0])
    return Tint(at, np.array([_tint(reference, tone) for tone in at]))


def _tint(reference: Numbers, tone: float) -> Numbers:
    """Mean a*b* of the least colourful sixth of the pixels about this L*."""
    near = reference[np.abs(reference[:, 0] - tone) < 20]
    if len(near) < 50:
        return np.zeros(2)
    chroma = np.hypot(near[:, 1], near[:, 2])
    tint = np.asarray(near[chroma <= np.quantile(chroma, 1 / 6), 1:].mean(axis=0))
    size = float(np.hypot(*tint))
    return np.asarray(tint * min(max(0.0, size - TINGED), GRADED) / max(size, 1e-6))


def greyish(lab: Numbers) -> Numbers:
    """(n,) 1 for greys, 0 for colours, softly in between."""
    share = np.clip((GREY[1] - np.hypot(*lab[:, 1:].T)) / (GREY[1] - GREY[0]), 0, 1)
    return np.asarray(share**2 * (3 - 2 * share))


def turned_little(before: Numbers, moved: Numbers) -> Numbers:
    """a*b* of ``moved``, each hue within `TURN` of what it was: what would turn farther loses chroma instead."""
    was, now = before @ np.array([1, 1j]), moved @ np.array([1, 1j])
    turn = np.degrees(np.angle(now * np.conj(was)))
    held = np.clip(turn, -TURN, TURN)
    beyond = np.radians(np.minimum(np.abs(turn - held), 90))
    kept = np.abs(now) * np.maximum(np.cos(beyond), 0.15) * np.exp(1j * (np.angle(was) + np.radians(held)))
    return np.column_stack([kept.real, kept.imag])


def as_skin(before: Numbers, moved: Numbers) -> Numbers:
    """a*b* of skin: near its own hue and among those of skin, near its own chroma."""
    was, now = before @ np.array([1, 1j]), moved @ np.array([1, 1j])
    turn = np.clip(np.degrees(np.angle(now * np.conj(was))), -SKIN_TURN, SKIN_TURN)
    hue = np.clip(np.degrees(np.angle(was)) + turn, SKIN_HUES[0] + 4, SKIN_HUES[1] - 4)
    chroma = np.abs(was) * np.clip(np.abs(now) / np.maximum(np.abs(was), 1e-6), *SKIN_MORE)
    kept = chroma * np.exp(1j * np.radians(hue))
    return np.column_stack([kept.real, kept.imag])
