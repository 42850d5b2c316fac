"""The demo's photo: there without a download, and a raw file that a raw developer shows in the right colours."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from hostbridge import NotWritable, UnreadableImage
from retouchiq.demo import BLACK, INSTRUCTION, coffee, demo, mosaic


def test_the_demo_brings_a_jpeg_and_a_raw_of_its_own(tmp_path: Path) -> None:
    files, instruction = demo(None, tmp_path / "a new folder")
    assert [file.name for file in files] == ["coffee.jpg", "coffee.dng"]
    assert all(file.is_file() for file in files)
    assert instruction == INSTRUCTION


def test_the_demo_takes_the_users_own_photo_and_writes_nothing(tmp_path: Path) -> None:
    photo = tmp_path / "mine.nef"
    photo.write_bytes(b"raw")
    files, _ = demo(photo, tmp_path / "out")
    assert files == [photo]
    assert not (tmp_path / "out").exists()


def test_a_photo_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match=r"gone\.nef: no such file"):
        demo(tmp_path / "gone.nef", tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritable, match="file/out"):
        demo(None, tmp_path / "file" / "out")


def test_a_grey_picture_is_recorded_as_the_declared_neutral(tmp_path: Path) -> None:
    sensor = mosaic(np.full((8, 8, 3), 128, np.uint8)).astype(float) - BLACK
    green = sensor[0, 1]
    assert sensor[0, 0] / green == pytest.approx(0.5, abs=0.001)
    assert sensor[1, 1] / green == pytest.approx(0.65, abs=0.001)


def test_the_raw_says_what_a_developer_must_know(tmp_path: Path) -> None:
    files, _ = demo(None, tmp_path)
    with tifffile.TiffFile(files[1]) as raw:
        tags = raw.pages[0].tags
        needed = (
            "CFAPattern",
            "DNGVersion",
            "UniqueCameraModel",
            "BlackLevel",
            "WhiteLevel",
            "ColorMatrix1",
            "AsShotNeutral",
        )
        assert [name for name in needed if name not in tags] == []
        assert raw.pages[0].shape == (800, 1200)


@pytest.mark.hosts
def test_darktable_shows_the_raw_in_the_pictures_own_colours(tmp_path: Path) -> None:
    from skimage.color import deltaE_ciede2000, rgb2lab

    files, _ = demo(None, tmp_path)
    out = tmp_path / "developed.png"
    core = ["--core", "--configdir", str(tmp_path / "config"), "--library", ":memory:", "--disable-opencl"]
    subprocess.run(["darktable-cli", str(files[1]), str(out), *core], check=True, capture_output=True, timeout=120)
    picture = coffee()
    with Image.open(out) as image:
        developed = np.asarray(image.convert("RGB").resize((600, 400), Image.Resampling.BOX))
    assert np.median(deltaE_ciede2000(rgb2lab(picture), rgb2lab(developed))) < 4
