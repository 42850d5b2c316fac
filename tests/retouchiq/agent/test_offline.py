"""The offline agent: amounts from words and picture, and few renders to the targets.

The solver is tested against a small simulated host, because its answers are known exactly; the real one is in
tests/hosts.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.color import lab2rgb, rgb2lab

from hostbridge.controls import CONTROLS
from retouchiq.agent import Trial
from retouchiq.agent.offline import OfflineAgent
from retouchiq.agent.offline.facts import facts
from retouchiq.language import read
from retouchiq.language.request import Request, Wish
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Finished, Session, Try


def scene(seed=0, light=0.35):
    """A colourful picture with soft shapes: (96, 144, 3)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:1:96j, 0:1:144j]
    blobs = sum(np.exp(-((x - a) ** 2 + (y - b) ** 2) / 0.02)[..., None] * c for a, b, *c in rng.uniform(0, 1, (9, 5)))
    picture = light * (0.3 + 0.7 * y[..., None]) + 0.35 * blobs * light * 2 + rng.normal(0, 0.004, (96, 144, 3))
    return np.clip(picture, 0, 1).astype(np.float32)


def simulated_host(before, edits):
    """A host of sorts: each control does roughly what its name says, with curves and cross-talk."""
    lab = rgb2lab(before)
    for edit in edits:
        amount = edit.amount
        if edit.control == "exposure":
            lab[..., 0] = (lab[..., 0] + 16) * 2 ** (amount / 3) - 16
        elif edit.control == "contrast":
            lab[..., 0] = 50 + (lab[..., 0] - 50) * (1 + amount / 140)
            lab[..., 1:] *= 1 + amount / 400
        elif edit.control == "shadows":
            lab[..., 0] += amount / 4 * np.clip(1 - lab[..., 0] / 60, 0, 1)
        elif edit.control == "temperature":
            lab[..., 2] += amount / 7
            lab[..., 1] += amount / 40
        elif edit.control == "saturation":
            lab[..., 1:] *= 1 + amount / 90
    lab[..., 0] = np.clip(lab[..., 0], 0, 100)
    return np.clip(lab2rgb(lab), 0, 1).astype(np.float32)


def play(before, instruction, budget=6):
    session = Session(OfflineAgent(), MeasuredReward(), budget=budget)
    step = session.instruct(instruction)
    while not isinstance(step, Finished):
        step = session.rendered(simulated_host(before, step.plan.edits) if isinstance(step, Try) else before)
    return step.outcome


@pytest.mark.parametrize(
    "instruction",
    ["brighter", "warmer", "more contrast", "less saturated", "warmer, lift the shadows a little, less saturated"],
)
def test_targets_are_met_within_a_few_renders(instruction):
    outcome = play(scene(), instruction)
    wishes = [metric for metric in outcome.verdict.metrics if metric.criterion.kind == "wish"]
    assert outcome.applied
    assert len(outcome.trials) <= 5
    assert min(metric.score for metric in wishes) > 7, [(m.criterion.name, m.after, m.score) for m in wishes]


def test_revising_never_ends_below_the_first_render():
    outcome = play(scene(1), "a lot more contrast and warmer")
    assert outcome.verdict.score >= outcome.trials[0].verdict.score


def test_less_of_what_cannot_be_less_than_none_stops_nothing():
    wishes = (Wish(control="glow", direction=-1), Wish(control="exposure", direction=1))
    before, request = scene(), Request(instruction="", wishes=wishes)
    plan = OfflineAgent().propose(before, request)
    assert plan.edits[0].amount == 0
    judge = MeasuredReward().rubric(before, request)
    darker = simulated_host(before, plan.edits) * np.float32(0.8)
    revised = OfflineAgent().revise([Trial(plan, judge.judge(darker))])
    assert revised is not None
    assert revised.edits[0].amount == 0


def test_an_amount_named_in_numbers_is_never_changed():
    outcome = play(scene(), "exposure +0.4 EV, warmer")
    amounts = [edit.amount for trial in outcome.trials for edit in trial.plan.edits if edit.control == "exposure"]
    assert set(amounts) == {0.4}


def test_words_of_amount_are_ordered():
    before = scene()
    words = ["slightly brighter", "brighter", "a lot brighter"]
    amounts = [OfflineAgent().propose(before, read(text)).edits[0].amount for text in words]
    assert amounts == sorted(amounts)
    assert amounts[0] < amounts[1] < amounts[2]


def test_a_dark_photo_gets_more_light_than_a_normal_one_for_the_same_complaint():
    dark, normal = (
        OfflineAgent().propose(scene(light=light), read("too dark")).edits[0].amount for light in (0.1, 0.4)
    )
    assert dark > normal > 0


