"""Edits to filters of the running GIMP: arithmetic over `control_table`, and masks for parts of the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from skimage.color import lab2rgb

from hostbridge import InvalidSetting, color_map, mixing
from hostbridge.controls import Edit, Region, control_named
from hostbridge.curves import on
from hostbridge.framing import number
from hostbridge.gegl import geometry
from hostbridge.gegl.control_table import BEYOND, HOMES, KINDS, TINTS, Home, Kind, home
from hostbridge.gegl.filters import OURS, Filter, Mask, Value
from hostbridge.gegl.masks import Masks
from hostbridge.gegl.operations import Operations
from hostbridge.weights import Picture

WARM = 60.0
"""LCh(ab) hue of a grading that names none."""

GREY = 53.585
"""L* of sRGB 128, the grey that changes nothing when grains are merged."""

Properties = dict[str, Value]


@dataclass(frozen=True)
class Compiled:
    """Filters in the order in which they act, and remarks for the user."""

    filters: list[Filter]
    notes: list[str]


@dataclass
class Group:
    """The edits that share a filter: amounts and options by control."""

    region: Region
    amounts: dict[str, float] = field(default_factory=dict)
    options: dict[str, dict[str, float | str]] = field(default_factory=dict)

    def homes(self) -> list[tuple[Home, float]]:
        """Each control's home and amount."""
        return [(home(control, amount), amount) for control, amount in self.amounts.items()]


def compile(edits: Sequence[Edit], operations: Operations, picture: Picture, full_size: tuple[int, int]) -> Compiled:
    """The filters that carry out ``edits`` on a layer of ``full_size`` (width, height) that looks like ``picture``.

    Edits of one kind and one region become one filter; amounts of one control add up. ``picture``: float32 (height,
    width, 3), sRGB 0…1, a small copy of the layer without filters of ours; masks have its size, or the size that a
    change of shape gives it. What is outside a control's range is clamped and noted; what this GIMP cannot do is left
    out and noted. Raises `InvalidSetting` for an operation or property named directly that this GIMP has not or whose
    value is out of range, and for options that are none.
    """
    notes: list[str] = []
    summed = _summed([edit for edit in edits if control_named(edit.control)], operations, notes)
    shaping = [edit for edit in summed if edit.control in geometry.CONTROLS]
    reshaped = geometry.reshape(shaping, picture)
    masks = Masks(picture, lambda weights: geometry.reshape(shaping, weights[..., None]).picture[..., 0])
    groups = _groups([edit for edit in summed if edit.control in HOMES])
    made = [_filter(kind, group, masks, operations, max(full_size), notes) for (kind, _), group in groups]
    made += _direct([edit for edit in edits if not control_named(edit.control)], masks, operations, notes)
    filters = [*reshaped.changes, *(one for one in made if one is not None)]
    for one in filters:
        operations.validate(one)
    return Compiled(filters, notes)


def _place(region: Region) -> Region:
    """Regions that differ only in what they are called are one."""
    return region.model_copy(update={"name": ""})


def _summed(edits: Sequence[Edit], operations: Operations, notes: list[str]) -> list[Edit]:
    """One edit for each control, place and axis, clamped; without those that do nothing or cannot be done."""
    sums: dict[tuple[str, Region, str], Edit] = {}
    for edit in edits:
        key = edit.control, _place(edit.region), str(edit.options.get("axis", ""))
        before = sums.get(key, edit.model_copy(update={"amount": 0.0}))
        together = {"amount": before.amount + edit.amount, "options": before.options | edit.options}
        sums[key] = edit.model_copy(update=together)
    wanted = [edit for edit in sums.values() if edit.amount or (edit.control == "crop" and edit.options)]
    return [edit.clamped() for edit in wanted if _possible(edit, operations, notes)]


def _possible(edit: Edit, operations: Operations, notes: list[str]) -> bool:
    """Whether this GIMP can do an edit; notes why not, and what else there is to say of it."""
    if complaint := edit.out_of_range():
        notes.append(f"{complaint}: clamped")
    if edit.control in geometry.CONTROLS:
        if not edit.region.everywhere:
            notes.append(f"{edit.control} applies to the whole picture: it cannot be limited to {edit.region.name}")
        return True
    reason = BEYOND.get(edit.control) or _lacking(edit, operations)
    if reason:
        notes.append(f"{edit.control} is left out: {reason}")
    return not reason


def _lacking(edit: Edit, operations: Operations) -> str | None:
    """What this GIMP has not that the edit needs, as a sentence."""
    kind = KINDS[home(edit.control, edit.amount).kind]
    try:
        for name in kind.start:
            operations.operation(kind.operation).property(name)
        operations.operation(kind.operation)
    except InvalidSetting as error:
        return str(error)
    return None


def _groups(edits: Sequence[Edit]) -> list[tuple[tuple[str, Region], Group]]:
    """The edits by kind of filter and place, in the order of `KINDS`."""
    groups: dict[tuple[str, Region], Group] = {}
    for edit in edits:
        key = home(edit.control, edit.amount).kind, _place(edit.region)
        group = groups.setdefault(key, Group(edit.region))
        group.amounts[edit.control] = edit.amount
        group.options[edit.control] = edit.options
    order = list(KINDS)
    return sorted(groups.items(), key=lambda item: order.index(item[0][0]))


