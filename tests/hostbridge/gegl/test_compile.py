"""Edits to filters of GIMP: every control, sums, regions, what is clamped, refused and left out."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from hostbridge import InvalidSetting
from hostbridge.controls import CONTROLS, FITTED, Edit, Outline, Region
from hostbridge.gegl import geometry
from hostbridge.gegl.compile import compile
from hostbridge.gegl.control_table import BEYOND, HOMES, KINDS
from hostbridge.gegl.operations import Operations
from hostbridge.weights import weights

SIZE = (900, 600)


@pytest.fixture
def made(operations, picture):
    return lambda *edits: compile(edits, operations, picture, SIZE)


def test_every_control_is_at_home_somewhere():
    assert {*HOMES, *geometry.CONTROLS, *BEYOND} == {*CONTROLS, *FITTED}
    assert {home.kind for home in HOMES.values()} <= {*KINDS}


@pytest.mark.parametrize("control", sorted({*CONTROLS} - {*BEYOND}))
@pytest.mark.parametrize("end", ["low", "high"])
def test_both_ends_of_every_control_are_valid_filters(control, end, made):
    amount = getattr(CONTROLS[control], end)
    compiled = made(Edit(control=control, amount=amount))
    assert compiled.notes == []
    assert bool(compiled.filters) == (amount != 0)
    assert all(one.name.startswith("retouchiq: ") for one in compiled.filters)


def test_nothing_is_made_of_zeros_and_of_what_cancels_out(made):
    assert made(*(Edit(control=name, amount=0) for name in CONTROLS)).filters == []
    assert made(Edit(control="exposure", amount=1), Edit(control="exposure", amount=-1)).filters == []


def test_amounts_of_one_control_add_up_and_are_clamped_with_a_note(made):
    compiled = made(*[Edit(control="exposure", amount=3)] * 2)
    [one] = compiled.filters
    assert one.properties == {"exposure": 5.0}
    assert compiled.notes == ["exposure = 6 is outside -5…5 EV: clamped"]


def test_controls_that_share_a_filter_share_it(made):
    [mixer] = made(Edit(control="temperature", amount=20), Edit(control="monochrome", amount=50)).filters
    assert mixer.operation == "gegl:channel-mixer"
    [levels] = made(Edit(control="blacks", amount=50), Edit(control="fade", amount=50)).filters
    assert levels.properties["out-low"] == pytest.approx(0.011 / 2 + 0.021 / 2)
    [colours] = made(Edit(control="red.hue", amount=20), Edit(control="red.lightness", amount=20)).filters
    assert colours.properties["hue"] > 0
    assert colours.properties["lightness"] > 0


def test_filters_act_in_one_order_whatever_the_order_of_edits(made):
    edits = [Edit(control=name, amount=30) for name in ("vignette", "clarity", "saturation", "exposure", "denoise")]
    names = [one.name for one in made(*edits).filters]
    assert names == [one.name for one in made(*reversed(edits)).filters]
    assert names[0] == "retouchiq: denoise"
    assert names[-1] == "retouchiq: vignette"


def test_regions_called_differently_are_one_and_others_are_not(made):
    left = Region.named("left")
    edits = [
        Edit(control="exposure", amount=1, region=left),
        Edit(control="exposure", amount=1, region=left.model_copy(update={"name": "there"})),
        Edit(control="exposure", amount=1, region=Region.named("right")),
    ]
    first, second = made(*edits).filters
    assert first.properties == {"exposure": 2.0}
    assert first.mask[:, 0].min() == 255
    assert first.mask[:, -1].max() == 0
    assert (first.mask.shape, first.mask.dtype) == ((60, 90), np.uint8)
    assert second.mask[:, 0].max() == 0


def test_an_inverted_region_is_the_rest(made):
    dark, rest = (
        made(Edit(control="saturation", amount=50, region=Region.named(name))).filters[0].mask.astype(int)
        for name in ("shadows", "not shadows")
    )
    assert np.abs(dark + rest - 255).max() <= 1


def test_a_region_limits_the_tones_a_control_acts_on(made):
    [everywhere] = made(Edit(control="shadows", amount=50)).filters
    [left] = made(Edit(control="shadows", amount=50, region=Region.named("top"))).filters
    assert (left.mask <= everywhere.mask).all()
    assert everywhere.mask[:30, -1].max() == 0


def test_what_is_not_in_the_picture_is_left_out_for_an_empty_mask_would_be_everything(operations):
    grey = np.full((20, 30, 3), 0.5, np.float32)
    compiled = compile(
        [Edit(control="blue.saturation", amount=50), Edit(control="exposure", amount=1, region=Region.named("red"))],
        operations,
        grey,
        SIZE,
    )
    assert compiled.filters == []
    assert compiled.notes == [
        "exposure is left out: the picture has no red",
        "blue.saturation is left out: the picture has no blue",
    ]


def test_lengths_in_pixels_are_shares_of_the_full_picture(operations, picture):
    small, large = (
        compile([Edit(control="clarity", amount=50)], operations, picture, size).filters[0]
        for size in ((900, 600), (4000, 6000))
    )
    assert small.pixels == ("std-dev",)
    assert small.properties["std-dev"] == pytest.approx(27)
    assert large.properties["std-dev"] == pytest.approx(180)


def test_what_gimp_cannot_do_is_said(made):
    compiled = made(Edit(control="lens_correction", amount=100))
    assert compiled.filters == []
    assert "lens_correction is left out: GIMP knows no lenses" in compiled.notes[0]


def test_an_operation_this_gimp_has_not_costs_only_its_control(posted, picture):
    del posted["gegl:bloom"], posted["gegl:channel-mixer"]["properties"]["rr-gain"]
    edits = [Edit(control=name, amount=30) for name in ("glow", "temperature", "exposure")]
    compiled = compile(edits, Operations.parse(posted, "GIMP 3.0.4"), picture, SIZE)
    assert [one.name for one in compiled.filters] == ["retouchiq: exposure"]
    assert compiled.notes[0].startswith("glow is left out: GIMP 3.0.4 has no operation 'gegl:bloom'")
    assert compiled.notes[1].startswith("temperature is left out: gegl:channel-mixer has no property 'rr-gain'")


def test_a_narrower_range_of_another_gimp_is_kept_and_noted(posted, picture):
    posted["gegl:saturation"]["properties"]["scale"]["max"] = 1.2
    compiled = compile([Edit(control="saturation", amount=100)], Operations.parse(posted, "GIMP 9"), picture, SIZE)
    assert compiled.filters[0].properties["scale"] == 1.2
    assert compiled.notes == ["gegl:saturation.scale = 1.6 is outside its range: set to 1.2 (GIMP 9)"]


def test_a_property_may_be_named_directly(made):
    [one] = made(
        Edit(control="gegl:noise-reduction.iterations", amount=3.0, region=Region.named("shadows")),
    ).filters
    assert one.properties == {"iterations": 3}
    assert isinstance(one.properties["iterations"], int)
    assert one.mask is not None
    [both] = made(
        Edit(control="gegl:bloom.radius", amount=3), Edit(control="gegl:bloom.limit-exposure", amount=1)
    ).filters
    assert both.properties == {"radius": 3.0, "limit-exposure": True}


@pytest.mark.parametrize(
    ("control", "amount", "said"),
    [
        ("gegl:exposure.exposure", 40, "gegl:exposure.exposure = 40.0 is outside -10…10"),
        ("gegl:exposure.glow", 1, "gegl:exposure has no property 'glow'"),
        ("colorbalancergb.vibrance", 0.2, "GIMP 3.0.4 has no operation 'colorbalancergb'"),
        ("gegl:color.value", 1, "gegl:color.value is a GeglColor: an amount cannot set it"),
    ],
)
def test_a_property_that_does_not_fit_is_refused(control, amount, said, made):
    with pytest.raises(InvalidSetting, match=said):
        made(Edit(control=control, amount=amount))


@pytest.mark.parametrize(
    ("control", "options", "said"),
    [
        ("monochrome", {"filter": "pink"}, "monochrome with filter 'pink': use one of none, red"),
        ("shadows_color", {"hue": "warm"}, "hue = 'warm' is not a number"),
        ("crop", {"aspect": "wide"}, "write width:height"),
        ("crop", {"left": 99.0}, "crop to"),
    ],
)
def test_options_that_are_none_are_refused(control, options, said, made):
    with pytest.raises(InvalidSetting, match=said):
        made(Edit(control=control, amount=50, options=options))


@pytest.mark.parametrize("hue", [0, 60, 200, 300])
def test_a_grading_has_the_hue_that_was_asked_for(hue, made):
    [one] = made(Edit(control="midtones_color", amount=60, options={"hue": hue})).filters
    colour = [int(one.properties["value"][at : at + 2], 16) / 255 for at in (1, 3, 5)]
    _, a, b = rgb2lab(colour)
    assert (np.degrees(np.arctan2(b, a)) - hue + 180) % 360 - 180 == pytest.approx(0, abs=3)
    assert np.hypot(a, b) == pytest.approx(22 * 0.6, abs=1)


def test_white_balance_keeps_the_luminance_of_greys(made):
    for control in ("temperature", "tint"):
        [one] = made(Edit(control=control, amount=60)).filters
        rows = np.array([[one.properties[f"{out}{source}-gain"] for source in "rgb"] for out in "rgb"])
        assert np.array([0.2225, 0.7169, 0.0606]) @ rows.sum(axis=1) == pytest.approx(1, abs=1e-3)


# --- geometry ---------------------------------------------------------------------------------------------------------


def changes(compiled):
    return [(one.operation, one.properties) for one in compiled.filters if one.destructive]


def test_quarter_turns_and_flips_are_exact_and_come_first(made):
    edits = [
        Edit(control="exposure", amount=1),
        Edit(control="rotate", amount=-90),
        Edit(control="flip", amount=1, options={"axis": "vertical"}),
    ]
    compiled = made(*edits)
    assert changes(compiled) == [("image:flip", {"axis": "vertical"}), ("image:rotate", {"degrees": 270})]
    assert [one.destructive for one in compiled.filters] == [True, True, False]


def test_straightening_is_one_perspective_and_a_crop_in_the_middle(made):
    (first, corners), (second, crop) = changes(made(Edit(control="rotate", amount=5)))
    assert (first, second) == ("image:perspective", "image:crop")
    assert corners["y0"] < corners["y1"], "clockwise: the upper left corner rises"
    assert crop["left"] + crop["width"] / 2 == pytest.approx(0.5, abs=1e-5)
    assert crop["width"] == crop["height"] < 1


def test_masks_fit_the_picture_after_a_change_of_shape(made):
    turned = made(Edit(control="rotate", amount=90), Edit(control="exposure", amount=1, region=Region.named("top")))
    mask = turned.filters[-1].mask
    assert mask.shape == (90, 60)
    assert mask[:, -1].min() == 255  # what was the top is on the right now
    assert mask[:, 0].max() == 0
    cropped = made(Edit(control="crop", amount=50), Edit(control="shadows", amount=50))
    assert cropped.filters[-1].mask.shape == (30, 45)


FOUND = Region(
    name="car",
    shape=Outline(
        rings=(((0.05, 0.1), (0.45, 0.1), (0.45, 0.9), (0.05, 0.9)), ((0.6, 0.6), (0.9, 0.6), (0.75, 0.9))),
        holes=(((0.2, 0.4), (0.3, 0.4), (0.3, 0.6), (0.2, 0.6)),),
    ),
)


def test_what_was_found_is_the_mask(made, picture):
    (one,) = made(Edit(control="saturation", amount=50, region=FOUND)).filters
    wanted = weights(FOUND, picture)
    assert np.abs(one.mask / 255 - wanted).max() < 0.01
    assert one.mask[30, 22] == 0  # the hole
    assert one.mask[30, 10] == 255


def test_what_was_found_moves_with_the_picture(made):
    flipped = made(Edit(control="flip", amount=1), Edit(control="saturation", amount=50, region=FOUND)).filters[-1]
    plain = made(Edit(control="saturation", amount=50, region=FOUND)).filters[0]
    assert (flipped.mask == plain.mask[:, ::-1]).all()


def test_both_axes_of_perspective_are_done_at_once(made):
    edits = [
        Edit(control="perspective", amount=40),
        Edit(control="perspective", amount=30, options={"axis": "horizontal"}),
    ]
    (_, corners), _ = changes(made(*edits))
    assert corners["x1"] - corners["x0"] > corners["x3"] - corners["x2"], "the top is wider"
    assert corners["y2"] - corners["y0"] > corners["y3"] - corners["y1"], "the left is longer"


def test_a_region_of_a_crop_is_said_to_be_none(made):
    compiled = made(Edit(control="crop", amount=10, region=Region.named("top")))
    assert changes(compiled)
    assert compiled.notes == ["crop applies to the whole picture: it cannot be limited to top"]
