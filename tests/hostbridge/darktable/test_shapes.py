"""Drawn shapes survive to the last bit, and lie where the user sees them."""

import json
from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostbridge import InvalidSetting
from hostbridge.controls import Ellipse, Gradient
from hostbridge.darktable import masks, shapes
from hostbridge.darktable.shapes import Frame

SIZES = {
    masks.CIRCLE: 16,
    masks.PATH: 36,
    masks.GROUP: 16,
    masks.GRADIENT: 28,
    masks.ELLIPSE: 28,
    masks.BRUSH: 44,
}  # bytes of a point, as found in real files


@given(st.data(), st.sampled_from(sorted(SIZES)), st.integers(0, 5))
def test_any_points_come_back_from_fields(data, kind, count):
    blob = data.draw(st.binary(min_size=count * SIZES[kind], max_size=count * SIZES[kind]))
    points = masks.decode(kind, blob)
    assert len(points) == count
    assert masks.encode(kind, json.loads(json.dumps(points, allow_nan=False))) == blob


@pytest.mark.parametrize(("kind", "version"), [(masks.ELLIPSE, 2), (masks.CIRCLE, 7), (1 << 9, masks.VERSION)])
def test_an_unknown_shape_or_version_is_carried(kind, version):
    assert masks.Form(0, 1, kind, "", version, bytes(28), 1).decoded() is None


def test_half_a_point_is_carried():
    assert masks.Form(0, 1, masks.CIRCLE, "", masks.VERSION, bytes(17), 1).decoded() is None


def test_a_shape_drawn_for_cloning_is_still_that_shape():
    form = masks.Form(0, 1, masks.ELLIPSE | masks.CLONE, "", masks.VERSION, bytes(28), 1)
    assert form.kind == masks.ELLIPSE
    assert form.decoded()[0]["rotation"] == 0.0


def test_an_unknown_shape_is_not_written():
    with pytest.raises(InvalidSetting, match="no drawn shape is of type 512"):
        masks.encode(512, [])


def test_a_form_and_its_group_belong_together():
    form = shapes.form(Ellipse(x=0.5, y=0.5, radius_x=0.2, radius_y=0.2), Frame(1.5), 11, "oval")
    (point,) = shapes.group(form, 12, "all").decoded()
    assert (point["formid"], point["parentid"], point["opacity"]) == (11, 12, 1.0)


def test_a_gradient_towards_the_top_is_darktables_unturned_one():
    (point,) = shapes.form(Gradient(x=0.3, y=0.2, direction=90), Frame(1.5), 1, "").decoded()
    assert point["anchor"] == [0.3, 0.2]
    assert point["rotation"] == pytest.approx(0.0, abs=1e-9)


def test_an_ellipse_is_measured_by_the_short_side():
    (point,) = shapes.form(Ellipse(x=0.5, y=0.5, radius_x=0.2, radius_y=0.2), Frame(1.5), 1, "").decoded()
    assert point["radius"] == pytest.approx([0.3, 0.2])
    (upright,) = shapes.form(Ellipse(x=0.5, y=0.5, radius_x=0.2, radius_y=0.2), Frame(0.5), 1, "").decoded()
    assert upright["radius"] == pytest.approx([0.2, 0.4])


@pytest.mark.parametrize(
    ("exif", "corner"),
    # where the top left corner of what is seen lies in the file, by the EXIF standard's table of orientations
    [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (0, 1)), (7, (1, 1)), (8, (1, 0))],
)
def test_each_orientation_finds_its_corner(exif, corner):
    assert Frame(1.5, shapes.ORIENTATIONS[exif]).point(0.0, 0.0) == corner


def test_a_turned_photo_has_a_turned_image():
    width, height = Frame(2.0, shapes.ORIENTATIONS[6]).size
    assert width / height == 0.5


def test_a_cropped_photo_lies_inside_its_image():
    frame = Frame(1.0, 0, (0.5, 0.0, 1.0, 1.0))
    assert frame.point(0.0, 1.0) == (0.5, 1.0)
    assert frame.size == (2.0, 1.0)


@given(st.integers(1, 8), st.floats(-180, 180), st.floats(0, 1), st.floats(0, 1))
def test_a_direction_turns_as_the_points_do(exif, degrees, x, y):
    frame = Frame(1.0, shapes.ORIENTATIONS[exif])
    right, down = direction(degrees)
    start, end = frame.point(x, y), frame.point(x + right, y + down)
    moved = [b - a for a, b in zip(start, end, strict=True)]
    assert moved == pytest.approx(direction(frame.direction(degrees)), abs=1e-9)


def direction(degrees):
    return cos(radians(degrees)), -sin(radians(degrees))
