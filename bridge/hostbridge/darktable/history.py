"""The history of a sidecar: its entries and drawn forms, read from any version of darktable's XMP.

Since ``xmp_version`` 2 an entry is an ``rdf:li`` with fields (`FIELDS`); version 1 has one array per field (`_OLD`).
Forms: ``masks_history`` since version 3, one array per field before (`_OLD_FORMS`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from hostbridge import MalformedSidecar
from hostbridge.darktable import codec, packet
from hostbridge.darktable.masks import Form

FIELDS = (
    "num",
    "operation",
    "enabled",
    "modversion",
    "params",
    "multi_name",
    "multi_name_hand_edited",
    "multi_priority",
    "blendop_version",
    "blendop_params",
)
_OLD = {
    "operation": "history_operation",
    "enabled": "history_enabled",
    "modversion": "history_modversion",
    "params": "history_params",
    "multi_name": "multi_name",
    "multi_priority": "multi_priority",
    "blendop_version": "blendop_version",
    "blendop_params": "blendop_params",
}
_NEEDED = ("operation", "modversion", "params")
_FORM_FIELDS = ("mask_num", "mask_id", "mask_type", "mask_name", "mask_version", "mask_points", "mask_nb", "mask_src")
_OLD_FORMS = {
    "mask_id": "mask_id",
    "mask_type": "mask_type",
    "mask_name": "mask_name",
    "mask_version": "mask_version",
    "mask_points": "mask",
    "mask_nb": "mask_nb",
    "mask_src": "mask_src",
}


@dataclass(frozen=True)
class HistoryEntry:
    """One step: a module instance with its parameters (``params``) and how it is blended (``blend``), as bytes.

    ``num``: the step, from 0. ``priority``: which instance of the module, from 0; ``instance``: the name the user sees.
    ``blend`` is None where darktable's default applies. ``other``: fields that are not known here. ``element``: what
    the step was read from, so that writing it again loses nothing.
    """

    num: int
    operation: str
    version: int
    enabled: bool
    params: bytes
    instance: str = ""
    priority: int = 0
    blend_version: int | None = None
    blend: bytes | None = None
    other: dict[str, str] = field(default_factory=dict)
    element: etree._Element | None = field(default=None, compare=False, repr=False)


def entries(root: etree._Element) -> list[HistoryEntry]:
    """All steps in the order of the file. `MalformedSidecar` names the step darktable would reject."""
    items = packet.items(root, "history")
    if not items:
        return [_entry(index, fields, None) for index, fields in enumerate(_transposed(root, _OLD))]
    return [_entry(index, packet.fields(item), item) for index, item in enumerate(items)]


def forms(root: etree._Element) -> list[Form]:
    """All drawn forms, of every history step that has some. `MalformedSidecar` for one that cannot be read."""
    items = packet.items(root, "masks_history")
    if not items:
        return [_form(fields, None) for fields in _transposed(root, _OLD_FORMS)]
    return [_form(packet.fields(item), item) for item in items]


def write(root: etree._Element, steps: Iterable[HistoryEntry]) -> None:
    """Make these the steps of the packet."""
    packet.replace(
        root,
        "history",
        [
            packet.item(entry_fields(step)) if step.element is None else _counted(step.element, "num", step.num)
            for step in steps
        ],
    )


def write_forms(root: etree._Element, found: Sequence[Form]) -> None:
    """Make these the drawn forms of the packet, in the way its version has them."""
    if has_old_forms(root):
        _write_old_forms(root, found)
        return
    packet.replace(
        root,
        "masks_history",
        [
            packet.item(form_fields(form)) if form.element is None else _counted(form.element, "mask_num", form.num)
            for form in found
        ],
    )


def _counted(read: etree._Element, field_: str, number: int) -> etree._Element:
    """A copy of what was read, as part of another step."""
    element = copy.deepcopy(read)
    if packet.value(element, field_) != str(number):
        packet.put(element, field_, str(number))
    return element


def has_old_arrays(root: etree._Element) -> bool:
    """True where steps are stored as one array per field."""
    return bool(packet.items(root, _OLD["operation"]))


def has_old_forms(root: etree._Element) -> bool:
    """True where drawn forms are stored as one array per field, or would be."""
    return (packet.get(root, "xmp_version") or "") in {"1", "2"}


def drop_old_arrays(root: etree._Element) -> None:
    """Remove the arrays of version 1."""
    for name in _OLD.values():
        packet.drop(root, name)


def drop_old_forms(root: etree._Element) -> None:
    """Remove the form arrays of versions 1 and 2."""
    for name in _OLD_FORMS.values():
        packet.drop(root, name)


def form_fields(form: Form) -> dict[str, str]:
    """The form as the fields of an ``rdf:li``."""
    values = (
        str(form.num),
        str(form.id),
        str(form.type),
        form.name,
        str(form.version),
        codec.to_text(form.points),
        str(form.count),
        codec.to_text(form.source),
    )
    return dict(zip(_FORM_FIELDS, values, strict=True))


def entry_fields(entry: HistoryEntry) -> dict[str, str]:
    """The step as the fields of an ``rdf:li``; blending is left out where darktable's default applies."""
    values = {
        "num": str(entry.num),
        "operation": entry.operation,
        "enabled": str(int(entry.enabled)),
        "modversion": str(entry.version),
        "params": codec.to_text(entry.params),
        "multi_name": entry.instance,
        "multi_priority": str(entry.priority),
    }
    if entry.blend is not None:
        values["blendop_version"] = str(entry.blend_version)
        values["blendop_params"] = codec.to_text(entry.blend)
    return values | entry.other


