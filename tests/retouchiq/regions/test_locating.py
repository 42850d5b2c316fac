"""A wish for a place is done in that place, in one that stands for it and is named, or not at all; never everywhere."""

import numpy as np
import pytest
from skimage.color import lab2rgb

from hostbridge.controls import HUES, Gradient, Outline
from hostbridge.weights import weights
from retouchiq.agent.offline import OfflineAgent
from retouchiq.language import read
from retouchiq.regions import Found, locate, locating

GREY = (55.0, 0.0, 0.0)


def painted(*patches, side=120, ground=GREY):
    """A picture of one colour with rectangles (top, left, bottom, right, L*, C*, hue) in it."""
    lab = np.zeros((side, side, 3), np.float32)
    lab[:] = ground
    for top, left, bottom, right, lightness, chroma, hue in patches:
        angle = np.radians(hue)
        lab[top:bottom, left:right] = lightness, chroma * np.cos(angle), chroma * np.sin(angle)
    return np.clip(lab2rgb(lab), 0, 1).astype(np.float32)


CAR = (70, 70, 100, 110, 45, 60, HUES["red"])
WOOD = (0, 0, 60, 120, 50, 10, HUES["red"])  # only a tinge of it
BLIND = painted()


@pytest.fixture
def nothing_recognised(monkeypatch):
    monkeypatch.setattr(locating, "find", lambda name, picture: None)


@pytest.fixture
def sky_above(monkeypatch):
    """A sky in the upper half of every picture, as a finder answers it."""

    def find(name, picture):
        mask = np.zeros(picture.shape[:2], np.float32)
        mask[: len(mask) // 2] = 1
        outline = Outline(rings=(((0, 0), (1, 0), (1, 0.5), (0, 0.5)),))
        return Found("sky", mask, outline, 0.9) if name == "sky" else None

    monkeypatch.setattr(locating, "find", find)


def located(text, picture):
    return locate(read(text), picture)


def test_a_sky_gets_the_outline_that_was_found(sky_above):
    (wish,) = located("darken the sky", BLIND).wishes
    assert wish.located
    assert isinstance(wish.region.shape, Outline)
    assert weights(wish.region, BLIND)[:50].mean() > 0.95


def test_everything_but_the_sky_is_the_rest_of_the_picture(sky_above):
    request = located("brighten everything but the sky", BLIND)
    edit = OfflineAgent().propose(BLIND, request).edits[0]
    where = weights(edit.region, BLIND)
    assert where[:50].mean() < 0.05
    assert where[70:].mean() > 0.95


def test_a_part_of_the_sky_is_that_part(sky_above):
    (wish,) = located("darken the sky on the left", BLIND).wishes
    where = weights(wish.region, BLIND)
    assert where[:50, :40].mean() > 0.9
    assert where[:50, 80:].mean() < 0.05
    assert where[70:].mean() < 0.05


def test_a_range_within_a_place_is_both(sky_above):
    picture = painted((0, 0, 60, 60, 20, 0, 0), (60, 0, 120, 60, 20, 0, 0))
    (wish,) = located("lighten the dark areas in the sky", picture).wishes
    where = weights(wish.region, picture)
    assert where[10:50, 10:50].mean() > 0.95
    assert where[70:].mean() < 0.05  # as dark, but no sky
    assert where[:50, 70:].mean() < 0.05  # sky, but not dark


def test_the_red_car_is_the_red_of_the_car(nothing_recognised):
    picture = painted(CAR, WOOD)
    request = located("make the red car darker", picture)
    where = weights(request.wishes[0].region, picture)
    assert where[75:95, 75:105].mean() > 0.95
    assert where[:60].mean() < 0.02
    assert "“red car”: taken as where that colour lies together" in request.notes[0]


def test_a_colour_that_lies_everywhere_is_said_to(nothing_recognised):
    spread = [(y, x, y + 12, x + 12, 45, 60, HUES["red"]) for y in range(0, 120, 30) for x in range(0, 120, 30)]
    spread += [(85, 85, 115, 115, 45, 60, HUES["red"])]
    request = located("make the red car darker", painted(*spread))
    assert request.wishes[0].region.shape is None
    assert "of the picture of that colour is meant" in request.notes[0]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("darken the sky", "sky"),
        ("brighten the face", "face"),
        ("blur the background", "background"),
        ("make the car brighter", "car"),
        ("make the red car brighter", "car"),
    ],
)
def test_what_is_not_there_is_asked_about_and_nothing_is_done_everywhere(nothing_recognised, text, what):
    request = located(text, BLIND)
    assert request.wishes == ()
    assert f"“{text}”: the {what} could not be recognised in this picture. Say where it is" in request.unsupported[0]
    assert OfflineAgent().propose(BLIND, request).edits == ()


def test_the_rest_of_such_a_request_is_carried_out(nothing_recognised):
    request = located("warmer, and darken the sky", BLIND)
    assert [wish.control for wish in request.wishes] == ["temperature"]
    assert "the sky could not be recognised" in request.unsupported[0]


def test_the_answer_to_the_question_is_understood(nothing_recognised):
    request = located("brighten the car on the left", BLIND)
    (wish,) = request.wishes
    assert isinstance(wish.region.shape, Gradient)
    assert "“left car”: the car could not be recognised, so “left” is meant as a whole" in request.notes[0]


def test_bright_parts_at_the_top_stand_for_an_unsure_sky_and_the_plan_says_so(nothing_recognised):
    picture = painted((0, 0, 50, 120, 92, 0, 0))
    request = located("darken the sky", picture)
    where = weights(request.wishes[0].region, picture)
    assert where[:30].mean() > 0.8
    assert where[60:].mean() < 0.01
    (note,) = OfflineAgent().propose(picture, request).notes
    assert "no sky was recognised with confidence: the highlights in the upper part stand for it" in note


def test_keeping_what_is_not_there_is_no_loss(nothing_recognised):
    request = located("brighter, but keep the sky", BLIND)
    assert [wish.control for wish in request.wishes] == ["exposure"]
    assert request.limits == ()
    assert request.unsupported == ()
    assert "no sky was recognised in this picture, so none is spared" in request.notes[0]


def test_a_kept_place_is_spared_by_a_wish_for_a_place(sky_above):
    (wish,) = located("brighten the left side, but keep the sky", BLIND).wishes
    where = weights(wish.region, BLIND)
    assert where[:55].mean() < 0.02
    assert where[70:, :40].mean() > 0.95
    assert where[70:, 90:].mean() < 0.05


def test_two_kept_places_are_both_spared(sky_above):
    picture = painted((70, 70, 100, 110, 60, 60, HUES["blue"]))
    (wish,) = located("brighter, but keep the sky and keep the blues", picture).wishes
    where = weights(wish.region, picture)
    assert where[:55].mean() < 0.02
    assert where[75:95, 75:105].mean() < 0.05
    assert where[105:, :60].mean() > 0.95


def test_a_bright_cliff_does_not_stand_for_a_sky(nothing_recognised):
    cliff = painted((0, 0, 50, 120, 92, 0, 0))
    cliff[:50] -= 0.25 * np.random.default_rng(1).random((50, 120, 1), np.float32)
    assert not locate(read("darken the sky"), cliff).wishes
    assert locate(read("darken the sky"), painted((0, 0, 50, 120, 92, 0, 0))).wishes
