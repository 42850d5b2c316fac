"""Puts the filters of an answer on a layer."""

import filters
import geometry
import selecting
from area import Area
from gi.repository import Gimp


def apply(image: Gimp.Image, layer: Gimp.Layer, area: Area, chosen: list[dict], scale: float = 1.0) -> None:
    """Put the ``chosen`` filters on ``layer``, whose ``area`` their masks cover; geometry changes ``image`` itself.

    ``scale``: the size of ``layer`` over the size the filters were made for.
    """
    for told in chosen:
        if told["destructive"]:
            area = geometry.apply(image, told)
        elif told["mask"]:
            _append_masked(image, layer, area, told, scale)
        else:
            filters.append(layer, told, scale)


def possible(chosen: list[dict], whole: bool) -> list[dict]:
    """``chosen`` without what would change the shape of the image, where only a part of it is retouched."""
    return [told for told in chosen if whole or not told["destructive"]]


def _append_masked(image: Gimp.Image, layer: Gimp.Layer, area: Area, told: dict, scale: float) -> None:
    with selecting.kept(image):
        if selecting.narrow(image, area, told["mask"]):
            filters.append(layer, told, scale)
