"""What is done on one photo: the edit itself, its turns, another strength, the choice of a variant."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostbridge import Cancelled, UnusableInput
from hostbridge.darktable.writing import locked
from retouchiq.agent import Agent
from retouchiq.jobs import folders
from retouchiq.jobs.lanes import Lanes
from retouchiq.jobs.store import Data, Job
from retouchiq.jobs.task import Done, Host, Task
from retouchiq.reward import Reward

if TYPE_CHECKING:  # loaded when the first edit comes, so that the server is there at once
    from retouchiq.edit import Editing, Listen, Progress
    from retouchiq.edit import Job as EditJob

LIVE = 4  # edits kept in memory for further turns, about 50 MB each; the others are rebuilt from what was saved
_POLL = 0.2  # seconds between looks at the cancel event

OPERATIONS: Mapping[str, Callable[[Editing, Data, Listen], Data]] = {
    "run": lambda editing, _, listen: editing.run(listen),
    "turn": lambda editing, asked, listen: editing.turn(asked["instruction"], listen),
    "strength": lambda editing, asked, listen: editing.strengthen(asked["strength"], listen),
    "choice": lambda editing, asked, listen: editing.choose(asked["variant"], listen),
}
"""What may be done on a photo; all but ``run`` go on from an edit that is there."""


class Edits:
    """The jobs of kind ``edit``; their files go to ``root/ID/``.

    A job's ``request`` has ``sent`` (what the caller sent) and ``files``: the paths that its ``image``, ``reference``
    and ``base`` stand for.
    """

    def __init__(
        self,
        root: Path,
        host: Host,
        open_agent: Callable[[str], Agent],
        open_reward: Callable[[str], Reward],
        lanes: Lanes,
        threads: int,
    ) -> None:
        self.threads = threads
        self.root = root
        self._host = host
        self._open_agent = open_agent
        self._open_reward = open_reward
        self._lanes = lanes
        self._live = Live(LIVE)

    def claims(self, job: Job) -> str:
        return str(job.request["files"]["image"])

    def do(self, task: Task) -> Done:
        with lock(Path(self.claims(task.job)), task.cancel), self._lanes.first():
            editing = self._editing(task)
            answer = OPERATIONS[task.job.operation["do"]](editing, task.job.operation, telling(task))
            saved = editing.saved()
        self._live.put(task.job.id, editing)
        return Done(answer, saved)

    def forget(self, name: str) -> None:
        self._live.take(name)
        folders.drop(self.root, name)

    def leftovers(self, before: float) -> list[str]:
        return folders.older(self.root, before)

    def _editing(self, task: Task) -> Editing:
        """Taken out of memory while it is worked on: what fails half way is rebuilt from what was saved."""
        live = self._live.take(task.job.id)
        first = task.job.operation["do"] == "run"
        if live is not None and not first:
            live.cancel = live.photo.cancel = task.cancel
            return live
        from retouchiq.edit import Editing

        sent = task.job.request["sent"]
        agent, reward = self._open_agent(sent["agent"]), self._open_reward(sent["reward"])
        common = (self._job(task.job), agent, reward, self._host.renderer(), self._host.schema())
        saved = None if first else task.store.saved(task.job.id)
        return Editing(*common, task.cancel) if saved is None else Editing.resume(*common, saved, task.cancel)

    def _job(self, job: Job) -> EditJob:
        from retouchiq.edit import Job as EditJob

        sent, files = job.request["sent"], job.request["files"]
        return EditJob(
            image=Path(files["image"]),
            instructions=(sent["instruction"],),
            out=folders.folder(self.root, job.id),
            size=sent["size"],
            budget=sent["budget"],
            look=sent["look"],
            reference=_path(files["reference"]),
            base=_path(files["base"]),
            strength=sent["strength"],
            variants=sent["variants"],
        )


def telling(task: Task) -> Listen:
    """A listener that makes events of what an edit says: ``render`` for a scored render, ``progress`` for the rest."""
    from retouchiq.answers import plan_answer, verdict_answer

    renders = 0

    def listen(progress: Progress) -> None:
        nonlocal renders
        event: tuple[str, Data] = ("progress", {"says": progress.says})
        if progress.trial is not None:
            renders += 1
            verdict = verdict_answer(progress.trial.verdict)
            told: dict[str, Any] = {"number": progress.number, "variant": progress.variant, "score": verdict["score"]}
            event = ("render", {**told, "plan": plan_answer(progress.trial.plan), "verdict": verdict})
        task.tell({"says": progress.says, "renders": renders}, *event)

    return listen


@contextmanager
def lock(photo: Path, cancel: threading.Event) -> Iterator[None]:
    """Hold the lock of ``photo``, waiting for another program's run to end. Raises `Cancelled` while it waits."""
    while not cancel.is_set():
        held = locked(photo, timeout=_POLL)
        try:
            held.__enter__()
        except UnusableInput:
            continue
        try:
            yield
        finally:
            held.__exit__(None, None, None)
        return
    raise Cancelled(f"waiting for {photo} was cancelled")


class Live:
    """The edits used last, at most ``limit``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Editing] = OrderedDict()

    def put(self, name: str, editing: Editing) -> None:
        with self._lock:
            self._kept[name] = editing
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)

    def take(self, name: str) -> Editing | None:
        with self._lock:
            return self._kept.pop(name, None)


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)
