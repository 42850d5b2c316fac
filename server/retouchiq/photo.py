"""A photo in darktable: how it looks without us, and how it looks with edits of ours."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyexiv2

from hostbridge import MalformedSidecar
from hostbridge.controls import Edit
from hostbridge.darktable.compile import compile
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.settings import ModuleSettings
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.reward import Picture

# Exiv2 writes its remarks about a file to standard output, which belongs to --json.
pyexiv2.set_log_level(4)


def sidecar_path(image: Path) -> Path:
    """Where darktable looks for a photo's sidecar: ``<image file name>.xmp`` beside it."""
    return image.with_name(f"{image.name}.xmp")


def exif_orientation(image: Path) -> int:
    """The EXIF orientation (1…8) of a photo file; 1 where it has none or none that can be read."""
    try:
        return _orientation(image, image.stat().st_mtime_ns)
    except OSError:
        return 1


@lru_cache(1024)
def _orientation(image: Path, changed: int) -> int:
    """``changed``: when the file was, so that a server that runs for days reads a turned photo again."""
    try:
        with pyexiv2.Image(str(image)) as file:
            orientation = int(file.read_exif().get("Exif.Image.Orientation", 1))
    except (RuntimeError, ValueError):
        return 1
    return orientation if 1 <= orientation <= 8 else 1


def full_size(image: Path, shown: tuple[int, int]) -> tuple[int, int]:
    """Width and height in full resolution of a photo that is displayed as ``shown``: same shape, the file's long side.

    The file's own figure may count a raw's masked border too: near enough for radii. ``shown`` where it tells none.
    """
    try:
        with pyexiv2.Image(str(image)) as file:
            longest = max(file.get_pixel_width(), file.get_pixel_height())
    except RuntimeError:
        return shown
    scale = max(1.0, longest / max(shown))
    return round(shown[0] * scale), round(shown[1] * scale)


def _history_in(file: Path) -> Sidecar:
    """The history that a sidecar, or the XMP packet inside a picture, holds. Raises `MalformedSidecar`."""
    if file.suffix.lower() == ".xmp":
        return Sidecar.read(file)
    try:
        with pyexiv2.Image(str(file)) as picture:
            return Sidecar.parse(picture.read_raw_xmp())
    except RuntimeError as error:
        raise MalformedSidecar(
            f"{file} holds no darktable history ({error}): name a sidecar, or a picture that darktable exported"
        ) from error


@dataclass
class Photo:
    """A photo, rendered by ``renderer`` at ``size`` px on its long side.

    ``base`` is the user's own history less anything of ours or, where there is none, the one that darktable gave
    the photo by itself. Edits are always put on top of it, so running again replaces them. ``renders`` counts.
    ``state``: a sidecar, or a picture exported by darktable, that holds the user's history in place of the sidecar
    beside the photo: what an open darktable has not written there yet.
    """

    path: Path
    renderer: Renderer
    schema: Schema
    size: int
    cancel: threading.Event = field(default_factory=threading.Event)
    state: Path | None = None
    renders: int = 0
    base: Sidecar = field(init=False)
    _before: Picture | None = field(default=None, init=False)

    @property
    def before(self) -> Picture:
        """The photo without us: float32 (height, width, 3); `observe` comes first."""
        assert self._before is not None, "observe() renders it"
        return self._before

    def observe(self) -> Picture:
        """Render the photo without us, once, and learn its base from that render."""
        if self._before is None:
            own = self._own()
            self.renders += 1
            render = self.renderer.render(self.path, own if own.history else None, self.size, cancel=self.cancel)
            whole = own.complete and own.history
            self.base = own if whole else own.adopt_history(Sidecar.parse(render.packet))
            self._before = render.pixels
        return self._before

    def _own(self) -> Sidecar:
        """What the user has done: the sidecar beside the photo, its history replaced by that of ``state`` if given."""
        beside = sidecar_path(self.path)
        own = Sidecar.read(beside) if beside.exists() else Sidecar.new()
        if self.state is not None:
            own = own.adopt_history(_history_in(self.state))
        return own.without_ours()

    def compile(self, edits: Sequence[Edit]) -> tuple[list[ModuleSettings], list[str]]:
        """The module settings of ``edits`` on this photo, and notes for the user."""
        height, width = self.before.shape[:2]
        size = full_size(self.path, (width, height))
        compiled = compile(edits, self.schema, self.base, size, exif_orientation(self.path))
        return compiled.settings, compiled.notes

    def sidecar(self, edits: Sequence[Edit]) -> Sidecar:
        """The photo's base with ``edits`` on top."""
        height, width = self.before.shape[:2]
        return self.base.with_settings(
            self.compile(edits)[0], self.schema, width / height, orientation=exif_orientation(self.path)
        )

    def render(self, edits: Sequence[Edit], size: int | None = None) -> Picture:
        """Render the photo with ``edits`` on top of its base, at ``size`` (default: the photo's own)."""
        self.renders += 1
        return self.renderer.render(self.path, self.sidecar(edits), size or self.size, cancel=self.cancel).pixels
