"""Pictures of an image as darktable makes them, by one of two renderers.

``library`` keeps darktable loaded in worker processes and is the default; ``cli`` starts ``darktable-cli`` for each
picture and is the fallback and the reference. Both give the same picture for the same settings.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from hostbridge import InvalidSetting
from hostbridge.darktable import install
from hostbridge.darktable.sidecar import Sidecar

TIMEOUT = 120.0  # seconds; a full-size render with heavy modules on a slow machine


@dataclass(frozen=True)
class Render:
    """One picture by darktable.

    ``pixels``: float32 (height, width, 3), sRGB-encoded 0…1, turned as displayed. ``packet``: the XMP that describes
    how it was made: the whole history with the parameters darktable used, those it chose by itself included.
    """

    pixels: NDArray[np.float32]
    packet: bytes
    seconds: float
    renderer: str


class Renderer(Protocol):
    """Makes pictures of an image with a sidecar's settings. May be called from several threads at once."""

    name: str

    def render(
        self,
        image: Path,
        sidecar: Sidecar | None,
        size: int,
        *,
        cancel: threading.Event | None = None,
        timeout: float = TIMEOUT,
    ) -> Render:
        """The picture of ``image``, its long side at most ``size`` pixels (0: full size).

        ``sidecar`` None: what darktable makes of the file by itself, with the sidecar beside it if there is one.
        The photo and its folder are not written to. Raises `UnreadableImage`, `MalformedSidecar`, `HostFailed` (a
        module was not applied, or no picture within ``timeout`` seconds and the retries) and `Cancelled`.
        """
        ...

    def export(
        self,
        image: Path,
        sidecar: Sidecar | None,
        out: Path,
        *,
        cancel: threading.Event | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """Write ``image`` in full size to ``out``, a new file in the format that its ending names (`formats`).

        The file is what darktable-cli exports, in the photo's own output profile, metadata included. Raises what
        `render` does, `InvalidSetting` for an ending that darktable does not write, and `NotWritable` where ``out``
        exists or cannot be written.
        """
        ...

    def check_format(self, ending: str) -> None:
        """Raises `InvalidSetting` for the ending of a file that `export` cannot write, naming those it can."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_renderer(name: str = "library") -> Renderer:
    """The renderer of that name for the installed darktable. Raises `HostMissing` without one."""
    from hostbridge.darktable.render.cli import CliRenderer
    from hostbridge.darktable.render.library import LibraryRenderer

    darktable = install.find()
    if name == "library":
        return LibraryRenderer(darktable)
    if name == "cli":
        return CliRenderer(darktable)
    raise InvalidSetting(f"no renderer {name!r}: library or cli")
