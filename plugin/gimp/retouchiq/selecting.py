"""A filter's mask is the image's selection at the moment it is added: here it is set for that moment, then put back."""

import base64
import contextlib
from collections.abc import Iterator

from area import Area
from gi.repository import Babl, GdkPixbuf, Gegl, Gimp


@contextlib.contextmanager
def kept(image: Gimp.Image) -> Iterator[None]:
    """Whatever is selected inside, the user's selection comes back exactly."""
    saved = None if Gimp.Selection.is_empty(image) else Gimp.Selection.save(image)
    try:
        yield
    finally:
        _restore(image, saved)


def _restore(image: Gimp.Image, saved: Gimp.Channel | None) -> None:
    if saved is None:
        Gimp.Selection.none(image)
        return
    image.select_item(Gimp.ChannelOps.REPLACE, saved)
    image.remove_channel(saved)


def narrow(image: Gimp.Image, area: Area, mask: str) -> bool:
    """Select the part of the selection (all, where there is none) that ``mask`` leaves; False where none is left.

    ``mask``: base64 of an 8-bit grey PNG of any size, stretched over ``area``; white acts fully.
    """
    operation = Gimp.ChannelOps.REPLACE if Gimp.Selection.is_empty(image) else Gimp.ChannelOps.INTERSECT
    channel = Gimp.Channel.new(
        image, "retouchiq mask", image.get_width(), image.get_height(), 100, Gegl.Color.new("black")
    )
    image.insert_channel(channel, None, 0)
    _fill(channel, area, _grey(mask, area))
    image.select_item(operation, channel)
    image.remove_channel(channel)
    return not Gimp.Selection.is_empty(image)


def _grey(mask: str, area: Area) -> bytes:
    """The mask's pixels, one byte each, at the size of ``area``."""
    loader = GdkPixbuf.PixbufLoader.new_with_type("png")
    loader.write(base64.b64decode(mask))
    loader.close()
    picture = loader.get_pixbuf()
    if (picture.get_width(), picture.get_height()) != (area.width, area.height):
        picture = picture.scale_simple(area.width, area.height, GdkPixbuf.InterpType.BILINEAR)
    return _first_bytes(picture, area)


def _first_bytes(picture: GdkPixbuf.Pixbuf, area: Area) -> bytes:
    pixels, stride, step = picture.get_pixels(), picture.get_rowstride(), picture.get_n_channels()
    rows = (pixels[start : start + area.width * step] for start in range(0, area.height * stride, stride))
    return b"".join(row[::step] for row in rows)


def _fill(channel: Gimp.Channel, area: Area, grey: bytes) -> None:
    # Channels of 8-bit images call their values perceptual, selections never do; GIMP copies them as they are.
    perceptual = "'" in Babl.format_get_encoding(channel.get_format())
    buffer = channel.get_buffer()
    where = Gegl.Rectangle.new(area.x, area.y, area.width, area.height)
    buffer.set(where, "Y' u8" if perceptual else "Y u8", grey)
    buffer.flush()
    channel.update(area.x, area.y, area.width, area.height)