def _filter(
    name: str, group: Group, masks: Masks, operations: Operations, long_side: int, notes: list[str]
) -> Filter | None:
    """The filter of a group; None where nothing of its region is in the picture."""
    kind = KINDS[name]
    mask = masks.of(group.region, kind.weight)
    if _empty(mask, ", ".join(group.amounts), kind.weight or group.region.name, notes):
        return None
    properties = dict(kind.start)
    for where, amount in group.homes():
        _drive(properties, where, amount, long_side)
        if where.build:
            BUILDERS[where.build](properties, group)
    _hold(kind, properties, operations, notes)
    return Filter(kind.operation, properties, f"{OURS}: {name}", _opacity(group), kind.blend, mask, kind.pixels)


def _empty(mask: Mask | None, what: str, where: str, notes: list[str]) -> bool:
    """Whether a mask lets nothing through: to GIMP an empty selection is everything."""
    if mask is None or mask.any():
        return False
    notes.append(f"{what} is left out: the picture has no {where.removeprefix('any ')}")
    return True


def _drive(properties: Properties, where: Home, amount: float, long_side: int) -> None:
    """Add what the home's curves say to the properties they drive."""
    for name, curve in where.fields.items():
        properties[name] = round(float(properties[name]) + on(curve, amount), 6)
    for name, curve in where.pixels.items():
        properties[name] = round(on(curve, amount) * long_side / 1000, 3)


def _opacity(group: Group) -> float:
    given = [on(where.opacity, amount) for where, amount in group.homes() if where.opacity]
    return round(min(sum(given), 1.0), 4) if given else 1.0


def _hold(kind: Kind, properties: Properties, operations: Operations, notes: list[str]) -> None:
    """Move driven numbers inside the ranges of this GIMP, for several controls may have added to one."""
    operation = operations.operation(kind.operation)
    for name, value in properties.items():
        about = operation.property(name)
        if not about.number or about.complaint(value) is None:
            continue
        held = min(max(float(value), about.low), about.high)
        notes.append(f"{kind.operation}.{name} = {value:g} is outside its range: set to {held:g} ({operation.host})")
        properties[name] = held


def _direct(edits: Sequence[Edit], masks: Masks, operations: Operations, notes: list[str]) -> list[Filter | None]:
    """The filters of properties that edits name themselves (``gegl:exposure.exposure``), one for each place."""
    made: dict[tuple[str, Region], Filter] = {}
    for edit in edits:
        name, _, path = edit.control.rpartition(".")
        value = _typed(edit.amount, name, path, operations)
        mask = masks.of(edit.region, None)
        if not _empty(mask, edit.control, edit.region.name, notes):
            key = name, _place(edit.region)
            made.setdefault(key, Filter(name, {}, f"{OURS}: {name}", mask=mask)).properties[path] = value
    return list(made.values())


def _typed(amount: float, name: str, path: str, operations: Operations) -> Value:
    """An amount as the property it is meant for takes it."""
    about = operations.operation(name).property(path)
    if about.type == "gboolean":
        return bool(amount)
    if not about.number:
        raise InvalidSetting(f"{name}.{path} is a {about.type}: an amount cannot set it ({operations.host})")
    return int(amount) if about.integral else amount


def _mix(properties: Properties, group: Group) -> None:
    amounts = group.amounts
    colour_filter = str(group.options.get("monochrome", {}).get("filter", "none"))
    if colour_filter not in mixing.FILTERS:
        raise InvalidSetting(f"monochrome with filter {colour_filter!r}: use one of {', '.join(mixing.FILTERS)}")
    temperature, tint, grey = (amounts.get(name, 0.0) for name in ("temperature", "tint", "monochrome"))
    _mixed(properties, mixing.in_srgb(mixing.matrix(temperature, tint, grey, colour_filter)))


def _map(properties: Properties, group: Group) -> None:
    """The nearest one matrix comes to the map: GEGL has no map of colours that a filter could keep."""
    pairs = str(group.options["color_map"].get("pairs", ""))
    rows = color_map.in_linear_srgb(*color_map.at(group.amounts["color_map"], pairs))
    _mixed(properties, np.clip(rows.round(6), -mixing.REACH, mixing.REACH))


def _mixed(properties: Properties, rows: mixing.Matrix) -> None:
    for out, row in zip("rgb", rows.tolist(), strict=True):
        properties |= {f"{out}{source}-gain": gain for source, gain in zip("rgb", row, strict=True)}


def _tint(properties: Properties, group: Group) -> None:
    [(control, amount)] = group.amounts.items()
    hue = np.radians(number(group.options[control], "hue", WARM))
    chroma = TINTS[control] * amount / 100
    colour = lab2rgb(np.array([GREY, chroma * np.cos(hue), chroma * np.sin(hue)]))
    properties["value"] = "#" + "".join(f"{round(255 * float(part)):02x}" for part in np.clip(colour, 0, 1))


BUILDERS: dict[str, Callable[[Properties, Group], None]] = {"mix": _mix, "tint": _tint, "map": _map}
