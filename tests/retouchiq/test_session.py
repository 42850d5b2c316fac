"""The loop without a host: what is rendered, what is kept, when it stops."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostbridge import UnusableInput
from hostbridge.controls import Edit
from retouchiq.plan import Plan
from retouchiq.reward import Criterion, Metric, Rubric, Verdict
from retouchiq.session import Finished, Observe, Session, Try, saved_edits

GREY = np.full((16, 24, 3), 0.4, np.float32)


class ScriptedAgent:
    """Proposes +1 and then one more at each revision, until it runs out."""

    name = "scripted"

    def __init__(self, revisions=10):
        self.revisions = revisions

    def propose(self, before, request):
        edits = () if request.unsupported and not request.wishes else (Edit(control="exposure", amount=0.1),)
        return Plan(reasoning="", edits=edits)

    def revise(self, trials):
        if len(trials) > self.revisions:
            return None
        return Plan(reasoning="", edits=(Edit(control="exposure", amount=0.1 * (len(trials) + 1)),))


class ScriptedReward:
    """Scores the renders from a list, in order; doing nothing scores ``baseline``."""

    name = "scripted"

    def __init__(self, scores, baseline=4.0):
        self.scores = iter(scores)
        self.baseline = baseline
        self.rubric_written = Rubric(criteria=())

    def rubric(self, before, request):
        return self

    def judge(self, after):
        score = self.baseline if after is GREY else next(self.scores)
        criterion = Criterion(
            name="x", measure="x", kind="wish", weight=1, target=1, tolerance=1, unit="", before=0, control="exposure"
        )
        return Verdict(
            score=score, baseline=self.baseline, metrics=(Metric(criterion=criterion, after=0, score=score, why=""),)
        )


def play(session, instruction="brighter"):
    """Drive one turn; answers the outcome and the plans that were rendered."""
    step, tried = session.instruct(instruction), []
    while not isinstance(step, Finished):
        if isinstance(step, Try):
            tried.append(step.plan)
            step = session.rendered(GREY.copy())
        else:
            assert isinstance(step, Observe)
            step = session.rendered(GREY)
    return step.outcome, tried


def amounts(plan_or_edits):
    edits = getattr(plan_or_edits, "edits", plan_or_edits)
    return [pytest.approx(edit.amount) for edit in edits]


def test_the_best_render_is_kept_not_the_last():
    outcome, tried = play(Session(ScriptedAgent(), ScriptedReward([6, 8, 7, 7, 7, 7]), budget=6))
    assert outcome.applied
    assert amounts(outcome.edits) == [0.2]
    assert outcome.verdict.score == 8
    assert len(tried) == 4, "two renders without a gain end the turn"


def test_a_result_no_better_than_doing_nothing_is_not_applied():
    outcome, _ = play(Session(ScriptedAgent(), ScriptedReward([4.0, 3.9, 3.0, 3.0], baseline=4.0)))
    assert not outcome.applied
    assert outcome.edits == ()
    assert outcome.after is None


def test_it_stops_when_the_target_is_reached():
    outcome, tried = play(Session(ScriptedAgent(), ScriptedReward([9.9])))
    assert (len(tried), outcome.stopped) == (1, "target reached")


@given(st.lists(st.floats(0, 9), min_size=12, max_size=12), st.integers(1, 8))
def test_a_turn_never_renders_more_than_its_budget_and_keeps_the_maximum(scores, budget):
    outcome, tried = play(Session(ScriptedAgent(), ScriptedReward(scores), budget=budget))
    seen = scores[: len(tried)]
    assert 1 <= len(tried) <= budget
    assert outcome.verdict.score == max(seen)
    assert outcome.applied == (max(seen) > 4.0)


def test_it_stops_when_the_agent_has_nothing_left():
    outcome, tried = play(Session(ScriptedAgent(revisions=1), ScriptedReward([5, 6, 7])))
    assert (len(tried), outcome.stopped) == (2, "nothing left to improve")


def test_an_instruction_no_parameter_can_do_renders_nothing_and_says_so():
    outcome, tried = play(Session(ScriptedAgent(), ScriptedReward([])), "remove the man on the left")
    assert (tried, outcome.applied) == ([], False)
    assert outcome.plan.edits == ()


def test_a_second_turn_is_put_on_top_of_the_first():
    session = Session(ScriptedAgent(), ScriptedReward([9.9, 9.9]))
    play(session, "brighter")
    outcome, tried = play(session, "now warmer")
    assert amounts(tried[0]) == [0.1, 0.1]
    assert amounts(outcome.edits) == [0.1, 0.1]


def test_a_bit_less_replaces_the_last_turn_instead_of_adding_to_it():
    session = Session(ScriptedAgent(), ScriptedReward([9.9, 9.9]))
    play(session, "brighter")
    outcome, tried = play(session, "a bit less")
    assert amounts(tried[0]) == [0.1]
    assert len(outcome.edits) == 1
    assert outcome.request.wishes[0].strength < 1


def test_undo_returns_to_the_state_before_and_renders_nothing():
    session = Session(ScriptedAgent(), ScriptedReward([9.9, 9.9, 5, 5]))
    play(session, "brighter")
    play(session, "now warmer")
    outcome, tried = play(session, "undo the last step")
    assert (tried, len(outcome.edits)) == ([], 1)
    outcome, _ = play(session, "undo")
    assert outcome.edits == ()


def test_less_after_a_refused_turn_keeps_the_turn_before_it():
    session = Session(ScriptedAgent(), ScriptedReward([9.9, 1, 1, 1, 9.9], baseline=4.0))
    play(session, "brighter")
    play(session, "a lot warmer")
    outcome, tried = play(session, "a bit less")
    assert amounts(tried[0]) == [0.1, 0.1], "the first turn's edit is still there"
    assert {wish.control for wish in outcome.request.wishes} == {"temperature"}


def test_less_after_undo_speaks_of_the_turn_that_is_left():
    session = Session(ScriptedAgent(), ScriptedReward([9.9, 9.9, 5, 9.9]))
    play(session, "brighter")
    play(session, "now warmer")
    play(session, "undo")
    outcome, _ = play(session, "a bit less")
    assert [wish.control for wish in outcome.request.wishes] == ["exposure"]
    assert len(outcome.edits) == 1


def test_a_budget_of_nothing_is_refused():
    with pytest.raises(ValueError, match="budget = 0"):
        Session(ScriptedAgent(), ScriptedReward([]), budget=0)


class Named(ScriptedReward):
    """Scores every render the same; its rubric is for whatever it is asked."""

    def __init__(self, score=8.0):
        super().__init__([])
        self.score = score

    def judge(self, after):
        self.scores = iter([self.score])
        return super().judge(after)


def finish(step, session, tried=None):
    while not isinstance(step, Finished):
        if tried is not None and isinstance(step, Try):
            tried.append(step.plan)
        step = session.rendered(GREY if isinstance(step, Observe) else GREY.copy())
    return step.outcome


def test_half_the_strength_renders_half_the_edit_and_the_full_one_comes_back():
    session, tried = Session(ScriptedAgent(), Named(9.9)), []
    play(session)
    half = finish(session.strengthen(50), session, tried)
    assert amounts(tried[0]) == [0.05]
    assert half.applied
    assert amounts(half.edits) == [0.05]
    assert amounts(finish(session.strengthen(100), session).edits) == [0.1]


def test_no_strength_at_all_is_the_photo_as_it_was():
    session = Session(ScriptedAgent(), Named(9.9))
    play(session)
    outcome = session.strengthen(0).outcome
    assert outcome.applied
    assert outcome.edits == ()
    assert outcome.after is GREY


def test_strength_without_an_edit_says_what_to_do_first():
    session = Session(ScriptedAgent(), Named(3.0))
    play(session)
    with pytest.raises(UnusableInput, match="give an instruction first"):
        session.strengthen(50)


def test_a_turn_after_a_change_of_strength_builds_on_what_the_image_carries():
    session = Session(ScriptedAgent(), Named(9.9))
    play(session)
    finish(session.strengthen(50), session)
    outcome, _ = play(session, "more contrast")
    assert amounts(outcome.edits) == [0.05, 0.1]


def test_a_session_goes_on_after_a_restart_as_if_nothing_had_happened():
    first = Session(ScriptedAgent(), Named(9.9))
    play(first, "brighter")
    play(first, "more contrast")
    saved = json.loads(json.dumps(first.saved()))
    second = Session(ScriptedAgent(), Named(9.9))
    second.resume(saved, GREY, [GREY.copy() for _ in saved_edits(saved)])
    assert second.edits == first.edits
    one, other = play(first, "undo the last step")[0], play(second, "undo the last step")[0]
    assert one.edits == other.edits
    assert len(one.edits) == 1


def test_a_refusal_is_remembered_over_a_restart():
    first = Session(ScriptedAgent(), Named(3.0))
    play(first, "brighter")
    second = Session(ScriptedAgent(), Named(9.9))
    second.resume(json.loads(json.dumps(first.saved())), GREY, [])
    assert play(second, "a bit less")[0].request.wishes[0].strength < 1


def test_a_variant_carries_its_additions_in_every_render():
    session = Session(ScriptedAgent(), Named(9.9), variant="softer")
    outcome, tried = play(session)
    assert outcome.edits == tried[0].edits
    assert len(outcome.edits) == 4
    assert outcome.edits[0].control == "exposure"


def test_what_is_no_longer_wanted_is_left_out_and_the_rest_stays_as_it_was():
    session = Session(ScriptedAgent(revisions=0), ScriptedReward([6, 7, 5]))
    play(session, "brighter and sharper")
    brighter = session.edits
    session._states[-1] = dataclasses.replace(
        session._states[-1], edits=(*brighter, Edit(control="sharpness", amount=40))
    )
    outcome, tried = play(session, "without the sharpening")
    assert [edit.control for edit in tried[0].edits] == ["exposure"]
    assert outcome.applied
    assert session.edits == brighter
    play(session, "undo")
    assert [edit.control for edit in session.edits] == ["exposure", "sharpness"]


def test_a_step_back_with_a_wish_begins_from_there():
    session = Session(ScriptedAgent(revisions=0), ScriptedReward([6, 7, 8, 9]))
    for said in ("brighter", "brighter still", "brighter again with more light"):
        play(session, said)
    assert len(session.edits) == 3
    play(session, "go back two steps and sharpen it")
    assert len(session.edits) == 2


def test_a_photo_that_needs_nothing_is_no_failure():
    class Contented(ScriptedAgent):
        def propose(self, before, request):
            return Plan(reasoning="")

    stopped = {text: play(Session(Contented(), ScriptedReward([])), text)[0].stopped for text in ("", "brighter")}
    assert stopped[""] == "the photo needs nothing"
    assert stopped["brighter"] != stopped[""]


class Breaking(ScriptedReward):
    """Like `ScriptedReward`; a score in ``broken`` goes with something that broke."""

    def __init__(self, scores, broken):
        super().__init__(scores)
        self.broken = broken

    def judge(self, after):
        verdict = super().judge(after)
        wish = verdict.metrics[0]
        quality = wish.criterion.model_copy(update={"kind": "quality", "control": None})
        marks = 0.0 if verdict.score in self.broken else 10.0
        hurt = Metric(criterion=quality, after=0, score=marks, why="")
        return verdict.model_copy(update={"metrics": (wish, hurt)})


def test_a_wish_met_in_part_is_worth_more_than_one_met_at_the_price_of_something_broken():
    outcome, _ = play(Session(ScriptedAgent(1), Breaking([9.6, 8.5], broken={9.6})))
    assert outcome.verdict.score == 8.5


def test_what_breaks_something_is_taken_where_the_rest_hardly_gains():
    outcome, _ = play(Session(ScriptedAgent(2), Breaking([8.0, 4.5, 4.6], broken={8.0})))
    assert outcome.verdict.score == 8.0
