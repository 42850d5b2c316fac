"""A sidecar is written whole or not at all, and what was there before is still there."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hostbridge import NotWritable, UnusableInput
from hostbridge.darktable import writing

OLD, NEW = b"the user's own", b"ours" * 1000


@pytest.fixture
def photo(tmp_path, monkeypatch):
    """A sidecar in a folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "photos"
    folder.mkdir()
    path = folder / "photo.nef.xmp"
    path.write_bytes(OLD)
    return path


def names(path):
    return sorted(one.name for one in path.parent.iterdir())


def test_the_new_file_is_there_and_the_old_one_beside_it(photo):
    writing.write(photo, NEW)
    assert photo.read_bytes() == NEW
    assert photo.with_name("photo.nef.xmp.bak").read_bytes() == OLD
    assert names(photo) == ["photo.nef.xmp", "photo.nef.xmp.bak"]


def test_no_backup_is_ever_overwritten_nor_made_twice(photo):
    for content in (NEW, b"second", OLD, b"third"):
        writing.write(photo, content)
    backups = {one.name: one.read_bytes() for one in photo.parent.glob("*.bak*")}
    assert backups == {
        "photo.nef.xmp.bak": OLD,
        "photo.nef.xmp.bak1": NEW,
        "photo.nef.xmp.bak2": b"second",
    }


def test_writing_the_same_again_leaves_everything_alone(photo):
    before = photo.stat()
    writing.write(photo, OLD)
    assert photo.stat().st_mtime_ns == before.st_mtime_ns
    assert names(photo) == ["photo.nef.xmp"]


def test_a_first_sidecar_has_nothing_to_keep(photo):
    first = photo.with_name("other.jpg.xmp")
    writing.write(first, NEW)
    assert names(photo) == ["other.jpg.xmp", "photo.nef.xmp"]
    umask = os.umask(0)
    os.umask(umask)
    assert first.stat().st_mode & 0o777 == 0o666 & ~umask


def test_permissions_stay(photo):
    photo.chmod(0o640)
    writing.write(photo, NEW)
    assert photo.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(photo, tmp_path):
    link = tmp_path / "link.xmp"
    link.symlink_to(photo)
    writing.write(link, NEW)
    assert link.is_symlink()
    assert photo.read_bytes() == NEW


def test_without_hard_links_the_old_file_is_copied(photo, monkeypatch):
    def no_links(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    writing.write(photo, NEW)
    assert photo.with_name("photo.nef.xmp.bak").read_bytes() == OLD
    writing.write(photo, b"more")
    assert photo.with_name("photo.nef.xmp.bak1").read_bytes() == NEW


@pytest.mark.parametrize("broken", ["replace", "fsync", "chmod"])
def test_a_failure_at_any_point_leaves_the_old_file_and_no_litter(photo, monkeypatch, broken):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, full)
    if broken == "link":
        monkeypatch.setattr(Path, "open", full)
    with pytest.raises(
        NotWritable, match=r"photo\.nef\.xmp cannot be written: No space left on device; free some space"
    ):
        writing.write(photo, NEW)
    assert photo.read_bytes() == OLD
    assert names(photo) == ["photo.nef.xmp"]


CHILD = "import sys; from pathlib import Path; from hostbridge.darktable import writing\n"


def run(code, *argv, **options):
    return subprocess.run(
        [sys.executable, "-c", CHILD + code, *map(str, argv)], capture_output=True, text=True, check=False, **options
    )


def test_a_disk_that_is_really_full_loses_nothing(photo):
    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = run("writing.write(Path(sys.argv[1]), b'x' * 4000)", photo, preexec_fn=small)
    assert "NotWritable" in done.stderr
    assert photo.read_bytes() == OLD
    assert names(photo) == ["photo.nef.xmp"]


