"""The photo to come close to: whatever file GIMP opens, as the server takes pictures."""

import small
import tiff
from area import Area
from failures import NotPossible
from gi.repository import Gimp, Gio
from texts import _


def read(file: Gio.File) -> bytes:
    """What ``file`` shows, at most 1024 pixels long, as a TIFF file. Raises `NotPossible` where GIMP cannot open it."""
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)
    if image is None:
        told = _("The photo to come close to, {name}, cannot be opened: {why}")
        raise NotPossible(told.format(name=file.get_parse_name(), why=Gimp.get_pdb().get_last_error()))
    try:
        return tiff.encode(*_shown(image))
    finally:
        image.delete()


def _shown(image: Gimp.Image) -> tuple[bytes, int, int]:
    image.undo_disable()
    image.policy_rotate(False)
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        image.convert_rgb()
    everywhere = Area(0, 0, image.get_width(), image.get_height())
    return small.take(image, image.flatten(), everywhere, True).pixels_with([])
