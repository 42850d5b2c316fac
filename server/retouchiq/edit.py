"""The whole job: a photo and instructions in; a verified sidecar, style, pictures and report out.

This is the driver of `retouchiq.session` with darktable as its renderer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from hostbridge import Cancelled, UnusableInput
from hostbridge.controls import Edit
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.writing import check_writable
from retouchiq import recipe
from retouchiq.agent import Agent, Trial
from retouchiq.answers import module_answer, plan_answer, verdict_answer
from retouchiq.looks import with_look
from retouchiq.photo import Photo, sidecar_path
from retouchiq.pictures import read_picture
from retouchiq.results import Results
from retouchiq.reward import Picture, Reward
from retouchiq.session import Finished, Observe, Outcome, Session, Step, saved_edits
from retouchiq.variants import NAMES

LOOP_SIZE = 1024  # px; larger outputs are rendered once more at the end, the loop stays fast


@dataclass(frozen=True)
class Progress:
    """Something that happened, in words; after a scored render with ``trial``, ``picture`` and a ``number`` from 1."""

    says: str
    trial: Trial | None = None
    picture: Picture | None = None
    number: int = 0
    variant: str = NAMES[0]


Listen = Callable[[Progress], None]


@dataclass(frozen=True)
class Job:
    """What to do.

    ``instructions`` are turns on one photo, in order. ``out`` gets pictures, sidecar, style, report and recipe; None
    where only ``in_place`` counts: the sidecar beside the photo. ``size``: px of the long side of before.jpg and
    after.jpg. ``look``: a look the first instruction starts from; ``reference``: a finished picture to come close to,
    with ``alike`` one of the same series that the same instruction was carried out on.
    ``base``: a sidecar or an export of darktable's that holds the photo's present history, in place of the sidecar
    beside it. ``strength``: percent of the accepted amounts, 0…150. ``variants``: how many answers to make, 1…3.
    """

    image: Path
    instructions: tuple[str, ...]
    out: Path | None
    size: int = LOOP_SIZE
    budget: int | None = None
    in_place: bool = False
    look: str | None = None
    reference: Path | None = None
    alike: bool = False
    base: Path | None = None
    strength: float = 100.0
    variants: int = 1


def edit(
    job: Job,
    agent: Agent,
    reward: Reward,
    renderer: Renderer,
    schema: Schema,
    listen: Listen,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Do ``job`` and answer the object that ``retouchiq edit --json`` prints; see `Editing.run`."""
    return Editing(job, agent, reward, renderer, schema, cancel).run(listen)


