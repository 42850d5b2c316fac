"""Sessions of editors that render by themselves: the loop of `retouchiq.session`, one step a request.

The editor sends a small picture of its layer and gets the filters of the first plan; it sends what they make of the
picture and gets the next ones, until it gets those that are accepted.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from hostbridge import UnusableInput
from hostbridge.controls import Edit
from hostbridge.gegl.filters import Filter
from retouchiq.api.errors import Busy, Conflict, NotFound
from retouchiq.plan import Plan
from retouchiq.reward import Picture, Verdict
from retouchiq.session import Finished, Observe, Outcome, Session
from retouchiq.session import Step as LoopStep

LIMIT = 16  # sessions at once, some megabytes each
KEPT = 30 * 60.0  # seconds a session is kept after it was last used


class Compiled(Protocol):
    """Filters for the host, and what could not be said with them."""

    @property
    def filters(self) -> Sequence[Filter]: ...

    @property
    def notes(self) -> Sequence[str]: ...


Compile = Callable[[Sequence[Edit], Picture], Compiled]
"""Edits, and the picture they are made for, as filters of the editor at hand."""


@dataclass(frozen=True)
class Told:
    """One step, as the editor is told: apply ``filters`` to the untouched picture, instead of earlier ones.

    ``verdict``: of the last render; when ``finished``, of the accepted one. ``applied``: None until then.
    """

    finished: bool
    filters: tuple[Filter, ...]
    notes: tuple[str, ...]
    plan: Plan
    verdict: Verdict | None
    applied: bool | None
    renders: int
    says: str


class Hosted:
    """One picture of an editor, and its turns. Used by one request at a time: see `Sessions.using`."""

    def __init__(self, session: Session, compiler: Compile, strength: float = 100.0) -> None:
        self._session = session
        self._compile = compiler
        self._strength = strength  # of the first turn
        self._original: Picture | None = None
        self._waiting = False
        self._reshaped = False
        self._renders = 0

    def begin(self, picture: Picture, instruction: str) -> Told:
        """The first turn, on ``picture``: the layer as it is, without filters of ours."""
        self._original = picture
        step = self._session.instruct(instruction)
        assert isinstance(step, Observe)
        return self._told(self._session.rendered(picture))

    def rendered(self, picture: Picture) -> Told:
        """Judge what the last filters made of the picture. Raises `Conflict` where none were asked for.

        `UnusableInput` where the picture has another shape, and no filter was to change it.
        """
        if not self._waiting:
            raise Conflict("no render is waited for", "give a further instruction first: POST …/turns")
        self._check_shape(picture)
        self._renders += 1
        return self._told(self._session.rendered(picture))

    def turn(self, instruction: str) -> Told:
        """A further turn. Raises `Conflict` in the middle of another."""
        self._check_idle()
        return self._told(self._session.instruct(instruction))

    def strengthen(self, percent: float) -> Told:
        """The accepted edits at ``percent``. Raises `Conflict` in the middle of a turn, `UnusableInput` without any."""
        self._check_idle()
        return self._told(self._session.strengthen(percent))

    def _check_shape(self, picture: Picture) -> None:
        assert self._original is not None
        if picture.shape != self._original.shape and not self._reshaped:
            sizes = [f"{width}×{height}" for height, width, _ in (picture.shape, self._original.shape)]
            raise UnusableInput(f"the render has {sizes[0]} pixels, the session's picture {sizes[1]}: send it whole")

    def _check_idle(self) -> None:
        if self._waiting:
            raise Conflict("a render is waited for", "send it: POST …/renders")

    def _told(self, step: LoopStep) -> Told:
        if isinstance(step, Finished) and step.outcome.applied and self._strength != 100:
            percent, self._strength = self._strength, 100.0
            step = self._session.strengthen(percent)
        assert not isinstance(step, Observe)
        self._waiting = not isinstance(step, Finished)
        return self._finished(step.outcome) if isinstance(step, Finished) else self._asked(step.plan)

    def _asked(self, plan: Plan) -> Told:
        compiled = self._compiled(plan.edits)
        trials = self._session.trials
        verdict = trials[-1].verdict if trials else None
        says = f"render {len(trials)} scores {verdict.score:.1f} of 10" if verdict else plan.reasoning
        return self._tell(compiled, plan, verdict, None, says)

    def _finished(self, outcome: Outcome) -> Told:
        applied = outcome.applied
        says = f"done, {outcome.verdict.score:.1f} of 10" if applied else f"not applied: {outcome.stopped}"
        return self._tell(self._compiled(outcome.edits), outcome.plan, outcome.verdict, applied, says)

    def _tell(self, compiled: Compiled, plan: Plan, verdict: Verdict | None, applied: bool | None, says: str) -> Told:
        self._reshaped = any(made.destructive for made in compiled.filters)
        return Told(
            finished=not self._waiting,
            filters=tuple(compiled.filters),
            notes=tuple(compiled.notes),
            plan=plan,
            verdict=verdict,
            applied=applied,
            renders=self._renders,
            says=says,
        )

    def _compiled(self, edits: Sequence[Edit]) -> Compiled:
        assert self._original is not None
        return self._compile(edits, self._original)


@dataclass
class _Entry:
    hosted: Hosted
    used: float
    lock: threading.Lock = field(default_factory=threading.Lock)


class Sessions:
    """The sessions that are open, in memory; ``clock`` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, _Entry] = {}

    def check_room(self) -> None:
        """Raises `Busy` where a further session would be one too many."""
        with self._lock:
            self._expire()
            if len(self._open) >= LIMIT:
                raise Busy(f"{LIMIT} sessions are open; one that is unused ends after {KEPT / 60:.0f} minutes", 60)

    def add(self, hosted: Hosted) -> str:
        """The new session's id. Raises `Busy`."""
        self.check_room()
        name = secrets.token_hex(8)
        with self._lock:
            self._open[name] = _Entry(hosted, self._clock())
        return name

    @contextmanager
    def using(self, name: str) -> Iterator[Hosted]:
        """The session of that id, for this request alone. Raises `NotFound`, and `Conflict` while another uses it."""
        with self._lock:
            self._expire()
            entry = self._open.get(name)
        if entry is None:
            raise _unknown(name)
        if not entry.lock.acquire(blocking=False):
            raise Conflict("another request of this session is being answered", "wait for its answer")
        try:
            yield entry.hosted
        finally:
            entry.used = self._clock()
            entry.lock.release()

    def remove(self, name: str) -> None:
        """Forget a session. Raises `NotFound`."""
        with self._lock:
            self._expire()
            if self._open.pop(name, None) is None:
                raise _unknown(name)

    def _expire(self) -> None:
        now = self._clock()
        for name, entry in list(self._open.items()):
            if now - entry.used > KEPT and not entry.lock.locked():
                del self._open[name]


def _unknown(name: str) -> NotFound:
    return NotFound(f"there is no session {name[:40]!r}", "begin a new one: it ended, or was unused for half an hour")
