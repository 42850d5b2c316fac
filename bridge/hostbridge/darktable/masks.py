"""Drawn shapes ↔ bytes: the forms of a sidecar's ``masks_history``.

A form is a list of points of one struct, told by its type. The structs are dt_masks_point_*_t of darktable's
``develop/masks.h`` for mask version 6, the one every darktable since 2.6 writes; other versions are carried as bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from hostbridge import InvalidSetting
from hostbridge.darktable.codec import read_float, write_float

VERSION = 6
CIRCLE, PATH, GROUP, CLONE, GRADIENT, ELLIPSE, BRUSH, NON_CLONE = (1 << bit for bit in range(8))
"""dt_masks_type_t. `CLONE` and `NON_CLONE` say what a shape is drawn for and come on top of one of the others."""

STATE_USE, STATE_SHOW, STATE_INVERSE, STATE_UNION, STATE_INTERSECTION, STATE_DIFFERENCE = (1 << bit for bit in range(6))
"""dt_masks_state_t, of a shape inside a group."""

_Row = tuple[str, str, int]  # name, "I" uint32 | "i" int32 | "f" float, how many

POINTS: dict[int, list[_Row]] = {
    CIRCLE: [("center", "f", 2), ("radius", "f", 1), ("border", "f", 1)],
    PATH: [("corner", "f", 2), ("ctrl1", "f", 2), ("ctrl2", "f", 2), ("border", "f", 2), ("state", "i", 1)],
    GROUP: [("formid", "i", 1), ("parentid", "i", 1), ("state", "i", 1), ("opacity", "f", 1)],
    GRADIENT: [
        ("anchor", "f", 2),
        ("rotation", "f", 1),
        ("compression", "f", 1),
        ("steepness", "f", 1),
        ("curvature", "f", 1),
        ("state", "i", 1),
    ],
    ELLIPSE: [("center", "f", 2), ("radius", "f", 2), ("rotation", "f", 1), ("border", "f", 1), ("flags", "i", 1)],
    BRUSH: [
        ("corner", "f", 2),
        ("ctrl1", "f", 2),
        ("ctrl2", "f", 2),
        ("border", "f", 2),
        ("density", "f", 1),
        ("hardness", "f", 1),
        ("state", "i", 1),
    ],
}
NAMES = {CIRCLE: "circle", PATH: "path", GROUP: "group", GRADIENT: "gradient", ELLIPSE: "ellipse", BRUSH: "brush"}

Point = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """One drawn shape as a sidecar holds it; ``num`` is the history step it belongs to, ``source`` a clone's origin.

    ``element``: what it was read from, so that writing it again loses nothing.
    """

    num: int
    id: int
    type: int
    name: str
    version: int
    points: bytes
    count: int
    source: bytes = bytes(8)
    element: etree._Element | None = field(default=None, compare=False, repr=False)

    @property
    def kind(self) -> int:
        """The type without the flags that say what the shape is drawn for."""
        return self.type & ~(CLONE | NON_CLONE)

    def decoded(self) -> list[Point] | None:
        """The points by field name; None for a shape or version that is not known (carry it)."""
        if self.version != VERSION or self.kind not in POINTS:
            return None
        return decode(self.kind, self.points)


def make(kind: int, id: int, name: str, points: list[Point]) -> Form:  # noqa: A002
    """A form of the version written here; its history step is set by who adds it."""
    return Form(0, id, kind, name, VERSION, encode(kind, points), len(points))


def at(form: Form, num: int) -> Form:
    """The form as part of another history step."""
    return replace(form, num=num)


def decode(kind: int, blob: bytes) -> list[Point] | None:
    """The points of a shape; None where the bytes are not a whole number of points."""
    rows = POINTS[kind]
    step = 4 * sum(count for _, _, count in rows)
    if len(blob) % step:
        return None
    return [_read(rows, blob[start : start + step]) for start in range(0, len(blob), step)]


def encode(kind: int, points: list[Point]) -> bytes:
    """The bytes of complete points, the exact inverse of `decode`. `InvalidSetting` for an unknown shape."""
    if kind not in POINTS:
        raise InvalidSetting(f"no drawn shape is of type {kind}: known are {NAMES}")
    return b"".join(_write(kind_, point[name]) for point in points for name, kind_, _ in POINTS[kind])


def _read(rows: list[_Row], blob: bytes) -> Point:
    point: Point = {}
    start = 0
    for name, kind, count in rows:
        words = [blob[i : i + 4] for i in range(start, start + 4 * count, 4)]
        values = [read_float(w) if kind == "f" else struct.unpack(f"<{kind}", w)[0] for w in words]
        point[name] = values[0] if count == 1 else values
        start += 4 * count
    return point


def _write(kind: str, value: Any) -> bytes:
    values = value if isinstance(value, list) else [value]
    return b"".join(write_float(v) if kind == "f" else struct.pack(f"<{kind}", v) for v in values)