class Editing:
    """One photo being edited by darktable: its sessions, one a variant, over as many turns as wanted.

    Every method that edits answers the object that ``retouchiq edit --json`` prints, writes the results anew, and
    raises `UnreadableImage`, `NotWritable`, `MalformedSidecar`, `HostFailed`, or `Cancelled` once ``cancel`` is set;
    nothing is written before the edit is over.
    """

    def __init__(
        self,
        job: Job,
        agent: Agent,
        reward: Reward,
        renderer: Renderer,
        schema: Schema,
        cancel: threading.Event | None = None,
    ) -> None:
        self.job = job
        self.agent = agent
        self.cancel = cancel or threading.Event()
        self.photo = Photo(job.image, renderer, schema, min(job.size, LOOP_SIZE), self.cancel, job.base)
        reference = read_picture(job.reference) if job.reference else None
        self.sessions = [
            Session(agent, reward, budget=job.budget, reference=reference, alike=job.alike, variant=name)
            for name in NAMES[: job.variants]
        ]
        self.instructions: list[str] = []
        self.chosen = 0
        self.strength = 100.0
        self._variants: list[dict[str, Any]] = []

    def run(self, listen: Listen) -> dict[str, Any]:
        """The first turns: all of the job's instructions, in as many variants as it wants."""
        started = time.monotonic()
        for folder in filter(None, (self.job.out, self.job.image.parent if self.job.in_place else None)):
            check_writable(folder)
        self.instructions = list(self.job.instructions)
        outcomes = [self._all_turns(session, listen) for session in self.sessions]
        if self.job.strength != 100:
            pairs = zip(self.sessions, outcomes, strict=True)
            outcomes = [self._at_strength(session, outcome, self.job.strength, listen) for session, outcome in pairs]
            self.strength = self.job.strength
        self.chosen = next((n for n, outcome in enumerate(outcomes) if outcome.applied), 0)
        if len(outcomes) > 1:
            self._variants = [self._variant(number, outcome) for number, outcome in enumerate(outcomes)]
        return self._results(outcomes[self.chosen], started, listen)

    def turn(self, instruction: str, listen: Listen) -> dict[str, Any]:
        """A further turn on the variant chosen: "a bit less", "now cooler shadows", "undo"."""
        started = time.monotonic()
        self._bring_up_to_date()
        outcome = self._drive(self.session, self.session.instruct(instruction), listen)
        self.instructions.append(instruction)
        if outcome.applied:
            self.strength = 100.0
            self._variants = []
        return self._results(outcome, started, listen)

    def strengthen(self, percent: float, listen: Listen) -> dict[str, Any]:
        """The accepted edit at 0…150 %. Raises `UnusableInput` where none was accepted."""
        started = time.monotonic()
        self._bring_up_to_date()
        outcome = self._drive(self.session, self.session.strengthen(percent), listen)
        self.strength = percent
        return self._results(outcome, started, listen)

    def choose(self, variant: int, listen: Listen) -> dict[str, Any]:
        """Make the variant of that number, from 0, the answer. Raises `UnusableInput` for one that is not there."""
        if not 0 <= variant < len(self._variants):
            raise UnusableInput(f"there is no variant {variant}: this edit has {len(self._variants)}, counted from 0")
        self.chosen = variant
        return self.strengthen(self.strength, listen)

    @property
    def session(self) -> Session:
        """The session of the variant chosen."""
        return self.sessions[self.chosen]

    def saved(self) -> dict[str, Any]:
        """What `resume` needs to go on after a restart, as plain data."""
        return {
            "sessions": [session.saved() for session in self.sessions],
            "instructions": self.instructions,
            "chosen": self.chosen,
            "strength": self.strength,
            "variants": self._variants,
        }

    @classmethod
    def resume(
        cls,
        job: Job,
        agent: Agent,
        reward: Reward,
        renderer: Renderer,
        schema: Schema,
        saved: dict[str, Any],
        cancel: threading.Event | None = None,
    ) -> Self:
        """The editing that `saved` was called on. Pictures are rendered again when the next turn needs them."""
        editing = cls(job, agent, reward, renderer, schema, cancel)
        editing._saved = saved["sessions"]
        editing.instructions = list(saved["instructions"])
        editing.chosen, editing.strength = saved["chosen"], saved["strength"]
        editing._variants = saved["variants"]
        return editing

    _saved: list[dict[str, Any]] | None = None

    def _bring_up_to_date(self) -> None:
        """After a restart: render what the sessions remember."""
        if self._saved is None:
            return
        original = self.photo.observe()
        for session, saved in zip(self.sessions, self._saved, strict=True):
            session.resume(saved, original, [self._render(edits) for edits in saved_edits(saved)])
        self._saved = None

    def _all_turns(self, session: Session, listen: Listen) -> Outcome:
        listen(Progress("looking at the photo", variant=session.variant))
        for instruction in _instructions(self.job):
            outcome = self._drive(session, session.instruct(instruction), listen)
        return outcome

    def _at_strength(self, session: Session, outcome: Outcome, percent: float, listen: Listen) -> Outcome:
        return self._drive(session, session.strengthen(percent), listen) if outcome.applied else outcome

    def _drive(self, session: Session, step: Step, listen: Listen) -> Outcome:
        return drive(session, step, self.photo, listen)

    def _render(self, edits: tuple[Edit, ...]) -> Picture:
        return self.photo.render(edits) if edits else self.photo.observe()

    def _variant(self, number: int, outcome: Outcome) -> dict[str, Any]:
        """One answer of several, its files in a folder of its own."""
        folder = self.job.out / f"variant-{number + 1}" if self.job.out else None
        return {
            "name": NAMES[number],
            "score": round(outcome.verdict.score, 3),
            "applied": outcome.applied,
            "files": self._writer(folder, in_place=False).variant(outcome, " → ".join(self.instructions)),
        }

    def _writer(self, folder: Path | None, in_place: bool) -> Results:
        return Results(self.photo, folder, self.job.size, sidecar_path(self.job.image) if in_place else None)

    def _results(self, outcome: Outcome, started: float, listen: Listen) -> dict[str, Any]:
        """The answer, once everything it names is written."""
        _check(self.cancel)
        listen(Progress("writing the results", variant=self.session.variant))
        answer = self._answer(outcome)
        self._writer(self.job.out, self.job.in_place).write(outcome, answer, self._recipe, started)
        return answer

    def _recipe(self, outcome: Outcome, answer: dict[str, Any]) -> dict[str, Any]:
        return recipe.write(self.job, self.instructions, self.session.reward.name, outcome, answer)

    def _answer(self, outcome: Outcome) -> dict[str, Any]:
        edits = outcome.edits if outcome.applied else outcome.plan.edits
        settings, notes = self.photo.compile(edits)
        plan = outcome.plan.model_copy(update={"edits": edits, "notes": (*outcome.plan.notes, *notes)})
        return {
            "image": str(self.job.image),
            "instruction": " → ".join(self.instructions),
            "agent": self.agent.name,
            "host": {"name": "darktable", "version": self.photo.schema.version},
            "plan": plan_answer(plan),
            "modules": [module_answer(each) for each in settings],
            "verdict": verdict_answer(outcome.verdict),
            "applied": outcome.applied,
            "stopped": outcome.stopped,
            "variant": self.session.variant,
            "variants": self._variants,
            "chosen": self.chosen,
            "strength": self.strength,
        }


def drive(session: Session, step: Step, photo: Photo, listen: Listen) -> Outcome:
    """The rest of a turn of ``session`` from ``step`` on, with darktable rendering ``photo``."""
    while not isinstance(step, Finished):
        _check(photo.cancel)
        picture = photo.observe() if isinstance(step, Observe) else photo.render(step.plan.edits)
        _check(photo.cancel)
        tried, step = step, session.rendered(picture)
        if not isinstance(tried, Observe):
            listen(_scored(session, step, picture))
    return step.outcome


def _scored(session: Session, step: Step, picture: Picture) -> Progress:
    trials = step.outcome.trials if isinstance(step, Finished) else tuple(session.trials)
    if not trials:
        return Progress("rendered at the strength you chose", picture=picture, variant=session.variant)
    says = f"render {len(trials)} scores {trials[-1].verdict.score:.1f} of 10"
    return Progress(says, trials[-1], picture, len(trials), session.variant)


def _check(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise Cancelled("the edit was cancelled; nothing was changed")


def _instructions(job: Job) -> tuple[str, ...]:
    first, *further = job.instructions
    return (with_look(job.look, first), *further)
