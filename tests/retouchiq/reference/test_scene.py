"""A finished version of the photo is told from another photo, however it was finished or framed."""

import numpy as np
import pytest

from retouchiq.pictures import read_picture
from retouchiq.reference.scene import finished_version

FINISHES = {
    "darker": lambda picture: picture**2,
    "flat": lambda picture: 0.4 + 0.2 * picture,
    "black and white": lambda picture: picture.mean(axis=2, keepdims=True).repeat(3, axis=2),
    "half the size": lambda picture: picture[::2, ::2],
}


@pytest.mark.parametrize("how", FINISHES)
def test_the_photo_is_known_again_however_it_was_finished(before, how):
    found = finished_version(before, FINISHES[how](before).astype(np.float32))
    assert found is not None
    assert found.framing(before.shape) == ()


def test_another_photo_is_no_finished_version(data):
    photos = [read_picture(data / "photos" / name)[::2, ::2] for name in ("deb_fog.jpg", "skimage_coffee.png")]
    assert finished_version(*photos) is None


def test_what_was_cropped_off_is_cropped_off(data):
    photo = read_picture(data / "photos" / "skimage_coffee.png")
    height, width = photo.shape[:2]
    cut = photo[round(0.1 * height) :, : round(0.8 * width)] ** 1.3
    found = finished_version(photo, cut)
    assert found is not None
    [crop] = found.framing(photo.shape)
    sides = [float(crop.options[side]) for side in ("left", "top", "right", "bottom")]
    assert np.allclose(sides, [0, 10, 20, 0], atol=1.5)
