"""Who renders first: an edit that somebody waits for goes before the photos of a batch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from hostbridge import Cancelled
from hostbridge.darktable.render import TIMEOUT, Render, Renderer
from hostbridge.darktable.sidecar import Sidecar

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


class Later:
    """``renderer`` as a batch uses it: each render and export waits for its turn in ``lanes``."""

    def __init__(self, renderer: Renderer, lanes: Lanes) -> None:
        self.name = renderer.name
        self._renderer = renderer
        self._lanes = lanes

    def render(
        self,
        image: Path,
        sidecar: Sidecar | None,
        size: int,
        *,
        cancel: threading.Event | None = None,
        timeout: float = TIMEOUT,
    ) -> Render:
        """See `Renderer.render`; waiting does not count against ``timeout``."""
        with self._lanes.last(cancel):
            return self._renderer.render(image, sidecar, size, cancel=cancel, timeout=timeout)

    def export(
        self,
        image: Path,
        sidecar: Sidecar | None,
        out: Path,
        *,
        cancel: threading.Event | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """See `Renderer.export`; waiting does not count against ``timeout``."""
        with self._lanes.last(cancel):
            self._renderer.export(image, sidecar, out, cancel=cancel, timeout=timeout)

    def check_format(self, ending: str) -> None:
        """See `Renderer.check_format`."""
        self._renderer.check_format(ending)

    def close(self) -> None:
        """Nothing: the renderer is everybody's."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
