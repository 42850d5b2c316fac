"""What is done on many photos: one batch after the other, its photos several at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from retouchiq.agent import Agent
from retouchiq.jobs import folders
from retouchiq.jobs.lanes import Lanes, Later
from retouchiq.jobs.store import Data, Job
from retouchiq.jobs.task import Done, Host, Task
from retouchiq.reward import Reward

if TYPE_CHECKING:  # loaded when the first batch comes, so that the server is there at once
    from retouchiq.batch import Batch, Progress, Result, Source

_TOLD = ("edited", "unchanged", "failed")


class Batches:
    """The jobs of kind ``batch``; what they leave goes to ``root/ID/results``, unless another folder is named.

    A job's ``request`` has ``sent`` (what the caller sent) and ``files``: the paths that ``photos``, ``reference``,
    ``consistent`` and ``out`` stand for. Of the photos that can be used: [number in the request, image, base].
    """

    threads = 1

    def __init__(
        self,
        root: Path,
        host: Host,
        open_agent: Callable[[str], Agent],
        open_reward: Callable[[str], Reward],
        lanes: Lanes,
    ) -> None:
        self.root = root
        self._host = host
        self._open_agent = open_agent
        self._open_reward = open_reward
        self._lanes = lanes

    def claims(self, job: Job) -> str:
        """The batch itself: each photo is locked when its turn comes."""
        return job.id

    def do(self, task: Task) -> Done:
        from retouchiq.batch import run

        sent, resume = task.job.request["sent"], task.job.operation["do"] == "resume"
        batch = self._batch(task.job)
        listener = Listener(task, batch.photos)
        listener.catch_up(batch.out if resume else None)
        answer = run(
            batch,
            self._open_agent(sent["agent"]),
            self._open_reward(sent["reward"]),
            Later(self._host.renderer(), self._lanes),
            self._host.schema(),
            listener,
            task.cancel,
            resume=resume,
        )
        return Done({"counts": listener.counts, **{name: answer[name] for name in ("out", "sheet", "seconds")}})

    def forget(self, name: str) -> None:
        folders.drop(self.root, name)

    def leftovers(self, before: float) -> list[str]:
        return folders.older(self.root, before)

    def _batch(self, job: Job) -> Batch:
        from retouchiq.batch import Batch, Source

        sent, files = job.request["sent"], job.request["files"]
        return Batch(
            photos=tuple(Source(Path(image), _path(base)) for _, image, base in files["photos"]),
            instruction=sent["instruction"],
            out=_path(files["out"]) or folders.folder(self.root, job.id) / "results",
            look=sent["look"],
            reference=_path(files["reference"]),
            budget=sent["budget"],
            size=sent["size"],
            strength=sent["strength"],
            in_place=sent["in_place"],
            exports=sent["exports"],
            consistent=_path(files["consistent"]) or bool(sent["consistent"]),
        )


class Listener:
    """Notes what a batch says: each photo in its row, and an event when one is finished."""

    def __init__(self, task: Task, sources: tuple[Source, ...]) -> None:
        self._task = task
        numbers = [number for number, _, _ in task.job.request["files"]["photos"]]
        self._positions = dict(zip(sources, numbers, strict=True))
        self._rows = task.store.photos(task.job.id)
        self._unusable = len(self._rows) - len(numbers)

    def __call__(self, progress: Progress) -> None:
        told = {"says": progress.says, "done": progress.done + self._unusable, "total": len(self._rows)}
        if progress.photo is None:
            self._task.tell(told, "progress", {"says": progress.says})
        else:
            self._note(progress.photo, told)

    def catch_up(self, out: Path | None) -> None:
        """Tell of photos that could not be used and of those finished in ``out`` that were not noted before a kill."""
        heard = {event.data["image"] for event in self._task.store.events(self._task.job.id) if event.name == "photo"}
        for number, row in enumerate(self._rows):
            if row["state"] == "failed" and row["image"] not in heard:
                self._task.photo(number, row, self._task.job.progress, "photo")
        for result in _finished(out) if out else ():
            if self._rows[self._positions[result.source]]["state"] != result.state:
                self._note(result, self._task.job.progress)

    @property
    def counts(self) -> dict[str, int]:
        """How many photos are edited, unchanged and failed."""
        states = [row["state"] for row in self._rows]
        return {state: states.count(state) for state in _TOLD}

    def _note(self, result: Result, told: Data) -> None:
        position = self._positions[result.source]
        row = self._rows[position] = self._rows[position] | outcome(result)
        self._task.photo(position, row, told, "photo" if result.state in _TOLD else None)


def _finished(out: Path) -> list[Result]:
    from retouchiq.batch.journal import Journal

    return [result for result in Journal(out).results.values() if result.state in _TOLD]


def outcome(result: Result) -> Data:
    """What became of a photo, as clients see it."""
    return {
        "state": result.state,
        "score": result.score,
        "baseline": result.baseline,
        "error": {"kind": result.kind, "message": result.error} if result.error else None,
        "did": result.did,
        "notes": result.notes,
        "files": {name: str(path) for name, path in result.files.items()},
    }


def waiting(image: str) -> Data:
    """The row of a photo that nothing was done on yet; ``image`` as the client named it."""
    return {"image": image, "state": "waiting", "score": None, "baseline": None, "error": None, "did": "", "notes": [],
            "files": {}}  # fmt: skip


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)
