"""Measures of colour in CIE Lab (D65): cast, chroma, hue, colour differences. Formulas are scikit-image's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.color import deltaE_ciede2000, xyz2lab, xyz_tristimulus_values

from hostbridge.weights import Weights, coloured, tonal
from retouchiq.reward.measured.scene import Pair, Scene
from retouchiq.reward.measured.tone import Options, mean


def _axes() -> NDArray[np.float64]:
    """Columns: the unit vectors in (a*, b*) along which a grey moves when the light warms along daylight (D65 to D50),
    and when it moves off daylight towards magenta (Duv: at a right angle to it in CIE 1960 u, v)."""
    d65, d50 = (np.asarray(xyz_tristimulus_values(illuminant=name, observer="2")) for name in ("D65", "D50"))
    u, v = _uv(d65)
    along = np.subtract(_uv(d50), (u, v))
    across = np.array([along[1], -along[0]]) / np.hypot(*along) * 0.005
    magenta = _xyz(u + across[0], v + across[1])
    columns = [xyz2lab(light, illuminant="D65")[1:] for light in (d50, magenta)]
    return np.column_stack([column / np.hypot(*column) for column in columns])


def _uv(xyz: NDArray[np.float64]) -> tuple[float, float]:
    """CIE 1960 UCS."""
    x, y, z = xyz
    return 4 * x / (x + 15 * y + 3 * z), 6 * y / (x + 15 * y + 3 * z)


def _xyz(u: float, v: float) -> NDArray[np.float64]:
    """The colour of Y = 1 at CIE 1960 u, v."""
    return np.array([3 * u / (2 * v), 1.0, (4 - u - 10 * v) / (2 * v)])


WARMTH_AND_MAGENTA = np.linalg.inv(_axes())
"""Takes a shift in (a*, b*) apart: rows for its part along daylight and its part towards magenta."""


def cast(pair: Pair, where: Weights) -> NDArray[np.float64]:
    """The (a*, b*) shift of the region that is a cast, not a change of saturation.

    Saturation scales colours about grey by k, a cast adds a constant c: k is the ratio of the spreads of a*, b* about
    their means, c what is left of the shift of the mean.
    """
    seen = pair.seen(where)[::2, ::2]  # every second pixel is enough for a mean
    usable = seen * tonal(pair.before.lightness[::2, ::2], (3, 15, 97, 100.5))
    seen = usable if usable.sum() >= 1 else seen
    colours = [(scene.ab[::2, ::2, 0], scene.ab[::2, ::2, 1]) for scene in (pair.before, pair.after)]
    centre = [np.array([mean(a, seen), mean(b, seen)]) for a, b in colours]
    width = [
        np.sqrt(mean((a - middle[0]) ** 2 + (b - middle[1]) ** 2, seen))
        for (a, b), middle in zip(colours, centre, strict=True)
    ]
    gain = float(np.clip(width[1] / width[0], 0, 3)) if width[0] > 2 else 1.0
    return np.asarray(centre[1] - gain * centre[0])


def warmth(pair: Pair, where: Weights, _: Options) -> float:
    """Shift along the daylight axis, + towards yellow; units of a*b*."""
    return float(WARMTH_AND_MAGENTA[0] @ cast(pair, where))


def magenta(pair: Pair, where: Weights, _: Options) -> float:
    """Shift across the daylight axis, + towards magenta, − towards green; units of a*b*."""
    return float(WARMTH_AND_MAGENTA[1] @ cast(pair, where))


def towards(pair: Pair, where: Weights, options: Options) -> float:
    """Shift of the mean a*, b* towards the hue in ``options``."""
    angle = np.radians(float(options["hue"]))
    return float(shift(pair, where) @ np.array([np.cos(angle), np.sin(angle)]))


def chroma(pair: Pair, where: Weights, _: Options) -> float:
    """Mean C*, with a cast taken off first so that a warmer picture does not count as more saturated."""
    a, b = cast(pair, where)
    seen = pair.seen(where)
    return mean(np.hypot(pair.after.ab[..., 0] - np.float32(a), pair.after.ab[..., 1] - np.float32(b)), seen)


def plain_chroma(pair: Pair, where: Weights, _: Options) -> float:
    """Mean C*."""
    return mean(pair.after.chroma, pair.seen(where))


def saturation(pair: Pair, where: Weights, options: Options) -> float:
    """`chroma` over mean L* + 16, in %: by the formulas of CIE 1976 a change of exposure leaves it alone."""
    return 100 * chroma(pair, where, options) / (mean(pair.after.lightness, pair.seen(where)) + 16)


def grey_warmth(pair: Pair, where: Weights, _: Options) -> float:
    """How far the greyish pixels lean along the daylight axis, + towards yellow; a*b*."""
    return float(WARMTH_AND_MAGENTA[0] @ cast_of(pair.after, pair.seen(where)))


def grey_magenta(pair: Pair, where: Weights, _: Options) -> float:
    """How far the greyish pixels lean across the daylight axis, + towards magenta; a*b*."""
    return float(WARMTH_AND_MAGENTA[1] @ cast_of(pair.after, pair.seen(where)))


def cast_of(scene: Scene, where: Weights) -> NDArray[np.float64]:
    """Mean (a*, b*) of the greyish pixels: the picture's cast as far as it can be told; 0 where there are few."""
    greyish = where * (scene.chroma < 18) * tonal(scene.lightness, (10, 20, 90, 97))
    if greyish.mean() < 0.02:
        return np.zeros(2)
    return np.array([mean(scene.ab[..., i], greyish) for i in (0, 1)])


