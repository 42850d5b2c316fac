"""How one picture lies on another: turned, cropped, tilted or mirrored, as a homography between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retouchiq.reward import Picture

SIDE = 400  # px; corners are matched at this size
ENOUGH = 14  # matches that agree on one homography
KEPT = 4  # pictures whose corners are remembered: that before is matched with every render of it


@dataclass(frozen=True)
class Alignment:
    """``matrix``: 3 × 3, from the first picture to the second.

    Coordinates are x right and y down, from the centre of each picture, in units of its own half diagonal, so sizes do
    not matter. ``known`` is False where the pictures could not be matched: the matrix is then the identity.
    """

    matrix: NDArray[np.float64]
    known: bool = True

    @property
    def mirrored(self) -> bool:
        """True where left and right (or top and bottom) changed places."""
        return bool(np.linalg.det(self.matrix[:2, :2]) < 0)

    @property
    def turned(self) -> float:
        """Degrees clockwise that the content turned, −180…180, of the unmirrored part."""
        linear = self.matrix[:2, :2] / self.matrix[2, 2]
        if self.mirrored:
            linear = np.diag([-1.0, 1.0]) @ linear
        return float(np.degrees(np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])))

    def keystone(self, axis: str) -> float:
        """How much wider the content became at the top than at the bottom (``vertical``), or left than right, in %."""
        tilt = self.matrix[2, 1 if axis == "vertical" else 0] / self.matrix[2, 2]
        return float(100 * tilt)

    def kept(self, aspects: tuple[float, float]) -> float:
        """Share of the first picture's area that the second shows, 0…1."""
        frame = _corners(aspects[0])
        moved = _apply(np.asarray(np.linalg.inv(self.matrix), np.float64), _corners(aspects[1]))
        return float(_area(np.clip(moved, frame.min(axis=0), frame.max(axis=0))) / _area(frame))


IDENTITY = Alignment(np.eye(3))


def align(before: Picture, after: Picture) -> Alignment:
    """Find how ``after`` lies on ``before`` from matched corners (ORB, RANSAC), mirrored or not."""
    first, second = _grey(before), _grey(after)
    ways = [(np.eye(3), second), (np.diag([-1.0, 1.0, 1.0]), second[:, ::-1])]
    if _likeness(first, ways[1][1]) > _likeness(first, second):
        ways.reverse()  # matching is slow: the likelier way first
    for mirror, turned in ways:
        matrix = _homography(first, turned)
        if matrix is not None:
            return Alignment(mirror @ matrix)
    return Alignment(np.eye(3), known=False)


def warped(picture: Picture, alignment: Alignment, shape: tuple[int, int]) -> tuple[Picture, NDArray[np.float32]]:
    """``picture`` (the second) laid on a frame of ``shape`` (the first's height, width), and 1 where it covers it."""
    from skimage.transform import warp  # slow to import, and most verdicts need no warp

    to_pixels = _to_pixels(picture.shape[:2]) @ alignment.matrix @ np.linalg.inv(_to_pixels(shape))
    moved = warp(picture, to_pixels, output_shape=shape, order=1, mode="edge", preserve_range=True)
    inside = np.ones(picture.shape[:2], np.float32)
    valid = warp(inside, to_pixels, output_shape=shape, order=1, mode="constant", cval=0.0)
    return np.asarray(moved, np.float32), np.asarray(valid > 0.99, np.float32)


def _homography(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float64] | None:
    from skimage.feature import match_descriptors  # slow to import, needed by geometry only
    from skimage.measure import ransac
    from skimage.transform import ProjectiveTransform

    found = [_found(grey.tobytes(), grey.shape) for grey in (first, second)]
    if found[0] is None or found[1] is None:
        return None
    matches = match_descriptors(found[0][1], found[1][1], cross_check=True, max_ratio=0.85)
    if len(matches) < ENOUGH:
        return None
    source = _normalised(found[0][0][matches[:, 0]], first.shape)
    target = _normalised(found[1][0][matches[:, 1]], second.shape)
    model, inliers = ransac(
        (source, target), ProjectiveTransform, min_samples=4, residual_threshold=0.012, max_trials=250, rng=0
    )
    if model is None or inliers is None or inliers.sum() < ENOUGH:
        return None
    matrix = np.asarray(model.params, np.float64)
    return np.asarray(matrix / matrix[2, 2], np.float64)


@lru_cache(maxsize=KEPT)
def _found(grey: bytes, shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    """Corners (n, 2), row and column, and what each looks like (n, 256); None where there is not one."""
    from skimage.feature import ORB

    corners = ORB(n_keypoints=300, fast_threshold=0.05, n_scales=4, downscale=1.4)
    try:
        corners.detect_and_extract(np.frombuffer(grey, np.float32).reshape(shape).copy())
    except RuntimeError:  # scikit-image's way to say so
        return None
    return corners.keypoints, corners.descriptors


def _grey(picture: Picture) -> NDArray[np.float32]:
    image = Image.fromarray(np.ascontiguousarray(picture.mean(axis=2), dtype=np.float32))
    scale = SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    grey = np.asarray(image.resize(size, Image.Resampling.BILINEAR), np.float32)
    low, high = np.percentile(grey, (1, 99))  # so that an exposure change finds the same corners
    return np.asarray(np.clip((grey - low) / max(float(high - low), 1e-3), 0, 1), np.float32)


def _likeness(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Covariance of both as tiny thumbnails."""
    tiny = [np.asarray(Image.fromarray(grey.copy()).resize((24, 24), Image.Resampling.BOX)) for grey in (first, second)]
    return float(((tiny[0] - tiny[0].mean()) * (tiny[1] - tiny[1].mean())).mean())


def _half_diagonal(shape: tuple[int, ...]) -> float:
    return float(np.hypot(shape[0], shape[1]) / 2)


def _normalised(points: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(row, column) pixels to centred (x, y)."""
    centre = np.array([shape[0], shape[1]]) / 2
    return ((points + 0.5 - centre) / _half_diagonal(shape))[:, ::-1]


def _to_pixels(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Centred coordinates to (x, y) pixel indices."""
    scale = _half_diagonal(shape)
    return np.array([[scale, 0, shape[1] / 2 - 0.5], [0, scale, shape[0] / 2 - 0.5], [0, 0, 1]])


def _corners(aspect: float) -> NDArray[np.float64]:
    width, height = aspect / np.hypot(aspect, 1), 1 / np.hypot(aspect, 1)
    return np.array([[-width, -height], [width, -height], [width, height], [-width, height]])


def _apply(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _area(polygon: NDArray[np.float64]) -> float:
    x, y = polygon.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)
