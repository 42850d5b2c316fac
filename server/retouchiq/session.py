"""The loop: one image, its turns, and what to render next.

`Session` does no I/O. It answers every call with the next step: `Observe` (render the image as it was before us),
`Try` (render this plan on top of it) or `Finished`. Whoever can render drives it::

    step = session.instruct("warmer, lift the shadows")
    while not isinstance(step, Finished):
        step = session.rendered(render(step))

The driver is darktable on the server side in `retouchiq.edit`; it may as well be an editor that renders by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hostbridge import UnusableInput
from hostbridge.controls import Edit
from retouchiq.agent import Agent, Trial
from retouchiq.grounding import ground
from retouchiq.language import read
from retouchiq.language.request import Request
from retouchiq.language.turns import STEPS, Turn, read_turn
from retouchiq.plan import Plan
from retouchiq.reference import Match, with_reference
from retouchiq.reward import Judge, Picture, Reward, Verdict
from retouchiq.strength import HIGH, scaled
from retouchiq.style.wishing import styled
from retouchiq.variants import leaning

NEEDLESS = "the photo needs nothing"
"""Why a turn ended that left everything to the photo, and found it finished."""


BROKEN = 1.0
"""Marks of 10 below which a quality is so hurt that a good score is no reason to stop looking for a better edit."""

AT_A_PRICE = 0.7
"""Of what an edit that breaks something gains, what it is worth beside one that breaks nothing."""


@dataclass(frozen=True)
class Observe:
    """Render the image with nothing of ours applied."""


@dataclass(frozen=True)
class Try:
    """Render the image with these edits applied, and nothing else of ours."""

    plan: Plan


@dataclass(frozen=True)
class Outcome:
    """How a turn ended.

    ``applied`` is False where every render scored no better than doing nothing: ``plan`` and ``verdict`` are then
    those of the best attempt, for the explanation, and the image stays as it was before the turn. ``edits`` is what
    the image carries after the turn, those of earlier turns included. ``trials`` are the plans of the turn that were
    rendered, oldest first. ``stopped`` says why the loop ended.
    """

    request: Request
    plan: Plan
    verdict: Verdict
    applied: bool
    edits: tuple[Edit, ...]
    trials: tuple[Trial, ...]
    stopped: str
    after: Picture | None


@dataclass(frozen=True)
class Finished:
    """The turn is over."""

    outcome: Outcome


Step = Observe | Try | Finished


@dataclass(frozen=True)
class _State:
    """What the image carries after a turn, how it looks then, and what that turn asked for (None: no turn yet).

    ``full``: the edits at 100 %, of which ``edits`` are those at the strength the user chose.
    """

    edits: tuple[Edit, ...]
    picture: Picture
    request: Request | None = None
    full: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class _Chosen:
    """Edits that the user chose: taken whatever their score, which is against ``before``.

    ``said``: the plan's reasoning, ``stopped`` as in `Outcome`. ``replaces``: the last state is this one, changed.
    """

    state: _State
    before: Picture
    said: str
    stopped: str
    replaces: bool = False


@dataclass
class _Loop:
    """The turn under way: what it started from and what was tried. ``replaces``: the last state, if it succeeds.

    ``kept``: edits of earlier turns. ``added``: what the variant adds to every plan. ``match``: what plans where there
    is a reference to come close to; it knows itself when there is nothing left to try.
    """

    replaces: bool
    request: Request
    before: Picture
    kept: tuple[Edit, ...]
    added: tuple[Edit, ...]
    judge: Judge
    plan: Plan
    match: Match | None = None
    trials: list[Trial] = field(default_factory=list)
    best: int = 0
    best_picture: Picture | None = None
    stale: int = 0


class Session:
    """One image and its turns.

    ``budget``: renders of plans a turn may use, 1 or more; None: `BUDGET`, with a reference what `Match` takes.
    ``target``: a score (0…10) that is good enough to stop at.
    A turn also stops after two renders in a row that bring no gain, or when the agent has nothing left to try.
    ``reference``: a finished picture the first turn is to come close to in tone and colour; with ``alike`` it is of the
    same series and the same instruction (`with_reference`). ``variant``: one of `retouchiq.variants.NAMES`.
    """

    BUDGET = 6
    GAIN = 0.05
    PATIENCE = 2

    def __init__(
        self,
        agent: Agent,
        reward: Reward,
        *,
        budget: int | None = None,
        target: float = 9.3,
        reference: Picture | None = None,
        alike: bool = False,
        variant: str = "as asked",
    ) -> None:
        if budget is not None and budget < 1:
            raise ValueError(f"budget = {budget}: a verified edit needs at least one render")
        self.agent = agent
        self.reward = reward
        self.budget = budget
        self.target = target
        self.reference = reference
        self.alike = alike
        self.variant = variant
        self._original: Picture | None = None
        self._instruction = ""
        self._states: list[_State] = []
        self._refused: Request | None = None  # the last turn's request, where nothing of it was applied
        self._loop: _Loop | None = None
        self._chosen: _Chosen | None = None  # what the render under way will be, where the user chose the edits

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What the image carries now."""
        return self._states[-1].edits if self._states else ()

    @property
    def trials(self) -> Sequence[Trial]:
        """What the turn under way has tried so far, oldest first."""
        return self._loop.trials if self._loop else ()

    def instruct(self, instruction: str) -> Step:
        """Begin a turn: the first instruction, or a further one ("a bit less", "undo the last step")."""
        self._instruction = instruction
        if self._original is None:
            return Observe()
        return self._begin()

    def strengthen(self, percent: float) -> Step:
        """Put the accepted edits at ``percent`` (0…150) of their amounts, and judge that.

        The result is taken whatever its score: the user chose it. Raises `UnusableInput` where nothing is applied.
        """
        if len(self._states) < 2:
            raise UnusableInput("no edit is applied whose strength could be changed: give an instruction first")
        last = self._states[-1]
        edits = scaled(last.full, percent)
        state = _State(edits, last.picture, last.request, last.full)
        said = f"The same edits at the strength you chose, {percent:g} %."
        return self._choose(_Chosen(state, self._states[-2].picture, said, "strength chosen", replaces=True))

    def saved(self) -> dict[str, Any]:
        """What `resume` needs, as plain data; the pictures are left out, they can be rendered again."""
        return {
            "turns": [
                {
                    "edits": [edit.model_dump(mode="json") for edit in state.edits],
                    "full": [edit.model_dump(mode="json") for edit in state.full],
                    "request": state.request.model_dump(mode="json") if state.request else None,
                }
                for state in self._states[1:]
            ],
            "refused": self._refused.model_dump(mode="json") if self._refused else None,
        }

    def resume(self, saved: dict[str, Any], original: Picture, pictures: Sequence[Picture]) -> None:
        """Go on from ``saved`` in a new session: ``pictures`` are renders of `saved_edits`, one each, in order."""
        self._original = original
        self._states = [_State((), original)]
        for turn, picture in zip(saved["turns"], pictures, strict=True):
            request = Request.model_validate(turn["request"]) if turn["request"] else None
            self._states.append(_State(_edits(turn["edits"]), picture, request, _edits(turn["full"])))
        self._refused = Request.model_validate(saved["refused"]) if saved["refused"] else None

    def rendered(self, picture: Picture) -> Step:
        """Take the picture the last step asked for, and say what is next."""
        if self._chosen is not None:
            return self._take(self._chosen, picture)
        if self._original is None:
            self._original = picture
            self._states = [_State((), picture)]
            return self._begin()
        if self._loop is None:
            raise RuntimeError("nothing was asked to be rendered: call instruct() first")
        return self._judge(self._loop, picture)

    def _begin(self) -> Step:
        refused = self._refused
        previous = refused or self._states[-1].request
        turn = read_turn(self._instruction, previous, {edit.control for edit in self.edits})
        if turn.kind in STEPS:
            self._step_back(turn)
            if turn.request is None:
                return self._went_back()
        if turn.kind == "without" and turn.request is None:
            return self._leave_out(turn)
        if turn.kind == "scale" and self.edits and not (turn.request and turn.request.wishes):
            return self.strengthen(min(HIGH, 100 * turn.factor))  # what came of a reference has no wishes to scale
        # "a bit less" is the last turn again, from what that one started from
        replaces = turn.kind in ("scale", "invert", "place", "instead") and refused is None
        start = self._states[-2 if replaces else -1]
        kept, before = _others(start.edits, turn), start.picture
        compared = self.reference is not None and len(self._states) == 1 and refused is None
        request = styled(turn.request or read(self._instruction), before)
        request = ground(request, before, alone=not compared)
        match: Match | None = None
        if compared and self.reference is not None:
            if self.alike:
                request = with_reference(request, before, self.reference, self.alike)
            else:
                request = request.model_copy(update={"open_ended": False, "free": ()})  # the reference decides
                match = Match(before, self.reference, self.agent, self.reward, self.budget)
        judge = (match or self.reward).rubric(before, request)
        plan = (match or self.agent).propose(before, request)
        added = () if match else leaning(self.variant, request, (*plan.edits, *kept))
        self._loop = _Loop(replaces, request, before, kept, added, judge, plan, match)
        if not plan.edits:
            needless = request.open_ended and not request.unsupported
            why = NEEDLESS if needless else "no parameter can do what was asked"
            return self._finish(self._loop, judge.judge(before), why)
        return self._try(plan)

    def _try(self, plan: Plan) -> Try:
        assert self._loop is not None
        self._loop.plan = plan
        return Try(plan.model_copy(update={"edits": self._loop.kept + plan.edits + self._loop.added}))

    def _judge(self, loop: _Loop, picture: Picture) -> Step:
        verdict = loop.judge.judge(picture)
        loop.trials.append(Trial(loop.plan, verdict))
        worth, best = _worth(verdict), _worth(loop.trials[loop.best].verdict)
        if len(loop.trials) == 1 or worth > best:
            loop.stale = 0 if len(loop.trials) == 1 or worth > best + self.GAIN else loop.stale + 1
            loop.best, loop.best_picture = len(loop.trials) - 1, picture
        else:
            loop.stale += 1
        stopped = self._why_stop(loop)
        revised = None if stopped else (loop.match or self.agent).revise(loop.trials)
        if revised is None:
            return self._finish(loop, loop.trials[loop.best].verdict, stopped or "nothing left to improve")
        return self._try(revised)

    def _why_stop(self, loop: _Loop) -> str | None:
        if len(loop.trials) >= (loop.match.budget if loop.match else self.budget or self.BUDGET):
            return "budget spent"
        if loop.match:
            return None
        best = loop.trials[loop.best].verdict
        if best.score >= self.target and not _broken(best):
            return "target reached"
        return "no further progress" if loop.stale >= self.PATIENCE else None

    def _finish(self, loop: _Loop, verdict: Verdict, stopped: str) -> Finished:
        plan = loop.trials[loop.best].plan if loop.trials else loop.plan
        applied = bool(loop.trials) and _better(verdict)
        if applied:
            assert loop.best_picture is not None
            if loop.replaces:
                self._states.pop()
            edits = loop.kept + plan.edits + loop.added
            self._states.append(_State(edits, loop.best_picture, loop.request, edits))
        self._refused = None if applied else loop.request
        self._loop = None
        return Finished(
            Outcome(
                request=loop.request,
                plan=plan,
                verdict=verdict,
                applied=applied,
                edits=self.edits,
                trials=tuple(loop.trials),
                stopped=stopped,
                after=loop.best_picture if applied else None,
            )
        )

    def _step_back(self, turn: Turn) -> None:
        """Undo the last turns, go back to the first result, or to the untouched image: nothing needs a render."""
        keep = {"undo": max(1, len(self._states) - turn.steps), "first": min(2, len(self._states)), "reset": 1}
        self._states = self._states[: keep[turn.kind]]
        self._refused = None

    def _went_back(self) -> Finished:
        edits, picture = self._states[-1].edits, self._states[-1].picture
        assert self._original is not None
        request = Request(instruction=self._instruction)
        verdict = self.reward.rubric(self._original, request).judge(picture)
        plan = Plan(reasoning=f"Went back as asked: {len(edits)} edits remain.", edits=edits)
        return Finished(Outcome(request, plan, verdict, True, edits, (), "went back", picture))

    def _leave_out(self, turn: Turn) -> Step:
        """Take what is there without some of it: rendered and judged, and taken whatever its score."""
        last = self._states[-1]
        edits = _others(last.edits, turn)
        asked = last.request or Request(instruction=self._instruction)
        left = tuple(wish for wish in asked.wishes if wish.control not in turn.controls)
        request = asked.model_copy(update={"wishes": left})
        state = _State(edits, last.picture, request, _others(last.full, turn))
        said = f"The same edits without {', '.join(sorted(turn.controls))}."
        return self._choose(_Chosen(state, self._states[0].picture, said, "left out as asked"))

    def _choose(self, chosen: _Chosen) -> Step:
        self._chosen = chosen
        if not chosen.state.edits:
            return self._take(chosen, self._states[0].picture)
        return Try(Plan(reasoning=chosen.said, edits=chosen.state.edits))

    def _take(self, chosen: _Chosen, picture: Picture) -> Finished:
        self._chosen = None
        state = replace(chosen.state, picture=picture)
        self._states[len(self._states) - chosen.replaces :] = [state]
        request = state.request or Request(instruction=self._instruction)
        verdict = self.reward.rubric(chosen.before, request).judge(picture)
        plan = Plan(reasoning=chosen.said, edits=state.edits)
        return Finished(Outcome(request, plan, verdict, True, state.edits, (), chosen.stopped, picture))


