"""A map of colours reaches its pairs, is smooth in between, and is refused where it is none."""

import numpy as np
import pytest

from hostbridge import InvalidSetting, color_map

GREYS = np.array([[L, 0.0, 0.0] for L in (0, 20, 40, 60, 80, 100)])
COLOURS = np.vstack([GREYS, [[50, 60, 20], [50, -60, 20], [50, 10, -60], [70, 5, 70]]])


def test_what_an_option_holds_is_what_was_written():
    source, target = color_map.from_text(color_map.to_text(COLOURS, COLOURS + 1.25))
    assert np.allclose(source, COLOURS)
    assert np.allclose(target, COLOURS + 1.25)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3>4,5", "1,2,3>1,2,x;" * 6, ";".join(["1,2,3>nan,2,3"] * 6)])
def test_pairs_that_are_none_are_refused_with_the_way_out(text):
    with pytest.raises(InvalidSetting, match="write 5 to 49 pairs"):
        color_map.from_text(text)


def test_colours_in_between_follow_and_a_map_to_itself_changes_nothing():
    between = np.array([[30.0, 5, 5], [55, 20, -20]])
    counts = color_map.weights(between, COLOURS)
    assert np.allclose(counts.sum(axis=1), 1)
    assert np.allclose(counts @ COLOURS, between)
    assert np.allclose(color_map.weights(COLOURS, COLOURS) @ (COLOURS + 7), COLOURS + 7)


def test_half_the_amount_goes_half_the_way():
    _, target = color_map.at(50, color_map.to_text(COLOURS, COLOURS + np.array([10, 0, 0])))
    assert np.allclose(target, COLOURS + np.array([5, 0, 0]))


def test_srgb_and_lab_are_inverses_and_white_is_100():
    colours = np.random.default_rng(0).random((50, 3))
    assert np.allclose(color_map.srgb_of(color_map.lab_of(colours.astype(np.float32))), colours, atol=1e-5)
    assert np.allclose(color_map.lab_of(np.ones((1, 3), np.float32)), [[100, 0, 0]], atol=1e-2)


def test_a_host_without_maps_gets_the_matrix_that_comes_nearest():
    assert np.allclose(color_map.in_linear_srgb(COLOURS, COLOURS), np.eye(3), atol=1e-6)
    grey = color_map.in_linear_srgb(COLOURS, COLOURS * [1, 0, 0])
    assert np.abs(grey - grey.mean(axis=0)).max() < 0.25  # its rows are nearly alike: black and white
