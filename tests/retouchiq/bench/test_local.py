"""What the table of local edits says is what the pictures show."""

import json

import numpy as np
import pytest
from PIL import Image

from hostbridge import UnusableInput
from retouchiq.bench import local
from retouchiq.bench.local import Case


def case(share, area=0.3, instruction="darken the sky"):
    return Case("a.jpg", instruction, "sky", share is not None, share, area, 5.0, 9.0, 4.0, ())


def test_edits_that_changed_nothing_are_counted_and_not_taken_for_good_ones():
    answer = local.answer([case(0.9), case(0.7), case(None)])
    assert answer["all"] == {"edits": 3, "changed": 2, "share": 0.8, "least": 0.7, "everywhere": 0.3}
    assert not answer["ok"]
    assert not local.answer([case(None)])["ok"]


def test_the_table_can_be_read():
    text = local.written([case(0.95), case(None, instruction="brighten the face")])
    assert "| darken the sky | 1 | 1 | 95% | 95% | 30% |" in text
    assert "| brighten the face | 1 | 0 | – | – | 30% |" in text


def test_a_soft_edge_counts_as_inside_and_no_more():
    region = np.zeros((100, 200), np.float32)
    region[40:] = 1
    within = local.inside(region)
    assert within[39].all()
    assert not within[36].any()


def test_photos_are_those_that_have_the_region(tmp_path):
    photos = [tmp_path / f"{name}.png" for name in "abcd"]
    for photo in photos:
        Image.new("RGB", (60, 40), (120, 130, 140)).save(photo)
    half = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    speck = ((0.0, 0.0), (0.05, 0.0), (0.0, 0.05))
    outlines = tmp_path / "outlines.json"
    table = {"a.png": {"red": {"rings": [half]}}, "b.png": {"red": {"rings": [speck]}}, "c.png": {"red": None}}
    outlines.write_text(json.dumps(table))
    truth = local.truths(outlines)["left"]
    assert local.chosen(photos, "left", truth) == photos
    assert local.chosen(photos, "red", local.by_hand(outlines, "red")) == photos[:1]


def test_outlines_that_are_not_there_are_asked_for(tmp_path):
    with pytest.raises(UnusableInput, match="--outlines"):
        local.truths(tmp_path / "none.json")
