"""Blend parameters ↔ bytes: how a module's output is mixed with its input, by opacity and masks.

darktable does not describe these by introspection, so the layouts are written here, once, by ``blendop_version``. They
are dt_develop_blend_params_t of darktable's ``develop/blend.h`` (10 to 14) and the older structs that its legacy
conversion in ``develop/blend.c`` reads. A version that is not here is carried as bytes and never guessed at.
"""

from __future__ import annotations

import struct
from typing import Any

from hostbridge import InvalidSetting
from hostbridge.darktable.codec import read_float, write_float

Fields = dict[str, Any]

CHANNELS = 16  # DEVELOP_BLENDIF_SIZE
_Row = tuple[str, str, int]  # name, "I" uint32 | "i" int32 | "f" float | "s" text, how many

_RANGES: list[_Row] = [("blendif_parameters", "f", 4 * CHANNELS)]
_RASTER: list[_Row] = [
    ("raster_mask_source", "s", 20),
    ("raster_mask_instance", "i", 1),
    ("raster_mask_id", "i", 1),
    ("raster_mask_invert", "i", 1),
]
_MASKED: list[_Row] = [
    ("mask_mode", "I", 1),
    ("blend_mode", "I", 1),
    ("opacity", "f", 1),
    ("mask_combine", "I", 1),
    ("mask_id", "I", 1),
    ("blendif", "I", 1),
    ("feathering_radius", "f", 1),
]
_REFINED: list[_Row] = [
    ("feathering_guide", "I", 1),
    ("blur_radius", "f", 1),
    ("contrast", "f", 1),
    ("brightness", "f", 1),
]
_SPACED: list[_Row] = [
    ("mask_mode", "I", 1),
    ("blend_cst", "i", 1),
    ("blend_mode", "I", 1),
    ("blend_parameter", "f", 1),
    *_MASKED[2:],
    *_REFINED,
    ("details", "f", 1),
]
_BOOSTS: list[_Row] = [*_RANGES, ("blendif_boost_factors", "f", CHANNELS), *_RASTER]
_V4: list[_Row] = [
    ("blend_mode", "I", 1),
    ("opacity", "f", 1),
    ("mask_id", "I", 1),
    ("blendif", "I", 1),
    ("blur_radius", "f", 1),
    *_RANGES,
]
_V8: list[_Row] = [*_MASKED, *_REFINED, ("reserved", "I", 4), *_RANGES]
_V10: list[_Row] = [*_SPACED, ("reserved", "I", 3), *_BOOSTS]
_V12: list[_Row] = [*_SPACED, ("feather_version", "I", 1), ("reserved", "I", 2), *_BOOSTS]

LAYOUTS: dict[int, list[_Row]] = {
    4: _V4,
    7: [*_MASKED, ("reserved", "I", 4), *_RANGES],
    8: _V8,
    9: [*_V8, *_RASTER],
    10: _V10,
    11: _V10,
    12: _V12,
    13: _V12,
    14: _V12,
}


def size(version: int) -> int:
    """The bytes of blend parameters of a known version."""
    return sum(count * (1 if kind == "s" else 4) for _, kind, count in LAYOUTS[version])


def decode(version: int, blob: bytes) -> Fields | None:
    """The fields by name, a list where there are several; None for a version or size that is not known (carry it)."""
    if version not in LAYOUTS or len(blob) != size(version):
        return None
    fields: Fields = {}
    start = 0
    for name, kind, count in LAYOUTS[version]:
        end = start + count * (1 if kind == "s" else 4)
        fields[name] = _read(kind, count, blob[start:end])
        start = end
    return fields


def encode(version: int, fields: Fields) -> bytes:
    """The bytes of complete fields: the exact inverse of `decode`. `InvalidSetting` for an unknown version."""
    if version not in LAYOUTS:
        raise InvalidSetting(f"blend parameters of version {version} are not known: known are {sorted(LAYOUTS)}")
    return b"".join(_write(kind, count, fields[name]) for name, kind, count in LAYOUTS[version])


def _read(kind: str, count: int, blob: bytes) -> Any:
    if kind == "s":
        text = blob.rstrip(b"\0")
        plain = text.isascii() and b"\0" not in text and not text.startswith(b"hex:")
        return text.decode("ascii") if plain else f"hex:{blob.hex()}"
    words = [blob[i : i + 4] for i in range(0, 4 * count, 4)]
    values = [read_float(w) if kind == "f" else struct.unpack(f"<{kind}", w)[0] for w in words]
    return values[0] if count == 1 else values


def _write(kind: str, count: int, value: Any) -> bytes:
    if kind == "s":
        text = bytes.fromhex(value[4:]) if value.startswith("hex:") else value.encode("ascii")
        return text.ljust(count, b"\0")
    values = [value] if count == 1 else value
    return b"".join(write_float(v) if kind == "f" else struct.pack(f"<{kind}", v) for v in values)
