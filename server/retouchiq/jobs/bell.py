"""Tells those who follow a job that something happened to it: from the threads that work to the loop that serves."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Bell:
    """Rung by any thread, heard by coroutines."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listening: defaultdict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(set)

    def ring(self, job: str) -> None:
        """Wake everybody who follows ``job``."""
        with self._lock:
            listening = list(self._listening.get(job, ()))
        for loop, event in listening:
            with suppress(RuntimeError):  # the loop was closed: nobody listens there any more
                loop.call_soon_threadsafe(event.set)

    @contextmanager
    def heard(self, job: str, rung: asyncio.Event) -> Iterator[None]:
        """Set ``rung``, an event of the running loop, at every ring for ``job`` until the block is left."""
        entry = (asyncio.get_running_loop(), rung)
        with self._lock:
            self._listening[job].add(entry)
        try:
            yield
        finally:
            with self._lock:
                self._listening[job].discard(entry)
                if not self._listening[job]:
                    del self._listening[job]

    @property
    def listeners(self) -> int:
        """How many follow any job now."""
        with self._lock:
            return sum(map(len, self._listening.values()))
