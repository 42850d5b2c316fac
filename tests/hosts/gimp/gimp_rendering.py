"""What the tests of controls call inside GIMP: the plug-in's own list of operations and its own rendering.

Sent to the agent once; runs in GIMP's Python, which finds the modules of the plug-in.
"""

import applying
import hidden
import operations
from area import Area
from gi.repository import Gimp

PRECISIONS = {value.value_nick: value for value in vars(Gimp.Precision).values() if isinstance(value, Gimp.Precision)}
FLOATS = "R'G'B' float"
WITH_ALPHA = "R'G'B'A float"


def listed():
    """The operations as the plug-in posts them."""
    return operations.installed()


def render(source, target, width, height, chosen, precision="float-non-linear", grey=False, alpha=False):
    """``source`` (32-bit floats, sRGB) with the ``chosen`` filters, written to ``target``; answers height and width."""
    layout = WITH_ALPHA if alpha else FLOATS
    base = Gimp.ImageBaseType.GRAY if grey else Gimp.ImageBaseType.RGB
    like = Gimp.Image.new_with_precision(width, height, base, PRECISIONS[precision])
    with open(source, "rb") as file:
        pixels = file.read()
    with hidden.image(like, width, height) as image:
        layer = hidden.layer(image, pixels, layout, alpha)
        applying.apply(image, layer, Area(0, 0, width, height), chosen)
        shown, wide, high = hidden.visible(image, layout)
    like.delete()
    with open(target, "wb") as file:
        file.write(shown)
    return high, wide