def saved_edits(saved: dict[str, Any]) -> list[tuple[Edit, ...]]:
    """What the image carried after each turn of ``saved`` (`Session.saved`): to be rendered for `Session.resume`."""
    return [_edits(turn["edits"]) for turn in saved["turns"]]


def _edits(plain: Sequence[dict[str, Any]]) -> tuple[Edit, ...]:
    return tuple(Edit.model_validate(each) for each in plain)


def _others(edits: Sequence[Edit], turn: Turn) -> tuple[Edit, ...]:
    """The edits that a turn leaves there."""
    return tuple(edit for edit in edits if edit.control not in turn.controls)


def _worth(verdict: Verdict) -> float:
    """The score, with less above doing nothing where something broke: a wish that is met in part with nothing broken is
    worth more than one met to the letter at any price."""
    gain = verdict.score - verdict.baseline
    return verdict.baseline + gain * AT_A_PRICE if gain > 0 and _broken(verdict) else verdict.score


def _broken(verdict: Verdict) -> bool:
    """True where something that must not break has hardly a mark left, whatever the wishes make of the score."""
    return any(metric.criterion.kind == "quality" and metric.score < BROKEN for metric in verdict.metrics)


def _better(verdict: Verdict) -> bool:
    """Above doing nothing; where no metric knows the wish (a module field named directly), not below it."""
    if any(metric.criterion.kind == "wish" for metric in verdict.metrics):
        return verdict.score > verdict.baseline
    return verdict.score >= verdict.baseline
