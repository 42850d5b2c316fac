"""Crop, turn, mirror, perspective: what no filter can do. They change the image itself, all its layers alike.

Positions are shares (0…1) of the image's width and height.
"""

from area import Area
from gi.repository import Gimp
from homography import homography

AXES = {"horizontal": Gimp.OrientationType.HORIZONTAL, "vertical": Gimp.OrientationType.VERTICAL}
TURNS = {90: Gimp.RotationType.DEGREES90, 180: Gimp.RotationType.DEGREES180, 270: Gimp.RotationType.DEGREES270}


def apply(image: Gimp.Image, told: dict) -> Area:
    """Change ``image`` as one destructive filter says; answers the area that all of it has then."""
    OPERATIONS[told["operation"]](image, told["properties"])
    return Area(0, 0, image.get_width(), image.get_height())


def _flip(image: Gimp.Image, how: dict) -> None:
    image.flip(AXES[how["axis"]])


def _rotate(image: Gimp.Image, how: dict) -> None:
    image.rotate(TURNS[round(how["degrees"])])


def _crop(image: Gimp.Image, how: dict) -> None:
    left, top, width, height = (how[name] for name in ("left", "top", "width", "height"))
    x, y = round(left * image.get_width()), round(top * image.get_height())
    size = (round(width * image.get_width()), round(height * image.get_height()))
    image.crop(max(1, min(size[0], image.get_width() - x)), max(1, min(size[1], image.get_height() - y)), x, y)


def _perspective(image: Gimp.Image, how: dict) -> None:
    """Every layer by itself, in the image's coordinates: GIMP has no such change of a whole image."""
    width, height = image.get_width(), image.get_height()
    corners = [(how[f"x{number}"] * width, how[f"y{number}"] * height) for number in range(4)]
    Gimp.context_push()
    Gimp.context_set_transform_resize(Gimp.TransformResize.CLIP)
    Gimp.context_set_transform_direction(Gimp.TransformDirection.FORWARD)
    Gimp.context_set_interpolation(Gimp.InterpolationType.CUBIC)
    for layer in image.get_layers():
        layer.transform_matrix(*homography(width, height, *corners))
    Gimp.context_pop()


OPERATIONS = {
    "image:flip": _flip,
    "image:rotate": _rotate,
    "image:crop": _crop,
    "image:perspective": _perspective,
}
