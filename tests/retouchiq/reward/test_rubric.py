"""What a rubric holds for a picture and a request."""

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

from hostbridge.controls import CONTROLS, Region
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.reward.measured import MeasuredReward
from retouchiq.reward.measured.table import MEASURES, ROWS

REWARD = MeasuredReward()


def test_every_control_can_be_judged():
    assert set(ROWS) == set(CONTROLS)
    assert all(effect.measure in MEASURES for row in ROWS.values() for effect in row.effects)


@pytest.mark.parametrize("control", CONTROLS)
def test_a_wish_for_any_control_asks_for_a_visible_change_in_the_direction_named(photo, ask, control):
    criteria = REWARD.rubric(photo("skimage_astronaut.png", 128), ask(control)).rubric.criteria
    wishes = [criterion for criterion in criteria if criterion.kind == "wish"]
    if "." in control and not wishes:
        return  # no such colour in the picture
    assert wishes
    for criterion in wishes:
        assert criterion.control == control
        assert criterion.direction == 1
        assert abs(criterion.target - criterion.before) > criterion.tolerance / 2


@pytest.mark.parametrize("control", ["exposure", "temperature", "sharpness", "crop", "monochrome"])
def test_weights_sum_to_one_and_wishes_weigh_most(photo, ask, control):
    criteria = REWARD.rubric(photo("skimage_astronaut.png"), ask(control)).rubric.criteria
    assert sum(criterion.weight for criterion in criteria) == pytest.approx(1)
    assert sum(c.weight for c in criteria if c.kind == "wish") == pytest.approx(0.55)


def test_skin_is_watched_only_where_there_is_some(photo, ask):
    people = REWARD.rubric(photo("skimage_astronaut.png"), ask("temperature")).rubric.criteria
    storm = REWARD.rubric(photo("deb_Storm.jpg"), ask("temperature")).rubric.criteria
    assert any(criterion.measure == "off skin" for criterion in people)
    assert not any(criterion.measure == "off skin" for criterion in storm)


def test_what_a_control_does_by_nature_is_not_held_against_it(photo, ask):
    def kept(control: str) -> set[str]:
        criteria = REWARD.rubric(photo("mei_084_Nikon_E950.jpg"), ask(control)).rubric.criteria
        return {criterion.measure for criterion in criteria if criterion.kind == "keep"}

    assert {"lightness", "spread"} <= kept("tint")
    assert not {"lightness", "spread"} & kept("exposure")
    assert not {"colourfulness", "chroma", "hue"} & kept("monochrome")


def test_a_colour_that_is_not_in_the_picture_is_not_judged(ask):
    grey = np.full((64, 64, 3), 0.5, np.float32)
    criteria = REWARD.rubric(grey, ask("green.saturation")).rubric.criteria
    assert all(criterion.kind != "wish" for criterion in criteria)


def test_a_region_nobody_can_find_is_not_judged(ask):
    request = ask("exposure", region=Region(name="subject"), located=False)
    criteria = REWARD.rubric(np.full((64, 96, 3), 0.5, np.float32), request).rubric.criteria
    assert all(criterion.kind != "wish" for criterion in criteria)


def test_a_named_limit_takes_part_and_weighs_more_than_the_silent_ones(photo, ask):
    limit = Limit(keep="saturation", words="don't touch the saturation")
    criteria = REWARD.rubric(photo("skimage_coffee.png"), ask("contrast", limits=(limit,))).rubric.criteria
    named = next(criterion for criterion in criteria if criterion.name == "don't touch the saturation")
    silent = [c for c in criteria if c.kind == "keep" and c is not named]
    assert named.weight > max((c.weight for c in silent), default=0)


def test_rubrics_differ_from_picture_to_picture(photo, ask):
    first, second = (
        REWARD.rubric(photo(name), ask("shadows")).rubric for name in ("skimage_coffee.png", "deb_Dune.jpg")
    )
    assert first.criteria[0].target != second.criteria[0].target
    assert [c.name for c in first.criteria] != [c.name for c in second.criteria]


def test_a_wish_said_twice_counts_once(photo):
    wishes = (
        Wish(control="exposure", direction=1),
        Wish(control="exposure", direction=1, strength=1.8),
    )
    criteria = REWARD.rubric(photo("skimage_coffee.png"), Request(instruction="", wishes=wishes)).rubric.criteria
    assert sum(criterion.kind == "wish" for criterion in criteria) == 1


def test_grading_is_judged_towards_the_hue_that_was_named(photo, ask):
    before = photo("skimage_astronaut.png")
    judge = REWARD.rubric(before, ask("shadows_color", options={"hue": 230.0}))
    assert judge.rubric.criteria[0].measure == "towards"


def test_a_toned_black_and_white_is_not_asked_to_be_grey(photo):
    before = photo("skimage_astronaut.png")
    wishes = (
        Wish(control="monochrome", direction=1),
        Wish(control="midtones_color", direction=1, options={"hue": 70.0}),
    )
    verdict = REWARD.rubric(before, Request(instruction="sepia", wishes=wishes)).judge(_sepia(before))
    assert verdict.metrics[0].score > 9


def _sepia(picture):
    lab = rgb2lab(picture)
    lab[..., 1], lab[..., 2] = 3.0, 8.0
    return np.clip(lab2rgb(lab), 0, 1).astype(np.float32)
