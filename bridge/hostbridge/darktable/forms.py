"""The drawn forms of a sidecar: which are in effect at a step, adding ours, and taking them away again.

A step with forms holds a whole snapshot: from it on, exactly those forms exist. So ours go in together with a copy of
the user's, at our first step with a drawn mask.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from hostbridge.darktable import codec, masks, shapes
from hostbridge.darktable.history import HistoryEntry
from hostbridge.darktable.masks import Form
from hostbridge.darktable.schema import Module, Schema
from hostbridge.darktable.settings import OURS, Mask, Params
from hostbridge.darktable.shapes import Frame

_FROM_FILE = -1  # ORIENTATION_NULL, the flip module's "as the camera held it"


def drawn(mask: Mask | None, frame: Frame, present: Sequence[Form], operation: str) -> list[Form]:
    """The forms a mask needs, its shape's first and their group last; none where nothing is drawn.

    Their ids are made from what they are for: the same edit gives the same sidecar, and no id is in use already.
    """
    if mask is None or mask.shape is None:
        return []
    taken = {form.id for form in present}
    named = f"{operation} {type(mask.shape).__name__.lower()} {len(present)}"
    members: list[tuple[Form, int]] = []
    for part in shapes.parts(mask.shape, frame):
        id_ = _free_id(f"{named} {len(members)}" if members else named, taken)
        taken.add(id_)
        form = masks.make(part.kind, id_, f"{OURS} {masks.NAMES[part.kind]} {id_ % 1000}", part.points)
        members.append((form, part.combined))
    group = shapes.group(members, _free_id(f"{operation} group {len(present)}", taken), f"{OURS} {operation}")
    return [*(form for form, _ in members), group]


def _free_id(text: str, taken: set[int]) -> int:
    number = zlib.crc32(text.encode()) & 0x3FFFFFFF | 0x40000000
    while number in taken:
        number += 1
    return number


def with_snapshot(present: Sequence[Form], added: Sequence[Form], num: int) -> list[Form]:
    """All forms of a sidecar once ``added`` come in with step ``num``, the first that has any of them."""
    latest = max((form.num for form in present), default=0)
    in_effect = [form for form in present if form.num == latest]
    return [*present, *(masks.at(form, num) for form in (*in_effect, *added))]


def without_ours(present: Sequence[Form], entries: Sequence[HistoryEntry]) -> list[Form]:
    """The forms of a sidecar once the steps named ``retouchiq`` are gone and the others are counted anew.

    A snapshot at a step of ours is the user's own where darktable has rewritten it since: what differs from the last
    one before it goes to the user's step before ours.
    """
    snapshots: dict[int, list[Form]] = {}
    for form in _users(present):
        snapshots.setdefault(form.num, []).append(form)
    result: dict[int, list[Form]] = {}
    last = -1
    in_effect: set[tuple[int, bytes]] = set()
    for entry in entries:
        last += entry.instance != OURS
        snapshot = snapshots.get(entry.num)
        if snapshot is None:
            continue
        held = {(form.id, form.points) for form in snapshot}
        if entry.instance != OURS or held != in_effect:
            result[max(last, 0)] = snapshot
        in_effect = held
    return [masks.at(form, num) for num, snapshot in result.items() for form in snapshot]


def _users(present: Sequence[Form]) -> list[Form]:
    """The forms that are not ours, and those of ours that the user took into a group of their own."""
    theirs = [form for form in present if not form.name.startswith(OURS)]
    lent = {point["formid"] for form in theirs if form.kind == masks.GROUP for point in form.decoded() or ()}
    return [form for form in present if not form.name.startswith(OURS) or form.id in lent]


def frame(entries: Iterable[HistoryEntry], schema: Schema, aspect: float, exif_orientation: int) -> Frame:
    """How the displayed picture lies in the image, by the flip and crop modules in effect.

    Lens, perspective and rotation corrections are small and not followed. A crop of another module version than the
    installed darktable's is not known and taken as none.
    """
    orientation = shapes.ORIENTATIONS[exif_orientation]
    crop = (0.0, 0.0, 1.0, 1.0)
    for entry in entries:
        params = _params(entry, schema) if entry.operation in {"flip", "crop"} else None
        if params is None:
            continue
        if entry.operation == "flip":
            orientation = _flip(params, schema.module("flip"), exif_orientation) if entry.enabled else 0
        else:
            crop = (params["cx"], params["cy"], params["cw"], params["ch"]) if entry.enabled else (0.0, 0.0, 1.0, 1.0)
    return Frame(aspect, orientation, crop)


def _params(entry: HistoryEntry, schema: Schema) -> Params | None:
    module = schema.modules.get(entry.operation)
    if module is None or module.version != entry.version or module.size != len(entry.params):
        return None
    return codec.decode(module, entry.params)


def _flip(params: Params, module: Module, exif_orientation: int) -> int:
    (field,) = module.fields
    name = params["orientation"]  # a number where the enum has no name for it
    bits = field.values[name] if name in field.values else int(name)
    return shapes.ORIENTATIONS[exif_orientation] if bits == _FROM_FILE else bits
