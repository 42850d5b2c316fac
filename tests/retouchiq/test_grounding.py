"""What an instruction leaves open is settled by the picture, or said to be open."""

import numpy as np
import pytest

from retouchiq.grounding import ground
from retouchiq.language import read


@pytest.fixture
def blue_cast():
    rng = np.random.default_rng(5)
    grey = np.linspace(0.15, 0.85, 120)[None, :, None] + rng.normal(0, 0.02, (80, 120, 1))
    return np.clip(grey * np.array([0.95, 1.0, 1.1]), 0, 1).astype(np.float32)


def controls(request):
    return {(wish.control, wish.direction) for wish in request.wishes}


def test_fixing_the_white_balance_warms_a_blue_picture_and_changes_nothing_else(blue_cast):
    grounded = ground(read("fix the white balance"), blue_cast)
    assert ("temperature", 1) in controls(grounded)
    assert {control for control, _ in controls(grounded)} <= {"temperature", "tint"}


def test_making_it_better_takes_the_picture_s_faults(blue_cast):
    assert ("temperature", 1) in controls(ground(read("make it better"), blue_cast))


def test_what_the_picture_cannot_tell_is_said(blue_cast):
    grounded = ground(read("straighten it"), blue_cast)
    assert grounded.wishes == ()
    assert "how much" in grounded.unsupported[0]


def test_a_region_that_is_not_there_is_said_once():
    gravel = np.random.default_rng(6).uniform(0.05, 0.4, (80, 120, 3)).astype(np.float32)
    grounded = ground(read("the sky is boring"), gravel)
    assert len(grounded.unsupported) == 1


def test_a_closed_request_stays_as_it_was(blue_cast):
    request = read("slightly darker")
    assert ground(request, blue_cast) == request


def test_an_empty_instruction_means_what_making_it_better_means(blue_cast):
    assert ground(read(" "), blue_cast).wishes == ground(read("make it better"), blue_cast).wishes


def test_an_empty_instruction_beside_a_reference_leaves_it_to_the_reference(blue_cast):
    assert ground(read(""), blue_cast, alone=False).wishes == ()
