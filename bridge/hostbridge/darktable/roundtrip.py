"""Decode every parameter of a sidecar or style to fields, encode it again, and compare the bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hostbridge.darktable import blend, codec, masks, style
from hostbridge.darktable.described import carried
from hostbridge.darktable.history import HistoryEntry
from hostbridge.darktable.masks import Form
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.sidecar import Sidecar

STYLE_SUFFIX = ".dtstyle"


@dataclass(frozen=True)
class Roundtrip:
    """What came of one file. ``identical``: nothing differs. ``carried``: module, blend and form versions that the
    installed darktable or this program does not have, kept as bytes; ``differs``: what would not be the same again."""

    file: str
    identical: bool
    carried: list[str]
    differs: list[str]


def roundtrip(file: Path, schema: Schema) -> Roundtrip:
    """The round trip of a sidecar or style. Raises `MalformedSidecar` or `UnusableInput` for a file that is neither."""
    if file.suffix == STYLE_SUFFIX:
        entries, forms = style.read(file).entries, []
    else:
        sidecar = Sidecar.read(file)
        entries, forms = sidecar.history, sidecar.masks
    kept: list[str] = []
    differs: list[str] = []
    for verdict, what in _blobs(entries, forms, schema):
        if verdict is None:
            kept.append(what)
        elif not verdict:
            differs.append(what)
    return Roundtrip(str(file), not differs, kept, differs)


def _blobs(entries: Iterable[HistoryEntry], forms: Iterable[Form], schema: Schema) -> Iterator[tuple[bool | None, str]]:
    """Each blob: True the same, False not, None carried, and what to call it."""
    for entry in entries:
        why = carried(entry.operation, entry.version, entry.params, schema)
        where = f"step {entry.num}: "
        if why:
            yield None, where + why
        else:
            module = schema.module(entry.operation)
            yield codec.encode(module, codec.decode(module, entry.params)) == entry.params, where + entry.operation
        if entry.blend is not None:
            version = entry.blend_version or 0
            fields = blend.decode(version, entry.blend)
            same = None if fields is None else blend.encode(version, fields) == entry.blend
            yield same, f"{where}{entry.operation} blend version {version}"
    for form in forms:
        points = form.decoded()
        same = None if points is None else masks.encode(form.kind, points) == form.points
        yield same, f"form {form.id} {form.name!r} of type {form.type} version {form.version}"
