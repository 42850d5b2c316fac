"""What happens to a render, and to the machine, when processes are killed, hang, or are one of many."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from hostbridge import Cancelled, NotWritable
from hostbridge.darktable import install
from hostbridge.darktable.render.cli import CliRenderer
from hostbridge.darktable.render.library import LibraryRenderer
from hostbridge.darktable.sidecar import Sidecar

pytestmark = pytest.mark.hosts

SIZE = 256


@pytest.fixture(scope="module")
def darktable():
    return install.find()


@pytest.fixture
def renderer(darktable):
    with LibraryRenderer(darktable, workers=1) as renderer:
        yield renderer


@pytest.fixture
def photo(data, tmp_path):
    return Path(shutil.copy(data / "photos" / "sklearn_china.jpg", tmp_path / "photo.jpg"))


@pytest.fixture
def large(data, tmp_path):
    """A photo that takes long enough to be interrupted."""
    file = tmp_path / "large.jpg"
    Image.open(data / "photos" / "sklearn_china.jpg").resize((9000, 6000)).save(file)
    return file


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """A temporary folder of our own, to see what is left in it."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


def children(process=None):
    """Our Xvfb, workers and darktable-cli processes."""
    every = (process or psutil.Process()).children(recursive=True)
    return [child for child in every if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def worker_of(process=None):
    return next(child for child in children(process) if "worker.py" in " ".join(child.cmdline()))


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP], ids=["kill", "crash", "hang"])
def test_a_blow_in_the_middle_of_a_render_loses_nothing(blow, renderer, photo, large):
    expected = renderer.render(photo, None, SIZE).pixels.shape
    worker = worker_of()
    threading.Timer(0.3, worker.send_signal, [blow]).start()
    render = renderer.render(large, None, 1500, timeout=15 if blow == signal.SIGSTOP else 60)
    assert render.renderer == "library"
    assert render.pixels.shape == (1000, 1500, 3)
    assert not worker.is_running()
    assert renderer.render(photo, None, SIZE).pixels.shape == expected


def test_a_dead_display_is_replaced(renderer, photo):
    renderer.render(photo, None, SIZE)
    next(child for child in children() if child.name() == "Xvfb").kill()
    time.sleep(0.5)
    assert renderer.render(photo, None, SIZE).renderer == "library"


def render_for_ever(renderer, photo, cancel):
    while True:
        renderer.render(photo, None, 0, cancel=cancel)


def test_a_cancelled_render_stops_within_a_second(darktable, large):
    for kind in (LibraryRenderer, CliRenderer):
        with kind(darktable) as renderer:
            cancel = threading.Event()
            threading.Timer(1.5, cancel.set).start()
            began = time.monotonic()
            with pytest.raises(Cancelled):
                render_for_ever(renderer, large, cancel)
            assert time.monotonic() - began < 2.7


def test_many_threads_get_the_pictures_they_asked_for(darktable, data):
    photos = sorted((data / "photos").glob("deb_*.jpg"))[:6]
    renders = {}
    with LibraryRenderer(darktable, workers=2) as renderer:

        def work(photo):
            renders[photo] = renderer.render(photo, None, 200)

        threads = [threading.Thread(target=work, args=[photo]) for photo in photos]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for photo in photos:
            assert (renders[photo].pixels == renderer.render(photo, None, 200).pixels).all()


def test_two_of_darktable_cli_at_once_do_not_lock_each_other_out(darktable, photo):
    with CliRenderer(darktable) as one, CliRenderer(darktable) as other:
        shapes = []
        threads = [
            threading.Thread(target=lambda r=r: shapes.append(r.render(photo, None, SIZE).pixels.shape))
            for r in (one, one, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(shapes) == 3


PARENT = """
import signal, sys
from pathlib import Path
# A test run in the background has been told to ignore Ctrl-C, and its children with it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from hostbridge.darktable.render import open_renderer
with open_renderer(sys.argv[1]) as renderer:
    renderer.render(Path(sys.argv[2]), None, 64)
    print("ready", flush=True)
    while True:
        renderer.render(Path(sys.argv[2]), None, 0)
"""


@pytest.fixture
def parent(large, request):
    """A program in the middle of rendering with the renderer that the test names."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, request.param, str(large)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.5)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("parent", ["library", "cli"], indirect=True)
def test_a_killed_program_leaves_no_process_behind(parent):
    family = children(psutil.Process(parent.pid))
    assert family
    parent.kill()
    wait_until(lambda: not any(is_alive(process) for process in family))


@pytest.mark.parametrize("parent", ["library"], indirect=True)
def test_a_worker_that_hangs_when_the_program_is_killed_goes_too(parent):
    worker = worker_of(psutil.Process(parent.pid))
    worker.suspend()
    parent.kill()
    wait_until(lambda: not is_alive(worker))


def is_alive(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("name", ["library", "cli"])
def test_ctrl_c_ends_everything_and_leaves_no_file(name, large, scratch):
    # As a terminal does it: the signal goes to the whole process group.
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, name, str(large)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"TMPDIR": str(scratch)},
    )
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.5)
    family = children(psutil.Process(process.pid))
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert not any(is_alive(child) for child in family)
    assert list(scratch.iterdir()) == []


def test_closing_leaves_no_process_and_no_file(darktable, photo, scratch):
    before = {child.pid for child in children()}
    with LibraryRenderer(darktable) as renderer:
        renderer.render(photo, None, SIZE)
    assert {child.pid for child in children()} <= before
    assert list(scratch.iterdir()) == []


@pytest.fixture
def full_disk(tmp_path, monkeypatch):
    """The temporary folder on a file system of one megabyte, where this machine lets us make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("kind", [LibraryRenderer, CliRenderer])
def test_a_full_disk_is_said(kind, darktable, photo):
    with kind(darktable) as renderer, pytest.raises(NotWritable, match="full"):
        renderer.render(photo, None, 0)


def test_500_renders_take_no_more_memory_than_20(renderer, data, tmp_path):
    small = tmp_path / "small.jpg"
    Image.open(data / "photos" / "sklearn_china.jpg").resize((320, 214)).save(small)
    edit = Sidecar.parse(renderer.render(small, None, 64).packet)

    def memory_after(renders):
        for count in range(renders):
            render = renderer.render(small, None if count % 20 == 0 else edit, 64)
            assert render.renderer == "library"
        return worker_of().memory_info().rss / 2**20, psutil.Process().memory_info().rss / 2**20

    worker_before, own_before = memory_after(40)
    worker = worker_of().pid
    worker_after, own_after = memory_after(460)
    assert worker_of().pid == worker, "the worker was replaced"
    assert worker_after - worker_before < 25  # MB
    assert own_after - own_before < 10
