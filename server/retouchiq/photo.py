"""A photo in darktable: how it looks without us, and how it looks with edits of ours."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyexiv2

from hostbridge.controls import Edit
from hostbridge.darktable.compile import compile
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.settings import ModuleSettings
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.reward import Picture


def sidecar_path(image: Path) -> Path:
    """Where darktable looks for a photo's sidecar: ``<image file name>.xmp`` beside it."""
    return image.with_name(f"{image.name}.xmp")


@cache
def exif_orientation(image: Path) -> int:
    """The EXIF orientation (1…8) of a photo file; 1 where it has none or none that can be read."""
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


@dataclass
class Photo:
    """A photo, rendered by ``renderer`` at ``size`` px on its long side.

    ``base`` is the user's own sidecar less anything of ours or, where there is none, the history that darktable gave
    the photo by itself. Edits are always put on top of it, so running again replaces them. ``renders`` counts.
    """

    path: Path
    renderer: Renderer
    schema: Schema
    size: int
    cancel: threading.Event = field(default_factory=threading.Event)
    renders: int = 0
    base: Sidecar = field(init=False)
    before: Picture = field(init=False)

    def observe(self) -> Picture:
        """Render the photo without us, and learn its base from that render."""
        beside = sidecar_path(self.path)
        own = Sidecar.read(beside).without_ours() if beside.exists() else Sidecar.new()
        self.renders += 1
        render = self.renderer.render(self.path, own if own.history else None, self.size, cancel=self.cancel)
        whole = own.complete and own.history
        self.base = own if whole else own.adopt_history(Sidecar.parse(render.packet))
        self.before = render.pixels
        return self.before

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
