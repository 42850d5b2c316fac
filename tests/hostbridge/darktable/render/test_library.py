"""A renderer whose workers die, hang or babble must still give the picture."""

import threading
import time

import psutil
import pytest

from hostbridge import Cancelled, HostMissing, UnreadableImage
from hostbridge.darktable.render import pool
from hostbridge.darktable.render.library import LibraryRenderer

pytestmark = pytest.mark.usefixtures("orders")


@pytest.fixture
def renderer(darktable):
    with LibraryRenderer(darktable, workers=2) as renderer:
        yield renderer


def children():
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("accident", ["crash", "hang", "babble"])
def test_an_accident_in_a_render_loses_no_picture(accident, orders, renderer, photo):
    orders("fine", accident)
    render = renderer.render(photo, None, 64, timeout=1)
    assert render.renderer == "library"
    assert render.pixels.min() == 1


def test_a_picture_that_kills_every_worker_is_made_by_the_other_renderer(orders, renderer, photo):
    orders("fine", "crash", "fine", "crash")
    render = renderer.render(photo, None, 64)
    assert render.renderer == "cli"
    assert renderer.render(photo, None, 64).renderer == "library"


def test_workers_that_never_start_cost_their_time_only_once(orders, renderer, photo):
    orders("crash", "crash")
    assert renderer.render(photo, None, 64).renderer == "cli"
    assert renderer.render(photo, None, 64).renderer == "cli"
    assert children() == []


def test_no_display_still_gives_a_picture(darktable, photo, monkeypatch):
    def missing(folder):
        raise HostMissing("no display")

    monkeypatch.setattr(pool, "open_display", missing)
    with LibraryRenderer(darktable) as renderer:
        assert renderer.render(photo, None, 64).renderer == "cli"


def test_a_file_that_does_not_open_is_not_tried_again_and_again(orders, renderer, photo, monkeypatch):
    orders("fine", "export")
    monkeypatch.setenv("FAKE_CLI", "refuse")
    with pytest.raises(UnreadableImage, match=r"photo\.jpg"):
        renderer.render(photo, None, 64)


def test_cancel_is_heard_within_a_second_and_leaves_nothing_running(orders, renderer, photo):
    orders("fine", "hang")
    cancel = threading.Event()
    threading.Timer(0.5, cancel.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        renderer.render(photo, None, 64, cancel=cancel)
    assert time.monotonic() - began < 1.5
    assert children() == []


def test_threads_share_the_workers(renderer, photo):
    renders = []
    threads = [threading.Thread(target=lambda: renders.append(renderer.render(photo, None, 64))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [render.renderer for render in renders] == ["library"] * 6
    assert len(children()) <= 2


def test_one_user_at_a_time_needs_one_worker(renderer, photo):
    for _ in range(3):
        renderer.render(photo, None, 64)
    assert len(children()) == 1


def test_closing_leaves_no_process_and_no_file(darktable, photo, tmp_path):
    renderer = LibraryRenderer(darktable)
    renderer.render(photo, None, 64)
    renderer.close()
    assert children() == []
    assert list(tmp_path.glob("retouchiq-*")) == []


def test_closing_in_the_middle_of_a_render_ends_it(orders, darktable, photo):
    orders("fine", "hang")
    renderer = LibraryRenderer(darktable)
    threading.Timer(0.5, renderer.close).start()
    with pytest.raises(Cancelled):
        renderer.render(photo, None, 64)
    assert children() == []
