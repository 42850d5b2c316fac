"""Writing beside a photo: whole or not at all, and never over the only copy of what was there."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import filelock
import platformdirs

from hostbridge import NotWritable, UnusableInput


def write(path: Path, data: bytes) -> None:
    """Make ``data`` the content of ``path``, keeping what it held before (`keep`).

    At every moment, also when it is killed or the disk is full, the path holds the old bytes or the new. A symbolic
    link is followed. Raises `NotWritable` saying why; nothing has changed then.
    """
    target = path.resolve()
    temporary: Path | None = None
    kept: Path | None = None
    try:
        with locked(target):
            if target.exists() and target.read_bytes() == data:
                return
            temporary = _temporary(target, data)
            kept = keep(target)
            os.replace(temporary, target)
            temporary = None
            _sync(target.parent)
    except OSError as error:
        if kept is not None:
            kept.unlink(missing_ok=True)
        raise NotWritable(f"{path} cannot be written: {error.strerror or error}; {_way_out(error)}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def replace(path: Path, data: bytes) -> None:
    """Make ``data`` the content of ``path``, whole or not at all; what it held before is gone.

    For files of ours that can be made again; a user's own file goes through `write`. Raises `NotWritable`.
    """
    try:
        os.replace(_temporary(path.resolve(), data), path.resolve())
    except OSError as error:
        raise NotWritable(f"{path} cannot be written: {error.strerror or error}; {_way_out(error)}") from error


def place(file: Path, path: Path) -> None:
    """Copy ``file`` to ``path``, whole or not at all. Raises `NotWritable`, also where there is something already."""
    temporary: Path | None = None
    try:
        temporary = _temporary(path, file.read_bytes())
        _rename_to_new(temporary, path)
    except FileExistsError:
        raise NotWritable(f"{path} exists and is not overwritten: move it, or name another folder") from None
    except OSError as error:
        raise NotWritable(f"{path} cannot be written: {error.strerror or error}; {_way_out(error)}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _rename_to_new(file: Path, path: Path) -> None:
    try:
        os.link(file, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(file, path)


def check_writable(folder: Path) -> None:
    """Make ``folder`` if needed and raise `NotWritable` unless files can be made in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise NotWritable(f"{folder} cannot be written ({error.strerror}); choose another folder with --out") from error


def keep(path: Path) -> Path | None:
    """Give the file at ``path`` a second name beside it: ``<name>.bak``, else ``.bak1``, ``.bak2``, … the first free.

    No backup is ever overwritten, and none is made where one with the same bytes is there already. Returns the new
    name, or None where none was needed.
    """
    if not path.exists():
        return None
    data = path.read_bytes()
    for number in count():
        backup = path.with_name(f"{path.name}.bak{number or ''}")
        if not backup.exists():
            _copy(path, backup, data)
            return backup
        if backup.is_file() and backup.read_bytes() == data:
            return None
    raise AssertionError("unreachable")


def _copy(path: Path, backup: Path, data: bytes) -> None:
    try:
        os.link(path, backup)
    except OSError:  # a file system without hard links
        os.replace(_temporary(backup, data), backup)
        shutil.copystat(path, backup)


@contextlib.contextmanager
def locked(photo: Path, timeout: float = 60.0) -> Iterator[None]:
    """Hold the one lock there is for a photo or a file beside it, so that two runs do not mix.

    The lock lives in the user's own cache folder, not beside the photo. Raises `UnusableInput` after ``timeout``
    seconds of waiting for another run.
    """
    folder = platformdirs.user_cache_path("retouchiq") / "locks"
    name = hashlib.sha256(str(photo.resolve()).encode()).hexdigest()[:24]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"retouchiq-{os.getuid()}"
        folder.mkdir(exist_ok=True, mode=0o700)
    lock = filelock.FileLock(folder / f"{name}.lock", timeout=timeout)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise UnusableInput(f"another run is busy with {photo}: wait for it to end") from None
    try:
        yield
    finally:
        lock.release()


def _temporary(target: Path, data: bytes) -> Path:
    """A file with this content and the target's permissions, in the target's folder and on the disk for good."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask())
    except BaseException:
        os.unlink(name)
        raise
    return Path(name)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sync(folder: Path) -> None:
    # the new name is only safe once the folder is on the disk; not every file system can sync one
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _way_out(error: OSError) -> str:
    ways = {
        errno.ENOSPC: "free some space on that disk",
        errno.EDQUOT: "your quota there is used up: free some space",
        errno.EFBIG: "free some space on that disk",
        errno.EROFS: "the folder is read-only: copy the photo elsewhere, or write to another folder with --out",
        errno.ENOENT: "the folder does not exist",
        errno.ENOTDIR: "its folder is not a folder",
    }
    return ways.get(error.errno or 0, "write to another folder with --out")