def mounted(code, folder, options):
    """Run code in a mount namespace where ``folder`` is a small or read-only file system."""
    if os.getuid() or not shutil.which("unshare"):
        pytest.skip("needs root to mount a file system")
    script = f'mount {options} && exec "$@"'
    command = ["unshare", "--mount", "bash", "-c", script, "bash", sys.executable, "-c", CHILD + code, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip("this machine may not mount")
    return done


def test_a_full_file_system_is_said_to_be_full(photo):
    code = """
path = Path(sys.argv[1]) / "photo.xmp"
path.write_bytes(b"old")
(path.parent / "filler").write_bytes(b"")
try: (path.parent / "filler").write_bytes(bytes(1 << 20))
except OSError: pass
try: writing.write(path, bytes(100000))
except Exception as error: print(type(error).__name__, error)
print(path.read_bytes(), sorted(one.name for one in path.parent.iterdir()))
"""
    done = mounted(code, photo.parent, f"-t tmpfs -o size=64k tmpfs {photo.parent}")
    assert "NotWritable" in done.stdout
    assert "No space left on device; free some space" in done.stdout
    assert "b'old' ['filler', 'photo.xmp']" in done.stdout


def test_a_read_only_folder_is_said_to_be_read_only(photo):
    code = """
try: writing.write(Path(sys.argv[1]) / "photo.nef.xmp", b"new")
except Exception as error: print(type(error).__name__, error)
"""
    done = mounted(code, photo.parent, f"--bind -o ro {photo.parent} {photo.parent}")
    assert "NotWritable" in done.stdout
    assert "the folder is read-only" in done.stdout
    assert photo.read_bytes() == OLD


def test_a_folder_that_is_none_is_named(photo):
    with pytest.raises(NotWritable, match="its folder is not a folder"):
        writing.write(photo / "inside.xmp", NEW)
    with pytest.raises(NotWritable, match="the folder does not exist"):
        writing.write(photo.parent / "gone" / "x.xmp", NEW)


def test_two_runs_at_once_leave_one_of_their_files_whole(photo):
    contents = [bytes([65 + number]) * 200_000 for number in range(8)]
    threads = [threading.Thread(target=writing.write, args=(photo, content)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert photo.read_bytes() in contents
    assert photo.with_name("photo.nef.xmp.bak").read_bytes() == OLD
    kept = {one.read_bytes() for one in photo.parent.iterdir()}
    assert kept == {OLD, *contents}


def test_a_run_waits_for_the_other_and_says_so_when_it_takes_too_long(photo):
    held, done = threading.Event(), threading.Event()

    def busy():
        with writing.locked(photo):
            held.set()
            done.wait(10)

    other = threading.Thread(target=busy)
    other.start()
    held.wait(10)
    with pytest.raises(UnusableInput, match="another run is busy with"), writing.locked(photo, timeout=0.2):
        pass
    done.set()
    other.join()
    with writing.locked(photo, timeout=5):
        pass
    assert names(photo) == ["photo.nef.xmp"]


def test_a_run_killed_while_writing_leaves_a_whole_file(photo):
    code = """
for number in range(100000):
    writing.write(Path(sys.argv[1]), b"%06d" % number * 20000)
"""
    child = subprocess.Popen([sys.executable, "-c", CHILD + code, str(photo)])
    try:
        deadline = time.monotonic() + 20
        while len(names(photo)) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        child.kill()
        child.wait()
    content = photo.read_bytes()
    assert len(content) == 120_000
    assert content == content[:6] * 20_000
    writing.write(photo, NEW)
    assert photo.read_bytes() == NEW


def test_placing_a_file_never_overwrites_one_that_is_there(photo, tmp_path):
    made = tmp_path / "made"
    made.write_bytes(NEW)
    with pytest.raises(NotWritable, match="not overwritten"):
        writing.place(made, photo)
    assert (photo.read_bytes(), names(photo)) == (OLD, ["photo.nef.xmp"])
    writing.place(made, photo.with_name("new.jpg"))
    assert photo.with_name("new.jpg").read_bytes() == NEW
    assert names(photo) == ["new.jpg", "photo.nef.xmp"]


def test_placing_works_where_there_are_no_hard_links(photo, tmp_path, monkeypatch):
    def refuse(*paths):
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    made = tmp_path / "made"
    made.write_bytes(NEW)
    writing.place(made, photo.with_name("new.jpg"))
    assert photo.with_name("new.jpg").read_bytes() == NEW
    with pytest.raises(NotWritable, match="not overwritten"):
        writing.place(made, photo)
    assert names(photo) == ["new.jpg", "photo.nef.xmp"]


def test_placing_in_a_folder_that_is_not_there_says_so(photo, tmp_path):
    with pytest.raises(NotWritable, match="does not exist"):
        writing.place(photo, tmp_path / "nowhere" / "new.jpg")
