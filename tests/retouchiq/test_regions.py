"""Regions in pictures: ranges, shapes, and a sky that is found where there is one."""

import numpy as np
import pytest
from PIL import Image

from hostbridge.controls import Ellipse, Gradient, Region
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.regions import drawn, find, locate, weights

GREY_RAMP = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None, :, None], 3, axis=2).repeat(16, axis=0)


def test_everywhere_is_everywhere():
    assert weights(Region(), GREY_RAMP).min() == 1


def test_shadows_are_the_dark_end_and_their_inverse_the_rest():
    shadows = weights(Region.named("shadows"), GREY_RAMP)
    others = weights(Region.named("not shadows"), GREY_RAMP)
    assert shadows[0, 0] == 1
    assert shadows[0, -1] == 0
    np.testing.assert_allclose(shadows + others, 1)


def test_a_colour_region_takes_its_colour_and_no_greys():
    picture = np.array([[[0.1, 0.2, 0.9], [0.9, 0.2, 0.1], [0.5, 0.5, 0.5]]], np.float32)
    blue = weights(Region(name="blue", hues=(290.0, 30.0)), picture)
    assert blue[0, 0] > 0.9
    assert blue[0, 1:].max() == 0


@pytest.mark.parametrize(("direction", "full", "empty"), [(90, (0, 50), (99, 50)), (0, (50, 99), (50, 0))])
def test_a_gradient_acts_on_the_side_it_points_at(direction, full, empty):
    plane = drawn(Gradient(x=0.5, y=0.5, direction=direction, softness=0.2), 100, 100)
    assert plane[full] == 1
    assert plane[empty] == 0
    assert plane[50, 50] == pytest.approx(0.5, abs=0.1)


def test_an_ellipse_is_full_inside_and_fades_outside():
    plane = drawn(Ellipse(x=0.5, y=0.5, radius_x=0.2, radius_y=0.1, feather=0.5), 100, 200)
    assert plane[50, 100] == 1
    assert plane[50, 135] == 1
    assert plane[50, 165] == 0
    assert plane[75, 100] == 0


SKIES = {  # photo: share of the height where the sky ends, roughly, in the middle column or so
    "sklearn_china.jpg": (0.2, 0.7),
    "mei_080_Nikon_D5000.jpg": (0.1, 0.5),
    "mei_104_Ricoh_DC-3Z_normal_res_.jpg": (0.35, 0.8),
    "deb_Storm.jpg": (0.4, 0.75),
    "deb_aitzgorri_by_Aitzol_Berasategi.jpg": (0.1, 0.5),
    "mei_108_Sanyo_S1.jpg": (0.1, 0.6),
}


@pytest.mark.parametrize("name", SKIES)
def test_a_real_sky_is_found_and_its_gradient_lies_on_its_border(data, name):
    picture = _photo(data, name)
    sky = find("sky", picture)
    assert sky is not None
    assert sky.weights.shape == picture.shape[:2]
    low, high = SKIES[name]
    assert low < sky.shape.y < high
    assert 45 < sky.shape.direction < 135
    assert sky.weights[: len(picture) // 20].mean() > 0.5
    assert sky.weights[-len(picture) // 8 :].mean() < 0.05


@pytest.mark.parametrize(
    "name",
    ["immich_silver_fir.jpg", "mei_095_Panasonic_DMC-LC33_Lumix_.jpg", "deb_OneStandsOut.jpg", "libjxl_hdr_room.png"],
)
def test_no_sky_is_found_where_there_is_none(data, name):
    assert find("sky", _photo(data, name)) is None


def test_locating_gives_a_wish_the_shape_of_the_sky(data):
    wish = Wish(control="exposure", direction=-1, region=Region(name="sky"), located=False, words="darker sky")
    limit = Limit(keep="region", region=Region(name="not sky"), located=False)
    request = locate(Request(instruction="", wishes=(wish,), limits=(limit,)), _photo(data, "sklearn_china.jpg"))
    assert request.wishes[0].located
    assert isinstance(request.wishes[0].region.shape, Gradient)
    assert request.limits[0].region.inverted


def test_a_region_that_is_not_there_is_said_to_be_unsupported(data):
    wish = Wish(control="exposure", direction=-1, region=Region(name="sky"), located=False, words="darker sky")
    face = Wish(control="exposure", direction=1, region=Region(name="face"), located=False, words="brighten the face")
    request = locate(Request(instruction="", wishes=(wish, face)), _photo(data, "immich_silver_fir.jpg"))
    assert request.wishes == ()
    assert "“darker sky”: no sky was recognised" in request.unsupported[0]
    assert "“brighten the face”" in request.unsupported[1]


def _photo(data, name):
    image = Image.open(data / "photos" / name).convert("RGB")
    image.thumbnail((400, 400))
    return np.asarray(image, np.float32) / 255
