"""Which file a client means by an image name, and whether it is one it may name.

A name is an absolute path, or ``upload:ID``. Only regular files with the ending of an image (or of a sidecar, where one
is asked for) are opened: no folders, devices, pipes or sockets, and whatever a symbolic link leads to must be such a
file itself. The server reads with the rights of its user and writes nothing here.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from hostbridge import UnreadableImage
from retouchiq.api import pixels, uploads
from retouchiq.api.errors import Forbidden
from retouchiq.endings import BASES, PHOTOS, PICTURES

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

LARGEST = 2 * 1024**3  # bytes of a file on this machine


def photo(name: str) -> Path:
    """The photo that ``name`` means, its links followed. Raises `Refusal` and `UnreadableImage`."""
    return _checked(name, PHOTOS, pixels.LIMIT)


def picture(name: str) -> Path:
    """The finished picture that ``name`` means. Raises as `photo`."""
    return _checked(name, PICTURES, pixels.PICTURE_LIMIT)


def base(name: str) -> Path:
    """The sidecar or export that ``name`` means. Raises as `photo`."""
    return _checked(name, BASES, pixels.LIMIT)


def _checked(name: str, endings: frozenset[str], limit: int) -> Path:
    path = _file(uploads.find(name) if name.startswith(uploads.PREFIX) else Path(name), name, endings)
    if path.suffix.lower() != ".xmp":
        pixels.check(path, limit)
    return path


def _file(named: Path, name: str, endings: frozenset[str]) -> Path:
    """The regular file at the end of all links, after making sure that it can be read."""
    if not named.is_absolute() or _CONTROL.search(name) or len(name) > 4096:
        raise Forbidden(f"{name[:200]!r} is no image name: send an absolute path, or upload:ID of an upload")
    try:
        path = Path(os.path.realpath(named, strict=True))
        if {named.suffix.lower(), path.suffix.lower()} - endings:
            raise Forbidden(f"{name} does not end like an image: {' '.join(sorted(endings))}")
        _open_regular(path, name)
    except OSError as error:
        raise UnreadableImage(f"{name} cannot be read ({error.strerror}): check the path and its permissions") from None
    return path


def _open_regular(path: Path, name: str) -> None:
    # looked at before it is opened, since opening a device can do things; and again after, since it may be swapped
    if not stat.S_ISREG(path.lstat().st_mode):
        raise Forbidden(f"{name} is not a file: name one photo")
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(handle)
    finally:
        os.close(handle)
    if not stat.S_ISREG(found.st_mode):
        raise Forbidden(f"{name} is not a file: name one photo")
    if not 0 < found.st_size <= LARGEST:
        raise UnreadableImage(f"{name} has {found.st_size} bytes: an image has between 1 and {LARGEST}")


def held(folder: Path, name: str) -> Path:
    """The plain file ``name`` directly in ``folder``, one of the server's own; raises `FileNotFoundError`.

    Names with a path in them, hidden files, links and folders are not there.
    """
    path = folder / name
    if Path(name).name != name or name.startswith(".") or _CONTROL.search(name):
        raise FileNotFoundError(name)
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FileNotFoundError(name)
    return path
