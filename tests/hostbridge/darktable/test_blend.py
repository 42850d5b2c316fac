"""How a module is blended and where it acts survives to the last bit, and says what the edit's region says."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostbridge import HostFailed, InvalidSetting
from hostbridge.controls import HUES, PLACES, TONES, Gradient
from hostbridge.darktable import blend, limits, ranges
from hostbridge.darktable.settings import Mask

SIZES = {4: 276, 7: 300, 8: 316, 9: 348, 10: 420, 11: 420, 12: 420, 13: 420, 14: 420}  # bytes, as found in real files


@given(st.data(), st.sampled_from(sorted(SIZES)))
def test_any_bytes_come_back_from_fields(data, version):
    blob = data.draw(st.binary(min_size=SIZES[version], max_size=SIZES[version]))
    fields = blend.decode(version, blob)
    assert blend.encode(version, json.loads(json.dumps(fields, allow_nan=False))) == blob


def test_the_layouts_have_the_sizes_of_real_files():
    assert {version: blend.size(version) for version in blend.LAYOUTS} == SIZES


@pytest.mark.parametrize(("version", "size"), [(3, 276), (15, 420), (14, 419), (9, 420)])
def test_an_unknown_version_or_size_is_carried(version, size):
    assert blend.decode(version, bytes(size)) is None


def test_an_unknown_version_is_not_written():
    with pytest.raises(InvalidSetting, match="version 99 are not known"):
        blend.encode(99, {})


def fields_of(mask, schema, operation="exposure", mask_id=0):
    blob = limits.blend_params(mask, schema.module(operation), schema, mask_id)
    return blend.decode(schema.blend_version, blob)


def test_opacity_alone_is_uniform_blending(schema):
    fields = fields_of(Mask(opacity=40.0), schema)
    assert (fields["mask_mode"], fields["opacity"], fields["blendif"]) == (1, 40.0, 0)


def test_a_whole_region_is_one_intersection(schema):
    shape = Gradient(x=0.5, y=0.5, direction=90)
    fields = fields_of(Mask(TONES["shadows"], (140.0, 25.0), shape, inverted=True), schema, mask_id=77)
    assert fields["mask_mode"] == 1 | 2 | 4
    assert fields["mask_combine"] == 1
    assert fields["mask_id"] == 77
    assert fields["blendif"] == 1 << 0 | 1 << 8 | 1 << 10


def test_a_soft_outline_is_blurred_and_then_follows_the_pictures_edges(schema):
    fields = fields_of(Mask(shape=PLACES["centre"], blur=8.0), schema)
    assert (fields["blur_radius"], fields["feathering_radius"], fields["feathering_guide"]) == (8.0, 40.0, 5)
    sharp = fields_of(Mask(shape=PLACES["centre"]), schema)
    assert (sharp["blur_radius"], sharp["feathering_radius"]) == (0.0, 0.0)


def test_modules_are_limited_in_the_space_they_blend_in(schema):
    assert fields_of(Mask(TONES["shadows"]), schema, "exposure")["blend_cst"] == ranges.RGB_SCENE
    assert fields_of(Mask(TONES["shadows"]), schema, "bilat")["blend_cst"] == ranges.LAB


@pytest.mark.parametrize("operation", ["temperature", "crop", "flip"])
def test_a_module_darktable_cannot_mask_is_refused(schema, operation):
    with pytest.raises(InvalidSetting, match=f"{operation} cannot be limited to a region"):
        fields_of(Mask(TONES["shadows"]), schema, operation)


def test_a_newer_blend_version_is_an_error_not_a_guess(schema):
    class Newer:
        version, blend_version, blends = "9.9.9", 99, schema.blends

    with pytest.raises(HostFailed, match="need a newer RetouchIQ"):
        limits.blend_params(Mask(TONES["shadows"]), schema.module("exposure"), Newer)


def test_ends_of_the_tonal_range_stay_open():
    assert ranges.of_tones(TONES["shadows"], ranges.LAB).corners == (0.0, 0.0, 0.25, 0.45)
    assert ranges.of_tones(TONES["whites"], ranges.LAB).corners == (0.78, 0.92, 1.0, 1.0)
    corners = ranges.of_tones(TONES["highlights"], ranges.RGB_SCENE).corners
    assert corners[2:] == (1.0, 1.0)
    assert corners[0] == pytest.approx(((55 + 16) / 116) ** 3)


def passes(found, hue):
    """What a hue 0…1 gets through a channel, computed as darktable does."""
    a, b, c, d = found.corners
    inside = min(1.0, (hue - a) / (b - a) if b > a else float(hue >= a), (d - hue) / (d - c) if d > c else 1.0)
    inside = max(inside, 0.0)
    return 1 - inside if found.inverted else inside


@given(st.floats(-360, 720), st.floats(5, 80))
def test_every_hue_range_passes_its_middle_and_not_its_opposite(centre, half):
    for space in (ranges.LAB, ranges.RGB_SCENE):
        hue = ranges.of_hues((centre, half), space)[0]
        assert list(hue.corners) == sorted(hue.corners)
        assert all(0 <= corner <= 1 for corner in hue.corners)
        assert passes(hue, ranges._hue(centre, space) % 1) == pytest.approx(1.0, abs=1e-6)
        assert passes(hue, ranges._hue(centre + 180, space) % 1) == pytest.approx(0.0, abs=1e-6)


def test_a_range_of_all_hues_only_leaves_out_greys():
    (chroma,) = ranges.of_hues((0.0, 150.0), ranges.LAB)
    assert chroma.channel == 8


def test_the_bands_do_not_lie_on_top_of_each_other():
    centres = [ranges._hue(hue, ranges.RGB_SCENE) % 1 for hue in HUES.values()]
    assert centres == sorted(centres)


def test_jzazbz_has_no_colour_for_white_and_darktables_lightness():
    lightness, a, b = ranges.jzazbz((100.0, 0.0, 0.0))
    # Y = 1 of 10000: PQ's white at 1 cd/m²
    assert lightness == pytest.approx(0.01758, abs=1e-5)
    assert math.hypot(a, b) < 1e-4
