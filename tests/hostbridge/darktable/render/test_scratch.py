"""Killed runs must not fill the disk, and running ones must not lose their files."""

import os
import time

import pytest

from hostbridge import NotWritable
from hostbridge.darktable.render.scratch import Scratch


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def age(path):
    os.utime(path, (time.time() - 3600,) * 2)


def test_the_folder_goes_with_its_owner():
    with Scratch() as scratch:
        file = scratch.folder("a") / "b"
        file.write_text("x")
    assert not scratch.path.exists()


def test_what_a_killed_run_left_is_removed(temporary):
    left = temporary / "retouchiq-render-gone"
    left.mkdir()
    (left / "lock").touch()
    age(left)
    with Scratch():
        assert not left.exists()


def test_a_running_one_keeps_its_files():
    with Scratch() as first:
        age(first.path)
        with Scratch():
            assert first.path.exists()


def test_one_that_is_just_starting_is_left_alone(temporary):
    young = temporary / "retouchiq-render-young"
    young.mkdir()
    with Scratch():
        assert young.exists()


def test_links_are_not_followed(temporary, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "lock").touch()
    (temporary / "retouchiq-render-link").symlink_to(elsewhere)
    with Scratch():
        assert (elsewhere / "lock").exists()


def test_no_place_for_files_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(NotWritable, match="TMPDIR"):
        Scratch()