def colour_spread(pair: Pair, where: Weights, _: Options) -> float:
    """Mean distance of a*, b* from their mean: 0 for a toned black and white picture as for a neutral one."""
    seen = pair.seen(where)
    a, b = (mean(pair.after.ab[..., i], seen) for i in (0, 1))
    return mean(np.hypot(pair.after.ab[..., 0] - np.float32(a), pair.after.ab[..., 1] - np.float32(b)), seen)


def hue_turn(pair: Pair, where: Weights, _: Options) -> float:
    """Mean turn of the LCh(ab) hue in degrees, weighted by chroma: the circular mean of the differences."""
    seen = pair.seen(where) * np.minimum(pair.before.chroma, pair.after.chroma)
    turn = np.radians(pair.after.hue - pair.before.hue)
    return float(np.degrees(np.arctan2(mean(np.sin(turn), seen), mean(np.cos(turn), seen))))


def stray_hues(pair: Pair, where: Weights, _: Options) -> float:
    """Mean distance in degrees of the turns of hue from their mean, weighted by chroma: what turned by itself."""
    seen = pair.seen(where) * np.clip(np.minimum(pair.before.chroma, pair.after.chroma) - VIVID, 0, None)
    turn = pair.after.hue - pair.before.hue
    stray = np.abs((turn - hue_turn(pair, where, _) + 180) % 360 - 180)
    return mean(np.asarray(stray, np.float32), seen)


def colour_difference(pair: Pair, where: Weights, _: Options) -> float:
    """Mean CIEDE2000 over the region; every second pixel of every second row is enough for a mean."""
    seen = pair.seen(where)[::2, ::2]
    chosen = seen > 0.02
    if not chosen.any():
        return 0.0
    difference = deltaE_ciede2000(pair.before.lab[::2, ::2][chosen], pair.after.lab[::2, ::2][chosen])
    return float(np.average(difference, weights=seen[chosen]))


def chromatic_difference(pair: Pair, where: Weights, _: Options) -> float:
    """Mean distance in a*, b*, lightness left out."""
    return mean(np.hypot(*np.moveaxis(pair.after.ab - pair.before.ab, 2, 0)), pair.seen(where))


def neutral_drift(pair: Pair, where: Weights, _: Options) -> float:
    """How far the mean of the near-neutral pixels moved in a*, b*, or of the light ones where these moved farther."""
    light = np.asarray(where * tonal(pair.before.lightness, LIGHT_GREYS), np.float32)
    seen = [where] if light.mean() < GREYS_SEEN else [where, light]
    return max(float(np.hypot(*shift(pair, each))) for each in seen)


def off_skin(pair: Pair, where: Weights, _: Options) -> float:
    """Mean degrees of hue by which the skin pixels are outside the hues of skin, plus half their excess chroma."""
    low, high = SKIN_HUES
    outside = np.maximum(np.maximum(low - pair.after.hue, pair.after.hue - high), 0)
    garish = np.maximum(pair.after.chroma - SKIN_CHROMA[1], 0)
    return mean(outside + 0.5 * garish, pair.seen(where))


def shift(pair: Pair, where: Weights) -> NDArray[np.float64]:
    """How far the mean of a*, b* moved."""
    seen = pair.seen(where)
    return np.array([mean(pair.after.ab[..., i] - pair.before.ab[..., i], seen) for i in (0, 1)])


# --- where -------------------------------------------------------------------------------------------------------

LIGHT_GREYS = (65, 75, 100, 101)
"""L*, as of `tonal`: a white plate that turns yellow is seen in a room of darker greys. Dark greys are often tinted by
those who finish photographs, and hardly anybody sees it."""
GREYS_SEEN = 0.01  # share of the picture from which light greys are seen by themselves
VIVID = 8.0  # C* from which a hue is seen as one
SKIN_HUES = (28.0, 80.0)  # LCh(ab) degrees; measured skins lie within 35…75 (Xiao et al., Color Res. Appl. 2017)
SKIN_CHROMA = (9.0, 38.0)


def band(scene: Scene, centre: float, region: Weights) -> Weights:
    """Pixels of the colour band around ``centre`` degrees of hue, most those at its centre."""
    near = [coloured(scene.lab, centre, half_width) for half_width in (8.0, 16.0, 24.0)]
    return np.asarray(np.mean(near, axis=0) * region, np.float32)


def muted(scene: Scene, region: Weights) -> Weights:
    """The less saturated half of the coloured pixels."""
    colourful = (scene.chroma > 2) & (region > 0.2)
    limit = float(np.median(scene.chroma[colourful])) if colourful.any() else 0.0
    return (region * (scene.chroma <= limit)).astype(np.float32)


def near_neutral(scene: Scene, region: Weights) -> Weights:
    """Greys: C* below 5, neither black nor white."""
    grey = np.clip((6 - scene.chroma) / 2, 0, 1) * tonal(scene.lightness, (10, 20, 92, 98))
    return (grey * region).astype(np.float32)


def skin(scene: Scene, region: Weights) -> Weights:
    """Pixels with the hue, chroma and lightness of skin, in patches large and smooth enough to be some."""
    low, high = SKIN_HUES
    likely = (
        (scene.hue > low) & (scene.hue < high)
        & (scene.chroma > SKIN_CHROMA[0] + 2) & (scene.chroma < SKIN_CHROMA[1])
        & (scene.lightness > 25) & (scene.lightness < 92)
    )  # fmt: skip
    size = max(3, round(scene.long_side / 60))
    patches = ndimage.uniform_filter(likely.astype(np.float32), size) > 0.5
    smooth = np.abs(scene.lightness - scene.blurred(0.006)) < 6
    return np.asarray(likely & patches & smooth, np.float32) * region
