"""What an open request changes: the camera's plain rendering, hardly ever a finished photograph."""

import numpy as np
import pytest

from retouchiq.faults import faults
from retouchiq.pictures import read_picture
from retouchiq.reward.measured.prior import finish
from retouchiq.reward.measured.scene import Scene
from retouchiq.reward.measured.table import ROWS

KEPT_AS_THEY_ARE = {
    "a night": "mei_027_Canon_PowerShot_S40_2_.jpg",
    "a high key": "deb_greentock_by_Peter_Nerlich.jpg",
    "a sunset": "mei_020_Canon_PowerShot_G11.jpg",
    "tungsten light": "mei_042_FujiFilm_MX-2900Zoom.jpg",
    "snow": "mei_085_Nikon_E990.jpg",
    "a portrait": "skimage_astronaut.png",
    "a silhouette": "mei_104_Ricoh_DC-3Z_normal_res_.jpg",
}


@pytest.fixture
def photo(data):
    def load(name):
        picture = read_picture(data / name)
        step = max(1, max(picture.shape[:2]) // 256)
        return np.ascontiguousarray(picture[::step, ::step])

    return load


@pytest.mark.parametrize("name", KEPT_AS_THEY_ARE.values(), ids=KEPT_AS_THEY_ARE)
def test_a_finished_photograph_is_left_alone(name, photo):
    assert faults(photo(f"photos/{name}")) == ()


@pytest.mark.parametrize("pair", ["a2803", "a2917", "a3102", "a4723", "a4857", "a4957"])
def test_a_camera_s_plain_rendering_is_brought_towards_the_expert(pair, photo):
    before, after = (photo(f"pairs/fivek_{pair}_C_{side}.png") for side in ("before", "after"))
    found = {wish.control: wish.direction * wish.strength for wish in faults(before)}
    assert found["exposure"] > 0
    assert found["contrast"] > 0
    assert sum(abs(wish.strength) for wish in faults(after)) < sum(map(abs, found.values()))


def test_colours_are_not_guessed_but_settled_where_the_user_asks(photo):
    dune = photo("photos/deb_Dune.jpg")
    assert faults(dune) == ()
    assert {wish.control for wish in faults(dune, ("temperature", "tint"))} == {"temperature"}


def test_a_black_and_white_photo_gets_no_colour(photo):
    assert "saturation" not in {wish.control for wish in faults(photo("pairs/pixls_bw_whitney_average_after.jpg"))}


@pytest.mark.parametrize("name", ["photos/mei_043_FujiFilm_MX1700.jpg", "pairs/fivek_a2803_C_before.png"])
def test_a_flat_photo_is_not_made_steep(name, photo):
    """Experts who finished flat photos added a half of the contrast there was, in the mean."""
    picture = photo(name)
    strength = {wish.control: wish.strength for wish in faults(picture)}["contrast"]
    scene = Scene(picture, picture)
    there = finish(scene)["spread"].before
    effect = ROWS["contrast"].effects[0]
    assert strength * (effect.plain + effect.share * there) <= 0.41 * there
