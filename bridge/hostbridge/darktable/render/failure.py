"""Why a render failed, in a sentence for the user."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from hostbridge import HostBridgeError, HostFailed, NotWritable, UnreadableImage

_SIGNATURES = (
    b"II",  # TIFF and the many raws made like it, CRW, RW2, ORF
    b"MM",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"RIFF",
    b"\xff\x0a",
    b"\x00\x00\x00\x0cJXL",
    b"\x00\x00\x00\x0cjP",
    b"\x76\x2f\x31\x01",
    b"FUJIFILM",
    b"FOVb",
    b"\x00MRM",
    b"#?RADIANCE",
    b"PF",
    b"P6",
    b"GIF8",
    b"BM",
)
_NOT_LISTED = "no images to export"
_NOT_WRITTEN = "could not export to file"
_PIPELINE = "[dt_imageio_export] "  # said with -d imageio once the image is decoded

_ENOUGH = 64 * 2**20  # bytes: less than this may well be what a picture lacked


def check_readable(image: Path) -> None:
    """Raises `UnreadableImage` for what no darktable could open: not there, a folder, forbidden, empty, oddly named."""
    if not _is_unicode(image):
        raise UnreadableImage(f"{str(image)!r} has a name that is not UTF-8: rename it")
    if not image.exists():
        raise UnreadableImage(f"{image}: no such file")
    if not image.is_file():
        raise UnreadableImage(f"{image} is not a file: name one photo")
    if not os.access(image, os.R_OK):
        raise UnreadableImage(f"{image} may not be read: check its permissions")
    if image.stat().st_size == 0:
        raise UnreadableImage(f"{image} is empty: copy it again from where it came")


def _is_unicode(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def was_not_opened(log: str) -> bool:
    """Whether darktable-cli gave up on the image itself: not listed for export, or no pipeline was set up for it."""
    return _NOT_LISTED in log or (_NOT_WRITTEN in log and _PIPELINE not in log)


def unreadable(image: Path, version: str) -> UnreadableImage:
    """The error for a file that darktable ``version`` was given and did not open."""
    with image.open("rb") as file:
        start = file.read(16)
    if not (start.startswith(_SIGNATURES) or start[4:8] == b"ftyp"):
        return UnreadableImage(f"{image} is not an image that darktable knows: name a raw, JPEG, TIFF or PNG file")
    return UnreadableImage(
        f"darktable {version} cannot decode {image}: it is damaged or cut short (copy it again), "
        "or of a camera or kind that this version does not support"
    )


def no_picture(place: Path, why: str) -> HostBridgeError:
    """The error for a picture that darktable did not write, or not wholly, to ``place``."""
    free = shutil.disk_usage(place).free
    if free < _ENOUGH:
        return NotWritable(f"the disk of {place} is full ({free / 2**20:.0f} MB free): free some space or set TMPDIR")
    return HostFailed(f"darktable made no picture: {why}")


def last_words(log: str) -> str:
    """The last lines that darktable said before it gave up."""
    said = [line.strip() for line in log.splitlines() if line.strip() and "running darktable as root" not in line]
    return "; ".join(said[-3:]) or "it said nothing"
