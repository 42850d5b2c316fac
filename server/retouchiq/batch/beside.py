"""Sidecars beside the photos: placed so that what was there can be put back, byte for byte."""

from __future__ import annotations

import os
from pathlib import Path

from hostbridge import UnusableInput
from hostbridge.darktable import writing
from retouchiq.batch.task import Placed, Stamp, digest
from retouchiq.photo import sidecar_path

EARLIER = "earlier.xmp"
"""In a photo's folder of results: the sidecar that was beside the photo before the batch."""


def content(path: Path) -> bytes | None:
    """What the file holds; None where there is none. Raises `UnusableInput` where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableInput(f"{path} cannot be read: {error.strerror}; check its permissions") from error


def stamp(image: Path) -> Stamp:
    """Size and time of change of a photo and of the sidecar beside it: what tells whether it was touched."""
    return [number for path in (image, sidecar_path(image)) for number in _stamp(path)]


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return [-1, -1]
    return [status.st_size, status.st_mtime_ns]


def prepare(image: Path, had: bytes | None, gives: bytes, folder: Path) -> Placed:
    """Keep what was beside ``image`` in ``folder`` and say what `place` will write."""
    earlier = folder / EARLIER
    if had is None:
        earlier.unlink(missing_ok=True)
    else:
        writing.replace(earlier, had)
    return Placed(sidecar_path(image), digest(had) if had is not None else None, digest(gives))


def place(placed: Placed, gives: bytes) -> Placed:
    """Write the sidecar; the one before it is kept beside it too. Raises `NotWritable`, and `UnusableInput` where the
    one that is there is not the one the edit was made from."""
    if _held(placed.sidecar) != placed.had:
        raise UnusableInput(f"{placed.sidecar} was changed while its photo was edited: run again with --resume")
    before = _backups(placed.sidecar)
    writing.write(placed.sidecar, gives)
    new = sorted(_backups(placed.sidecar) - before)
    return Placed(placed.sidecar, placed.had, placed.gives, new[0] if new else None)


def check_unchanged(placed: Placed | None, folder: Path) -> None:
    """Raises `UnusableInput` where somebody has changed the sidecar since `place`: that work would be lost."""
    if placed is None or _held(placed.sidecar) in (placed.had, placed.gives, None):
        return
    raise UnusableInput(
        f"{placed.sidecar} was changed after the batch, and stays as it is: delete the steps named retouchiq in "
        f"darktable's history, or put back what was there yourself: {_by_hand(placed, folder)}"
    )


def take_back(placed: Placed, folder: Path) -> None:
    """Put back what was beside the photo before `place`; nothing happens where it is there already.

    Raises as `check_unchanged`.
    """
    check_unchanged(placed, folder)
    if _held(placed.sidecar) == placed.had:
        return
    if placed.had is None:
        placed.sidecar.unlink()
    elif placed.kept and _held(placed.kept) == placed.had:
        # the very file that was there, its time of change included
        os.replace(placed.kept, placed.sidecar)
    else:
        writing.replace(placed.sidecar, (folder / EARLIER).read_bytes())


def _by_hand(placed: Placed, folder: Path) -> str:
    return f"nothing, so remove {placed.sidecar.name}" if placed.had is None else str(folder / EARLIER)


def _held(path: Path) -> str | None:
    data = content(path)
    return digest(data) if data is not None else None


def _backups(sidecar: Path) -> set[Path]:
    return {path for path in sidecar.parent.iterdir() if path.name.startswith(f"{sidecar.name}.bak")}
