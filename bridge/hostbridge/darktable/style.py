"""darktable's styles: ``.dtstyle`` files, a name and the settings of some modules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from hostbridge import MalformedSidecar, UnusableInput
from hostbridge.darktable import codec, limits, packet, writing
from hostbridge.darktable.history import HistoryEntry
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.settings import ModuleSettings

_ROOT = "darktable_style"
_KNOWN = {"num", "module", "operation", "op_params", "enabled", "blendop_params", "blendop_version"}
_NAMES = {"multi_priority", "multi_name"}
_RED, _GREY = 3, 6  # what channelmixer adds a colour to: hue, saturation, lightness, red, green, blue, grey


@dataclass(frozen=True)
class Style:
    """A style: its modules in the order they are applied. ``pipe``: the module order it brings along, as text."""

    name: str
    description: str
    entries: list[HistoryEntry] = field(default_factory=list)
    pipe: str = ""

    def to_bytes(self) -> bytes:
        """The ``.dtstyle`` file, laid out as darktable exports it."""
        root = etree.Element(_ROOT, version="1.0")
        info = etree.SubElement(root, "info")
        _texts(info, [("name", self.name), ("description", self.description)])
        if self.pipe:
            _texts(info, [("iop_list", self.pipe)])
        plugins = etree.SubElement(root, "style")
        for entry in self.entries:
            _texts(etree.SubElement(plugins, "plugin"), _plugin(entry))
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="UTF-8") + b"\n"


def read(path: Path) -> Style:
    """The style of a ``.dtstyle`` file. Raises `MalformedSidecar` for one darktable would not import."""
    try:
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise UnusableInput(f"{path} cannot be read: {error.strerror}") from error


def parse(text: bytes, name: str = "the style") -> Style:
    """The style of a ``.dtstyle`` file's content."""
    root = packet.xml(text, name)
    info, plugins = root.find("info"), root.find("style")
    if root.tag != _ROOT or info is None or plugins is None:
        raise MalformedSidecar(f"{name} is XML but not a darktable style: export it from darktable again")
    entries = [_entry(plugin, name) for plugin in plugins.iterfind("plugin")]
    return Style(_text(info, "name"), _text(info, "description"), entries, _text(info, "iop_list"))


def write(path: Path, name: str, description: str, settings: Sequence[ModuleSettings], schema: Schema) -> list[str]:
    """Write settings as a style, whole or not at all, and say what a style cannot hold.

    A style has no drawn masks: modules limited by one are left out, each with a sentence in the answer. Raises
    `NotWritable`.
    """
    held = [one for one in settings if not (one.mask and one.mask.shape)]
    left_out = [one for one in settings if one.mask and one.mask.shape]
    entries: list[HistoryEntry] = []
    for one in held:
        entries.append(_of_settings(_in_place(one, schema), entries, schema))
    writing.write(path, Style(name, description, entries).to_bytes())
    return [f"{one.operation} is not in the style: darktable's styles cannot hold a drawn mask" for one in left_out]


def _in_place(one: ModuleSettings, schema: Schema) -> ModuleSettings:
    """Color calibration that makes the picture grey, as the older channelmixer: the same mix of linear light.

    darktable 5 puts a style's color calibration before the photo's own (a sidecar of ours puts it after), which then
    adapts the grey to the light of the scene: a tint. channelmixer has its place after both in every module order.
    """
    shares = one.params["red"][:3] if one.operation == "channelmixerrgb" else []
    if not shares or any(one.params[name][:3] != shares for name in ("green", "blue")):
        return one
    module = schema.module("channelmixer")
    params = module.defaults() | {"algorithm_version": "CHANNEL_MIXER_VERSION_2"}
    for column, (name, share) in enumerate(zip(("red", "green", "blue"), shares, strict=True), _RED):
        params[name][column], params[name][_GREY] = 1.0, share
    return replace(one, operation=module.operation, version=module.version, params=params)


def _of_settings(one: ModuleSettings, before: Sequence[HistoryEntry], schema: Schema) -> HistoryEntry:
    module = schema.module(one.operation)
    return HistoryEntry(
        num=len(before),
        operation=one.operation,
        version=one.version,
        enabled=one.enabled,
        params=codec.encode(module, one.params),
        instance=one.instance,
        priority=sum(entry.operation == one.operation for entry in before),
        blend_version=schema.blend_version,
        blend=limits.blend_params(one.mask, module, schema) if one.mask else limits.unlimited(module, schema),
        other={"multi_name_hand_edited": "1"} if schema.names_by_hand else {},
    )


def _entry(plugin: etree._Element, name: str) -> HistoryEntry:
    try:
        blend = _text(plugin, "blendop_params")
        return HistoryEntry(
            num=int(_text(plugin, "num") or 0),
            operation=_text(plugin, "operation"),
            version=int(_text(plugin, "module")),
            enabled=_text(plugin, "enabled") != "0",
            params=codec.from_text(_text(plugin, "op_params")),
            instance=_text(plugin, "multi_name"),
            priority=int(_text(plugin, "multi_priority") or 0),
            blend_version=int(_text(plugin, "blendop_version") or 0) if blend else None,
            blend=codec.from_text(blend) if blend else None,
            other={str(e.tag): e.text or "" for e in plugin if e.tag not in _KNOWN | _NAMES},
        )
    except ValueError as error:
        raise MalformedSidecar(f"{name} holds a module that cannot be read: {error}") from error


def _plugin(entry: HistoryEntry) -> Iterable[tuple[str, str]]:
    yield "num", str(entry.num)
    yield "module", str(entry.version)
    yield "operation", entry.operation
    yield "op_params", codec.to_text(entry.params)
    yield "enabled", str(int(entry.enabled))
    if entry.blend is not None:
        yield "blendop_params", codec.to_text(entry.blend)
        yield "blendop_version", str(entry.blend_version)
    yield "multi_priority", str(entry.priority)
    yield "multi_name", entry.instance
    yield from entry.other.items()


def _texts(holder: etree._Element, rows: Iterable[tuple[str, str]]) -> None:
    for tag, text in rows:
        etree.SubElement(holder, tag).text = text


def _text(holder: etree._Element, tag: str) -> str:
    return holder.findtext(tag) or ""
