"""The measurements of the reward measure what they say."""

import random

import numpy as np
import pytest

from hostbridge.controls import Edit
from retouchiq.bench.cheating import FREE, _changed, clipped, grey_drift
from retouchiq.bench.reward import _together
from retouchiq.bench.weakened import METHODS, different


@pytest.mark.parametrize("method", METHODS)
def test_every_cruder_method_makes_another_picture_of_the_same_size(method):
    ramp = np.linspace(0.15, 0.6, 96, dtype=np.float32)
    before = np.stack([np.add.outer(ramp[:64] * k, 0.3 * ramp) for k in (1.0, 0.8, 0.6)], axis=-1).astype(np.float32)
    before += np.random.default_rng(0).normal(0, 0.05, before.shape).astype(np.float32)
    after = METHODS[method](np.clip(before, 0, 1))
    assert after.shape == before.shape
    assert after.dtype == np.float32
    assert 0 <= after.min() <= after.max() <= 1
    assert different(before, after)


def test_a_search_may_move_every_control_but_the_frame():
    draw, edits = random.Random(1), (Edit(control="exposure", amount=0.5),)
    for _ in range(400):
        edits = _changed(edits, draw)
    assert {edit.control for edit in edits} == set(FREE)
    assert all(edit.out_of_range() is None for edit in edits)


def test_clipping_and_drifting_greys_are_counted_by_other_code_than_the_rewards():
    grey = np.full((20, 20, 3), 0.5, np.float32)
    white = grey.copy()
    white[:2] = 1.0
    assert clipped(grey) == 0
    assert clipped(white) == pytest.approx(10)
    assert grey_drift(grey, grey) == 0
    assert grey_drift(grey, grey * np.float32([1.1, 1, 0.9])) > 5


def test_experts_lie_together_where_their_scores_do_and_weakened_ones_are_below():
    near, far = ({"expert": e, "scores": s, "won": 1.0} for e, s in ((9.0, [4.0, 5.0]), (6.0, [5.0, 7.0])))
    rows = [{"photo": "one", "expert": "A", "own": near, "neutral": near}]
    rows += [{"photo": "one", "expert": "B", "own": far, "neutral": near}]
    own, neutral = _together(rows)
    assert (own["spread"], own["below lowest"], own["weakened"]) == (3.0, 0.75, 5.25)
    assert (neutral["spread"], neutral["below lowest"]) == (0.0, 1.0)
