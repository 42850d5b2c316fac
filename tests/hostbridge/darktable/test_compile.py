"""Edits become the module settings they name: nothing for nothing, one instance where one will do."""

import itertools
import math
import time
from pathlib import Path

import numpy as np
import pytest

from hostbridge import InvalidSetting, framing, mixing
from hostbridge.controls import BANDS, CONTROLS, FITTED, Edit, Region
from hostbridge.darktable import codec, geometry
from hostbridge.darktable.compile import compile
from hostbridge.darktable.control_table import GRADES, HOMES, NEUTRAL, homes
from hostbridge.darktable.settings import OURS, ModuleSettings
from hostbridge.darktable.sidecar import Sidecar

SIZE = (6000, 4000)


@pytest.fixture(scope="module")
def host(schema):
    return schema


@pytest.fixture
def made(host):
    """Compile edits on a photo without edits; the settings by operation."""

    def compiled(*edits, base=None, size=SIZE, orientation=1):
        settings, _ = parts(compile(edits, host, base or Sidecar.new(), size, orientation))
        return {one.operation: one for one in settings}

    return compiled


def parts(compiled):
    return compiled.settings, compiled.notes


def edit(control, amount, region="everywhere", **options):
    return Edit(control=control, amount=amount, region=Region.named(region), options=options)


def edited(host, operation, **fields):
    """A photo whose user set these fields of a module."""
    module = host.module(operation)
    params = module.defaults() | fields
    settings = ModuleSettings(operation, module.version, params, instance="mine")
    return Sidecar.new().with_settings([settings], host, 1.5)


def test_every_control_has_a_home_in_the_installed_darktable(host):
    assert HOMES.keys() == CONTROLS.keys() | FITTED.keys()
    for control, row in CONTROLS.items():
        for amount in {row.low, row.high} - {0}:
            settings, notes = parts(compile([edit(control, amount)], host, Sidecar.new(), SIZE))
            assert settings, f"{control} {amount} does nothing"
            assert not notes
            for one in settings:
                module = host.module(one.operation)
                assert one.version == module.version
                assert module.validate(one.params) is one.params
                assert not module.deprecated


def test_zero_is_nothing_at_all(host):
    settings, notes = parts(compile([edit(control, 0) for control in CONTROLS], host, Sidecar.new(), SIZE))
    assert settings == []
    assert notes == []


def test_neutral_values_are_fields_of_the_modules(host):
    for operation, values in NEUTRAL.items():
        module = host.module(operation)
        optional = {"compensate_hilite_pres"}  # since darktable 5
        assert values.keys() - {child.name for child in module.fields} <= optional


def test_edits_of_one_home_and_region_are_one_instance(made, host):
    together = [edit("contrast", 20), edit("vibrance", 30), edit("saturation", -10)]
    settings, _ = parts(compile(together, host, Sidecar.new(), SIZE))
    assert [one.operation for one in settings] == ["colorbalancergb"]
    assert settings[0].params["contrast"] > 0 > settings[0].params["chroma_global"]


def test_edits_of_two_regions_are_two_instances_that_both_carry_our_name(host):
    apart = [edit("exposure", 1), edit("exposure", -1, "top"), edit("exposure", 0.5, "top")]
    settings, _ = parts(compile(apart, host, Sidecar.new(), SIZE))
    assert [one.params["exposure"] for one in settings] == [1, -0.5]
    assert [one.mask is None for one in settings] == [True, False]
    assert {one.instance for one in settings} == {OURS}


def test_amounts_of_one_control_add_up_and_stop_at_its_range(host):
    settings, _ = parts(compile([edit("exposure", 1), edit("exposure", 0.5)], host, Sidecar.new(), SIZE))
    assert settings[0].params["exposure"] == 1.5
    settings, notes = parts(compile([edit("exposure", 9)], host, Sidecar.new(), SIZE))
    assert settings[0].params["exposure"] == 5
    assert "exposure = 9 is outside" in notes[0]


def test_lightening_edges_or_blurring_is_not_sharpening_backwards(made):
    assert made(edit("sharpness", 50)).keys() == {"sharpen"}
    assert made(edit("sharpness", -50)).keys() == {"lowpass"}


def test_blur_looks_the_same_on_a_large_and_a_small_picture(made):
    large = made(edit("sharpness", -50), size=(6000, 4000))["lowpass"].params["radius"]
    small = made(edit("sharpness", -50), size=(1500, 1000))["lowpass"].params["radius"]
    assert large == pytest.approx(4 * small)


