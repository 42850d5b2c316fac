"""The picture the server judges is the picture GIMP rendered, in all its sixteen bits."""

import numpy as np
import pytest
import tiff

from retouchiq.api import pixels as limits
from retouchiq.pictures import read_picture


def test_the_server_reads_the_pixels_as_they_were(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 65536, (24, 17, 3)).astype(np.uint16)
    file = tmp_path / "picture.tif"
    file.write_bytes(tiff.encode(pixels.tobytes(), 17, 24))
    assert limits.check(file) == 17 * 24
    assert np.array_equal(np.round(read_picture(file) * 65535), pixels)


def test_pixels_of_another_size_are_refused():
    with pytest.raises(ValueError, match="17 × 24"):
        tiff.encode(bytes(100), 17, 24)
