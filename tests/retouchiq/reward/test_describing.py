"""Verdicts speak of this picture, not of any."""

import numpy as np
import pytest

from hostbridge.controls import Region
from retouchiq.language.request import Request, Wish
from retouchiq.reward.measured import MeasuredReward
from retouchiq.reward.measured.describing import place, whole
from retouchiq.reward.measured.scene import Scene

REWARD = MeasuredReward()


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        (slice(0, 10), slice(0, 15), "at the upper left"),
        (slice(30, 40), slice(0, 60), "at the bottom"),
        (slice(0, 40), slice(45, 60), "at the right"),
        (slice(15, 25), slice(25, 35), "in the middle"),
        (slice(0, 40), slice(0, 60), ""),
    ],
)
def test_the_place_of_a_part_is_named_as_one_would_point_at_it(rows, columns, said):
    where = np.zeros((40, 60), np.float32)
    where[rows, columns] = 1
    assert place(where) == said


def test_a_picture_is_described_by_what_is_plain_in_it():
    blue = np.tile(np.float32([0.1, 0.25, 0.4]), (32, 48, 1))
    assert whole(Scene(blue, blue)) == "the dark, flat, mostly blue picture"


def test_two_instructions_on_one_photo_and_one_on_two_photos_get_different_rubrics(photo):
    coffee, dune = photo("skimage_coffee.png"), photo("deb_Dune.jpg")
    warmer, brighter = (
        Request(instruction="", wishes=(Wish(control=c, direction=1),)) for c in ("temperature", "shadows")
    )
    one, other, elsewhere = (
        _written(picture, request) for picture, request in ((coffee, warmer), (coffee, brighter), (dune, warmer))
    )
    for first, second in ((one, other), (one, elsewhere)):
        assert first.keys() != second.keys()
        assert sum(first.get(name) == second.get(name) for name in first) < len(first) / 2
    assert _sentences(coffee, warmer) != _sentences(dune, warmer)


def test_the_sentence_about_a_place_names_it_once(photo):
    request = Request(instruction="", wishes=(Wish(control="exposure", direction=1, region=Region.named("top")),))
    assert any(why.startswith("the top is") for why in _sentences(photo("deb_Dune.jpg"), request))


def _written(picture, request):
    criteria = REWARD.rubric(picture, request).rubric.criteria
    return {c.name: (c.measure, round(c.target, 3), round(c.weight, 4)) for c in criteria}


def _sentences(picture, request):
    return [metric.why for metric in REWARD.rubric(picture, request).judge(np.clip(picture * 1.1, 0, 1)).metrics]
