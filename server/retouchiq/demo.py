"""The photo the demo works on: a free picture as a JPEG, and as the raw file a camera could have made of it."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from hostbridge import NotWritable, UnreadableImage

INSTRUCTION = "warmer, lift the shadows a little, without blowing the highlights"

SRGB_FROM_XYZ = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
"""Linear sRGB from CIE XYZ, both at D65 (IEC 61966-2-1)."""

NEUTRAL = np.array([0.5, 1.0, 0.65])
"""What the made-up camera records of a neutral grey in daylight: real sensors see less red and blue than green."""

HEADROOM = 0.7
"""Where the picture's white lies on the sensor's range: half a stop below saturation, as a careful exposure puts it."""

OVERSAMPLING = 2
"""Sensor pixels per pixel of the picture, each way: a mosaic of a picture this sharp would show false colours."""

BLACK, WHITE = 1024, 65535
CFA, BAYER_RGGB = 32803, bytes([0, 1, 1, 2])
BYTE, ASCII, SHORT, RATIONAL, SRATIONAL = 1, 2, 3, 5, 10
D65 = 21


def demo(file: Path | None, out: Path) -> tuple[list[Path], str]:
    """The photos to edit, and the instruction: the user's own ``file``, or the demo's JPEG and DNG written to ``out``.

    The picture is scikit-image's "coffee" (Rachel Michetti, CC0), which is part of that package: nothing is downloaded.
    Raises `UnreadableImage` where ``file`` does not exist and `NotWritable` where ``out`` cannot be written.
    """
    if file is not None:
        if not file.is_file():
            raise UnreadableImage(f"{file}: no such file: name a photo, or none to use the demo's own")
        return [file], INSTRUCTION
    picture = coffee()
    jpeg, raw = out / "coffee.jpg", out / "coffee.dng"
    try:
        out.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(jpeg, quality=95, subsampling=0)
        write_dng(raw, picture)
    except OSError as error:
        raise NotWritable(f"{out}: {error.strerror or error}: name another folder with --out") from error
    return [jpeg, raw], INSTRUCTION


def coffee() -> NDArray[np.uint8]:
    """The demo's picture: (400, 600, 3), 8-bit sRGB, from the installed scikit-image package."""
    with as_file(files("skimage.data") / "coffee.png") as path, Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def linear(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Light, 0…1, of an 8-bit sRGB ``picture`` of any shape (inverse transfer curve of IEC 61966-2-1)."""
    value = picture / 255.0
    light: NDArray[np.float64] = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return light


def mosaic(picture: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """What a Bayer sensor (RGGB) records of ``picture``, (h, w, 3) 8-bit sRGB.

    Returns (h, w) times `OVERSAMPLING`, `BLACK`…`WHITE`.
    """
    height, width = picture.shape[:2]
    large = Image.fromarray(picture).resize((width * OVERSAMPLING, height * OVERSAMPLING), Image.Resampling.BICUBIC)
    camera = linear(np.asarray(large)) * NEUTRAL * HEADROOM
    sensor = camera[..., 1].copy()
    sensor[0::2, 0::2] = camera[0::2, 0::2, 0]
    sensor[1::2, 1::2] = camera[1::2, 1::2, 2]
    counts: NDArray[np.uint16] = np.round(BLACK + sensor * (WHITE - BLACK)).astype(np.uint16)
    return counts


def write_dng(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write ``picture``, (h, w, 3) 8-bit sRGB, as an uncompressed Bayer DNG (Adobe DNG specification 1.4).

    The camera is made up: its colour filters are the sRGB primaries behind the gains of `NEUTRAL`, so its matrix is
    exact and a raw developer gets the picture's own colours back. Raises `OSError`.
    """
    matrix = NEUTRAL[:, None] * SRGB_FROM_XYZ
    tags = [
        (271, ASCII, 0, "RetouchIQ", True),  # Make
        (272, ASCII, 0, "Demo", True),  # Model
        (274, SHORT, 1, 1, True),  # Orientation: as stored
        (33421, SHORT, 2, (2, 2), True),  # CFARepeatPatternDim
        (33422, BYTE, 4, BAYER_RGGB, True),  # CFAPattern
        (50706, BYTE, 4, bytes([1, 4, 0, 0]), True),  # DNGVersion
        (50707, BYTE, 4, bytes([1, 1, 0, 0]), True),  # DNGBackwardVersion
        (50708, ASCII, 0, "RetouchIQ Demo", True),  # UniqueCameraModel
        (50714, SHORT, 1, BLACK, True),  # BlackLevel
        (50717, SHORT, 1, WHITE, True),  # WhiteLevel
        (50721, SRATIONAL, 9, _rational(matrix), True),  # ColorMatrix1: camera from XYZ
        (50728, RATIONAL, 3, _rational(NEUTRAL), True),  # AsShotNeutral
        (50778, SHORT, 1, D65, True),  # CalibrationIlluminant1
    ]
    tifffile.imwrite(path, mosaic(picture), photometric=CFA, metadata=None, software="RetouchIQ", extratags=tags)


def _rational(values: NDArray[np.float64]) -> tuple[int, ...]:
    """Numerators and denominators in turn, to six decimals."""
    return tuple(part for value in values.flat for part in (round(float(value) * 1_000_000), 1_000_000))
