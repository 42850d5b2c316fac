"""Puts the filters of an answer on a layer."""

import filters
import geometry
import selecting
from area import Area
from gi.repository import Gimp


def apply(image: Gimp.Image, layer: Gimp.Layer, area: Area, chosen: list[dict]) -> None:
    """Put the ``chosen`` filters on ``layer``, whose ``area`` their masks cover; geometry changes ``image`` itself."""
    for told in chosen:
        if told["destructive"]:
            geometry.apply(image, told)
        elif told["mask"]:
            _append_masked(image, layer, area, told)
        else:
            filters.append(layer, told)


def _append_masked(image: Gimp.Image, layer: Gimp.Layer, area: Area, told: dict) -> None:
    with selecting.kept(image):
        if selecting.narrow(image, area, told["mask"]):
            filters.append(layer, told)
