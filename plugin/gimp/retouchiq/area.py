"""Which part of a layer is retouched, and which layers cannot be."""

from dataclasses import dataclass

from failures import NotPossible
from gi.repository import Gimp
from texts import _


@dataclass(frozen=True)
class Area:
    """A rectangle of the image, in pixels."""

    x: int
    y: int
    width: int
    height: int


def check(image: Gimp.Image, drawables: list[Gimp.Drawable]) -> None:
    """Raise `NotPossible`, with the way out, for what filters cannot be put on."""
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise NotPossible(_("An indexed image takes no filters: convert it with Image ▸ Mode ▸ RGB first."))
    if image.get_floating_sel():
        raise NotPossible(_("There is a floating selection: anchor it, or make it a layer, first."))
    if not drawables:
        raise NotPossible(_("No layer is selected: select the layer to retouch."))
    for drawable in drawables:
        _check_one(drawable)


def _check_one(drawable: Gimp.Drawable) -> None:
    for wrong, told in WRONG:
        if wrong(drawable):
            raise NotPossible(told.format(name=drawable.get_name()))


def _is_locked(item: Gimp.Item) -> bool:
    """Whether its pixels are locked, or those of a group around it."""
    return item.get_lock_content() or bool(item.get_parent() and _is_locked(item.get_parent()))


WRONG = [
    (
        lambda drawable: not drawable.is_layer(),
        _("“{name}” is a mask or a channel: select its layer instead."),
    ),
    (
        _is_locked,
        _("The pixels of the layer “{name}” are locked: unlock them in the Layers dialog first."),
    ),
]


def visible_area(image: Gimp.Image, layer: Gimp.Layer) -> Area:
    """The part of ``layer`` that is selected and inside the image. Raises `NotPossible` where there is none."""
    inside, x, y, width, height = layer.mask_intersect()
    _found, left, top = layer.get_offsets()
    right, bottom = min(left + x + width, image.get_width()), min(top + y + height, image.get_height())
    x, y = max(left + x, 0), max(top + y, 0)
    if not inside or right <= x or bottom <= y:
        told = _("The layer “{name}” lies outside the selection or the image: there is nothing to retouch.")
        raise NotPossible(told.format(name=layer.get_name()))
    return Area(x, y, right - x, bottom - y)


def is_whole(image: Gimp.Image, area: Area) -> bool:
    """Whether ``area`` is all of the image and nothing is selected: only then may the image be cropped or turned."""
    whole = (area.x, area.y, area.width, area.height) == (0, 0, image.get_width(), image.get_height())
    return whole and Gimp.Selection.is_empty(image)
