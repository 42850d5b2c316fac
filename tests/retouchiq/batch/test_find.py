"""Which files are photos: nothing that is one is missed, nothing else is touched."""

import pytest

from retouchiq.batch.find import find
from retouchiq.batch.journal import NAME


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(b"x")
        return tmp_path

    return make


def found(folder, out=None):
    return [str(path.relative_to(folder)) for path in find([folder], out).photos]


def test_a_folder_means_the_photos_in_it_and_in_its_subfolders_sorted(folder):
    assert found(folder("b.NEF", "a.jpg", "day 2/c.RAF", "day 2/d.tiff")) == [
        "a.jpg",
        "b.NEF",
        "day 2/c.RAF",
        "day 2/d.tiff",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "a.jpg.xmp",
        "a_01.jpg.xmp",
        "a.jpg.xmp.bak",
        "notes.txt",
        ".hidden.jpg",
        "._a.jpg",
        ".trash/a.jpg",
        "darktable_exported/a.jpg",
        "clip.mp4",
    ],
)
def test_what_is_no_photo_is_left_out_and_said(name, folder):
    root = folder("real.jpg", name)
    assert found(root) == ["real.jpg"]
    assert len(find([root]).skipped) == 1


def test_results_of_batches_are_no_photos(folder, tmp_path):
    root = folder("a.jpg", "out/exports/a.jpg", f"earlier/{NAME}", "earlier/exports/a.jpg")
    assert found(root, tmp_path / "out") == ["a.jpg"]


def test_a_photo_reached_twice_is_edited_once(folder):
    root = folder("a.jpg", "b.jpg")
    (root / "link.jpg").symlink_to(root / "b.jpg")
    assert [path.name for path in find([root, root / "a.jpg", root / "b.jpg"]).photos] == ["a.jpg", "b.jpg"]


def test_a_named_file_is_taken_as_it_is_but_no_sidecar(folder):
    root = folder("a.weird", "a.jpg.xmp")
    answer = find([root / "a.weird", root / "a.jpg.xmp", root / "missing.jpg"])
    assert [path.name for path in answer.photos] == ["a.weird", "missing.jpg"]
    assert "name the photo" in answer.skipped[0][1]