def _write_old_forms(root: etree._Element, found: Sequence[Form]) -> None:
    rows = [form_fields(form) for form in found]
    for ours, theirs in _OLD_FORMS.items():
        items = [packet.item({}) for _ in rows]
        for item, row in zip(items, rows, strict=True):
            item.text = row[ours]
        packet.replace(root, theirs, items)


def _transposed(root: etree._Element, arrays: dict[str, str]) -> list[dict[str, str]]:
    columns = {field_: packet.texts(root, name) for field_, name in arrays.items()}
    longest = max(map(len, columns.values()))
    return [{key: texts[i] for key, texts in columns.items() if i < len(texts)} for i in range(longest)]


def _entry(index: int, fields: dict[str, str], element: etree._Element | None) -> HistoryEntry:
    missing = [name for name in _NEEDED if name not in fields]
    if missing:
        raise MalformedSidecar(
            f"history step {index} has no {' and no '.join(missing)}: darktable would drop the whole history; "
            "restore the sidecar from a copy"
        )
    blend = fields.get("blendop_params")
    return HistoryEntry(
        num=_whole(fields, "num", index),
        operation=fields["operation"],
        version=_whole(fields, "modversion", 0),
        enabled=_whole(fields, "enabled", 1) != 0,
        params=codec.from_text(fields["params"]),
        instance=fields.get("multi_name", ""),
        priority=_whole(fields, "multi_priority", 0),
        blend_version=_whole(fields, "blendop_version", 0) if blend else None,
        blend=codec.from_text(blend) if blend else None,
        other={key: text for key, text in fields.items() if key not in FIELDS or key == "multi_name_hand_edited"},
        element=element,
    )


def _form(fields: dict[str, str], element: etree._Element | None) -> Form:
    return Form(
        num=_whole(fields, "mask_num", 0),
        id=_whole(fields, "mask_id", 0),
        type=_whole(fields, "mask_type", 0),
        name=fields.get("mask_name", ""),
        version=_whole(fields, "mask_version", 0),
        points=codec.from_text(fields.get("mask_points", "")),
        count=_whole(fields, "mask_nb", 0),
        source=codec.from_text(fields.get("mask_src", "")),
        element=element,
    )


def _whole(fields: dict[str, str], name: str, default: int) -> int:
    text = fields.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise MalformedSidecar(f"the sidecar has {name} = {text[:40]!r}, which is not a whole number") from None
