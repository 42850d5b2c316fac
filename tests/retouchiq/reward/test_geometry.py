"""Crop, rotation, flip and perspective are measured on the pictures, not believed."""

import numpy as np
import pytest
from skimage.transform import ProjectiveTransform, rotate, warp

from retouchiq.reward.measured import MeasuredReward
from retouchiq.reward.measured.alignment import align

REWARD = MeasuredReward()
PHOTO = "sklearn_china.jpg"


def test_a_clockwise_turn_is_measured_in_degrees(photo):
    before = photo(PHOTO, 300)
    after = rotate(before, -3, mode="edge").astype(np.float32)  # scikit-image turns anticlockwise
    assert align(before, after).turned == pytest.approx(3, abs=0.4)


@pytest.mark.parametrize(("quarters", "degrees"), [(1, -90), (2, 180), (3, 90)])
def test_quarter_turns_are_recognised(photo, ask, quarters, degrees):
    before = photo(PHOTO, 300)
    judge = REWARD.rubric(before, ask("rotate", int(np.sign(degrees)), exact=float(degrees)))
    assert judge.judge(np.rot90(before, quarters)).metrics[0].score > 9.5


def test_a_mirrored_picture_is_recognised(photo):
    before = photo(PHOTO, 300)
    assert align(before, before[:, ::-1]).mirrored
    assert align(before, before[::-1]).mirrored
    assert not align(before, before).mirrored


def test_verticals_spread_at_the_top_are_positive(photo):
    before = photo(PHOTO, 300)
    height, width = before.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    inner = corners + np.array([[0.06 * width, 0], [-0.06 * width, 0], [0, 0], [0, 0]])
    spread = ProjectiveTransform.from_estimate(corners, inner)  # the output's corner shows the input's inner point
    after = warp(before, spread, mode="edge").astype(np.float32)
    assert align(before, after).keystone("vertical") > 4


def test_a_crop_is_measured_and_the_rest_of_the_verdict_still_works(photo, ask):
    before = photo(PHOTO, 300)
    height, width = before.shape[:2]
    cut = before[int(0.05 * height) : int(0.95 * height), int(0.05 * width) : int(0.95 * width)]
    judge = REWARD.rubric(before, ask("crop", exact=10.0))
    verdict = judge.judge(cut)
    assert verdict.metrics[0].after == pytest.approx(10, abs=2)
    assert verdict.score > 9
    assert judge.judge(before).score < 5.5


def test_a_crop_to_an_aspect_is_judged_by_the_aspect(photo, ask):
    before = photo(PHOTO, 300)
    judge = REWARD.rubric(before, ask("crop", options={"aspect": "1:1"}))
    height, width = before.shape[:2]
    square = before[:, (width - height) // 2 : (width + height) // 2]
    assert judge.judge(square).score > 9
    assert judge.judge(before).score < 5.5


def test_a_crop_nobody_asked_for_costs(photo, ask):
    before = photo(PHOTO, 300)
    judge = REWARD.rubric(before, ask("exposure"))
    zoomed = before[25:-25, 40:-40]
    assert judge.judge(zoomed).score < judge.judge(before).score
