"""A file that cannot be rendered must be named, with what to do about it."""

import os

import pytest

from hostbridge import UnreadableImage
from hostbridge.darktable.render import failure


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "not a file"),
        (lambda path: path.touch(), "empty"),
    ],
    ids=["missing", "folder", "empty"],
)
def test_what_nobody_could_open(make, words, tmp_path):
    path = tmp_path / "a.jpg"
    make(path)
    with pytest.raises(UnreadableImage, match=words):
        failure.check_readable(path)


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_permissions(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(UnreadableImage, match="permissions"):
        failure.check_readable(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"Dear diary,", "not an image"), (b"\xff\xd8\xff\xe0....", "damaged"), (b"II*\0....", "damaged")],
)
def test_not_an_image_and_a_damaged_one_are_different_things(content, words, tmp_path):
    path = tmp_path / "a.nef"
    path.write_bytes(content)
    assert words in str(failure.unreadable(path, "4.2.1"))


@pytest.mark.parametrize(
    ("log", "not_opened"),
    [
        ("error: can't open file a.txt\nno images to export, aborting", True),
        ("[imageio_storage_disk] could not export to file: `out.tif'!", True),
        ("[dt_imageio_export] imgid 1, pipe 6x4\n[imageio_storage_disk] could not export to file: `out.tif'!", False),
        ("Segmentation fault", False),
    ],
    ids=["not listed", "not decoded", "not written", "crashed"],
)
def test_only_what_darktable_gave_up_on_is_the_photos_fault(log, not_opened):
    assert failure.was_not_opened(log) == not_opened


def test_a_name_that_is_not_unicode_is_said_not_stumbled_over(tmp_path):
    photo = tmp_path / b"caf\xe9.jpg".decode("utf-8", "surrogateescape")
    photo.write_bytes(b"x")
    with pytest.raises(UnreadableImage, match="not UTF-8"):
        failure.check_readable(photo)
