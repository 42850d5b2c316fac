"""The small copy that plans are tried on: what the user sees of a layer, at most 1024 pixels long."""

from array import array
from dataclasses import dataclass

import applying
import filters
import hidden
from area import Area
from failures import NotPossible
from gi.repository import Gegl, Gimp
from texts import _

LONGEST = 1024
SHORTEST = 64  # smaller ones are enlarged: the server judges nothing below 8 pixels
SAMPLES = 4096
LINEAR, LINEAR_ALPHA, SHOWN, MASK = "RGB float", "RGBA float", "R'G'B' u16", "Y float"


@dataclass(frozen=True)
class Small:
    """``pixels``: rows of linear sRGB, three 32-bit floats each.

    ``scale``: its size over the real size. ``whole``: it shows all of the image, so its shape may change. ``like``: the
    image it is from.
    """

    pixels: bytes
    width: int
    height: int
    scale: float
    whole: bool
    like: Gimp.Image

    def pixels_with(self, chosen: list[dict]) -> tuple[bytes, int, int]:
        """16-bit R, G, B in sRGB, width and height of the copy with the ``chosen`` filters, rendered by GIMP."""
        with hidden.image(self.like, self.width, self.height) as image:
            layer = hidden.layer(image, self.pixels, LINEAR)
            everywhere = Area(0, 0, self.width, self.height)
            applying.apply(image, layer, everywhere, applying.possible(chosen, self.whole), self.scale)
            return hidden.visible(image, SHOWN)


def take(image: Gimp.Image, layer: Gimp.Layer, area: Area, whole: bool) -> Small:
    """The small copy of ``area`` of ``layer``, with the user's filters and without ours.

    What is transparent or not selected is filled with the mean colour of the rest: it must not count in a verdict.
    Raises `NotPossible` where nothing is left.
    """
    scale = min(LONGEST / max(area.width, area.height), max(1.0, SHORTEST / min(area.width, area.height)))
    width, height = (max(1, round(side * scale)) for side in (area.width, area.height))
    opaque = Gimp.Selection.is_empty(image) and not layer.has_alpha() and not layer.get_mask()
    pixels = _pixels(image, layer, area, scale, LINEAR if opaque else LINEAR_ALPHA)
    if not opaque:
        pixels = _filled(image, width, height, pixels, _selected(image, area, scale, width, height))
    return Small(pixels, width, height, width / area.width, whole, image)


def _pixels(image: Gimp.Image, layer: Gimp.Layer, area: Area, scale: float, layout: str) -> bytes:
    """The pixels of ``area``, averaged down by ``scale``, with the layer's mask in their alpha."""
    _found, left, top = layer.get_offsets()
    with hidden.image(image, layer.get_width(), layer.get_height()) as copy_image:
        copy = _merged(layer, copy_image)
        return _read(copy, area.x - left, area.y - top, area, scale, layout)


def _merged(layer: Gimp.Layer, owner: Gimp.Image) -> Gimp.Layer:
    """A copy of ``layer`` in ``owner`` whose mask and filters, ours excepted, are part of its pixels."""
    copy = Gimp.Layer.new_from_drawable(layer, owner)
    owner.insert_layer(copy, None, 0)
    filters.remove(copy)
    if copy.is_group_layer():
        copy = copy.merge()
    copy.merge_filters()
    if copy.get_mask():
        copy.remove_mask(Gimp.MaskApplyMode.APPLY)
    return copy


def _read(drawable: Gimp.Drawable, x: int, y: int, area: Area, scale: float, layout: str) -> bytes:
    width, height = (max(1, round(side * scale)) for side in (area.width, area.height))
    where = Gegl.Rectangle.new(round(x * scale), round(y * scale), width, height)
    return drawable.get_buffer().get(where, scale, layout, Gegl.AbyssPolicy.CLAMP)


def _selected(image: Gimp.Image, area: Area, scale: float, width: int, height: int) -> bytes:
    if Gimp.Selection.is_empty(image):
        return array("f", [1.0]).tobytes() * (width * height)
    return _read(image.get_selection(), area.x, area.y, area, scale, MASK)


def _filled(image: Gimp.Image, width: int, height: int, pixels: bytes, selected: bytes) -> bytes:
    """``pixels`` (RGBA) over their mean colour, each as far as it is opaque and ``selected``."""
    with hidden.image(image, width, height, Gimp.Precision.FLOAT_LINEAR) as owner:
        hidden.layer(owner, _mean(array("f", pixels), array("f", selected)) * (width * height), LINEAR)
        top = hidden.layer(owner, pixels, LINEAR_ALPHA, alpha=True)
        mask = top.create_mask(Gimp.AddMaskType.WHITE)
        top.add_mask(mask)
        hidden.write(mask, selected, MASK)
        return hidden.visible(owner, LINEAR)[0]


def _mean(pixels: array, selected: array) -> bytes:
    """The mean colour of what is opaque and ``selected``: three floats, from some thousand samples."""
    step = max(1, len(selected) // SAMPLES)
    weights = [pixels[4 * at + 3] * selected[at] for at in range(0, len(selected), step)]
    if sum(weights) <= 0:
        raise NotPossible(_("Nothing of the layer is visible there: there is nothing to retouch."))
    channels = (pixels[channel :: 4 * step] for channel in range(3))
    sums = [sum(w * value for w, value in zip(weights, values, strict=True)) for values in channels]
    return array("f", [each / sum(weights) for each in sums]).tobytes()
