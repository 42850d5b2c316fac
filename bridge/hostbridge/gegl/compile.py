"""Edits to filters of the running GIMP: arithmetic over `control_table`, and masks for parts of the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from skimage.color import lab2rgb

from hostbridge import InvalidSetting, mixing
from hostbridge.controls import CONTROLS, Edit, Region
from hostbridge.curves import on
from hostbridge.gegl.control_table import BEYOND, GEOMETRY, KINDS, TINTS, Home, Kind, home
from hostbridge.gegl.filters import OURS, Filter, Value
from hostbridge.gegl.masks import Masks
from hostbridge.gegl.operations import Operations
from hostbridge.weights import Picture

WARM = 60.0
"""LCh(ab) hue of a grading that names none."""

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


def compile(edits: Sequence[Edit], operations: Operations, picture: Picture, full_size: tuple[int, int]) -> Compiled:
    """The filters that carry out ``edits`` on a layer of ``full_size`` (width, height) that looks like ``picture``.

    Edits of one kind and one region become one filter; amounts of one control add up. ``picture``: float32 (height,
    width, 3), sRGB 0…1, a small copy of the layer without filters of ours; masks have its size. What is outside a
    control's range is clamped and noted, as is what GIMP cannot do. Raises `InvalidSetting` for an operation or
    property that this GIMP has not, and for a property named directly whose value is out of range.
    """
    notes: list[str] = []
    masks = Masks(picture)
    groups = _gather([edit for edit in edits if edit.control in CONTROLS], notes)
    order = list(KINDS)
    filters = [
        _filter(kind, group, masks, operations, max(full_size), notes)
        for (kind, _), group in sorted(groups.items(), key=lambda item: order.index(item[0][0]))
    ]
    filters += _direct([edit for edit in edits if edit.control not in CONTROLS], masks, operations, notes)
    made = [one for one in filters if one is not None]
    for one in made:
        operations.validate(one)
    return Compiled(made, notes)


def _gather(edits: Sequence[Edit], notes: list[str]) -> dict[tuple[str, Region], Group]:
    """The edits by kind of filter and region; regions that differ only in what they are called are one."""
    groups: dict[tuple[str, Region], Group] = {}
    for edit in _summed(edits, notes):
        key = home(edit.control, edit.amount).kind, edit.region.model_copy(update={"name": ""})
        group = groups.setdefault(key, Group(edit.region))
        group.amounts[edit.control] = edit.amount
        group.options[edit.control] = edit.options
    return groups


def _summed(edits: Sequence[Edit], notes: list[str]) -> list[Edit]:
    """One edit for each control and region, clamped; without those that do nothing or that GIMP cannot do."""
    sums: dict[tuple[str, Region], Edit] = {}
    for edit in edits:
        if edit.control in BEYOND:
            if edit.amount:
                notes.append(f"{edit.control} is left out: {BEYOND[edit.control]}")
            continue
        if edit.control in GEOMETRY:
            continue
        key = edit.control, edit.region.model_copy(update={"name": ""})
        before = sums.get(key)
        amount, options = (before.amount, before.options) if before else (0.0, {})
        sums[key] = edit.model_copy(update={"amount": edit.amount + amount, "options": options | edit.options})
    notes += [f"{complaint}: clamped" for edit in sums.values() if (complaint := edit.out_of_range())]
    return [edit.clamped() for edit in sums.values() if edit.amount]


def _filter(
    name: str, group: Group, masks: Masks, operations: Operations, long_side: int, notes: list[str]
) -> Filter | None:
    """The filter of a group; None where there is nothing of its region in the picture."""
    kind = KINDS[name]
    mask = masks.of(group.region, kind.weight)
    if mask is not None and not mask.any():
        notes.append(f"{', '.join(group.amounts)}: nothing in the picture is {kind.weight or group.region.name}")
        return None
    properties = dict(kind.start)
    homes = {control: home(control, amount) for control, amount in group.amounts.items()}
    for control, where in homes.items():
        _drive(properties, where, group.amounts[control], long_side)
        if where.build:
            BUILDERS[where.build](properties, group)
    _hold(kind, properties, operations, notes)
    opacity = _opacity(homes, group)
    return Filter(kind.operation, properties, f"{OURS}: {name}", opacity, kind.blend, mask, kind.pixels)


def _drive(properties: Properties, where: Home, amount: float, long_side: int) -> None:
    """Add what the home's curves say to the properties they drive."""
    for name, curve in where.fields.items():
        properties[name] = round(float(properties[name]) + on(curve, amount), 6)
    for name, curve in where.pixels.items():
        properties[name] = round(on(curve, amount) * long_side / 1000, 3)


def _opacity(homes: dict[str, Home], group: Group) -> float:
    given = [on(where.opacity, group.amounts[control]) for control, where in homes.items() if where.opacity]
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
    """The filters of properties that edits name themselves (``gegl:exposure.exposure``)."""
    made: dict[tuple[str, Region], Filter] = {}
    for edit in edits:
        name, _, path = edit.control.rpartition(".")
        about = operations.operation(name).property(path)
        if not about.number and about.type != "boolean":
            raise InvalidSetting(f"{edit.control} is no number: it cannot be set by an amount ({operations.host})")
        value = bool(edit.amount) if not about.number else int(edit.amount) if about.integral else edit.amount
        key = name, edit.region.model_copy(update={"name": ""})
        mask = masks.of(edit.region, None)
        if mask is not None and not mask.any():
            notes.append(f"{edit.control}: nothing in the picture is {edit.region.name}")
            continue
        found = made.setdefault(key, Filter(name, {}, f"{OURS}: {name}", mask=mask))
        found.properties[path] = value
    return list(made.values())


def _mix(properties: Properties, group: Group) -> None:
    amounts = group.amounts
    colour_filter = str(group.options.get("monochrome", {}).get("filter", "none"))
    if colour_filter not in mixing.FILTERS:
        raise InvalidSetting(f"monochrome with filter {colour_filter!r}: use one of {', '.join(mixing.FILTERS)}")
    rows = mixing.in_srgb(
        mixing.matrix(
            amounts.get("temperature", 0.0), amounts.get("tint", 0.0), amounts.get("monochrome", 0.0), colour_filter
        )
    )
    for out, row in zip("rgb", rows.tolist(), strict=True):
        for source, gain in zip("rgb", row, strict=True):
            properties[f"{out}{source}-gain"] = gain


def _tint(control: str) -> Callable[[Properties, Group], None]:
    def build(properties: Properties, group: Group) -> None:
        try:
            hue = np.radians(float(group.options[control].get("hue", WARM)))
        except ValueError:
            raise InvalidSetting(f"hue = {group.options[control]['hue']!r} is not a number") from None
        chroma = TINTS[control] * group.amounts[control] / 100
        # L* of sRGB 128: grain merge adds the difference to that grey
        colour = lab2rgb(np.array([53.585, chroma * np.cos(hue), chroma * np.sin(hue)]))
        properties["value"] = "#" + "".join(f"{round(255 * float(part)):02x}" for part in np.clip(colour, 0, 1))

    return build


BUILDERS: dict[str, Callable[[Properties, Group], None]] = {
    "mix": _mix,
    **{control: _tint(control) for control in TINTS},
}
