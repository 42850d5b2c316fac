"""Ask darktable's libraries what their modules' parameters are. Run as a child: a foreign library may crash.

``python -m hostbridge.darktable.introspection LIBRARY PLUGINS_DIR`` prints one JSON object: ``modules`` (operation →
version, size, flags, colour space, tree of fields), ``orders`` (the built-in pipe orders by number), ``blends`` (the
blend parameters a new module starts with), ``blend_version``, ``masks_version`` and ``failed`` (operation → why it did
not answer). Every module is asked in a process of its own.

The tables are those of darktable's ``src/common/introspection.h`` (api 8, the same in 4.2 and 5.4): a header of eight
machine words, then what the type adds. ctypes adds the padding of the platform, so no stride is written here.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import sys
from collections.abc import Callable
from ctypes import POINTER, Structure, c_char_p, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import Any

API = 8

# position in this list = dt_introspection_type_t
KINDS: list[str] = [
    *("none", "opaque", "float", "double", "floatcomplex", "char", "int8", "uint8", "short", "ushort"),
    *("int", "uint", "long", "ulong", "bool", "array", "enum", "struct", "union"),
]
_NUMBERS: dict[str, type[Any]] = {
    "float": ctypes.c_float,
    "double": ctypes.c_double,
    "int8": ctypes.c_int8,
    "uint8": ctypes.c_uint8,
    "short": ctypes.c_short,
    "ushort": ctypes.c_ushort,
    "int": ctypes.c_int,
    "uint": ctypes.c_uint,
    "long": ctypes.c_long,
    "ulong": ctypes.c_ulong,
}
_BLANK = 1 << 16  # room for any of darktable's structs, all zero
_ORDERS = range(1, 10)  # dt_iop_order_t after "custom"; asked until the library has no such order
_BLEND_SPACES = (2, 3, 4)  # dt_develop_blend_colorspace_t: Lab, RGB display, RGB scene
_CRASH_NOTE = "its library crashed"


class Header(Structure):
    """dt_introspection_type_header_t."""

    _fields_ = [
        ("type", c_int),
        ("type_name", c_char_p),
        ("name", c_char_p),
        ("field_name", c_char_p),
        ("description", c_char_p),
        ("size", c_size_t),
        ("offset", c_size_t),
        ("so", c_void_p),
    ]


class ArrayTail(Structure):
    """What dt_introspection_type_array_t adds to the header."""

    _fields_ = [("count", c_size_t), ("type", c_int), ("field", c_void_p)]


class EnumTuple(Structure):
    """dt_introspection_type_enum_tuple_t."""

    _fields_ = [("name", c_char_p), ("value", c_int), ("description", c_char_p)]


class EnumTail(Structure):
    """What dt_introspection_type_enum_t adds to the header."""

    _fields_ = [("entries", c_size_t), ("values", POINTER(EnumTuple)), ("default", c_int)]


class StructTail(Structure):
    """What dt_introspection_type_struct_t adds to the header."""

    _fields_ = [("entries", c_size_t), ("fields", POINTER(c_void_p))]


class Table(Structure):
    """dt_introspection_t, up to what is read here."""

    _fields_ = [
        ("api_version", c_int),
        ("params_version", c_int),
        ("type_name", c_char_p),
        ("size", c_size_t),
        ("field", c_void_p),
    ]


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _number(kind: str, tail: int) -> dict[str, Any]:
    low, high, default = (_NUMBERS[kind] * 3).from_address(tail)
    return {"min": low, "max": high, "default": default}


def _bool(_kind: str, tail: int) -> dict[str, Any]:
    return {"default": bool(c_int.from_address(tail).value)}


def _array(_kind: str, tail: int) -> dict[str, Any]:
    array = ArrayTail.from_address(tail)
    return {"count": array.count, "items": field(array.field)}


def _enum(_kind: str, tail: int) -> dict[str, Any]:
    enum = EnumTail.from_address(tail)
    # the table ends with a nameless tuple, before ``entries`` where darktable could not name an anonymous enum
    tuples = itertools.takewhile(lambda t: t.name, (enum.values[i] for i in range(enum.entries)))
    return {"values": {_text(t.name): t.value for t in tuples}, "default": enum.default}


def _struct(_kind: str, tail: int) -> dict[str, Any]:
    struct = StructTail.from_address(tail)
    return {"fields": [field(struct.fields[i]) for i in range(struct.entries)]}


_TAILS: dict[str, Callable[[str, int], dict[str, Any]]] = {
    **dict.fromkeys(_NUMBERS, _number),
    "bool": _bool,
    "array": _array,
    "enum": _enum,
    "struct": _struct,
}


def field(address: int) -> dict[str, Any]:
    """The field at this address and all below it; ``offset`` counts from the start of the parameters."""
    header = Header.from_address(address)
    kind = KINDS[header.type]
    said = {
        "kind": kind,
        "name": _text(header.field_name),
        "type": _text(header.type_name),
        "description": _text(header.description),
        "size": header.size,
        "offset": header.offset,
    }
    tail = _TAILS.get(kind)
    return said | (tail(kind, address + ctypes.sizeof(Header)) if tail else {})


def module(path: Path) -> dict[str, Any]:
    """Version, size, flags, colour spaces and fields of one module library; raises OSError or ValueError."""
    library = ctypes.CDLL(str(path))
    if not hasattr(library, "get_introspection"):
        raise ValueError("it describes no parameters")
    # introspection_init writes the library's own handle into every field; nothing of it is read here
    if library.introspection_init(ctypes.create_string_buffer(_BLANK), API):
        raise ValueError(f"its introspection is not of api {API}")
    library.get_introspection.restype = POINTER(Table)
    table = library.get_introspection().contents
    return {
        "version": table.params_version,
        "size": table.size,
        "type": _text(table.type_name),
        "fields": field(table.field)["fields"],
        "flags": library.flags() if hasattr(library, "flags") else 0,
    }


def colorspaces(path: Path) -> dict[str, Any]:
    """The colour spaces the module works and blends in, as dt_iop_colorspace_type_t, for a blank image.

    Some modules look at the image first and may crash on a blank one, so this is asked apart from the fields.
    """
    library = ctypes.CDLL(str(path))
    blank = [ctypes.create_string_buffer(_BLANK) for _ in range(3)]
    names = ("default_colorspace", "blend_colorspace")
    return {name: getattr(library, name)(*blank) for name in names if hasattr(library, name)}


def orders(library: ctypes.CDLL) -> dict[str, str]:
    """The built-in pipe orders, as ``iop_order_list`` text, by ``iop_order_version``."""
    library.dt_ioppr_get_iop_order_list_version.restype = c_void_p
    library.dt_ioppr_serialize_text_iop_order_list.restype = c_char_p
    library.dt_ioppr_serialize_text_iop_order_list.argtypes = [c_void_p]
    lists = ((n, library.dt_ioppr_get_iop_order_list_version(n)) for n in _ORDERS)
    return {str(n): _text(library.dt_ioppr_serialize_text_iop_order_list(found)) for n, found in lists if found}


def blends(library: ctypes.CDLL) -> dict[str, str]:
    """The blend parameters a new module starts with, as hex, by blend colour space; longer than they are by zeros."""
    blank = {space: ctypes.create_string_buffer(_BLANK) for space in _BLEND_SPACES}
    for space, buffer in blank.items():
        library.dt_develop_blend_init_blend_parameters(buffer, space)
    return {str(space): buffer.raw.rstrip(b"\0").hex() for space, buffer in blank.items()}


def host(library: ctypes.CDLL) -> dict[str, Any]:
    """What libdarktable itself knows: the pipe orders, and the versions of blend parameters and masks it writes."""
    return {
        "orders": orders(library),
        "blends": blends(library),
        "blend_version": library.dt_develop_blend_version(),
        "masks_version": library.dt_masks_version(),
    }


def _apart(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer of a forked child; ``{"failed": why}`` where it crashes or cannot."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            answer = ask()
        except Exception as error:  # whatever it is, the parent's other modules go on
            answer = {"failed": str(error)}
        with os.fdopen(write, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        return {"failed": _CRASH_NOTE}
    return found


def describe(library: Path, plugins: Path) -> dict[str, Any]:
    """Everything the schema is made of; see the module's text."""
    darktable = ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    modules: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for path in sorted(plugins.glob("lib*.so")):
        operation = path.stem.removeprefix("lib")
        answer = _apart(lambda path=path: module(path))  # type: ignore[misc]
        if "failed" in answer:
            failed[operation] = answer["failed"]
            continue
        spaces = _apart(lambda path=path: colorspaces(path))  # type: ignore[misc]
        spaces.pop("failed", None)
        modules[operation] = answer | spaces
    return {"modules": modules, "failed": failed} | _apart(lambda: host(darktable))


def main() -> None:
    """Print the description of the library and the plug-in folder named on the command line."""
    library, plugins = map(Path, sys.argv[1:3])
    json.dump(describe(library, plugins), sys.stdout)


if __name__ == "__main__":
    main()
