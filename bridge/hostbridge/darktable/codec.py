"""A module's parameters ↔ bytes, and bytes ↔ the text of sidecars and styles.

Bytes are the C struct as darktable's own introspection lays it out (little-endian; darktable runs on nothing else).
Decoding loses nothing, so that encoding gives the same bytes again:

- a float becomes the shortest number that is the same float; one that is not finite becomes its bits (``0x7fc00000``),
- a bool that is neither 0 nor 1, or an enum value without a name, becomes an int,
- a char array becomes its text, or ``hex:…`` where it is not clean text followed by zeros,
- padding between fields that is not zero is kept as ``_padding`` of the struct it lies in.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
import zlib
from functools import lru_cache
from typing import Any

import numpy as np

from hostbridge import InvalidSetting, MalformedSidecar
from hostbridge.darktable.schema import Field, Module
from hostbridge.darktable.settings import Params

_FORMATS = {
    "double": "<d",
    "char": "<b",
    "int8": "<b",
    "uint8": "<B",
    "short": "<h",
    "ushort": "<H",
    "int": "<i",
    "uint": "<I",
    "long": "<q",
    "ulong": "<Q",
}
_LARGEST = 1 << 24  # no parameters of darktable come near; a bomb does
_HEX = re.compile(r"(?:[0-9a-f]{2})*")


def decode(module: Module, blob: bytes) -> Params:
    """The params these bytes are; `InvalidSetting` where the size is not the module's (another module version)."""
    if len(blob) != module.size:
        raise InvalidSetting(
            f"{module.operation} parameters of {len(blob)} bytes are not version {module.version} of "
            f"{module.host}, which has {module.size}"
        )
    params: Params = _read(module.struct, blob)
    return params


def encode(module: Module, params: Params) -> bytes:
    """The bytes of complete params, the exact inverse of `decode`; `InvalidSetting` names a field that cannot be."""
    out = bytearray(module.size)
    try:
        _write(module.struct, params, out, 0)
    except (KeyError, TypeError, ValueError, struct.error, OverflowError) as error:
        module.validate(params)
        raise InvalidSetting(f"{module.operation} cannot be written: {error} ({module.host})") from error
    return bytes(out)


def _read(what: Field, blob: bytes) -> Any:
    if what.kind == "struct":
        return _read_struct(what, blob)
    if what.kind == "array":
        assert what.items is not None
        step = what.items.size
        return [_read(what.items, blob[i * step : (i + 1) * step]) for i in range(what.count)]
    if what.kind == "float":
        return read_float(blob)
    if what.kind == "floatcomplex":
        return [read_float(blob[:4]), read_float(blob[4:8])]
    if what.kind in {"enum", "bool"}:
        value = int.from_bytes(blob, "little", signed=True)
        return what.names.get(value, value) if what.kind == "enum" else {0: False, 1: True}.get(value, value)
    if what.kind == "text":
        return _read_text(blob)
    if what.kind == "opaque":
        return blob.hex()
    (value,) = struct.unpack(_FORMATS[what.kind], blob)
    if what.kind == "double" and not math.isfinite(value):
        return f"0x{int.from_bytes(blob, 'little'):016x}"
    return value


def _read_struct(what: Field, blob: bytes) -> Params:
    params = {child.name: _read(child, blob[child.offset : child.offset + child.size]) for child in what.fields}
    rest = bytearray(blob)
    for child in what.fields:
        rest[child.offset : child.offset + child.size] = bytes(child.size)
    if any(rest):
        params["_padding"] = rest.hex()
    return params


@lru_cache(maxsize=4096)  # real parameters hold few numbers, thousands of times
def read_float(blob: bytes) -> float | str:
    """Four bytes as the shortest number that is the same float, or as ``0x…`` bits where it is not finite."""
    value = np.frombuffer(blob, "<f4")[0]
    if not np.isfinite(value):
        return f"0x{int.from_bytes(blob, 'little'):08x}"
    return float(str(value))