@pytest.mark.parametrize("amount", [-100, 100])
def test_no_sum_of_tonal_edits_turns_tones_over(made, amount):
    tonal = [edit("fade", 100), edit("blacks", -100), edit("whites", amount), edit("contrast", -100)]
    curve = made(*tonal)["tonecurve"].params
    heights = [node["y"] for node in curve["tonecurve"][0][: curve["tonecurve_nodes"][0]]]
    assert heights == sorted(heights)
    assert 0 <= heights[0] < heights[-1] <= 1


def test_a_hue_that_is_no_number_is_refused(host):
    with pytest.raises(InvalidSetting, match="hue = 'teal' is not a number"):
        compile([edit("shadows_color", 50, hue="teal")], host, Sidecar.new(), SIZE)


def test_geometry_of_a_region_is_done_everywhere_and_said(host):
    settings, notes = parts(compile([edit("crop", 10, "top")], host, Sidecar.new(), SIZE))
    assert settings[0].mask is None
    assert "crop applies to the whole picture" in notes[0]


# --- module fields named directly -------------------------------------------------------------------------------------


def test_a_field_named_directly_lies_on_top_of_the_control_table(made):
    settings = made(edit("vibrance", 10), edit("colorbalancergb.vibrance", 0.4), edit("contrast", 20))
    assert settings["colorbalancergb"].params["vibrance"] == pytest.approx(0.4)
    assert settings["colorbalancergb"].params["contrast"] > 0


@pytest.mark.parametrize(
    ("control", "amount", "said"),
    [
        ("colorbalancergb.vibrance", 7, "colorbalancergb.vibrance = 7 is outside -1..1"),
        ("colorbalancergb.vibrant", 0.1, "has no field 'vibrant'"),
        ("colorbalanceRGB.vibrance", 0.1, "has no module 'colorbalanceRGB'"),
        ("vignette.center", 0.1, "is a group of fields"),
        ("channelmixerrgb.red.9", 0.1, "has no field 'red.9'"),
    ],
)
def test_a_field_that_is_not_there_or_out_of_range_is_refused(host, control, amount, said):
    with pytest.raises(InvalidSetting, match=said):
        compile([edit(control, amount)], host, Sidecar.new(), SIZE)


def test_a_field_of_a_list_or_group_is_reached_with_dots(made):
    settings = made(edit("channelmixerrgb.red.1", 0.25), edit("vignette.center.x", 0.5))
    assert settings["channelmixerrgb"].params["red"] == [1.0, 0.25, 0.0, 0.0]
    assert settings["vignette"].params["center"]["x"] == 0.5


def test_a_field_of_the_tone_mapper_changes_the_users_own_and_adds_no_second(host):
    base = edited(host, "filmicrgb", contrast=1.2)
    settings, _ = parts(compile([edit("filmicrgb.latitude", 20)], host, base, SIZE))
    assert settings[0].singleton
    assert settings[0].params["contrast"] == pytest.approx(1.2)
    assert settings[0].params["latitude"] == 20


# --- white balance and black and white --------------------------------------------------------------------------------


def test_no_shift_is_the_identity():
    assert np.allclose(mixing.matrix(), np.eye(3))


@pytest.mark.parametrize(("temperature", "tint"), [(100, 0), (-100, 0), (0, 80), (0, -80), (40, 20)])
def test_white_balance_keeps_the_luminance_of_greys(temperature, tint):
    grey = mixing.matrix(temperature, tint) @ np.ones(3)
    assert mixing.TO_XYZ[1] @ grey == pytest.approx(1)


def test_warmer_is_redder_and_less_blue_and_magenta_is_less_green():
    red, _, blue = mixing.matrix(temperature=50) @ np.ones(3)
    assert red > 1 > blue
    red, green, blue = mixing.matrix(tint=50) @ np.ones(3)
    assert green < min(red, blue)


def test_warming_and_cooling_by_as_much_come_back():
    there = mixing.matrix(temperature=60) @ mixing.matrix(temperature=-60)
    assert np.allclose(there / there.sum(axis=1, keepdims=True), np.eye(3), atol=0.08)


