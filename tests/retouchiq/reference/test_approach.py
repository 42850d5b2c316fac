"""Renders come close to the finished version, within the budget, also where the host has no maps."""

import numpy as np
import pytest

from hostbridge.color_map import lab_of
from retouchiq.reference.approach import Approach
from retouchiq.reference.mapping import fit
from retouchiq.reference.scene import Finished


def approach(host, finished, budget=30):
    way = Approach(host.before, Finished(finished), budget)
    steps = way.steps()
    try:
        edits = next(steps)
        while True:
            edits = steps.send(host.render(edits))
    except StopIteration:
        return way


def decibels(squared):
    return -10 * np.log10(squared)


def test_a_finish_no_control_has_is_met_all_the_same(host, finished):
    assert decibels(approach(host, finished).squared) > 35


@pytest.mark.parametrize("budget", [1, 2, 4, 30])
def test_no_more_is_rendered_than_the_budget_allows(host, finished, budget):
    way = approach(host, finished, budget)
    assert 1 <= host.renders <= budget
    assert way.squared < way.error(host.before)


def test_where_the_host_has_no_maps_controls_come_closer_than_nothing(mapless, finished):
    way = approach(mapless, finished)
    assert way.squared < 0.5 * way.error(mapless.before)
    assert {edit.control for edit in way.best} >= {"exposure", "saturation"}


def test_a_photo_of_greys_alone_can_be_mapped():
    greys = np.repeat(np.linspace(0, 1, 400, dtype=np.float32)[:, None], 3, axis=1)
    source, target = fit(lab_of(greys), lab_of(greys**1.5), np.ones(400))
    assert np.isfinite(target).all()
    assert len(source) >= 5


def test_the_answer_says_what_the_finished_version_did(host, finished):
    outcome = host.edited(finished, "finish it like that")
    assert outcome.applied
    assert outcome.verdict.score > 8 > outcome.verdict.baseline
    assert "brighter by" in outcome.plan.reasoning
    assert "warmer" in outcome.plan.reasoning
    assert outcome.verdict.metrics[0].criterion.name == "tones of the finished version"


def test_a_photo_that_is_finished_already_is_left_alone(host):
    outcome = host.edited(host.before)
    assert not outcome.applied


def test_what_the_instruction_wants_beside_the_reference_comes_on_top(host, finished):
    outcome = host.edited(finished, "more saturated")
    assert outcome.trials[-1].plan.edits[-1].control == "saturation"
    assert any(metric.criterion.control == "saturation" for metric in outcome.verdict.metrics)


def test_a_budget_of_the_user_s_own_holds_with_a_reference(host, finished):
    host.edited(finished, budget=2)
    assert host.renders == 2


def test_a_bit_less_of_a_reference_is_less_of_all_it_brought(host, finished):
    outcome = host.edited(finished, "", then="a bit less")
    assert outcome.stopped == "strength chosen"
    assert next(edit.amount for edit in outcome.edits if edit.control == "color_map") < 100
