"""Measures of detail: local contrast at three scales, fine noise, and light spilling from highlights."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from hostbridge.controls import TONES
from hostbridge.weights import Weights, tonal
from retouchiq.reward.measured import tone
from retouchiq.reward.measured.scene import Pair, Plane, Scene, resized_plane
from retouchiq.reward.measured.tone import Options, mean

COARSE = (0.008, 0.04)  # of the long side: what clarity moves
STEEPEST = 2.0  # gain of contrast that noise may follow
MIDDLE = (0.0022, 0.007)  # what texture moves


def clarity(pair: Pair, where: Weights, _: Options) -> float:
    """Mean local contrast at coarse scale, L*."""
    return mean(_band(pair.after, *COARSE), pair.seen(where))


def texture(pair: Pair, where: Weights, _: Options) -> float:
    """Mean local contrast at middle scale, L*."""
    return mean(_band(pair.after, *MIDDLE), pair.seen(where))


def local_contrast(pair: Pair, where: Weights, options: Options) -> float:
    """The geometric mean of `clarity` and `texture`, L*: eyes see it at either scale."""
    return float(np.sqrt(clarity(pair, where, options) * texture(pair, where, options)))


def sharpness(pair: Pair, where: Weights, _: Options) -> float:
    """Mean amplitude of the finest detail where the picture before had some, in hundredths of the range."""
    detailed = pair.before.remember(("detailed",), lambda: _detailed(pair.before))
    return mean(np.abs(pair.after.residual), _on_large(pair, where) * detailed)


def noise(pair: Pair, where: Weights, _: Options) -> float:
    """Mean amplitude of the finest detail in areas that are flat in the picture before, in hundredths of the range."""
    return mean(np.abs(pair.after.residual), _on_large(pair, where) * flat_areas(pair.before))


def noise_added(pair: Pair, where: Weights, options: Options) -> float:
    """`noise` over what the change of tones explains of it: lighter and steeper tones show the same noise more."""
    gains = [
        measure(Pair(pair.after, pair.after, valid=pair.valid), where, options)
        / max(measure(Pair(pair.before, pair.before), where, options), 1.0)
        for measure in (tone.mean_lightness, tone.spread)
    ]
    return float(noise(pair, where, options) / np.clip(max(gains), 1.0, STEEPEST))


def spilled_light(pair: Pair, where: Weights, _: Options) -> float:
    """Mean L* around the highlights of the picture before: a glow lifts it."""
    return mean(pair.after.lightness, pair.seen(where) * ring(pair.before))


def ring(scene: Scene) -> Weights:
    """The darker surroundings of the highlights."""
    return scene.remember(("ring",), lambda: _ring(scene))


def flat_areas(scene: Scene) -> Weights:
    """The flatter two fifths of the large copy, black and white ends left out."""

    def make() -> Plane:
        smooth = ndimage.uniform_filter(scene.luma, 5)
        slope = np.abs(smooth - ndimage.uniform_filter(smooth, 9))
        usable = (smooth > 4) & (smooth < 97)
        limit = float(np.percentile(slope[usable], 40)) if usable.any() else 0.0
        return np.asarray(usable & (slope <= limit), np.float32)

    return scene.remember(("flat",), make)


def _detailed(scene: Scene) -> Plane:
    amplitude = ndimage.uniform_filter(np.abs(scene.residual), 5)
    return np.asarray(amplitude >= np.percentile(amplitude, 60), np.float32)


def _band(scene: Scene, fine: float, coarse: float) -> Plane:
    return scene.remember(
        ("band", fine, coarse), lambda: np.abs(scene.blurred(fine) - scene.blurred(coarse)).astype(np.float32)
    )


def _on_large(pair: Pair, where: Weights) -> Weights:
    return resized_plane(pair.seen(where), pair.after.luma.shape)


def _ring(scene: Scene) -> Plane:
    bright = tonal(scene.lightness, TONES["highlights"])
    reached = ndimage.gaussian_filter(bright, 0.03 * scene.long_side, truncate=2.5)
    return np.asarray(reached * (1 - bright) * (scene.lightness < 75), np.float32)