@pytest.mark.parametrize("colour_filter", mixing.FILTERS)
def test_black_and_white_is_grey_and_keeps_greys(colour_filter):
    rows = mixing.matrix(monochrome=100, colour_filter=colour_filter)
    assert np.allclose(rows[0], rows[1])
    assert np.allclose(rows.sum(axis=1), 1, atol=1e-6)


def test_an_unknown_filter_is_refused(host):
    with pytest.raises(InvalidSetting, match="monochrome with filter 'plaid'"):
        compile([edit("monochrome", 100, filter="plaid")], host, Sidecar.new(), SIZE)


# --- grading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", GRADES.values(), ids=GRADES)
def test_a_hue_comes_back_through_the_measured_table(grade):
    for hue in range(0, 720, 7):
        fields = grade.fields(hue, 50)
        turn = fields[f"{grade.prefix}_H"] / 30
        step, share = int(turn) % 12, turn % 1
        ends = grade.hues[step], grade.hues[(step + 1) % 12] + (360 if step == 11 else 0)
        assert (ends[0] + share * (ends[1] - ends[0]) - hue) % 360 == pytest.approx(0, abs=1e-6) or math.isclose(
            (ends[0] + share * (ends[1] - ends[0]) - hue) % 360, 360, abs_tol=1e-6
        )
        assert 0 < fields[f"{grade.prefix}_C"] < 1


# --- geometry ---------------------------------------------------------------------------------------------------------


def test_a_crop_trims_what_the_user_sees_of_the_picture(host):
    base = edited(host, "crop", cx=0.2, cy=0.0, cw=0.8, ch=0.5)
    settings, _ = parts(compile([edit("crop", 50)], host, base, SIZE))
    one = settings[0]
    assert one.singleton
    assert [one.params[name] for name in ("cx", "cy", "cw", "ch")] == pytest.approx([0.35, 0.125, 0.65, 0.375])


@pytest.mark.parametrize(("aspect", "shown"), [("1:1", 1), ("16:9", 16 / 9), ("2x3", 2 / 3), ("1.5", 1.5)])
def test_a_crop_to_an_aspect_needs_no_amount(made, aspect, shown):
    made_of = made(edit("crop", 0, aspect=aspect))
    if aspect == "1.5":  # as it is
        assert made_of == {}
        return
    crop = made_of["crop"].params
    assert (crop["cw"] - crop["cx"]) * 6000 / ((crop["ch"] - crop["cy"]) * 4000) == pytest.approx(shown)


def test_a_crop_from_one_side_needs_no_amount_either(made):
    crop = made(edit("crop", 0, left=25.0))["crop"].params
    assert [crop[name] for name in ("cx", "cy", "cw", "ch")] == pytest.approx([0.25, 0, 1, 1])


@pytest.mark.parametrize(("aspect", "sides"), [("wide", {}), ("0:0", {}), ("1:1", {"left": 70.0, "right": 40.0})])
def test_an_impossible_crop_is_refused(host, aspect, sides):
    with pytest.raises(InvalidSetting, match="crop"):
        compile([edit("crop", 0, aspect=aspect, **sides)], host, Sidecar.new(), SIZE)


def test_turning_starts_from_the_users_own_and_keeps_no_corner(host):
    base = edited(host, "ashift", rotation=2.0)
    settings, _ = parts(compile([edit("rotate", 3)], host, base, SIZE))
    params = settings[0].params
    assert params["rotation"] == pytest.approx(-1.0)  # darktable counts anticlockwise
    assert 0 < params["cl"] < params["cr"] < 1


def test_a_quarter_turn_loses_no_pixel(made):
    assert made(edit("rotate", 90))["flip"].params["orientation"] == "ORIENTATION_ROTATE_CW_90_DEG"
    both = made(edit("rotate", 93))
    assert both.keys() == {"flip", "ashift"}
    assert both["ashift"].params["rotation"] == pytest.approx(-3)


@pytest.mark.parametrize("exif", range(1, 9))
def test_mirroring_twice_or_turning_four_times_comes_back(exif):
    scene = geometry.Scene(SIZE, geometry.turn_of("ORIENTATION_NULL", exif))
    assert scene.turned(1).turned(3) == scene
    assert scene.mirrored("horizontal").mirrored("horizontal") == scene
    assert scene.mirrored("horizontal").mirrored("vertical") == scene.turned(2)


