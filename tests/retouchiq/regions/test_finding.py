"""Regions found in pictures, against outlines drawn by hand, and none where there is none."""

import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from hostbridge.controls import Outline, Region
from hostbridge.weights import drawn
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.regions import Found, find, finding, locate, scene
from retouchiq.regions.edges import on_even_ground
from retouchiq.regions.scene import seen

OUTLINES = json.loads(Path(__file__).with_name("outlines.json").read_text(encoding="utf-8"))

SKIES = (
    "sklearn_china.jpg",
    "mei_080_Nikon_D5000.jpg",
    "deb_Storm.jpg",
    "mei_108_Sanyo_S1.jpg",
)


@pytest.fixture(scope="module", autouse=True)
def _looked_at_once():
    """A photo that several tests share is shown to the network once: that is most of their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene, "_same", cache(lambda scene: scene))
        yield


@pytest.mark.parametrize("name", SKIES)
def test_a_real_sky_is_found_and_outlined(data, name):
    picture = _photo(data, name)
    sky = find("sky", picture)
    assert sky is not None
    assert _shared(sky.weights, _by_hand(name, "sky", picture)) > 0.75
    assert _shared(drawn(sky.shape, *picture.shape[:2]), sky.weights) > 0.85


@pytest.mark.parametrize(
    "name", ["skimage_coffee.png", "mei_070_Kodak_DX4330.jpg", "expo_Floris_van_Lint-CC_BY-NC_2.0.jpg"]
)
def test_what_stands_out_is_the_subject_be_it_a_cup_a_butterfly_or_a_person(data, name):
    picture = _photo(data, name)
    assert _shared(find("subject", picture).weights, _by_hand(name, "subject", picture)) > 0.85


@pytest.mark.parametrize("name", ["deb_Storm.jpg", "deb_fog.jpg", "immich_wood_anemones.jpg"])
def test_no_subject_is_made_up_where_nothing_stands_out(data, name):
    assert find("subject", _photo(data, name)) is None
    assert find("background", _photo(data, name)) is None


@pytest.mark.parametrize("name", ["sky", "subject"])
def test_a_patch_of_a_plain_surface_is_neither_a_sky_nor_a_subject(data, name):
    assert find(name, _photo(data, "deb_greentock_by_Peter_Nerlich.jpg")) is None


def test_how_much_of_an_edge_runs_across_even_ground_is_seen():
    picture = np.full((120, 180, 3), 0.3, np.float32)
    picture[:, 90:] = 0.7
    halves, left = (np.zeros((120, 180), np.float32) for _ in range(2))
    halves[:, :90] = 1
    left[:, :40] = 1
    assert on_even_ground(halves, seen(picture)) < 0.05
    assert on_even_ground(left, seen(picture)) > 0.95


def test_the_background_is_all_that_the_subject_is_not(data):
    picture = _photo(data, "skimage_coffee.png")
    total = find("subject", picture).weights + find("background", picture).weights
    assert np.allclose(total, 1)


def test_the_foreground_is_a_near_subject_or_all_under_the_sky(data):
    coffee, storm = _photo(data, "skimage_coffee.png"), _photo(data, "deb_Storm.jpg")
    assert np.array_equal(find("foreground", coffee).weights, find("subject", coffee).weights)
    assert np.allclose(find("foreground", storm).weights, 1 - find("sky", storm).weights)


def test_a_finder_of_another_package_is_asked_first_and_may_fail(data, monkeypatch, caplog):
    picture = _photo(data, "skimage_coffee.png")[::2, ::2]
    own = find("subject", picture)
    everything = Found("subject", np.ones(picture.shape[:2], np.float32), own.shape, 0.9)
    _bring(monkeypatch, lambda name, picture: everything)
    assert find("subject", picture) is everything
    _bring(monkeypatch, lambda name, picture: 1 / 0)
    assert np.array_equal(find("subject", picture).weights, own.weights)
    assert "could not look for the subject" in caplog.text


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
    assert isinstance(request.wishes[0].region.shape, Outline)
    assert request.limits[0].region.inverted


def _bring(monkeypatch, answer):
    finder = SimpleNamespace(names=frozenset({"subject"}), find=answer)
    monkeypatch.setattr(finding, "brought", lambda: (finder,))
    finding.remembered.cache_clear()


def _by_hand(name, region, picture):
    return drawn(Outline(**OUTLINES[name][region], feather=0), *picture.shape[:2])


def _shared(one, other):
    one, other = one > 0.5, other > 0.5
    return (one & other).sum() / (one | other).sum()


def _photo(data, name):
    image = Image.open(data / "photos" / name).convert("RGB")
    image.thumbnail((400, 400))
    return np.asarray(image, np.float32) / 255
