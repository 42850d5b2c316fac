"""A picture as the measures see it, and a before/after pair in one frame. Everything derived is computed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.color import rgb2lab, rgb2xyz

from retouchiq.reward import Picture
from retouchiq.reward.measured.alignment import IDENTITY, Alignment

Plane = NDArray[np.float32]

COLOUR_SIDE = 512  # px of the long side for measures of colour and tone
DETAIL_SIDE = 1024  # px of the long side for fine detail: noise, sharpness, banding

ENOUGH = 2.0  # px: a Gaussian this wide is smooth on its pixels

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709, on coded values: close to L* and cheap


@dataclass(eq=False)
class Scene:
    """One picture: a small copy for colour and a larger one for detail.

    ``small``: float32 (h, w, 3), sRGB-encoded 0…1, long side at most `COLOUR_SIDE`; ``large`` likewise, at most
    `DETAIL_SIDE`. Lightness, a*, b* and chroma are of the small copy; luma (0…100) of the large one.
    """

    small: Picture
    large: Picture
    _memo: dict[tuple[object, ...], Plane] = field(default_factory=dict)
    _copies: dict[int, Scene] = field(default_factory=dict)

    @classmethod
    def of(cls, picture: Picture, detail_shape: tuple[int, int] | None = None) -> Scene:
        """The scene of a whole picture; ``detail_shape`` makes its large copy exactly that (height, width)."""
        large = resized(picture, detail_shape or fitted(picture, DETAIL_SIDE))
        return cls(resized(large, fitted(large, COLOUR_SIDE)), large)

    def reduced(self, side: int) -> Scene:
        """This scene with both copies at a long side of at most ``side`` px of its small one."""
        if side not in self._copies:
            copy = resized(self.small, fitted(self.small, side))
            self._copies[side] = Scene(copy, copy)
        return self._copies[side]

    @cached_property
    def lab(self) -> Plane:
        """CIE Lab (D65) of the small copy."""
        return np.asarray(rgb2lab(self.small), np.float32)

    @property
    def lightness(self) -> Plane:
        """L*, 0…100."""
        return self.lab[..., 0]

    @property
    def ab(self) -> Plane:
        """a* and b*, (h, w, 2)."""
        return self.lab[..., 1:]

    @cached_property
    def chroma(self) -> Plane:
        """C*ab."""
        return np.asarray(np.hypot(self.lab[..., 1], self.lab[..., 2]), np.float32)

    @cached_property
    def hue(self) -> Plane:
        """LCh(ab) hue in degrees, −180…180."""
        return np.asarray(np.degrees(np.arctan2(self.lab[..., 2], self.lab[..., 1])), np.float32)

    @cached_property
    def luminance(self) -> Plane:
        """Y of CIE XYZ, 0…1."""
        return np.asarray(rgb2xyz(self.small)[..., 1], np.float32)

    @cached_property
    def luma(self) -> Plane:
        """Rec. 709 luma of the large copy, 0…100."""
        return self.large @ _LUMA * 100

    @cached_property
    def residual(self) -> Plane:
        """What a blur of 1 px takes out of the luma: grain, noise and the finest edges, signed."""
        return self.luma - _softened(self.luma)

    @cached_property
    def brightest_channel(self) -> Plane:
        """Largest of R, G, B of the small copy."""
        red, green, blue = np.moveaxis(self.small, 2, 0)
        return np.asarray(np.maximum(np.maximum(red, green), blue), np.float32)

    @cached_property
    def middle_channel(self) -> Plane:
        """The one between the largest and the smallest of R, G, B of the small copy."""
        red, green, blue = np.moveaxis(self.small, 2, 0)
        middle = np.maximum(np.minimum(red, green), np.minimum(np.maximum(red, green), blue))
        return np.asarray(middle, np.float32)

    @cached_property
    def dark_channel(self) -> Plane:
        """Smallest of R, G, B in a window of 2 % of the long side (He, Sun, Tang, CVPR 2009), 0…100, small copy."""
        window = max(3, round(0.02 * self.long_side))
        return np.asarray(ndimage.minimum_filter(self.small.min(axis=2), size=window) * 100, np.float32)

    @property
    def long_side(self) -> int:
        """Px of the small copy."""
        return int(max(self.small.shape[:2]))

    def blurred(self, share: float) -> Plane:
        """L* under a Gaussian of ``share`` of the long side."""
        return self.remember(("blurred", share), lambda: blurred(self.lightness, share * self.long_side))

    def remember(self, key: tuple[object, ...], make: Callable[[], Plane]) -> Plane:
        """The plane stored under ``key``, made on first use."""
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]


@dataclass(frozen=True)
class Pair:
    """Two scenes in the frame of the first, and how the second had to be moved to lie on it.

    ``valid``: where the second covers the first, small copy, or None for everywhere. ``aspects``: width / height of
    both pictures as they came.
    """

    before: Scene
    after: Scene
    alignment: Alignment = IDENTITY
    valid: Plane | None = None
    aspects: tuple[float, float] = (1.0, 1.0)

    def seen(self, where: Plane) -> Plane:
        """``where`` without what is cut off in the second picture."""
        return where if self.valid is None else where * self.valid


def blurred(plane: Plane, sigma: float) -> Plane:
    """``plane`` under a Gaussian of ``sigma`` px; a wide one on a smaller copy, which looks the same and is quick."""
    step = int(sigma / ENOUGH)
    if step < 2:
        return np.asarray(ndimage.gaussian_filter(plane, sigma, truncate=2.5), np.float32)
    height, width = plane.shape
    small = resized_plane(plane, (max(1, height // step), max(1, width // step)))
    return resized_plane(np.asarray(ndimage.gaussian_filter(small, sigma / step, truncate=2.5)), (height, width))


def _softened(plane: Plane) -> Plane:
    """``plane`` under the binomial 1 4 6 4 1, both ways: a Gaussian of 1 px, of sums alone."""
    for axis in (0, 0, 1, 1):
        turned = plane if axis == 0 else plane.T
        around = np.concatenate((turned[:1], turned, turned[-1:]))
        soft = (around[:-2] + around[2:] + 2 * turned) * np.float32(0.25)
        plane = soft if axis == 0 else soft.T
    return plane


def same(scene: Scene, aspect: float) -> Pair:
    """The pair of a scene with itself."""
    return Pair(scene, scene, aspects=(aspect, aspect))


def fitted(picture: Picture, side: int) -> tuple[int, int]:
    """(height, width) of ``picture`` shrunk to a long side of at most ``side``."""
    height, width = picture.shape[:2]
    scale = min(1.0, side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def resized(picture: Picture, shape: tuple[int, int]) -> Picture:
    """``picture`` at exactly (height, width): averaged over boxes when smaller, bilinear when larger."""
    if picture.shape[:2] == shape:
        return np.ascontiguousarray(picture, dtype=np.float32)
    return np.stack([resized_plane(picture[..., c], shape) for c in range(picture.shape[2])], axis=-1)


def resized_plane(plane: Plane, shape: tuple[int, int]) -> Plane:
    """`resized` for one channel."""
    if plane.shape == shape:
        return plane
    shrinks = plane.shape[0] >= shape[0]
    method = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), method), np.float32)
