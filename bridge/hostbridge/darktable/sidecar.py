"""Sidecars: a photo's edits, rating and keywords as darktable keeps them beside it, read, merged and written.

A `Sidecar` is a value: every change gives a new one, and what is not changed stays as it was read, understood or not.
Ours are the history entries named ``retouchiq`` and the drawn forms whose names start with it. They lie on top of the
user's history; taking them away gives the user's own edit back, also for modules that exist only once, because ours is
a further history entry there, not a change of the user's.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree

from hostbridge import InvalidSetting, MalformedSidecar, UnusableInput
from hostbridge.darktable import codec, forms, history, masks, order, packet, writing
from hostbridge.darktable.described import describe_entry, describe_form
from hostbridge.darktable.history import HistoryEntry
from hostbridge.darktable.limits import blend_params
from hostbridge.darktable.masks import Form
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.settings import OURS, ModuleSettings

NEWEST = 5
"""The newest ``xmp_version`` darktable 4.2 and 5.4 read; both refuse the history of a newer one."""

_WRITTEN = "5"
_STATE = ("xmp_version", "raw_params", "auto_presets_applied", "history_end", "iop_order_version", "iop_order_list")
# Of the history before: darktable would take its thumbnail for this one's. It works them out anew only where there is
# none at all; with one of them left it takes the photo for unedited and shows the camera's thumbnail.
_HASHES = ("history_basic_hash", "history_auto_hash", "history_current_hash")


class Sidecar:
    """The metadata and history of one photo. See the module's text; build with `read`, `parse` or `new`."""

    def __init__(self, root: etree._Element, name: str) -> None:
        self._root = root
        self.name = name

    @classmethod
    def read(cls, path: Path) -> Sidecar:
        """The sidecar of that file. `MalformedSidecar` for one darktable would not read, `UnusableInput` for none."""
        try:
            return cls.parse(path.read_bytes(), str(path))
        except OSError as error:
            raise UnusableInput(f"{path} cannot be read: {error.strerror}") from error

    @classmethod
    def parse(cls, text: bytes | str, name: str = "the XMP packet") -> Sidecar:
        """The sidecar in an XMP packet, such as the one darktable embeds in every export."""
        return cls(packet.parse(text, name), name)

    @classmethod
    def new(cls) -> Sidecar:
        """One that says nothing yet, for a photo that has none."""
        return cls(packet.empty(), "a new sidecar")

    # --- what it holds ------------------------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """``xmp_version``; 0 where no darktable wrote it."""
        return self._number("xmp_version", 0)

    @functools.cached_property
    def history(self) -> list[HistoryEntry]:
        """All steps, oldest first, also those that were undone (from ``history_end`` on)."""
        return history.entries(self._root)

    @property
    def history_end(self) -> int:
        """How many steps are in effect."""
        count = len(self.history)
        return min(self._number("history_end", count), count)

    @functools.cached_property
    def masks(self) -> list[Form]:
        """All drawn forms of all steps."""
        return history.forms(self._root)

    @property
    def iop_order_version(self) -> int:
        """The number of the module order; legacy where an older darktable wrote none."""
        return self._number("iop_order_version", order.LEGACY)

    @property
    def iop_order_list(self) -> order.Order | None:
        """The module order where the sidecar lists it."""
        text = packet.get(self._root, "iop_order_list")
        return order.parse(text) if text else None

    @property
    def complete(self) -> bool:
        """True where the history is all there is: darktable adds no workflow presets of its own to it."""
        return self._number("auto_presets_applied", 0) == 1 and self.version > 0

    def last(self, operation: str) -> HistoryEntry | None:
        """The step in effect of a module's first instance, ours included."""
        found = [e for e in self.history[: self.history_end] if e.operation == operation and e.priority == 0]
        return found[-1] if found else None

    def settings(self, schema: Schema) -> list[dict[str, Any]]:
        """The steps as JSON-able dicts: ``operation``, ``version``, ``instance``, ``enabled``, ``params`` (or
        ``carried``: why they are not decoded), ``blend`` and ``forms``."""
        forms_of: dict[int, list[dict[str, Any]]] = {}
        for form in self.masks:
            forms_of.setdefault(form.num, []).append(describe_form(form))
        end = self.history_end
        return [
            describe_entry(entry, schema) | {"active": index < end, "forms": forms_of.get(entry.num, [])}
            for index, entry in enumerate(self.history)
        ]

    # --- changes ------------------------------------------------------------------------------------------------------

    def without_ours(self) -> Sidecar:
        """This sidecar without any entry or form of ours: the user's own edit."""
        entries = self.history
        kept = [entry for entry in entries if entry.instance != OURS]
        if len(kept) == len(entries):
            return self
        root = self._changed()
        history.write(root, _counted(kept))
        if self.masks:
            history.write_forms(root, forms.without_ours(self.masks, entries))
        packet.set(root, "history_end", str(sum(e.instance != OURS for e in entries[: self.history_end])))
        if self.iop_order_list is not None:
            still = {(entry.operation, entry.priority) for entry in kept}
            gone = {(e.operation, e.priority) for e in entries} - still
            packet.set(root, "iop_order_list", order.to_text(order.without(self.iop_order_list, gone)))
        for name in _HASHES:
            packet.drop(root, name)
        return Sidecar(root, self.name)

    def with_settings(
        self, settings: Sequence[ModuleSettings], schema: Schema, aspect: float, orientation: int = 1
    ) -> Sidecar:
        """This sidecar with these modules on top of the user's own, instead of whatever we added before.

        ``aspect``: width / height of the displayed picture, ``orientation``: the EXIF orientation (1…8) of the file;
        both only place drawn masks. Steps the user had undone are dropped, as darktable does on the next edit. Raises
        `MalformedSidecar` where darktable would not read the history, `InvalidSetting` for settings it does not have.
        """
        self.require_readable()
        base = self.without_ours()._active()
        entries, users_forms = base.history, base.masks
        frame = forms.frame(entries, schema, aspect, orientation)
        added: list[HistoryEntry] = []
        drawn: list[Form] = []
        first_drawn = 0
        for one in settings:
            steps = [*entries, *added]
            pieces = forms.drawn(one.mask, frame, [*users_forms, *drawn], one.operation)
            if pieces and not drawn:
                first_drawn = len(steps)
            added.append(_entry(one, steps, schema, pieces[-1].id if pieces else 0))
            drawn += pieces
        root = base._changed()
        history.write(root, [*entries, *added])
        if drawn:
            history.write_forms(root, base._forms_with(users_forms, drawn, first_drawn))
        base._write_state(root, len(entries) + len(added))
        base._write_order(root, added, schema)
        return Sidecar(root, self.name)

    def with_style(self, steps: Sequence[HistoryEntry], schema: Schema) -> Sidecar:
        """This sidecar with the steps of a style on top, as darktable appends it.

        A step changes the instance of the same name where there is one (or the only one there can be), else it is a
        further instance. Raises `MalformedSidecar` and `InvalidSetting` as `with_settings`.
        """
        self.require_readable()
        base = self._active()
        entries, added = base.history, list[HistoryEntry]()
        for step in steps:
            before = [e for e in (*entries, *added) if e.operation == step.operation]
            same = [
                e.priority for e in before if e.instance == step.instance or schema.module(e.operation).one_instance
            ]
            priority = same[-1] if same else max((e.priority for e in before), default=-1) + 1
            added.append(replace(step, num=len(entries) + len(added), priority=priority))
        root = base._changed()
        history.write(root, [*entries, *added])
        base._write_state(root, len(entries) + len(added))
        base._write_order(root, added, schema)
        return Sidecar(root, self.name)

    def adopt_history(self, base: Sidecar) -> Sidecar:
        """This sidecar's metadata with the history of ``base``, such as the packet of a render of this very photo.

        For a sidecar without history of darktable's, or one that leaves part of it to darktable (not `complete`): the
        packet then holds what darktable made of it, module by module.
        """
        base.require_readable()
        root = self._changed()
        history.drop_old_arrays(root)
        history.drop_old_forms(root)
        for name in (*_STATE, "history", "masks_history", *_HASHES):
            packet.drop(root, name)
        for name in _STATE:
            text = packet.get(base._root, name)
            if text is not None:
                packet.set(root, name, text)
        # version 1's columns become entries, which is all that version 2 changed
        packet.set(root, "xmp_version", str(max(base.version, 2)))
        history.write_forms(root, base.masks)
        history.write(root, base.history)
        return Sidecar(root, self.name)

    def require_readable(self) -> None:
        """`MalformedSidecar` where darktable would not read this history."""
        if self.version > NEWEST:
            raise MalformedSidecar(
                f"{self.name} was written by a newer darktable (xmp_version {self.version}, this one reads up to "
                f"{NEWEST}): update darktable, or edit a copy of the photo without it"
            )
        _ = self.history, self.masks, self.iop_order_list

    # --- bytes --------------------------------------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """The sidecar file."""
        return packet.serialize(self._root)

    def write(self, path: Path) -> None:
        """Write the file whole or not at all, and keep what was there before as `writing.keep` says.

        Raises `NotWritable` where the folder is read-only or full; the old file is then as it was.
        """
        writing.write(path, self.to_bytes())

    # --- inside -------------------------------------------------------------------------------------------------------

    def _number(self, name: str, default: int) -> int:
        text = packet.get(self._root, name)
        try:
            return int(text) if text else default
        except ValueError:
            raise MalformedSidecar(f"{self.name} has {name} = {text!r}, which is not a whole number") from None

    def _changed(self) -> etree._Element:
        """A copy of the tree to change, with steps as entries: version 1's arrays say the same, only in columns."""
        root = copy.deepcopy(self._root)
        packet.drop_repeated(root)
        if history.has_old_arrays(root):
            entries = history.entries(root)
            history.drop_old_arrays(root)
            history.write(root, entries)
            packet.set(root, "xmp_version", "2")
        return root

    def _active(self) -> Sidecar:
        """Without the steps that were undone, and counted from 0."""
        entries, end = self.history, self.history_end
        counted = _counted(entries[:end])
        if counted == entries:
            return self
        root = self._changed()
        history.write(root, counted)
        numbers = {old.num: new.num for old, new in zip(entries, counted, strict=False)}
        if self.masks:
            kept = [masks.at(form, numbers[form.num]) for form in self.masks if form.num in numbers]
            history.write_forms(root, kept)
        packet.set(root, "history_end", str(len(counted)))
        return Sidecar(root, self.name)

    def _forms_with(self, users_forms: list[Form], drawn: list[Form], num: int) -> list[Form]:
        if history.has_old_forms(self._root):  # before version 3 there is one set of forms for all steps
            return [*users_forms, *drawn]
        return forms.with_snapshot(users_forms, drawn, num)

    def _write_state(self, root: etree._Element, end: int) -> None:
        if not self.version:
            packet.set(root, "xmp_version", _WRITTEN)
            packet.set(root, "raw_params", "0")
        packet.set(root, "auto_presets_applied", "1")
        packet.set(root, "history_end", str(end))
        for name in _HASHES:
            packet.drop(root, name)

    def _write_order(self, root: etree._Element, added: Sequence[HistoryEntry], schema: Schema) -> None:
        """Name the module order, and list it where a module comes more than once: else darktable leaves it out."""
        version = self.iop_order_version if self.version else max(schema.orders.keys() & {2, 4})
        pipe = self.iop_order_list
        if pipe is None and self.history:
            version = order.of_finished(version, {entry.operation for entry in self.history}, schema)
        further = [(e.operation, e.priority) for e in [*self.history, *added] if e.priority > 0]
        if pipe is not None or any(e.priority > 0 for e in added):
            pipe = order.with_instances(pipe or order.builtin(schema, version), further)
            packet.set(root, "iop_order_list", order.to_text(pipe))
        packet.set(root, "iop_order_version", str(version))


def _counted(entries: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    return [replace(entry, num=index) for index, entry in enumerate(entries)]


def _entry(one: ModuleSettings, before: Sequence[HistoryEntry], schema: Schema, group: int) -> HistoryEntry:
    module = schema.module(one.operation)
    if one.version != module.version:
        raise InvalidSetting(
            f"{one.operation} is of version {module.version} in darktable {schema.version}, not {one.version}"
        )
    taken = [entry.priority for entry in before if entry.operation == one.operation]
    only = one.singleton or module.one_instance
    return HistoryEntry(
        num=len(before),
        operation=one.operation,
        version=one.version,
        enabled=one.enabled,
        params=codec.encode(module, one.params),
        instance=one.instance,
        priority=0 if only or not taken else max(taken) + 1,
        blend_version=schema.blend_version if one.mask else None,
        blend=blend_params(one.mask, module, schema, group) if one.mask else None,
        other={"multi_name_hand_edited": "1"} if schema.names_by_hand else {},
    )
