"""Where every colour of a photo would go for it to feel like a picture of another scene.

Tones and palette are moved as little as brings one distribution of Lab onto the other: iterative distribution transfer
(Pitié, Kokaram, Dahyot, CVIU 2007), smoothed. What a photographer would not do is then taken back: greys take no more
colour than the other picture's own greys have, skin keeps a hue and chroma of skin, and no colour turns into another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hostbridge.color_map import Numbers
from retouchiq.reward.measured.colour import SKIN_HUES

ROUNDS = 24
LEVELS = 128
_SEED = 5

CALM = 0.003  # how much the polynomial leans towards no change
TURN = 70.0  # degrees of LCh(ab) hue that a colour may turn
GREY = (2.0, 8.0)  # C*ab: a grey, and no grey any more
TINGED = 3.5  # C*ab: greys of the other picture with less are grey, the rest is an accident of its light
GRADED = 12.0  # C*ab: the most that greys take on, where the other picture's are coloured on purpose
SKIN_TURN = 7.0  # degrees
SKIN_MORE = (0.78, 1.25)  # of its chroma
STEEP = (0.2, 4.0)  # how much a step between two tones may shrink or grow: below is mud, above are steps


@dataclass(frozen=True)
class Wanted:
    """``lab`` (n, 3): where each colour should go; ``weight`` (n,): more where it must not go elsewhere."""

    lab: Numbers
    weight: Numbers


def carried_over(before: Numbers, skin: Numbers, reference: Numbers) -> Wanted:
    """What becomes of ``before``, (n, 3) Lab of its pixels; ``skin``, (n,) 0…1, says which show skin."""
    moved = _transferred(before, reference)
    lightness = _tones(before[:, 0], moved[:, 0])
    colour = _turned_little(before[:, 1:], _smoothed(before, moved)[:, 1:])
    grey = np.clip((GREY[1] - np.hypot(*before[:, 1:].T)) / (GREY[1] - GREY[0]), 0, 1)[:, None]
    colour = grey * _graded(before[:, 1:], lightness, reference) + (1 - grey) * colour
    colour = skin[:, None] * _as_skin(before[:, 1:], colour) + (1 - skin[:, None]) * colour
    return Wanted(np.column_stack([lightness, colour]), 1 + 2 * np.maximum(grey[:, 0], skin))


def _transferred(before: Numbers, reference: Numbers) -> Numbers:
    """``before`` with the distribution of ``reference``: quantiles matched along axes turned at random."""
    random = np.random.default_rng(_SEED)
    shares = (np.arange(LEVELS) + 0.5) / LEVELS
    moved = before.copy()
    for _ in range(ROUNDS):
        axes, _ = np.linalg.qr(random.normal(size=(3, 3)))
        here, there = moved @ axes, reference @ axes
        levels = np.quantile(here, shares, axis=0), np.quantile(there, shares, axis=0)
        here = np.column_stack([np.interp(here[:, n], levels[0][:, n], levels[1][:, n]) for n in range(3)])
        moved = here @ axes.T
    return moved


def _smoothed(before: Numbers, moved: Numbers) -> Numbers:
    """``moved`` as a polynomial of degree two of the colour: petals of nearly one yellow must not part in two hues."""
    tone, a, b = ((before - np.array([50.0, 0, 0])) / 40).T
    terms = np.column_stack([np.ones(len(tone)), tone, a, b, tone**2, a**2, b**2, tone * a, tone * b, a * b])
    held = CALM * len(terms) * np.eye(terms.shape[1])
    return np.asarray(before + terms @ np.linalg.solve(terms.T @ terms + held, terms.T @ (moved - before)))


def _tones(before: Numbers, moved: Numbers) -> Numbers:
    """One rising curve of lightness through what the transfer made of it, neither too flat nor too steep."""
    levels = np.linspace(0, 100, 41)
    shares = (np.arange(60) + 0.5) / 60
    matched = np.interp(levels, np.quantile(before, shares), np.quantile(moved, shares))
    steps = np.clip(np.diff(matched), STEEP[0] * 2.5, STEEP[1] * 2.5)
    curve = np.concatenate([[0], np.cumsum(steps)])
    curve += np.median(np.interp(before, levels, matched) - np.interp(before, levels, curve))
    return np.asarray(np.clip(np.interp(before, levels, curve), 0, 100))


def _turned_little(before: Numbers, moved: Numbers) -> Numbers:
    """a*b* of ``moved``, each hue within `TURN` of what it was: what would turn farther loses chroma instead."""
    was, now = before @ np.array([1, 1j]), moved @ np.array([1, 1j])
    turn = np.degrees(np.angle(now * np.conj(was)))
    held = np.clip(turn, -TURN, TURN)
    beyond = np.radians(np.minimum(np.abs(turn - held), 90))
    kept = np.abs(now) * np.maximum(np.cos(beyond), 0.15) * np.exp(1j * (np.angle(was) + np.radians(held)))
    return np.column_stack([kept.real, kept.imag])


def _graded(before: Numbers, lightness: Numbers, reference: Numbers) -> Numbers:
    """a*b* of greys: their own, and the tint of the other picture's greys of that tone where they have one."""
    centres = np.array([20.0, 50.0, 80.0])
    tints = np.array([_tint(reference, centre) for centre in centres])
    tint = np.column_stack([np.interp(lightness, centres, tints[:, n]) for n in range(2)])
    return np.asarray(before * 0.7 + tint)


def _tint(reference: Numbers, tone: float) -> Numbers:
    """Mean a*b* of the least colourful sixth of the pixels about this L*, as far as it is meant."""
    near = reference[np.abs(reference[:, 0] - tone) < 20]
    if len(near) < 50:
        return np.zeros(2)
    chroma = np.hypot(near[:, 1], near[:, 2])
    tint = np.asarray(near[chroma <= np.quantile(chroma, 1 / 6), 1:].mean(axis=0))
    size = float(np.hypot(*tint))
    return np.asarray(tint * min(max(0.0, size - TINGED), GRADED) / max(size, 1e-6))


def _as_skin(before: Numbers, moved: Numbers) -> Numbers:
    """a*b* of skin: near its own hue and among those of skin, near its own chroma."""
    was, now = before @ np.array([1, 1j]), moved @ np.array([1, 1j])
    turn = np.clip(np.degrees(np.angle(now * np.conj(was))), -SKIN_TURN, SKIN_TURN)
    hue = np.clip(np.degrees(np.angle(was)) + turn, SKIN_HUES[0] + 4, SKIN_HUES[1] - 4)
    chroma = np.abs(was) * np.clip(np.abs(now) / np.maximum(np.abs(was), 1e-6), *SKIN_MORE)
    kept = chroma * np.exp(1j * np.radians(hue))
    return np.column_stack([kept.real, kept.imag])
