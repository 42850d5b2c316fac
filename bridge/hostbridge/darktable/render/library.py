"""The default renderer: darktable stays loaded in worker processes, and no render is lost when one dies."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from hostbridge import HostMissing
from hostbridge.darktable import writing
from hostbridge.darktable.install import Darktable
from hostbridge.darktable.render import TIMEOUT, Render, applied, failure, formats, picture
from hostbridge.darktable.render.cli import CliRenderer
from hostbridge.darktable.render.pool import Pool, WorkerDoesNotStart, WorkerLost, size_for_machine
from hostbridge.darktable.sidecar import Sidecar

_ATTEMPTS = 2  # workers that may die of one render before darktable-cli makes it
_ONLY_BY_CLI = {"exr", "xcf"}  # darktable's Lua writes these without the photo's metadata
_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class _Asked:
    """A picture to be made: ``size`` px on its long side (0: full size), ``format`` by darktable's name."""

    image: Path
    sidecar: Sidecar | None
    size: int
    format: str


class LibraryRenderer:
    """A pool of supervised workers; what they cannot do, darktable-cli does."""

    name = "library"

    def __init__(self, darktable: Darktable, workers: int | None = None) -> None:
        self._darktable = darktable
        self._cli = CliRenderer(darktable)
        self._pool = Pool(darktable, workers or size_for_machine())
        self._numbers = itertools.count(1)
        self._usable = True
        self._start_failures = 0

    def render(
        self,
        image: Path,
        sidecar: Sidecar | None,
        size: int,
        *,
        cancel: threading.Event | None = None,
        timeout: float = TIMEOUT,
    ) -> Render:
        """See `Renderer.render`; ``timeout`` is for each of up to three attempts."""
        began = time.monotonic()

        def finish(file: Path, packet: bytes) -> Render | None:
            pixels, _, srgb = picture.read(file)
            # darktable's Lua writes the photo's own output profile; only darktable-cli takes another.
            return Render(pixels, packet, time.monotonic() - began, self.name) if srgb else None

        render = self._by_worker(_Asked(image, sidecar, size, "tiff"), finish, cancel, timeout)
        return render or self._cli.render(image, sidecar, size, cancel=cancel, timeout=timeout)

    def export(
        self,
        image: Path,
        sidecar: Sidecar | None,
        out: Path,
        *,
        cancel: threading.Event | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """See `Renderer.export`; ``timeout`` is for each of up to three attempts."""

        def finish(file: Path, packet: bytes) -> bool:
            writing.place(file, out)
            return True

        kind = formats.module(self._darktable, out.suffix)
        asked = _Asked(image, sidecar, 0, kind)
        if kind in _ONLY_BY_CLI or not self._by_worker(asked, finish, cancel, timeout):
            self._cli.export(image, sidecar, out, cancel=cancel, timeout=timeout)

    def check_format(self, ending: str) -> None:
        """See `Renderer.check_format`."""
        formats.module(self._darktable, ending)

    def close(self) -> None:
        self._pool.close()
        self._cli.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _by_worker(
        self, asked: _Asked, finish: Callable[[Path, bytes], T], cancel: threading.Event | None, timeout: float
    ) -> T | None:
        """What ``finish`` makes of a worker's file and packet; None for what darktable-cli has to decide or do."""
        failure.check_readable(asked.image)
        if asked.sidecar is not None:
            asked.sidecar.require_readable()
        for _ in range(_ATTEMPTS):
            try:
                return self._attempt(asked, finish, cancel, timeout)
            except WorkerLost as loss:
                _log.warning("a darktable worker was lost (%s); the render of %s is made again", loss, asked.image)
                self._note(loss)
            except OSError as error:
                raise failure.no_picture(self._pool.scratch.path, str(error)) from error
            except HostMissing as missing:
                _log.warning("%s; rendering with darktable-cli", missing)
                self._usable = False
        return None

    def _attempt(
        self, asked: _Asked, finish: Callable[[Path, bytes], T], cancel: threading.Event | None, timeout: float
    ) -> T | None:
        image, sidecar = asked.image.resolve(), asked.sidecar
        if not self._usable or not (sidecar is None or _leaves_nothing_open(sidecar)):
            return None
        with self._files() as (settings, out), self._pool.worker(image, cancel) as worker:
            if sidecar is not None:
                settings.write_bytes(sidecar.to_bytes())
            request = {
                "image": str(image),
                "sidecar": str(settings) if sidecar is not None else None,
                "size": asked.size,
                "out": str(out),
                "format": asked.format,
                "threads": self._pool.share,
            }
            answer = worker.ask(request, timeout, cancel)
            if "error" in answer:
                return None
            packet, log = _unpack(answer)
            self._start_failures = 0
            if not packet:  # written after the picture, which then is not whole either
                raise OSError("darktable wrote no sidecar of it")
            applied.check(sidecar, packet, log, self._darktable.version)
            return finish(out, packet)

    @contextmanager
    def _files(self) -> Iterator[tuple[Path, Path]]:
        folder = self._pool.scratch.folder(f"render{next(self._numbers)}")
        try:
            yield folder / "settings.xmp", folder / "out"
        finally:
            self._pool.scratch.drop(folder)

    def _note(self, loss: WorkerLost) -> None:
        self._start_failures = self._start_failures + 1 if isinstance(loss, WorkerDoesNotStart) else 0
        if self._start_failures >= _ATTEMPTS:
            _log.warning("darktable does not run as a library here; rendering with darktable-cli")
            self._usable = False


def _leaves_nothing_open(sidecar: Sidecar) -> bool:
    # Modules and the input profile that the history does not name darktable decides on when it loads the image, and not
    # the same way again for an image it has loaded before.
    return sidecar.complete and sidecar.last("colorin") is not None


def _unpack(answer: dict[str, Any]) -> tuple[bytes, str]:
    packet, log = answer.get("packet"), answer.get("log")
    if not isinstance(packet, str) or not isinstance(log, str):
        raise WorkerLost(f"it answered {str(answer)[:60]}")
    return packet.encode("latin-1"), log
