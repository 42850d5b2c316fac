"""What was done to a photo, told from the photo before and after."""

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

from retouchiq.demo import coffee
from retouchiq.style.fitting import fit

BEFORE = coffee()[::4, ::4].astype(np.float32) / 255 * 0.7 + 0.1


def render(edits):
    """A stand-in for darktable: some controls, done simply in CIE Lab."""
    lab = rgb2lab(BEFORE)
    amounts = {edit.control: edit.amount for edit in edits}
    lab[..., 0] += 14 * amounts.get("exposure", 0)
    lab[..., 0] += (lab[..., 0] - 50) * amounts.get("contrast", 0) / 100
    lab[..., 2] += amounts.get("temperature", 0) / 4
    lab[..., 1:] *= 1 + amounts.get("saturation", 0) / 100
    lab[..., 1:] *= 1 - amounts.get("monochrome", 0) / 100
    return np.clip(lab2rgb(lab), 0, 1).astype(np.float32)


def edits(amounts):
    from hostbridge.controls import Edit

    return [Edit(control=control, amount=amount) for control, amount in amounts.items()]


@pytest.mark.parametrize(
    "done",
    [
        {"exposure": 0.5},
        {"contrast": 30.0, "saturation": -30.0},
        {"temperature": 30.0, "exposure": -0.6},
        {},
    ],
    ids=lambda done: "+".join(done) or "nothing",
)
def test_the_amounts_are_found_again(done):
    found = fit(BEFORE, render(edits(done)), render)
    for control, plain in (("exposure", 0.5), ("contrast", 25), ("temperature", 25), ("saturation", 25)):
        assert found.get(control, 0.0) == pytest.approx(done.get(control, 0.0), abs=0.25 * plain)


def test_black_and_white_is_recognised_and_its_tones_too():
    found = fit(BEFORE, render(edits({"monochrome": 100.0, "exposure": 0.5})), render)
    assert found["monochrome"] == 100
    assert found["exposure"] == pytest.approx(0.5, abs=0.12)
    assert "saturation" not in found
