"""A finished picture to come close to: it decides what the instruction leaves open; in a series, tone and colour."""

import numpy as np
import pytest

from retouchiq.language import read
from retouchiq.reference import with_reference

DARK = np.full((32, 48, 3), 0.3, np.float32)
LIGHT = np.full((32, 48, 3), (0.65, 0.6, 0.5), np.float32)


def asked(instruction, **options):
    """Control → signed strength of what is wished of the whole picture."""
    request = with_reference(read(instruction), DARK, LIGHT, **options)
    return {wish.control: wish.direction * wish.strength for wish in request.wishes if wish.region.everywhere}


def test_a_reference_decides_what_the_instruction_leaves_open():
    wished = asked("more contrast")
    assert wished["exposure"] > 0
    assert wished["temperature"] > 0


def test_what_the_instruction_says_itself_stands():
    assert asked("darker")["exposure"] < 0


def test_in_a_series_the_reference_decides_tone_and_colour_and_the_rest_stands():
    wished = asked("darker, lift the shadows, a vignette, sharper", alike=True)
    assert wished["exposure"] > 0
    assert "shadows" not in wished
    assert {"vignette", "sharpness"} <= set(wished)


def test_in_a_series_what_is_wished_of_a_part_stands():
    request = with_reference(read("darker at the top"), DARK, LIGHT, alike=True)
    assert any(wish.control == "exposure" and not wish.region.everywhere for wish in request.wishes)


@pytest.mark.parametrize("alike", [True, False])
def test_nothing_is_wished_where_they_agree_already(alike):
    assert with_reference(read(""), DARK, DARK, alike=alike).wishes == ()
