"""Pixels as a PNG file, without any library (PNG specification, 3rd edition, sections 5 and 11)."""

import sys
import zlib
from array import array

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB = 2  # colour type
FAST = 1  # zlib level: the file only travels over loopback


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk: length, kind, data, CRC of kind and data."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def encode(pixels: bytes, width: int, height: int) -> bytes:
    """A 16-bit RGB PNG of ``pixels``: rows of R, G, B, each a 16-bit integer in this machine's byte order.

    Marked as sRGB. Raises `ValueError` where the number of bytes is not ``width`` × ``height`` × 6.
    """
    row = width * 6
    if len(pixels) != row * height:
        raise ValueError(f"{len(pixels)} bytes are not {width} × {height} RGB pixels of 16 bits")
    samples = array("H", pixels)
    if sys.byteorder == "little":
        samples.byteswap()
    data = samples.tobytes()
    unfiltered = b"".join(b"\0" + data[start : start + row] for start in range(0, len(data), row))
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([16, RGB, 0, 0, 0])
    parts = [(b"IHDR", header), (b"sRGB", b"\0"), (b"IDAT", zlib.compress(unfiltered, FAST)), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(*part) for part in parts)
