"""What a thread of the runner is given to do, and what it hands back."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hostbridge import Cancelled
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.jobs.bell import Bell
from retouchiq.jobs.store import Data, Job, Store


@dataclass(frozen=True)
class Done:
    """``result``: for the caller. ``saved``: what a further operation goes on from, also after a restart."""

    result: Data
    saved: Data | None = None


@dataclass(frozen=True)
class Task:
    """A job that runs now. ``cancel`` is set when nobody wants it any more."""

    job: Job
    cancel: threading.Event
    store: Store
    bell: Bell

    def tell(self, progress: Data, event: str, data: Data) -> None:
        """Let everybody who follows the job know. Raises `Cancelled` where the job is to end."""
        self._noted(self.store.tell(self.job.id, progress, event, data))

    def photo(self, position: int, data: Data, progress: Data, event: str | None) -> None:
        """Note what became of one photo of a batch. Raises `Cancelled` where the job is to end."""
        self._noted(self.store.photo(self.job.id, position, data, progress, event))

    def _noted(self, runs: bool) -> None:
        self.bell.ring(self.job.id)
        if self.cancel.is_set() or not runs:
            raise Cancelled(f"{self.job.kind} {self.job.id} was cancelled")


class Host(Protocol):
    """Where the renderer and the schema come from. Both raise `HostMissing` and `HostFailed`."""

    def renderer(self) -> Renderer: ...

    def schema(self) -> Schema: ...


class Kind(Protocol):
    """A kind of job. ``threads``: how many of it are done at once. ``root``: job ID keeps its files in ``root/ID``."""

    threads: int
    root: Path

    def claims(self, job: Job) -> str:
        """What only one job of this kind at a time may work on, such as the photo."""
        ...

    def do(self, task: Task) -> Done:
        """Do what ``task.job.operation`` says. Any error ends the job, and only that."""
        ...

    def forget(self, name: str) -> None:
        """Remove everything that job ``name`` left on the disk and in memory."""
        ...

    def leftovers(self, before: float) -> list[str]:
        """The names of jobs that left something on the disk that was last changed before that time."""
        ...
