"""One edit at a time on one photo."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from hostbridge import UnusableInput
from platformdirs import user_runtime_path


@contextmanager
def photo_lock(image: Path) -> Iterator[None]:
    """Hold the photo's lock; raises `UnusableInput` at once where another run holds it.

    The lock lies in the user's run-time folder, not beside the photo, and ends with the process, however it ends.
    """
    folder = user_runtime_path("retouchiq", ensure_exists=True)
    name = hashlib.sha256(str(image.resolve()).encode()).hexdigest()[:24]
    lock = FileLock(folder / f"{name}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise UnusableInput(f"{image}: another retouchiq is working on this photo; wait for it, or stop it") from None
    try:
        yield
    finally:
        lock.release()
