"""Reading finished pictures (JPEG, PNG, TIFF) as numbers, and writing them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageCms, ImageOps

from hostbridge import UnreadableImage
from retouchiq.reward import Picture

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

TIFF = {".tif", ".tiff"}


def read_picture(path: Path) -> Picture:
    """The picture in ``path`` as displayed: (height, width, 3) float32, sRGB-encoded, 0…1; grey becomes RGB.

    Raises `UnreadableImage` for anything that is not a finished picture, raw files among them.
    """
    try:
        pixels = tifffile.imread(path) if path.suffix.lower() in TIFF else _read_with_pillow(path)
    except FileNotFoundError:
        raise UnreadableImage(f"{path}: there is no such file; check the spelling") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, tifffile.TiffFileError) as error:
        raise UnreadableImage(
            f"{path} is not a picture that can be read ({error}); export it as JPEG, PNG or TIFF first"
        ) from error
    return _as_displayed(pixels, path)


def _read_with_pillow(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def _as_displayed(pixels: np.ndarray, path: Path) -> Picture:
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    if pixels.ndim != 3 or pixels.shape[2] < 3 or min(pixels.shape[:2]) < 8:
        raise UnreadableImage(f"{path} has the shape {pixels.shape}; a picture of 8×8 pixels or more is needed")
    full = np.iinfo(pixels.dtype).max if np.issubdtype(pixels.dtype, np.integer) else 1.0
    return np.ascontiguousarray(pixels[..., :3], dtype=np.float32) / np.float32(full)


def jpeg(picture: Picture, quality: int = 93) -> bytes:
    """``picture`` as an 8-bit JPEG file with an sRGB profile and full colour resolution."""
    return _encode(picture, "JPEG", quality=quality, subsampling=0)


def encode(picture: Picture, suffix: str) -> bytes:
    """``picture`` as a file of the kind that ``suffix`` names: ``.jpg``, ``.png`` (8 bit) or ``.tif`` (16 bit)."""
    suffix = suffix.lower()
    if suffix in {".jpg", ".jpeg"}:
        return jpeg(picture, 95)
    if suffix == ".png":
        return _encode(picture, "PNG")
    if suffix in TIFF:
        out = io.BytesIO()
        deep = np.round(np.clip(picture, 0, 1) * 65535).astype(np.uint16)
        tifffile.imwrite(out, deep, photometric="rgb", iccprofile=_SRGB)
        return out.getvalue()
    raise UnreadableImage(f"{suffix or 'no ending'}: pictures are written as .jpg, .png or .tif; name one of these")


def _encode(picture: Picture, kind: str, **options: int) -> bytes:
    out = io.BytesIO()
    shallow = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    Image.fromarray(shallow).save(out, kind, icc_profile=_SRGB, **options)
    return out.getvalue()
