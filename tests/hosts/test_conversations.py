"""Turns about the turn before, on a real photo in the real darktable: what the renders show of them."""

import json
from pathlib import Path

import numpy as np
import pytest
from skimage.color import rgb2lab

from hostbridge.controls import Outline
from hostbridge.darktable import install
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.schema import load
from hostbridge.weights import drawn
from retouchiq.agent.offline import OfflineAgent
from retouchiq.edit import drive
from retouchiq.photo import Photo
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Session

pytestmark = pytest.mark.hosts

PHOTO = "mei_108_Sanyo_S1.jpg"
OUTLINES = Path(__file__).parents[1] / "retouchiq" / "regions" / "outlines.json"  # not beside an installed package


@pytest.fixture(scope="module")
def renderer():
    with open_renderer("library") as renderer:
        yield renderer


@pytest.fixture
def told(data, renderer):
    """Plays a conversation; answers the picture before it, and after each of its turns, as L*a*b*."""

    def play(*said):
        photo = Photo(data / "photos" / PHOTO, renderer, load(install.find()), 400)
        session = Session(OfflineAgent(), MeasuredReward(), budget=3)
        after = []
        for each in said:
            outcome = drive(session, session.instruct(each), photo, lambda _: None)
            assert outcome.applied, (each, outcome.stopped)
            after.append(rgb2lab(outcome.after))
        return rgb2lab(photo.before), *after

    return play


def _inside(picture, name):
    """The part of the picture that is well inside a hand-drawn outline, and the part that is well outside."""
    rings = json.loads(OUTLINES.read_text(encoding="utf-8"))[PHOTO][name]["rings"]
    weights = drawn(Outline(rings=rings, holes=(), feather=0.03), *picture.shape[:2])
    return weights > 0.95, weights < 0.05


def test_less_lies_between_the_photo_and_the_edit(told):
    before, warmer, less = told("much warmer", "less")
    whole, part = ((after - before)[..., 2].mean() for after in (warmer, less))
    assert 0.3 * whole < part < 0.9 * whole


def test_more_goes_further_and_the_other_way_goes_back_beyond_the_photo(told):
    before, brighter, more, darker = told("slightly brighter", "more", "no, the other way")
    changes = [(after - before)[..., 0].mean() for after in (brighter, more, darker)]
    assert changes[1] > 1.15 * changes[0] > 0
    assert changes[2] < -1


def test_only_the_sky_leaves_the_rest_as_it_was(told):
    before, darker, sky = told("darker", "only the sky")
    within, without = _inside(before, "sky")
    change = np.abs(sky - before).sum(axis=2)
    assert (darker - before)[..., 0][without].mean() < -1
    assert (sky - before)[..., 0][within].mean() < -1.5
    assert change[without].sum() < 0.15 * change.sum()


def test_what_is_left_out_is_gone_and_the_rest_stays(told):
    _, both, without = told("warmer with a strong vignette", "without the vignette")
    _, warmer = told("warmer")
    height, width = both.shape[:2]
    corner = (slice(0, height // 8), slice(0, width // 8))
    assert both[corner][..., 0].mean() < without[corner][..., 0].mean() - 1
    assert abs(without - warmer).mean() < 1.5
