"""Worker processes with a darktable in each: started when needed, watched, killed when they hang."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from hostbridge import Cancelled
from hostbridge.darktable.install import Darktable
from hostbridge.darktable.render import options
from hostbridge.darktable.render.display import Display, die_with_parent, open_display
from hostbridge.darktable.render.scratch import Scratch

_SCRIPT = Path(__file__).with_name("worker.py")
_START = 30.0  # seconds for darktable to be there
_POLL = 0.1  # seconds between looks at the cancel event
_MEMORY = 2 * 1024**3  # bytes a worker takes with three 24 MP images and a render


class WorkerLost(Exception):
    """The worker crashed, hung or answered nonsense. Its text says how."""


class WorkerDoesNotStart(WorkerLost):
    """The worker was lost before its darktable was there."""


def size_for_machine() -> int:
    """How many workers this machine carries: one a core, as far as the free memory goes."""
    return max(1, min(cores(), psutil.virtual_memory().available // _MEMORY))


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0))


class Worker:
    """One worker process. Used by one thread at a time; the thread that makes it must outlive it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.image: Path | None = None
        self._ready = False
        self._unread = b""
        # Run as a file, not as a module: importing this package would load native libraries beside darktable.
        self._process = subprocess.Popen(
            [*die_with_parent(), sys.executable, "-P", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=options.environment(),
            start_new_session=True,
            bufsize=0,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self, darktable: Darktable, display: dict[str, str]) -> None:
        """Tell the process to start its darktable; `wait_until_ready` waits for it."""
        self._send(
            {
                "library": str(darktable.library),
                "arguments": [*options.installation(darktable), *options.core(self.folder)],
                "environment": display,
                "log": str(self.folder / "log"),
            }
        )

    def wait_until_ready(self, cancel: threading.Event | None) -> None:
        """Return when darktable is there. Raises `WorkerDoesNotStart`, and `Cancelled`."""
        if self._ready:
            return
        try:
            self._receive(time.monotonic() + _START, cancel)
        except WorkerLost as loss:
            raise WorkerDoesNotStart(str(loss)) from loss
        self._ready = True

    def ask(self, request: dict[str, Any], timeout: float, cancel: threading.Event | None = None) -> dict[str, Any]:
        """The answer to one request. Raises `WorkerLost`, also after ``timeout`` seconds, and `Cancelled`."""
        self._send(request)
        return self._receive(time.monotonic() + timeout, cancel)

    def kill(self) -> None:
        """End the process, at once and whatever it does."""
        self._process.kill()
        self._process.wait()

    def release(self) -> None:
        """Close the pipes, which only the thread that uses the worker may do."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _send(self, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise WorkerLost(f"it does not listen: {error}") from error

    def _receive(self, deadline: float, cancel: threading.Event | None) -> dict[str, Any]:
        assert self._process.stdout is not None
        stream = self._process.stdout.fileno()
        while b"\n" not in self._unread:
            if cancel is not None and cancel.is_set():
                raise Cancelled("the render was cancelled")
            if time.monotonic() > deadline:
                raise WorkerLost("it did not answer in time")
            if select.select([stream], [], [], _POLL)[0]:
                more = os.read(stream, 1 << 20)
                if not more:
                    raise WorkerLost(f"it ended with status {self._process.wait()}")
                self._unread += more
        line, self._unread = self._unread.split(b"\n", 1)
        return _parse(line)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError as error:
        raise WorkerLost(f"it answered {line[:60]!r}") from error
    if not isinstance(answer, dict):
        raise WorkerLost(f"it answered {line[:60]!r}")
    return answer


class Pool:
    """Up to ``limit`` workers that share a display. The first is started at once, others when none is free.

    ``scratch`` is where requests and answers put their files; it is gone after `close`.
    """

    def __init__(self, darktable: Darktable, limit: int) -> None:
        self._darktable = darktable
        self.scratch = Scratch()
        self._slots = threading.BoundedSemaphore(limit)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._all: list[Worker] = []
        self._display: Display | None = None
        self._count = 0
        self.closed = False
        # Workers and Xvfb die with the thread that starts them, so this thread lives as long as the pool.
        self._keeper = ThreadPoolExecutor(1, "darktable-keeper")
        self._first: Future[Worker] | None = self._keeper.submit(self._spawn)

    @property
    def share(self) -> int:
        """The cores each busy worker should use."""
        with self._lock:
            return max(1, cores() // max(1, len(self._all) - len(self._idle)))

    @contextmanager
    def worker(self, image: Path, cancel: threading.Event | None) -> Iterator[Worker]:
        """A worker for this thread alone, if possible one that has ``image`` open. One that raises is thrown away.

        Raises `WorkerDoesNotStart`, `HostMissing` where there is no display, and `Cancelled`.
        """
        while not self._slots.acquire(timeout=_POLL):
            if cancel is not None and cancel.is_set():
                raise Cancelled("the render was cancelled")
        try:
            worker = self._take(image)
            try:
                worker.wait_until_ready(cancel)
                yield worker
            except BaseException:
                self._discard(worker)
                raise
            worker.image = image
            with self._lock:
                self._idle.append(worker)
        finally:
            self._slots.release()

    def close(self) -> None:
        """End every worker and the display; remove their files."""
        self.closed = True
        self._keeper.shutdown()
        with self._lock:
            workers, self._idle = list(self._all), []
        for worker in workers:
            worker.kill()
        if self._display is not None:
            self._display.close()
        self.scratch.close()

    def _take(self, image: Path) -> Worker:
        with self._lock:
            first, self._first = self._first, None
            if first is None and self._idle:
                chosen = next((worker for worker in self._idle if worker.image == image), self._idle[-1])
                self._idle.remove(chosen)
                return chosen
        if self.closed:
            raise Cancelled("the renderer was closed")
        return (first or self._keeper.submit(self._spawn)).result()

    def _discard(self, worker: Worker) -> None:
        worker.kill()
        worker.release()
        with self._lock:
            if worker in self._all:
                self._all.remove(worker)
        self.scratch.drop(worker.folder)

    def _spawn(self) -> Worker:
        self._count += 1
        worker = Worker(self.scratch.folder(f"worker{self._count}"))
        try:
            # The process loads its libraries while the display starts.
            if self._display is None or not self._display.is_alive():
                self._display = open_display(self.scratch.path)
            worker.start(self._darktable, self._display.environment)
        except BaseException:
            self._discard(worker)
            raise
        with self._lock:
            self._all.append(worker)
        return worker
