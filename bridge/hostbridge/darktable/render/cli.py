"""The renderer that starts darktable-cli for each picture: the reference, and the fallback that is always there."""

from __future__ import annotations

import itertools
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from hostbridge import Cancelled, HostFailed
from hostbridge.darktable import writing
from hostbridge.darktable.install import Darktable
from hostbridge.darktable.render import TIMEOUT, Render, applied, failure, formats, options, picture
from hostbridge.darktable.render.display import die_with_parent
from hostbridge.darktable.render.scratch import Scratch
from hostbridge.darktable.sidecar import Sidecar

_POLL = 0.1  # seconds between looks at the cancel event


class CliRenderer:
    """darktable-cli with a configuration of its own that lives as long as the renderer; needs no display."""

    name = "cli"

    def __init__(self, darktable: Darktable) -> None:
        self._darktable = darktable
        self._scratch = Scratch()
        self._numbers = itertools.count(1)

    def render(
        self,
        image: Path,
        sidecar: Sidecar | None,
        size: int,
        *,
        cancel: threading.Event | None = None,
        timeout: float = TIMEOUT,
    ) -> Render:
        """See `Renderer.render`."""
        began = time.monotonic()
        small = ["--width", str(size), "--height", str(size), "--hq", "false", "--icc-type", "SRGB"]
        with self._made(image, sidecar, "tif", small, cancel, timeout) as (file, log):
            pixels, packet, _ = picture.read(file)
        applied.check(sidecar, packet, log, self._darktable.version)
        return Render(pixels, packet, time.monotonic() - began, self.name)

    def export(
        self,
        image: Path,
        sidecar: Sidecar | None,
        out: Path,
        *,
        cancel: threading.Event | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """See `Renderer.export`."""
        ending = formats.ending(formats.module(self._darktable, out.suffix))
        with self._made(image, sidecar, ending, [], cancel, timeout) as (file, log):
            if sidecar is not None:
                applied.check(sidecar, sidecar.to_bytes(), log, self._darktable.version)
            writing.place(file, out)

    @contextmanager
    def _made(
        self,
        image: Path,
        sidecar: Sidecar | None,
        ending: str,
        more: list[str],
        cancel: threading.Event | None,
        timeout: float,
    ) -> Iterator[tuple[Path, str]]:
        """The file that darktable-cli writes, and what it said; the file is gone afterwards."""
        failure.check_readable(image)
        if sidecar is not None:
            sidecar.require_readable()
        # darktable-cli renames an output that exists, so every picture has a folder to itself.
        folder = self._scratch.folder(f"render{next(self._numbers)}")
        try:
            command = self._command(image.resolve(), sidecar, folder / f"out.{ending}", more)
            log = self._run(command, folder / "log", cancel, timeout)
            # darktable has its own mind about endings: j2k becomes out.jp2.
            out = next(folder.glob("out*"), None)
            if out is None:
                raise self._explain(image, log)
            yield out, log
        except OSError as error:
            raise failure.no_picture(self._scratch.path, str(error)) from error
        finally:
            self._scratch.drop(folder)

    def check_format(self, ending: str) -> None:
        """See `Renderer.check_format`."""
        formats.module(self._darktable, ending)

    def close(self) -> None:
        self._scratch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _command(self, image: Path, sidecar: Sidecar | None, out: Path, more: list[str]) -> list[str]:
        settings = []
        if sidecar is not None:
            file = out.with_name("settings.xmp")
            file.write_bytes(sidecar.to_bytes())
            settings = [str(file)]
        return [
            *die_with_parent(),
            *(str(self._darktable.cli), str(image), *settings, str(out)),
            *more,
            # Presets live in the database of the configuration, which two processes cannot share.
            *("--upscale", "false", "--apply-custom-presets", "false"),
            *("--core", *options.core(self._scratch.path)),
        ]

    def _run(self, command: list[str], log: Path, cancel: threading.Event | None, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        with log.open("wb") as messages:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=messages,
                stderr=subprocess.STDOUT,
                env=options.environment(),
                start_new_session=True,
            )
        try:
            while process.poll() is None:
                if cancel is not None and cancel.is_set():
                    raise Cancelled("the render was cancelled")
                if time.monotonic() > deadline:
                    raise HostFailed(f"darktable-cli gave no picture within {timeout:.0f} s and was stopped")
                _wait(process)
        finally:
            process.kill()
            process.wait()
        return log.read_text(errors="replace")

    def _explain(self, image: Path, log: str) -> Exception:
        if failure.was_not_opened(log):
            return failure.unreadable(image, self._darktable.version)
        return failure.no_picture(self._scratch.path, f"{image}: {failure.last_words(log)}")


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_POLL)
    except subprocess.TimeoutExpired:
        return
