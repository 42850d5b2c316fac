"""A straightened picture has its corners where the plan put them."""

import numpy as np
import pytest
from homography import homography


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (600, 0), (0, 400), (600, 400)],
        [(-50, 10), (640, -20), (30, 390), (580, 420)],
        [(400, 0), (400, 600), (0, 0), (0, 600)],
    ],
)
def test_every_corner_goes_where_it_is_sent(corners):
    matrix = np.array(homography(600, 400, *corners)).reshape(3, 3)
    for start, end in zip([(0, 0), (600, 0), (0, 400), (600, 400)], corners, strict=True):
        x, y, w = matrix @ (*start, 1)
        assert (x / w, y / w) == pytest.approx(end)
