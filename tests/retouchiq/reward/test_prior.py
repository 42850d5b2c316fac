"""What the reward takes for a finished photograph."""

import numpy as np

from retouchiq.language.request import Request, Wish
from retouchiq.reward.measured import MeasuredReward
from retouchiq.reward.measured.prior import FINISHED, finish
from retouchiq.reward.measured.scene import Scene


def test_a_dark_flat_pale_version_of_a_photo_is_to_become_lighter_steeper_and_richer(photo):
    finished = photo("skimage_astronaut.png")
    unfinished = _unfinished(finished)
    missing, there = (finish(Scene(picture, picture)) for picture in (unfinished, finished))
    for name in ("lightness", "spread", "white point", "saturation"):
        assert missing[name].target > missing[name].before + missing[name].tolerance
        assert abs(there[name].off) < missing[name].off
    assert set(missing) == set(FINISHED)


def test_finishing_an_unfinished_photo_scores_though_only_a_part_of_it_was_asked_for(photo):
    finished = photo("skimage_coffee.png")
    before = _unfinished(finished)
    verdict = MeasuredReward().rubric(before, _ask("exposure")).judge(finished)
    assert verdict.score > verdict.baseline + 2


def test_who_asks_for_a_darker_picture_is_not_marked_down_for_its_darkness(photo):
    before = _unfinished(photo("skimage_astronaut.png"))
    criteria = MeasuredReward().rubric(before, _ask("exposure", -1)).rubric.criteria
    assert not any(c.kind == "finish" and c.measure in ("lightness", "white point") for c in criteria)


def test_a_black_and_white_photo_is_not_asked_to_become_colourful(photo):
    grey = np.repeat(photo("skimage_astronaut.png").mean(axis=2, keepdims=True), 3, axis=2)
    criteria = MeasuredReward().rubric(grey, _ask("contrast")).rubric.criteria
    assert not any(c.kind == "finish" and c.measure == "saturation" for c in criteria)


def _ask(control, direction=1):
    return Request(instruction="", wishes=(Wish(control=control, direction=direction),))


def _unfinished(picture):
    grey = picture.mean(axis=2, keepdims=True)
    pale = grey + 0.6 * (picture - grey)
    return ((pale.mean() + 0.6 * (pale - pale.mean())) * 0.7).astype(np.float32)
