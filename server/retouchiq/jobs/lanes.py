"""Who renders first: an edit that somebody waits for goes before the photos of a batch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hostbridge import Cancelled

_POLL = 0.1  # seconds between looks at the cancel event


class Lanes:
    """As many renders at once as the host has ``workers``; edits never wait for a batch longer than one render."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._edits = 0
        self._batch = 0
        self._changed = threading.Condition()

    @contextmanager
    def first(self) -> Iterator[None]:
        """An edit is under way: a worker is kept free for it."""
        with self._changed:
            self._edits += 1
        try:
            yield
        finally:
            with self._changed:
                self._edits -= 1
                self._changed.notify_all()

    @contextmanager
    def last(self, cancel: threading.Event | None) -> Iterator[None]:
        """One render of a batch: waits until edits leave a worker free. Raises `Cancelled` while it waits."""
        with self._changed:
            while self._edits + self._batch >= self._workers:
                if cancel is not None and cancel.is_set():
                    raise Cancelled("the render was cancelled")
                self._changed.wait(_POLL)
            self._batch += 1
        try:
            yield
        finally:
            with self._changed:
                self._batch -= 1
                self._changed.notify_all()
