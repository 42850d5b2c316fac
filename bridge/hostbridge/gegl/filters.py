"""Filters: what `compile` makes of edits, and what the GIMP plug-in puts on a layer.

The plug-in applies them in the order given. A filter is an operation of GIMP with property values, an opacity, a blend
mode and, where it is limited to a part of the picture, a mask. Colours are hexadecimal sRGB (``#rrggbb``), enumerations
are written as GIMP writes them (``CIE-Lab``: an unknown word is silently ignored by GIMP, so it is checked here).

Properties named in ``pixels`` are lengths in pixels of the full-size layer: on a smaller copy they are multiplied by
the copy's width over the layer's.

Changes of shape are no filters in GIMP. They come first in the list and are ``destructive``; what follows, masks
included, refers to the picture they leave. Positions are shares (0…1) of the picture's width and height:

=====================  =============================================================================================
``image:flip``         ``axis``: ``horizontal`` swaps left and right, ``vertical`` top and bottom
``image:rotate``       ``degrees``: 90, 180 or 270 clockwise, the whole image
``image:perspective``  ``x0 y0 … x3 y3``: where the corners upper left, upper right, lower left and lower right go;
                       the picture keeps its size, what leaves it is cut off
``image:crop``         ``left``, ``top``, ``width``, ``height``
=====================  =============================================================================================
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

OURS = "retouchiq"
"""How the name of every filter of ours begins: how an edit of ours is recognised and removed."""

Value = float | int | bool | str
Mask = NDArray[np.uint8]
"""How much a filter acts on each pixel: (height, width), 0…255; linear, 128 is half the effect."""


@dataclass(frozen=True)
class Filter:
    """One filter; ``opacity`` 0…1, ``blend`` a layer mode as GIMP calls it (``grain-merge``)."""

    operation: str
    properties: dict[str, Value] = field(default_factory=dict)
    name: str = OURS
    opacity: float = 1.0
    blend: str = "replace"
    mask: Mask | None = None
    pixels: tuple[str, ...] = ()
    destructive: bool = False

    def to_json(self) -> dict[str, Any]:
        """This filter as plain JSON; the mask as a base64 PNG of 8-bit grey."""
        return {
            "operation": self.operation,
            "properties": self.properties,
            "name": self.name,
            "opacity": self.opacity,
            "blend": self.blend,
            "mask": None if self.mask is None else _png(self.mask),
            "pixels": list(self.pixels),
            "destructive": self.destructive,
        }


def _png(mask: Mask) -> str:
    stream = io.BytesIO()
    Image.fromarray(mask).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode("ascii")
