"""Whether a reference is a finished version of this very photo, and how it lies on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hostbridge.controls import Edit
from retouchiq.reward import Picture
from retouchiq.reward.measured.alignment import IDENTITY, Alignment, align, warped
from retouchiq.reward.measured.scene import resized, resized_plane

SIDE = 96  # px; both pictures are compared at this size, whatever their shape
ALIKE = 0.6
"""Agreement of edge directions from which two pictures show one scene, if corners match too. Finished versions of one
photo agreed by 0.63 or more; of 1770 pairs of other photographs two horizons by 0.60, the rest by 0.34 or less."""
UNMATCHED_ALIKE = 0.8  # where corners do not match: few there are in fog, and two horizons are alike
FRAMED_ALIKE = 0.92  # a crop of one twentieth leaves 0.78
STILL = 0.015  # half diagonals; what moved less was not reframed
UPRIGHT = 0.5  # degrees
SHAPES = 0.02  # by which width / height may differ without a crop

Frame = tuple[float, float, float, float]
"""What is cut off at the left, top, right and bottom, percent."""


@dataclass(frozen=True)
class Finished:
    """A finished version of the photo: its picture, and how it lies on the photo."""

    picture: Picture
    alignment: Alignment = IDENTITY

    def framing(self, shape: tuple[int, ...]) -> tuple[Edit, ...]:
        """The crop that shows what the finished version shows; none where it shows all, or is turned or mirrored."""
        if self.alignment is IDENTITY or self.alignment.mirrored or abs(self.alignment.turned) > UPRIGHT:
            return ()
        left, top, right, bottom = self._frame(shape)
        if max(left, top, right, bottom) < 100 * STILL / 2:
            return ()
        return (Edit(control="crop", amount=0, options={"left": left, "top": top, "right": right, "bottom": bottom}),)

    def _frame(self, shape: tuple[int, ...]) -> Frame:
        """From where the corners of the finished version lie in the photo."""
        height, width = shape[:2]
        half = np.hypot(height, width) / 2
        tall, wide = self.picture.shape[:2]
        corners = np.array([[-wide, -tall, 0], [wide, tall, 0]]) / np.hypot(wide, tall) + np.array([0, 0, 1])
        moved = corners @ np.linalg.inv(self.alignment.matrix).T
        (x0, y0), (x1, y1) = moved[:, :2] / moved[:, 2:] * half / np.array([width, height]) + 0.5
        left, top, right, bottom = (round(100 * max(0.0, float(cut)), 2) for cut in (x0, y0, 1 - x1, 1 - y1))
        return left, top, right, bottom

    def laid_on(self, render: Picture, framed: bool) -> tuple[Picture, NDArray[np.float32]]:
        """The finished version in the frame of ``render``, and 1 where it covers it. ``framed``: cropped alike."""
        shape = render.shape[:2]
        if framed or self.alignment is IDENTITY:
            return resized(self.picture, (shape[0], shape[1])), np.ones(shape, np.float32)
        return warped(self.picture, self.alignment, (shape[0], shape[1]))


def finished_version(before: Picture, reference: Picture) -> Finished | None:
    """``reference`` as a finished version of ``before``; None where it shows another scene.

    The directions of edges are compared, which tone and colour leave alone; where the frames differ, the pictures are
    laid on each other first.
    """
    shapes = [picture.shape[1] / picture.shape[0] for picture in (before, reference)]
    alike = likeness(before, reference) if abs(np.log(shapes[0] / shapes[1])) < SHAPES else 0.0
    if alike > FRAMED_ALIKE:
        return Finished(reference)
    at_once = alike > ALIKE
    alignment = align(before, reference)
    if not alignment.known:
        return Finished(reference) if alike > UNMATCHED_ALIKE else None
    if _still(alignment, at_once):
        return Finished(reference)
    laid, covers = warped(reference, alignment, before.shape[:2])
    if covers.mean() < 0.2 or likeness(before, laid, covers) < ALIKE:
        return Finished(reference) if at_once else None
    return Finished(reference, alignment)


def _still(alignment: Alignment, at_once: bool) -> bool:
    """Whether nothing was reframed: corners are matched to about a hundredth."""
    linear = alignment.matrix[:2, :2] - np.eye(2)
    return at_once and bool(np.abs(linear).max() < STILL)


def likeness(first: Picture, second: Picture, where: NDArray[np.float32] | None = None) -> float:
    """−1…1: how far edges run the same way in both, whichever side is the lighter, weighed by how clear they are."""
    edges = [_edges(picture) for picture in (first, second)]
    weight = np.abs(edges[0] * edges[1])
    if where is not None:
        weight = weight * (_square(where) > 0.9)
    doubled = np.angle(edges[0] ** 2 * np.conj(edges[1]) ** 2)
    strength = np.sqrt((np.abs(edges[0]) ** 2).mean() * (np.abs(edges[1]) ** 2).mean())
    covered = 1.0 if where is None else max(float(where.mean()), 1e-6)
    return float((weight * np.cos(doubled)).mean() / max(strength * covered, 1e-9))


def _edges(picture: Picture) -> NDArray[np.complex128]:
    """Gradient as a complex number, its length between 0 and 1: an edge counts, not its contrast."""
    grey = ndimage.gaussian_filter(_square(picture.mean(axis=2)), 1.0)
    slope = ndimage.sobel(grey, 1) + 1j * ndimage.sobel(grey, 0)
    size = np.abs(slope)
    return np.asarray(slope / (size + np.percentile(size, 60) + 1e-5))


def _square(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return resized_plane(np.ascontiguousarray(plane, np.float32), (SIDE, SIDE))
