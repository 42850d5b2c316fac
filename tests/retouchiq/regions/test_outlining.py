"""The outline drawn in the editor is the mask that was found."""

import numpy as np

from hostbridge.weights import drawn
from retouchiq.regions.outlining import outline


def masked(height=120, width=180):
    mask = np.zeros((height, width), np.float32)
    mask[:70, :100] = 1
    mask[20:45, 30:60] = 0  # a hole
    mask[90:110, 120:160] = 1
    mask[80, 10] = 1  # a speck
    return mask


def test_islands_and_holes_come_out_and_specks_do_not():
    found = outline(masked())
    assert (len(found.rings), len(found.holes)) == (2, 1)


def test_an_outline_covers_its_mask():
    mask = masked()
    again = drawn(outline(mask), *mask.shape)
    assert np.minimum(again, mask).sum() / np.maximum(again, mask).sum() > 0.95


def test_what_reaches_the_edge_of_the_picture_ends_on_it():
    ring = outline(masked()).rings[0]
    assert min(x for x, _ in ring) == 0
    assert min(y for _, y in ring) == 0
    assert drawn(outline(masked()), 120, 180)[0, :90].min() > 0.95


def test_a_round_thing_needs_few_corners():
    y, x = np.mgrid[:300, :300]
    disc = (np.hypot(x - 150, y - 150) < 100).astype(np.float32)
    assert len(outline(disc).rings[0]) < 40


def test_nothing_has_no_outline():
    assert outline(np.zeros((50, 50), np.float32)) is None


def test_everything_is_one_ring_round_the_picture():
    found = outline(np.ones((50, 50), np.float32))
    assert drawn(found, 50, 50).min() == 1
