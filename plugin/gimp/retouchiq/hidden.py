"""Images of GIMP that the user never sees: they live for one rendering and carry a mark, so that none is left behind.

GIMP may end a plug-in by force (its own Cancel button does): the next run then removes what that one left.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from gi.repository import Gegl, Gimp

MARK = "retouchiq-hidden"
PROCESSES = Path("/proc")
FLAGS = 0  # of a parasite: not saved with the image, its coming is no undo step


@contextlib.contextmanager
def image(like: Gimp.Image, width: int, height: int, precision: Gimp.Precision | None = None) -> Iterator[Gimp.Image]:
    """A hidden image of the kind, precision and colour profile of ``like``, without undo; gone afterwards."""
    made = Gimp.Image.new_with_precision(width, height, like.get_base_type(), precision or like.get_precision())
    try:
        made.attach_parasite(Gimp.Parasite.new(MARK, FLAGS, str(os.getpid()).encode()))
        made.undo_disable()
        if like.get_color_profile():
            made.set_color_profile(like.get_color_profile())
        yield made
    finally:
        made.delete()


def sweep() -> None:
    """Remove hidden images of runs that were ended by force; those of a run still going on stay."""
    for found in Gimp.get_images():
        mark = found.get_parasite(MARK)
        if mark and not _runs(bytes(mark.get_data())):
            found.delete()


def _runs(pid: bytes) -> bool:
    return not PROCESSES.is_dir() or (PROCESSES / pid.decode()).exists()


def layer(owner: Gimp.Image, pixels: bytes, layout: str, alpha: bool = False) -> Gimp.Layer:
    """A new layer, on top and as large as ``owner``, of ``pixels`` in the babl format ``layout``."""
    grey = owner.get_base_type() == Gimp.ImageBaseType.GRAY
    kind = (Gimp.ImageType.GRAY_IMAGE if grey else Gimp.ImageType.RGB_IMAGE) + alpha
    width, height = owner.get_width(), owner.get_height()
    made = Gimp.Layer.new(owner, "retouchiq", width, height, Gimp.ImageType(kind), 100, Gimp.LayerMode.NORMAL)
    owner.insert_layer(made, None, 0)
    write(made, pixels, layout)
    return made


def write(drawable: Gimp.Drawable, pixels: bytes, layout: str) -> None:
    """Replace all pixels of ``drawable``."""
    buffer = drawable.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height()), layout, pixels)
    buffer.flush()
    drawable.update(0, 0, drawable.get_width(), drawable.get_height())


def visible(owner: Gimp.Image, layout: str) -> tuple[bytes, int, int]:
    """What ``owner`` shows: pixels in the babl format ``layout``, width, height."""
    shown = Gimp.Layer.new_from_visible(owner, owner, "retouchiq")
    size = shown.get_width(), shown.get_height()
    pixels = shown.get_buffer().get(Gegl.Rectangle.new(0, 0, *size), 1.0, layout, Gegl.AbyssPolicy.NONE)
    return pixels, *size