def write_float(value: float | str) -> bytes:
    """The inverse of `read_float`; ValueError for a number no float can hold."""
    if isinstance(value, str):
        return int(value, 16).to_bytes(4, "little")
    return struct.pack("<f", value)


def _read_text(blob: bytes) -> str:
    text, _, rest = blob.partition(b"\0")
    try:
        clean = text.decode("utf-8")
    except UnicodeDecodeError:
        clean = "hex:"
    if any(rest) or len(text) == len(blob) or clean.startswith("hex:"):
        return f"hex:{blob.hex()}"
    return clean


def _write_text(what: Field, value: str) -> bytes:
    if value.startswith("hex:"):
        return bytes.fromhex(value[4:])
    text = value.encode("utf-8")
    if len(text) >= what.size:
        raise ValueError(f"{what.name} = {value!r} is longer than {what.size - 1} bytes")
    return text.ljust(what.size, b"\0")


def _write(what: Field, value: Any, out: bytearray, start: int) -> None:
    if what.kind == "struct":
        if "_padding" in value:
            out[start : start + what.size] = bytes.fromhex(value["_padding"])
        for child in what.fields:
            _write(child, value[child.name], out, start + child.offset)
    elif what.kind == "array":
        assert what.items is not None
        if len(value) != what.count:
            raise ValueError(f"{what.name} needs {what.count} values, not {len(value)}")
        for index, item in enumerate(value):
            _write(what.items, item, out, start + index * what.items.size)
    else:
        out[start : start + what.size] = _bytes(what, value)


def _bytes(what: Field, value: Any) -> bytes:
    if what.kind == "float":
        return write_float(value)
    if what.kind == "floatcomplex":
        return write_float(value[0]) + write_float(value[1])
    if what.kind == "enum":
        number = what.values[value] if isinstance(value, str) else value
        return int(number).to_bytes(what.size, "little", signed=True)
    if what.kind == "bool":
        return int(value).to_bytes(what.size, "little", signed=True)
    if what.kind == "text":
        return _write_text(what, value)
    if what.kind == "opaque":
        return bytes.fromhex(value)
    if what.kind == "double" and isinstance(value, str):
        return int(value, 16).to_bytes(8, "little")
    return struct.pack(_FORMATS[what.kind], value)


def from_text(text: str) -> bytes:
    """The bytes of a ``params``, ``blendop_params`` or ``mask_points`` text, hex or gz form.

    The forms are those of dt_exif_xmp_encode in darktable's ``common/exif.cc``: lower-case hex, or ``gz``, two digits
    (how many times larger the content is, at most 99) and base64 of a zlib stream. `MalformedSidecar` for anything
    else: darktable would drop the whole history.
    """
    if not text.startswith("gz"):
        if not _HEX.fullmatch(text):
            raise MalformedSidecar(f"parameters {_shortened(text)} are neither lower-case hex nor darktable's gz form")
        return bytes.fromhex(text)
    try:
        inflate = zlib.decompressobj()
        blob = inflate.decompress(base64.b64decode(text[4:]), _LARGEST)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise MalformedSidecar(f"parameters {_shortened(text)} cannot be unpacked: {error}") from error
    if not inflate.eof:
        raise MalformedSidecar(f"parameters {_shortened(text)} are cut short or larger than {_LARGEST} bytes")
    return blob


def to_text(blob: bytes, compress: bool | None = None) -> str:
    """The text of these bytes. ``compress``: True gz, False hex, None as darktable does by default (gz above 100)."""
    if not (len(blob) > 100 if compress is None else compress):
        return blob.hex()
    packed = zlib.compress(blob)
    factor = min(len(blob) // len(packed) + 1, 99)
    return f"gz{factor:02d}{base64.b64encode(packed).decode()}"


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 24 else f"{text[:20]}…")
