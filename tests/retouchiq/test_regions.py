"""Regions found in pictures: a sky where there is one."""

import numpy as np
import pytest
from PIL import Image

from hostbridge.controls import Gradient, Region
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.regions import find, locate

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


def _photo(data, name):
    image = Image.open(data / "photos" / name).convert("RGB")
    image.thumbnail((400, 400))
    return np.asarray(image, np.float32) / 255
