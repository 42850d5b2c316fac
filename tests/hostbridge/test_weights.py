"""Where a region acts: tonal and colour ranges, drawn shapes."""

import numpy as np
import pytest

from hostbridge.controls import Ellipse, Gradient, Region
from hostbridge.weights import drawn, weights

GREY_RAMP = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None, :, None], 3, axis=2).repeat(16, axis=0)


def test_everywhere_is_everywhere():
    assert weights(Region(), GREY_RAMP).min() == 1


def test_shadows_are_the_dark_end_and_their_inverse_the_rest():
    shadows = weights(Region.named("shadows"), GREY_RAMP)
    others = weights(Region.named("not shadows"), GREY_RAMP)
    assert shadows[0, 0] == 1
    assert shadows[0, -1] == 0
    np.testing.assert_allclose(shadows + others, 1)


def test_a_colour_region_takes_its_colour_and_no_greys():
    picture = np.array([[[0.1, 0.2, 0.9], [0.9, 0.2, 0.1], [0.5, 0.5, 0.5]]], np.float32)
    blue = weights(Region(name="blue", hues=(290.0, 30.0)), picture)
    assert blue[0, 0] > 0.9
    assert blue[0, 1:].max() == 0


@pytest.mark.parametrize(("direction", "full", "empty"), [(90, (0, 50), (99, 50)), (0, (50, 99), (50, 0))])
def test_a_gradient_acts_on_the_side_it_points_at(direction, full, empty):
    plane = drawn(Gradient(x=0.5, y=0.5, direction=direction, softness=0.2), 100, 100)
    assert plane[full] == 1
    assert plane[empty] == 0
    assert plane[50, 50] == pytest.approx(0.5, abs=0.1)


def test_an_ellipse_is_full_inside_and_fades_outside():
    plane = drawn(Ellipse(x=0.5, y=0.5, radius_x=0.2, radius_y=0.1, feather=0.5), 100, 200)
    assert plane[50, 100] == 1
    assert plane[50, 135] == 1
    assert plane[50, 165] == 0
    assert plane[75, 100] == 0
