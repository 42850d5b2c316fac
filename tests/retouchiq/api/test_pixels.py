"""No header, however it is made, gets the server to take memory it does not have."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from hostbridge import UnreadableImage
from retouchiq.api import pixels
from retouchiq.api.errors import TooLarge


def tiff(entries: dict[int, tuple[int, int]], then: int = 0) -> bytes:
    """A TIFF of one directory: tag → type and value; ``then``: where the next directory is."""
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in sorted(entries.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + rows + struct.pack("<I", then)


def directory(width: int, height: int, **more: int) -> dict[int, tuple[int, int]]:
    tags = {"samples": (277, 3), "depth": (32997, 4)}
    wide = {256: (4, width), 257: (4, height), 258: (3, 8), 259: (3, 8), 262: (3, 1), 273: (4, 8), 279: (4, 1)}
    return wide | {tags[name][0]: (tags[name][1], value) for name, value in more.items()}


def jpegxl(width: int, height: int) -> bytes:
    bits, at = 0, 0
    for value, count in ((0, 1), (3, 2), (height - 1, 30), (0, 3), (3, 2), (width - 1, 30)):
        bits |= value << at
        at += count
    return b"\xff\x0a" + bits.to_bytes(12, "little")


def exr(width: int, height: int) -> bytes:
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    return b"\x76\x2f\x31\x01\x02\0\0\0dataWindow\0box2i\0" + struct.pack("<I", 16) + window


def heif(width: int, height: int) -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", width, height)


def pillow(kind: str, width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1" if kind in ("PNG", "PPM") else "L", (width, height)).save(out, kind)
    return out.getvalue()


BOMBS = {
    "tif": tiff(directory(60_000, 60_000)),
    "channels.tif": tiff(directory(14_000, 14_000, samples=4000)),
    "volume.tif": tiff(directory(14_000, 14_000, depth=500)),
    "dng": tiff(directory(2**31, 2**31)),
    "jxl": jpegxl(60_000, 50_000),
    "exr": exr(60_000, 50_000),
    "heic": heif(60_000, 50_000),
    "avif": heif(60_000, 50_000).replace(b"heic", b"avif"),
    "hdr": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 60000 +X 50000\n",
    "pgm": b"P5 60000 50000 255\n",
    "bmp": pillow("BMP", 9, 9)[:18] + struct.pack("<ii", 60_000, 50_000) + pillow("BMP", 9, 9)[26:],
    "gif": b"GIF89a" + struct.pack("<HH", 60_000, 50_000) + b"\x80\0\0" + bytes(6) + b",\0\0\0\0" + bytes(20),
    "jpg": b"\xff\xd8\xff\xc0\0\x11\x08"
    + struct.pack(">HH", 60_000, 50_000)
    + b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"
    b"\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0",
}


@pytest.mark.parametrize("ending", BOMBS)
def test_a_file_that_claims_too_many_pixels_is_refused(tmp_path: Path, ending: str) -> None:
    bomb = tmp_path / f"bomb.{ending}"
    bomb.write_bytes(BOMBS[ending])
    with pytest.raises(TooLarge):
        pixels.check(bomb)


@pytest.mark.parametrize("ending", ["tif", "jxl", "exr", "heic", "hdr"])
def test_our_own_readers_of_headers_read_the_size(tmp_path: Path, ending: str) -> None:
    made = {
        "tif": tiff(directory(300, 200)),
        "jxl": jpegxl(300, 200),
        "exr": exr(300, 200),
        "heic": heif(300, 200),
        "hdr": BOMBS["hdr"].replace(b"60000", b"300").replace(b"50000", b"200"),
    }
    path = tmp_path / f"small.{ending}"
    path.write_bytes(made[ending])
    assert pixels.check(path) == 300 * 200


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM", "TIFF", "JPEG2000"])
def test_every_kind_of_picture_is_measured(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(pillow(kind, 120, 80))
    assert pixels.check(path) == 120 * 80
    with pytest.raises(TooLarge):
        pixels.check(path, 120 * 80 - 1)


def test_the_pages_of_a_tiff_count_together(tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    tifffile.imwrite(path, np.zeros((3, 80, 120), np.uint8), photometric="minisblack")
    assert pixels.check(path) == 3 * 80 * 120


def test_a_tiff_with_pages_without_end_is_refused(tmp_path: Path) -> None:
    endless, many = tmp_path / "endless.tif", tmp_path / "many.tif"
    endless.write_bytes(tiff(directory(16, 16), then=8))
    tifffile.imwrite(many, np.zeros((70, 8, 8), np.uint8), photometric="minisblack")
    for path in (endless, many):
        with pytest.raises(TooLarge, match="pages"):
            pixels.check(path)


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"RIFF\0\0\0\0WEBP", b"GIF89a", b"P5 "]
)
def test_a_file_cut_short_in_its_header_is_said_to_be_damaged(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "short"
    path.write_bytes(start)
    with pytest.raises(UnreadableImage):
        pixels.check(path)


@pytest.mark.parametrize(
    "name", ["RAW_NIKON_D1.NEF", "GOPRO_HERO6_GOPR0024.GPR", "RAW_CANON_G2.CRW", "Blackmagic_PCC4K.dng"]
)
def test_real_raw_files_are_let_through(data: Path, name: str) -> None:
    assert (pixels.check(data / "raw" / name) or 0) < pixels.LIMIT