def test_a_known_start_is_where_an_amount_begins_and_may_still_be_trimmed():
    request = Request(instruction="x", wishes=(Wish(control="vibrance", direction=1, start=12.0),))
    plan = OfflineAgent().propose(scene(), request)
    assert plan.edits[0].amount == 12.0
    assert plan.exact == ()


def test_an_exact_amount_outside_the_range_is_clamped_and_said():
    request = Request(instruction="x", wishes=(Wish(control="exposure", direction=1, exact=9.0),))
    plan = OfflineAgent().propose(scene(), request)
    assert plan.edits[0].amount == 5
    assert "outside" in plan.notes[0]


@given(st.sampled_from(sorted(CONTROLS)), st.sampled_from([-1, 1]), st.floats(0.05, 4))
@settings(max_examples=60, deadline=None)
def test_every_control_can_be_proposed_inside_its_range(control, direction, strength):
    request = Request(instruction="x", wishes=(Wish(control=control, direction=direction, strength=strength),))
    edit = OfflineAgent().propose(scene(), request).edits[0]
    assert CONTROLS[control].low <= edit.amount <= CONTROLS[control].high


@given(st.floats(-20, 20))
@settings(max_examples=30, deadline=None)
def test_the_exposure_for_a_rise_in_lightness_gives_that_rise(rise):
    seen = facts(scene())
    lifted = 116 * np.cbrt(np.minimum(((seen.lightness + 16) / 116) ** 3 * 2 ** seen.exposure_for(rise), 1)) - 16
    assert lifted.mean() - seen.mean == pytest.approx(rise, abs=0.3)


def test_nothing_to_do_is_a_plan_without_edits():
    plan = OfflineAgent().propose(scene(), read("remove the dog"))
    assert plan.edits == ()
    assert plan.reasoning


def test_revise_gives_up_when_every_amount_was_named():
    before = scene()
    request = read("exposure +0.4 EV")
    plan = OfflineAgent().propose(before, request)
    verdict = MeasuredReward().rubric(before, request).judge(simulated_host(before, plan.edits))
    assert OfflineAgent().revise([Trial(plan, verdict)]) is None


def dark(share):
    """A picture with ``share`` of it nearly black, the rest in all tones."""
    picture = np.tile(np.linspace(0.15, 0.9, 144, dtype=np.float32)[None, :, None], (96, 1, 3))
    picture[: round(96 * share)] = 0.03
    return picture


def test_contrast_leaves_what_there_is_in_dark_tones():
    amounts = {edit.control: edit.amount for edit in OfflineAgent().propose(dark(0.2), read("more contrast")).edits}
    assert amounts["contrast"] > 0
    assert 0 < amounts["blacks"] < amounts["contrast"]


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "more contrast"), (0.2, "more contrast and deeper blacks"), (0.2, "less contrast"), (0.2, "contrast +20")],
)
def test_blacks_are_not_touched_unasked_where_nothing_is_lost_or_the_user_speaks_of_them(share, words):
    plan = OfflineAgent().propose(dark(share), read(words))
    assert not plan.held
    assert all(edit.amount < 0 for edit in plan.edits if edit.control == "blacks")


def test_what_goes_with_contrast_goes_with_it_through_all_renders():
    outcome = play(dark(0.2), "a lot more contrast")
    plans = [{edit.control: edit.amount for edit in trial.plan.edits} for trial in outcome.trials]
    assert all(plan["blacks"] == pytest.approx(0.4 * plan["contrast"], rel=0.02) for plan in plans)


@pytest.mark.parametrize("words", ["warmer", "cooler", "more magenta"])
def test_a_burnt_out_sky_is_not_tinted(words):
    burnt = dark(0.2)
    burnt[-20:] = 1.0
    assert OfflineAgent().propose(burnt, read(words)).edits[0].region.tones is not None
    assert OfflineAgent().propose(dark(0.2), read(words)).edits[0].region.everywhere


def test_a_number_is_taken_as_it_is_where_the_picture_is_burnt_out():
    assert OfflineAgent().propose(np.ones((96, 144, 3), np.float32), read("temperature +20")).edits[0].region.everywhere


def bright(share):
    """A picture with ``share`` of it nearly white, the rest in all tones."""
    picture = np.tile(np.linspace(0.15, 0.8, 144, dtype=np.float32)[None, :, None], (96, 1, 3))
    picture[: round(96 * share)] = 0.93
    return picture


def test_contrast_leaves_what_there_is_in_light_tones():
    edit = OfflineAgent().propose(bright(0.2), read("more contrast")).edits[0]
    assert edit.control == "contrast"
    assert edit.region.tones is not None


@pytest.mark.parametrize(("share", "words"), [(0.0, "more contrast"), (0.2, "less contrast"), (0.2, "contrast +20")])
def test_contrast_acts_on_all_tones_where_nothing_is_lost_or_a_number_was_named(share, words):
    assert OfflineAgent().propose(bright(share), read(words)).edits[0].region.everywhere
