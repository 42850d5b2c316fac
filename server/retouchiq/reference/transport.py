"""Where every colour of a photo would go for it to feel like a picture of another scene.

Tones and palette are moved as little as brings one distribution of Lab onto the other: iterative distribution transfer
(Pitié, Kokaram, Dahyot, CVIU 2007), smoothed. What a photographer would not do is then taken back: tones are lifted no
farther than light and a fade of the blacks would, greys stay grey, skin keeps a hue and chroma of skin, and no colour
turns into another. Then the rest is moved anew, for what had to stay leaves the distribution short of colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from hostbridge.color_map import Numbers
from retouchiq.reference.kept import NEUTRAL, Tint, as_skin, greyish, tint_of, turned_little

PASSES = 3
ROUNDS = 10  # of a pass
LEVELS = 128
_SEED = 5

CALM = 0.0005  # how much the polynomial leans towards no change
FURTHER = 1.5  # of what a pass asks for: a smooth map falls short of it
STEEP = (0.2, 4.0)  # how much a step between two tones may shrink or grow: below is mud, above are steps
STOPS = 2.5  # of light: no tone is lifted farther than these and a fade do
FADE = 12.0  # L*: as black as faded blacks are
TONES = np.linspace(0, 100, 41)
_SHARES = (np.arange(100) + 0.5) / 100


@dataclass(frozen=True)
class Wanted:
    """``colours`` (n, 3): those given, then greys that the photo may not have; ``lab`` (n, 3): where each should go;
    ``weight`` (n,): more where it must not go elsewhere."""

    colours: Numbers
    lab: Numbers
    weight: Numbers


def carried_over(before: Numbers, skin: Numbers, reference: Numbers) -> Wanted:
    """What becomes of ``before``, (n, 3) Lab of its pixels; ``skin``, (n,) 0…1, says which show skin."""
    curve, tint = tone_curve(before[:, 0], reference[:, 0]), tint_of(reference)
    lightness = np.interp(before[:, 0], TONES, curve)
    grey, skinny = greyish(before), _alike(before, skin)
    free = 0.1 + 0.9 * (1 - np.maximum(grey, skinny))
    goal = _of_tones(reference, lightness)
    moved = before
    for _ in range(PASSES):
        asked = moved + FURTHER * (_transferred(moved, goal) - moved)
        colour = turned_little(before[:, 1:], _smoothed(before, asked, free)[:, 1:])
        colour = _mixed(grey, tint.on(before[:, 1:], lightness), colour)
        colour = _mixed(skinny, as_skin(before[:, 1:], colour), colour)
        moved = np.column_stack([lightness, colour])
    return _with_greys(before, moved, 1 + np.maximum(grey, 2 * skinny), curve, tint)


def _with_greys(before: Numbers, moved: Numbers, weight: Numbers, curve: Numbers, tint: Tint) -> Wanted:
    """Greys hold their place in a map also where the photo has hardly any: its next edit, or its noise, may."""
    lightness = np.interp(NEUTRAL[:, 0], TONES, curve)
    greys = np.column_stack([lightness, tint.on(NEUTRAL[:, 1:], lightness)])
    share = np.full(len(greys), 0.1 * weight.sum() / len(greys))
    return Wanted(np.vstack([before, NEUTRAL]), np.vstack([moved, greys]), np.concatenate([weight, share]))


def _mixed(share: Numbers, one: Numbers, other: Numbers) -> Numbers:
    return share[:, None] * one + (1 - share[:, None]) * other


def _alike(before: Numbers, skin: Numbers) -> Numbers:
    """``skin`` of each colour rather than of each pixel: a map of colours cannot tell a face from a wall like it."""
    if not skin.any():
        return skin
    _, nearest = KDTree(before).query(before, k=min(40, len(before)))
    return np.asarray(np.minimum(1, 4 * skin[nearest].mean(axis=1)))


def _of_tones(reference: Numbers, lightness: Numbers) -> Numbers:
    """``reference`` in the tones that the photo will have: its colours belong to dark, middle and bright."""
    levels = np.interp(reference[:, 0], np.quantile(reference[:, 0], _SHARES), np.quantile(lightness, _SHARES))
    return np.column_stack([levels, reference[:, 1:]])


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


def _smoothed(before: Numbers, moved: Numbers, weight: Numbers) -> Numbers:
    """``moved`` as a polynomial of degree two of the colour: petals of nearly one yellow must not part in two hues."""
    tone, a, b = ((before - np.array([50.0, 0, 0])) / 40).T
    terms = np.column_stack([np.ones(len(tone)), tone, a, b, tone**2, a**2, b**2, tone * a, tone * b, a * b])
    counted = terms * (weight / weight.mean())[:, None]
    held = CALM * len(terms) * np.eye(terms.shape[1])
    return np.asarray(before + terms @ np.linalg.solve(counted.T @ terms + held, counted.T @ (moved - before)))


def tone_curve(before: Numbers, reference: Numbers) -> Numbers:
    """L* that become of `TONES`: one rising curve that brings the tones ``before`` near to those of ``reference``.

    Neither too flat nor too steep, and no higher than `STOPS` of light and a fade of the blacks lift a tone: a night
    after a bright reference stays a night.
    """
    known = np.quantile(before, _SHARES)
    matched = np.interp(TONES, known, np.quantile(reference, _SHARES)) + TONES - np.clip(TONES, known[0], known[-1])
    curve = np.concatenate([[0], np.cumsum(np.clip(np.diff(matched), STEEP[0] * 2.5, STEEP[1] * 2.5))])
    curve += np.median(np.interp(before, TONES, matched - curve))
    return np.asarray(np.clip(np.minimum(curve, FADE + _lit(TONES)), 0, 100))


def _lit(lightness: Numbers) -> Numbers:
    """L* with `STOPS` more light (CIE 15:2018)."""
    light = 2**STOPS * np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness * 27 / 24389)
    return np.asarray(np.where(light > 216 / 24389, 116 * np.cbrt(light) - 16, light * 24389 / 27))
