"""Drawn shapes survive to the last bit, and lie where the user sees them."""

import json
from math import cos, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostbridge import InvalidSetting
from hostbridge.controls import Ellipse, Gradient, Outline, Region
from hostbridge.darktable import forms, masks, shapes
from hostbridge.darktable.settings import Mask
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


def forms_of(shape, aspect=1.5):
    return forms.drawn(Mask(shape=shape), Frame(aspect), [], "exposure")


def only_point(shape, aspect=1.5):
    (point,) = forms_of(shape, aspect)[0].decoded()
    return point


def test_a_form_and_its_group_belong_together():
    form, group = forms_of(Ellipse(x=0.5, y=0.5, radius_x=0.2, radius_y=0.2))
    (point,) = group.decoded()
    assert (point["formid"], point["parentid"], point["opacity"]) == (form.id, group.id, 1.0)


def test_a_gradient_towards_the_top_is_darktables_unturned_one():
    point = only_point(Gradient(x=0.3, y=0.2, direction=90))
    assert point["anchor"] == pytest.approx([0.3, 0.2])
    assert point["rotation"] == pytest.approx(0.0, abs=1e-9)


def test_an_ellipse_is_measured_by_the_short_side():
    shape = Ellipse(x=0.5, y=0.5, radius_x=0.2, radius_y=0.2)
    assert only_point(shape)["radius"] == pytest.approx([0.3, 0.2])
    assert only_point(shape, aspect=0.5)["radius"] == pytest.approx([0.2, 0.4])


SQUARE = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
HOLE = ((0.3, 0.3), (0.4, 0.3), (0.4, 0.4))
OTHER = ((0.7, 0.7), (0.9, 0.7), (0.8, 0.9))


def test_an_outline_is_its_rings_together_without_its_holes():
    *members, group = forms_of(Outline(rings=(SQUARE, OTHER), holes=(HOLE,)))
    assert [form.kind for form in members] == [masks.PATH] * 3
    assert len({form.id for form in (*members, group)}) == 4
    shown = masks.STATE_USE | masks.STATE_SHOW
    assert [(point["formid"], point["state"] & ~shown) for point in group.decoded()] == [
        (members[0].id, 0),
        (members[1].id, masks.STATE_UNION),
        (members[2].id, masks.STATE_DIFFERENCE),
    ]


def test_a_sharp_corner_stays_sharp_and_a_round_thing_round():
    corner = forms_of(Outline(rings=(SQUARE,)))[0].decoded()[0]
    assert corner["ctrl1"] == pytest.approx([0.2, 0.2 + 0.4 / 3])  # on the edges to its neighbours
    assert corner["ctrl2"] == pytest.approx([0.2 + 0.4 / 3, 0.2])
    circle = tuple((0.5 + 0.2 * cos(t), 0.5 + 0.3 * sin(t)) for t in (2 * pi * i / 16 for i in range(16)))
    for node in forms_of(Outline(rings=(circle,)), aspect=1.5)[0].decoded():
        x, y = node["corner"]
        first, second = ((ctrl[0] - x, ctrl[1] - y) for ctrl in (node["ctrl1"], node["ctrl2"]))
        assert first == pytest.approx((-second[0], -second[1]), abs=1e-6)  # no kink
        assert (x - 0.5) * second[0] * 1.5 * 1.5 + (y - 0.5) * second[1] == pytest.approx(0, abs=1e-3)  # along it


def test_what_ends_at_the_pictures_edge_goes_on_outside():
    strip = ((0.0, 0.0), (1.0, 0.001), (1.0, 0.4), (0.0, 0.4))
    xs, ys = zip(*(node["corner"] for node in forms_of(Outline(rings=(strip,)))[0].decoded()), strict=True)
    assert min(xs) < -0.01
    assert max(xs) > 1.01
    assert min(ys) < -0.01
    assert max(ys) == pytest.approx(0.4)


def test_the_soft_edge_of_an_outline_is_as_wide_on_any_photo():
    region = Region(shape=Outline(rings=(SQUARE,), feather=0.05))
    assert Mask.of(region, (600, 400)).blur == pytest.approx(0.05 * 400 * 0.2236, rel=1e-3)
    assert Mask.of(region, (6000, 4000)).blur == pytest.approx(0.05 * 4000 * 0.2236, rel=1e-3)
    assert Mask.of(Region.named("top"), (600, 400)).blur == 0


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
