"""Pixels as darktable wrote them, or an error: never half a picture."""

import numpy as np
import pytest
import tifffile
from PIL import ImageCms

from hostbridge import HostFailed
from hostbridge.darktable.render import picture


def write(path, pixels, *tags):
    tifffile.imwrite(path, pixels, photometric="rgb", extratags=[(code, 1, None, value, True) for code, value in tags])
    return path


def test_values_history_and_profile(tmp_path):
    pixels = np.array([[[0, 32768, 65535]]], np.uint16)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = write(tmp_path / "a.tif", pixels, (700, b"<xmp/>"), (34675, profile))
    values, packet, srgb = picture.read(file)
    assert values.dtype == np.float32
    assert values[0, 0] == pytest.approx([0, 32768 / 65535, 1])
    assert packet == b"<xmp/>"
    assert srgb


def test_another_profile_is_seen():
    assert not picture.is_srgb(b"....Adobe RGB (1998)....")


def test_a_file_cut_short_is_an_error(tmp_path):
    file = write(tmp_path / "a.tif", np.zeros((64, 64, 3), np.uint16))
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(HostFailed, match="broken"):
        picture.read(file)


def test_eight_bits_are_an_error(tmp_path):
    with pytest.raises(HostFailed, match="uint8"):
        picture.read(write(tmp_path / "a.tif", np.zeros((4, 4, 3), np.uint8)))
