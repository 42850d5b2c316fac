"""Private folders of running renderers, removed afterwards, also those of processes that were killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from hostbridge import NotWritable

_PREFIX = "retouchiq-render-"
_YOUNG = 60.0  # seconds: a folder this new may be about to be locked by its owner


class Scratch:
    """A new folder in the system's temporary folder that lives as long as its owner holds a lock in it.

    The kernel drops the lock with the process, however it dies, so a folder whose lock is free is nobody's.
    Raises `NotWritable` where no folder can be made.
    """

    def __init__(self) -> None:
        try:
            _sweep()
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
            self._lock = os.open(self.path / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            where = tempfile.gettempdir()
            raise NotWritable(f"no private folder in {where}: {error}; free some space or set TMPDIR") from error
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def folder(self, name: str) -> Path:
        """A folder of that name in here, made if needed."""
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def drop(self, folder: Path) -> None:
        """Remove one of the folders in here, now."""
        shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        if self._lock >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    status = folder.lstat()
    if status.st_uid != os.getuid() or not folder.is_dir() or folder.is_symlink():
        return False
    if not (folder / "lock").exists():
        return time.time() - status.st_mtime > _YOUNG
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    # An owner between making its lock file and locking it looks abandoned for a moment, and is young.
    return time.time() - status.st_mtime > _YOUNG
