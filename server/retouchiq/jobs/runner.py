"""The threads that do the jobs: the next one whose photo is free, each with its cancel event."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence

from hostbridge import Cancelled, HostBridgeError
from retouchiq.jobs.bell import Bell
from retouchiq.jobs.store import Data, Job, StillActive, Store
from retouchiq.jobs.task import Done, Kind, Task

KEPT = 7 * 24 * 3600.0  # seconds a finished job and its files are kept
SWEEP = 3600.0  # seconds between looks for what has expired
PATIENCE = 10.0  # seconds a cancelled job may take to let go of its photo and files

_log = logging.getLogger(__name__)


class Runner:
    """Does the jobs of ``store``. Methods may be called from any thread; none of them waits for a render."""

    def __init__(self, store: Store, bell: Bell, kinds: Mapping[str, Kind]) -> None:
        self.store = store
        self.bell = bell
        self.kinds = kinds
        self._changed = threading.Condition()
        self._waiting: dict[str, list[Job]] = {name: [] for name in kinds}
        self._running: dict[str, threading.Event] = {}
        self._claimed: set[tuple[str, str]] = set()
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(name,), name=f"{name}-{number}", daemon=True)
            for name, kind in kinds.items()
            for number in range(kind.threads)
        ]
        self._threads.append(threading.Thread(target=self._sweep, name="sweep", daemon=True))

    def start(self) -> None:
        """Go on with what was waiting or running when the last server ended."""
        for job in self.store.recover():
            self._enqueue(job)
        for thread in self._threads:
            thread.start()

    def counts(self) -> dict[str, int]:
        """How many jobs are ``running`` and ``queued``."""
        return self.store.counts()

    def close(self) -> None:
        """Stop within seconds; what is not finished stays in the database and goes on next time."""
        with self._changed:
            self._closing.set()
            for cancel in self._running.values():
                cancel.set()
            self._changed.notify_all()
        deadline = time.monotonic() + PATIENCE
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        self.store.close()

    def add(self, name: str, kind: str, request: Data, operation: Data, progress: Data,
            photos: Sequence[Data] = ()) -> Job:  # fmt: skip
        """Queue a new job called ``name`` (`store.new_name`). Raises `QueueFull`."""
        job = self.store.add(name, kind, request, operation, progress, photos)
        self._enqueue(job)
        return job

    def again(self, name: str, operation: Data, progress: Data) -> Job:
        """Queue a finished job for a further operation. Raises `StillActive`, `QueueFull` and `KeyError`."""
        self._settle(name)
        job = self.store.again(name, operation, progress)
        self._enqueue(job)
        self.bell.ring(name)
        return job

    def cancel(self, name: str) -> Job:
        """End an active job now: its thread learns it at the next look, a render at most 0.1 s later.

        Raises `KeyError`.
        """
        with self._changed:
            self.store.end(name, "cancelled")
            if name in self._running:
                self._running[name].set()
            for waiting in self._waiting.values():
                waiting[:] = [job for job in waiting if job.id != name]
        self.bell.ring(name)
        return self.store.get(name)

    def remove(self, name: str) -> None:
        """Forget a finished job and its files. Raises `StillActive` and `KeyError`."""
        job = self.store.get(name)
        self._settle(name)
        self.store.remove(name)
        self.kinds[job.kind].forget(name)
        self.bell.ring(name)

    def wait(self, name: str, timeout: float) -> Job:
        """The job when it has ended, or as it is after ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self.store.get(name).active, timeout)
        return self.store.get(name)

    def _settle(self, name: str) -> None:
        # a cancelled job has ended for its caller before its thread has let go of the files
        if self.store.get(name).active:
            return
        with self._changed:
            if not self._changed.wait_for(lambda: name not in self._running, PATIENCE):
                raise StillActive(f"{name} is still letting go of its files: try again in a moment")

    def _enqueue(self, job: Job) -> None:
        with self._changed:
            self._waiting[job.kind].append(job)
            self._changed.notify_all()

    def _work(self, kind: str) -> None:
        while (job := self._next(kind)) is not None:
            try:
                self._perform(job)
            except Exception:  # the database: the job is taken up again by the next server
                _log.exception("%s %s could not be noted", job.kind, job.id)

    def _next(self, kind: str) -> Job | None:
        """The first waiting job whose photo nobody works on; None when the runner closes."""
        with self._changed:
            while not self._closing.is_set():
                for job in self._waiting[kind]:
                    if (kind, self.kinds[kind].claims(job)) not in self._claimed:
                        return self._claim(job)
                self._changed.wait()
        return None

    def _claim(self, job: Job) -> Job:
        self._waiting[job.kind].remove(job)
        self._claimed.add((job.kind, self.kinds[job.kind].claims(job)))
        self._running[job.id] = threading.Event()
        return job

    def _perform(self, job: Job) -> None:
        try:
            if self.store.start(job.id):
                self._attempt(job)
        finally:
            with self._changed:
                del self._running[job.id]
                self._claimed.discard((job.kind, self.kinds[job.kind].claims(job)))
                self._changed.notify_all()
            self.bell.ring(job.id)

    def _attempt(self, job: Job) -> None:
        task = Task(job, self._running[job.id], self.store, self.bell)
        try:
            done = self.kinds[job.kind].do(task)
        except Exception as error:
            if not self._closing.is_set():
                self._end_badly(job, error)
        else:
            self._end_well(job, done)

    def _end_well(self, job: Job, done: Done) -> None:
        if not self.store.end(job.id, "done", result=done.result, saved=done.saved):
            # cancelled after its files were written: what is known of them must fit them
            self.store.keep(job.id, done.result, done.saved)

    def _end_badly(self, job: Job, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self.store.end(job.id, "cancelled")
            return
        if not isinstance(error, HostBridgeError):
            _log.error("%s %s failed", job.kind, job.id, exc_info=error)
        told = {"kind": type(error).__name__, "message": str(error) or type(error).__name__}
        self.store.end(job.id, "failed", error=told)

    def _sweep(self) -> None:
        while True:
            try:
                self.sweep(time.time() - KEPT)
            except Exception:
                _log.exception("old jobs could not be removed")
            if self._closing.wait(SWEEP):
                return

    def sweep(self, before: float) -> None:
        """Remove the jobs that ended before that time (seconds since 1970), and files that no job knows any more."""
        for job in self.store.expired(before):
            self.remove(job.id)
        for kind in self.kinds.values():
            for name in kind.leftovers(before):
                if not self.store.knows(name):
                    kind.forget(name)
