"""What is learnt of a photo file besides its pixels."""

import shutil

import pytest
from PIL import Image

from hostbridge import MalformedSidecar
from retouchiq.photo import Photo, exif_orientation, full_size

# Files Exiv2 has remarks about.
ODD = ["libjxl_u76c0g_bliznaca_srgb8.png", "mei_025_Canon_PowerShot_S30_2_.jpg", "mei_118_Sony_DCR-PC110E_2_.jpg"]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_writes_nothing_where_programs_read_the_answer(name, data, capfd):
    exif_orientation(data / "photos" / name)
    assert max(full_size(data / "photos" / name, (10, 10))) > 10
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_orientation_is_that_of_the_file(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (16, 8)).save(tmp_path / "photo.jpg", exif=exif)
    assert exif_orientation(tmp_path / "photo.jpg") == orientation


def test_a_photo_that_was_turned_meanwhile_is_looked_at_again(tmp_path):
    for orientation in (6, 8):
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.new("RGB", (16, 8)).save(tmp_path / "photo.jpg", exif=exif)
        assert exif_orientation(tmp_path / "photo.jpg") == orientation


def test_a_file_without_metadata_is_upright_and_of_the_size_shown(tmp_path):
    (tmp_path / "photo.xyz").write_bytes(b"no picture")
    assert exif_orientation(tmp_path / "photo.xyz") == 1
    assert full_size(tmp_path / "photo.xyz", (30, 20)) == (30, 20)


@pytest.mark.parametrize("content", [b"nothing of darktable's", None])
def test_a_state_without_a_history_is_refused_by_name(tmp_path, data, content):
    state = tmp_path / "state.jpg"
    if content is None:
        shutil.copy(data / "photos" / "sklearn_china.jpg", state)
    else:
        state.write_bytes(content)
    photo = Photo(tmp_path / "photo.jpg", None, None, 64, state=state)
    with pytest.raises(MalformedSidecar, match=r"XMP packet|holds no darktable history"):
        photo.observe()
