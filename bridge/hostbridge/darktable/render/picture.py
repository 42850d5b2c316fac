"""Pictures between files and arrays: what darktable wrote, and what is written for the user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from hostbridge import HostFailed
from hostbridge.darktable.render import failure

_XMP, _ICC = 700, 34675


def read(path: Path) -> tuple[NDArray[np.float32], bytes, bool]:
    """Pixels, XMP packet (empty if none is embedded) and whether they are sRGB, of a 16-bit TIFF by darktable.

    Pixels are float32 (height, width, 3), sRGB-encoded 0…1. Raises `HostFailed` for a file that is not whole, and
    `NotWritable` where that is for want of space.
    """
    try:
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            pixels = page.asarray()
            packet, profile = _bytes(page, _XMP), _bytes(page, _ICC)
    except (tifffile.TiffFileError, OSError, ValueError, IndexError) as error:
        raise failure.no_picture(path.parent, f"what it wrote is broken: {error}") from error
    if pixels.dtype != np.uint16 or pixels.ndim != 3:
        raise HostFailed(f"darktable wrote {pixels.dtype} pixels of shape {pixels.shape}, not 16-bit colour")
    return pixels[..., :3].astype(np.float32) / np.float32(65535), packet, is_srgb(profile)


def is_srgb(profile: bytes) -> bool:
    """Whether an ICC profile that darktable embeds is its sRGB; no profile means sRGB."""
    return not profile or b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile


def _bytes(page: Any, code: int) -> bytes:
    tag = page.tags.get(code)
    value = tag.value if tag else b""
    return value if isinstance(value, bytes) else str(value).encode()
