"""Photos sent to the server: each in a folder of its own under ``uploads/`` of the state folder, for a day.

A folder of its own, so that an upload called like another one's sidecar is never taken for it.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool

from hostbridge import NotWritable
from retouchiq.api import pixels, place
from retouchiq.api.errors import BadRequest, Busy, Forbidden, NotFound

PREFIX = "upload:"
LARGEST = 300 * 1000**2  # bytes of one
ALL = 4 * 1000**3  # bytes of all that are kept
KEPT = 24 * 3600.0  # seconds an upload is kept after it was last used
_BUFFER = 1 << 20  # bytes written at once
_ODD = re.compile(r"[\x00-\x1f\x7f\\/]|[\ud800-\udfff]")
_ID = re.compile(r"[0-9a-f]{16}")


def find(name: str) -> Path:
    """The file of ``upload:ID``, kept for another day. Raises `NotFound`."""
    number = name.removeprefix(PREFIX)
    folder = place.folder("uploads") / number
    files = [each for each in folder.iterdir() if each.is_file()] if _ID.fullmatch(number) and folder.is_dir() else []
    if len(files) != 1 or files[0].suffix == ".part":
        raise NotFound(f"there is no upload {name[:60]!r}", "send the file again: uploads are kept for a day")
    folder.touch()
    return files[0]


async def keep(name: str, endings: frozenset[str], body: AsyncIterator[bytes]) -> tuple[str, int]:
    """Write ``body`` to the disk as it comes; answers the upload's name (``upload:ID``) and its bytes.

    ``name`` is the file's own, without folders. Raises `Refusal`, `UnreadableImage` and `NotWritable`; nothing of the
    upload is left then.
    """
    check_name(name, endings)
    await run_in_threadpool(_make_room)
    number = secrets.token_hex(8)
    folder = place.folder("uploads") / number
    folder.mkdir(mode=0o700)
    try:
        part = folder / f"{name}.part"
        with part.open("xb") as file:
            count = await _write(file, body)
        if not count:
            raise BadRequest("the upload is empty", "send the file as the body")
        if not name.lower().endswith(".xmp"):
            await run_in_threadpool(pixels.check, part)
        part.rename(folder / name)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise NotWritable(f"the upload cannot be kept ({error.strerror}): free some space") from error
        raise
    return PREFIX + number, count


async def _write(file: BinaryIO, body: AsyncIterator[bytes]) -> int:
    waiting, count = bytearray(), 0
    async for chunk in body:
        waiting += chunk
        count += len(chunk)
        if len(waiting) >= _BUFFER:
            await run_in_threadpool(file.write, bytes(waiting))
            waiting.clear()
    file.write(waiting)
    return count


def check_name(name: str, endings: frozenset[str]) -> None:
    """Raises `Forbidden` unless ``name`` is a plain file name with one of ``endings``."""
    plain = Path(name).name == name and not name.startswith(".") and not _ODD.search(name)
    if not plain or len(name.encode()) > 200:
        raise Forbidden(f"{name[:200]!r} is no plain file name", "send the name of the file without its folder")
    if Path(name).suffix.lower() not in endings:
        raise Forbidden(f"{name} does not end like an image: {' '.join(sorted(endings))}")


def _make_room() -> None:
    """Remove what has not been used for a day; raises `Busy` where what is left fills the place."""
    full = 0
    for folder in place.folder("uploads").iterdir():
        if folder.stat().st_mtime < time.time() - KEPT:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            full += sum(file.stat().st_size for file in folder.iterdir())
    if full > ALL - LARGEST:
        raise Busy(f"{full / 1e9:.1f} GB of uploads are kept already; the oldest go after a day", seconds=600)
