"""A red bowl that is brightened until its red is at its end is a flat shape: no longer a bowl."""

import numpy as np
import pytest

from retouchiq.reward.measured.scene import Pair, Scene
from retouchiq.reward.measured.shading import flattened


def shaded(*colour):
    """A thing of one colour, from dark to light: (64, 96, 3)."""
    light = np.linspace(0.3, 0.9, 96, dtype=np.float32)[None, :, None]
    return np.tile(light * np.asarray(colour, np.float32), (64, 1, 1))


def lost(before, gain):
    pair = Pair(*(Scene(each, each) for each in (before, np.clip(before * gain, 0, 1))))
    return flattened(pair, np.ones(before.shape[:2], np.float32), {})


def test_a_strong_colour_loses_its_shading_where_one_channel_comes_to_its_end():
    red = shaded(1.0, 0.2, 0.1)
    assert lost(red, 1.0) == 0
    assert lost(red, 1.5) > 30
    assert lost(red, 2.0) > lost(red, 1.5)


@pytest.mark.parametrize("gain", [1.05, 2.0])
def test_what_has_no_colour_or_is_at_its_end_already_is_no_fault_of_the_edit(gain):
    assert lost(shaded(0.9, 0.9, 0.9), gain) == 0
    assert lost(np.clip(3.4 * shaded(1.0, 0.2, 0.1), 0, 1), gain) == 0
