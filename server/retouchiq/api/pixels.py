"""How many pixels a file claims to hold, read from its header before anything is decoded.

A few kilobytes can claim to be a picture of many gigabytes (a decompression bomb). Formats that are not listed here are
raw files of cameras: darktable decodes those in a process of its own, and they cannot be much smaller than their data.
"""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import tifffile
from PIL import Image, UnidentifiedImageError

from hostbridge import UnreadableImage
from retouchiq.api.errors import TooLarge

LIMIT = 200_000_000
"""Pixels a photo may have: twice those of the largest cameras."""

PICTURE_LIMIT = 64_000_000
"""Pixels of a finished picture that the server itself decodes, at 12 bytes each."""

_PAGES = 64  # a TIFF with more is a document or a trap
_START = 1 << 16  # bytes in which a header must be
_PILLOW = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "WEBP")

# Pillow refuses twice this number on its own account, also where a file is decoded later
Image.MAX_IMAGE_PIXELS = LIMIT // 2
warnings.simplefilter("ignore", Image.DecompressionBombWarning)


def check(path: Path, limit: int = LIMIT) -> int | None:
    """The pixels ``path`` claims to hold; None where its header does not say.

    Raises `TooLarge` above ``limit``, and `UnreadableImage` where the header is damaged.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    count = next((reader(path, start) for test, reader in _READERS if test(start)), None)
    if count is not None and count > limit:
        raise TooLarge(
            f"{path.name} claims {count / 1e6:.0f} megapixels, {limit / 1e6:.0f} are taken", "send a smaller picture"
        )
    return count


def _tiff(path: Path, start: bytes) -> int:
    """All pages together, since they may be read as one; more than four channels count as more pixels."""
    try:
        with tifffile.TiffFile(path) as file:
            return sum(_page(page) for page in chain(_pages(file), *(_inner(page) for page in _pages(file))))
    except (tifffile.TiffFileError, struct.error, ValueError, IndexError, TypeError, OSError, ArithmeticError) as error:
        raise UnreadableImage(f"{path.name} is a damaged TIFF or raw file ({error}): copy it again") from error


def _pages(file: tifffile.TiffFile) -> Iterator[tifffile.TiffPage]:
    for number, page in enumerate(file.pages):
        if number >= _PAGES:
            raise TooLarge(f"{file.filename} has more than {_PAGES} pages", "send a picture of one page")
        yield page.aspage()


def _inner(page: tifffile.TiffPage) -> Iterator[tifffile.TiffPage]:
    yield from (inner.aspage() for inner in (page.pages or ())[:_PAGES])


def _page(page: tifffile.TiffPage) -> int:
    channels = max(1.0, page.samplesperpixel / 4)
    return int(page.imagewidth * page.imagelength * max(1, page.imagedepth) * channels)


def _with_pillow(path: Path, start: bytes) -> int:
    try:
        with Image.open(path, formats=_PILLOW) as image:
            return image.width * image.height * min(getattr(image, "n_frames", 1), 1)
    except Image.DecompressionBombError as error:
        raise TooLarge(f"{path.name}: {error}", "send a smaller picture") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnreadableImage(f"{path.name} is damaged or cut short ({error}): copy it again") from error


def _heif(path: Path, start: bytes) -> int | None:
    """The largest image spatial extent (``ispe``, ISO/IEC 23008-12 6.5.3)."""
    counts = [_area(found[1]) for found in re.finditer(rb"ispe.{4}(.{8})", start, re.DOTALL)]
    return max(counts, default=None)


def _area(sides: bytes) -> int:
    width, height = struct.unpack(">II", sides)
    return int(width * height)


def _exr(path: Path, start: bytes) -> int | None:
    """Of the data window: four int32, the corners (OpenEXR file layout)."""
    at = start.find(b"dataWindow\0box2i\0")
    if at < 0 or at + 37 > len(start):
        return None
    left, top, right, bottom = struct.unpack("<4i", start[at + 21 : at + 37])
    return int(abs(right - left + 1) * abs(bottom - top + 1))


def _radiance(path: Path, start: bytes) -> int | None:
    found = re.search(rb"\n[-+][XY] (\d{1,9}) [-+][XY] (\d{1,9})\n", start)
    return int(found[1]) * int(found[2]) if found else None


def _jpegxl(path: Path, start: bytes) -> int | None:
    """The SizeHeader at the start of the codestream (ISO/IEC 18181-1 D.2), bits from the lowest on."""
    at = start.find(b"\xff\x0a")
    bits = int.from_bytes(start[at + 2 : at + 14], "little")

    def take(count: int) -> int:
        nonlocal bits
        value, bits = bits & ((1 << count) - 1), bits >> count
        return value

    small = take(1)

    def side() -> int:
        return (take(5) + 1) * 8 if small else take((9, 13, 18, 30)[take(2)]) + 1

    height, ratio = side(), take(3)
    across = (None, (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))[ratio]
    return height * (side() if across is None else height * across[0] // across[1])


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[Path, bytes], int | None]], ...] = (
    (lambda start: start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), _tiff),
    (lambda start: start.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")), _jpegxl),
    (lambda start: start[4:8] == b"ftyp" and start[8:12] != b"crx ", _heif),
    (lambda start: start.startswith(b"\x76\x2f\x31\x01"), _exr),
    (lambda start: start.startswith(b"#?RADIANCE"), _radiance),
    (
        lambda start: start.startswith(
            (b"\xff\xd8", b"\x89PNG", b"RIFF", b"GIF8", b"BM", b"\0\0\0\x0cjP", b"\xff\x4f\xff\x51")
        ),
        _with_pillow,
    ),
    (lambda start: re.match(rb"P[1-6fF][\s#]", start) is not None, _with_pillow),
)