def test_an_upright_photo_is_mirrored_and_turned_as_it_is_seen(made):
    upright = made(edit("flip", 1), orientation=6)["flip"].params["orientation"]
    assert upright == "ORIENTATION_TRANSPOSE"
    sensor = made(edit("perspective", 50), orientation=6, size=SIZE[::-1])["ashift"].params
    assert (sensor["lensshift_v"], sensor["lensshift_h"]) == pytest.approx((0, 0.4))


@pytest.mark.parametrize("degrees", [1, -8, 30])
@pytest.mark.parametrize(("vertical", "horizontal"), [(0, 0), (0.4, 0), (0.2, -0.3)])
def test_the_crop_of_a_warped_picture_stays_inside_and_keeps_its_proportions(degrees, vertical, horizontal):
    params = {"rotation": 0.0, "lensshift_v": 0.0, "lensshift_h": 0.0}
    geometry.straighten(params, degrees, vertical, horizontal, geometry.Scene(SIZE))
    assert 0 <= params["cl"] < params["cr"] <= 1
    assert 0 <= params["ct"] < params["cb"] <= 1
    corners = framing.warped(params["rotation"], vertical, horizontal, *SIZE)
    box = corners.max(axis=0) - corners.min(axis=0)
    width, height = (params["cr"] - params["cl"]) * box[0], (params["cb"] - params["ct"]) * box[1]
    assert width / height == pytest.approx(1.5)


def test_settings_of_another_version_are_not_guessed_at(host):
    base = edited(host, "crop", cx=0.2, cw=1.0, ch=1.0)
    older = Sidecar.parse(base.to_bytes().replace(b'modversion="%d"' % host.module("crop").version, b'modversion="99"'))
    settings, notes = parts(compile([edit("crop", 10)], host, older, SIZE))
    assert settings[0].params["cx"] == pytest.approx(0.05)
    assert "version 99" in notes[0]


def test_lens_correction_leaves_camera_and_lens_to_darktable(made, host):
    lens = made(edit("lens_correction", 100))["lens"]
    assert lens.params == host.module("lens").defaults()


# --- what the sidecar gets --------------------------------------------------------------------------------------------


def test_settings_survive_encoding(host):
    everything = [edit(name, row.high) for name, row in CONTROLS.items()]
    for one in compile(everything, host, Sidecar.new(), SIZE).settings:
        module = host.module(one.operation)
        again = codec.decode(module, codec.encode(module, one.params))
        assert again.keys() - {"_padding"} == one.params.keys()


def test_compiling_a_plan_takes_under_five_milliseconds(host):
    plan = [edit("exposure", 0.5), edit("shadows", 30), edit("temperature", 20), edit("blue.saturation", 20, "top")]
    plan += [edit("rotate", 2), edit("crop", 5), edit("clarity", 20), edit("vignette", 20)]
    base = edited(host, "crop", cx=0.1, cw=1.0, ch=1.0)
    compile(plan, host, base, SIZE)
    start = time.process_time()
    for _ in range(20):
        compile(plan, host, base, SIZE)
    assert (time.process_time() - start) / 20 < 0.005


def test_the_documentation_names_every_home():
    page = (Path(__file__).parents[3] / "docs" / "controls.md").read_text()
    for control, amount in itertools.product([*CONTROLS, *FITTED], (-1, 1)):
        group = "bands" if control.partition(".")[0] in BANDS else f"`{control}"
        if control in {"midtones_color", "highlights_color"}:
            group = "`shadows_color"
        rows = [line for line in page.splitlines() if line.startswith(f"| {group}")]
        for home in homes(control, amount):
            assert any(home.operation in row for row in rows), f"{control}: {home.operation}"


MAP = "50,0,0>55,1,2;0,0,0>0,0,0;100,0,0>98,0,4;50,60,20>52,50,20;40,-40,10>40,-30,10;60,10,-40>60,5,-30"


def test_a_colour_map_is_the_look_up_table_and_half_of_it_goes_half_the_way(host):
    [made], _ = parts(compile([edit("color_map", 50, pairs=MAP)], host, Sidecar.new(), SIZE))
    assert (made.operation, made.params["num_patches"], made.instance) == ("colorchecker", 6, "retouchiq")
    assert [made.params[f"target_{part}"][0] for part in "Lab"] == [52.5, 0.5, 1.0]


def test_a_colour_map_without_its_pairs_is_refused(host):
    with pytest.raises(InvalidSetting, match="pairs"):
        compile([edit("color_map", 50)], host, Sidecar.new(), SIZE)
