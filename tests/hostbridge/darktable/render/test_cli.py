"""darktable-cli says little by its exit status: what it did is looked up."""

import threading
import time

import pytest

from hostbridge import Cancelled, HostFailed, UnreadableImage
from hostbridge.darktable.render.cli import CliRenderer


@pytest.fixture
def renderer(darktable):
    with CliRenderer(darktable) as renderer:
        yield renderer


def test_a_picture_comes_with_the_history_that_made_it(renderer, photo):
    render = renderer.render(photo, None, 64)
    assert render.pixels.shape == (4, 6, 3)
    assert render.pixels.dtype == "float32"
    assert b"colorin" in render.packet


def test_a_module_left_out_is_not_taken_for_a_picture(renderer, photo, monkeypatch):
    monkeypatch.setenv("FAKE_LOG", "[dev_read_history] the module `colorin' requested by image `x' is not installed")
    with pytest.raises(HostFailed, match=r"colorin.*4\.2\.1|4\.2\.1.*colorin"):
        renderer.render(photo, None, 64)


def test_a_file_it_does_not_open_is_named(renderer, photo, monkeypatch):
    monkeypatch.setenv("FAKE_CLI", "refuse")
    with pytest.raises(UnreadableImage, match=r"photo\.jpg"):
        renderer.render(photo, None, 64)


def test_its_last_words_are_told(renderer, photo, monkeypatch):
    monkeypatch.setenv("FAKE_CLI", "fail")
    with pytest.raises(HostFailed, match="no space left"):
        renderer.render(photo, None, 64)


def test_a_hang_ends_at_the_time_limit(renderer, photo, monkeypatch):
    monkeypatch.setenv("FAKE_CLI", "hang")
    with pytest.raises(HostFailed, match="1 s"):
        renderer.render(photo, None, 64, timeout=1)


def test_cancel_is_heard_within_a_second(renderer, photo, monkeypatch):
    monkeypatch.setenv("FAKE_CLI", "hang")
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        renderer.render(photo, None, 64, cancel=cancel)
    assert time.monotonic() - began < 1.3


def test_nothing_is_left_in_the_temporary_folder(darktable, photo, tmp_path):
    with CliRenderer(darktable) as renderer:
        renderer.render(photo, None, 64)
    assert list(tmp_path.glob("retouchiq-*")) == []
