"""Edits to module settings: pure arithmetic over `control_table`, no I/O, well under five milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hostbridge import InvalidSetting, color_map, mixing
from hostbridge.controls import EVERYWHERE, Edit, Region, control_named
from hostbridge.curves import on
from hostbridge.darktable import codec, geometry
from hostbridge.darktable.control_table import GRADES, MOST_PIXELS, NEUTRAL, Home, homes
from hostbridge.darktable.history import HistoryEntry
from hostbridge.darktable.schema import Field, Module, Schema
from hostbridge.darktable.settings import OURS, Mask, ModuleSettings, Params
from hostbridge.darktable.sidecar import Sidecar
from hostbridge.framing import LENS_SHIFT, number, quarters

WARM = 60.0
"""LCh(ab) hue of a grading that names none."""

TONE_MAPPERS = ("filmicrgb", "sigmoid", "agx", "basecurve")
"""A picture has one of these: a field named directly changes the user's own instead of adding a second."""


@dataclass(frozen=True)
class Compiled:
    """Module settings in no particular order, and remarks for the user."""

    settings: list[ModuleSettings]
    notes: list[str]


@dataclass
class Group:
    """The edits that share a module and a region: amounts and options by control, and fields named directly."""

    region: Region
    amounts: dict[str, float] = field(default_factory=dict)
    options: dict[str, dict[str, float | str]] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    direct: dict[str, float] = field(default_factory=dict)


def compile(
    edits: Sequence[Edit], schema: Schema, base: Sidecar, size: tuple[int, int], orientation: int = 1
) -> Compiled:
    """The module settings that carry out ``edits`` on a photo whose history is ``base``.

    Edits of one module and one region become one instance; amounts of one control add up. ``size``: width and height
    of the displayed picture in full resolution; ``orientation``: the file's EXIF orientation (1…8). What is outside a
    control's range is clamped and noted. Raises `InvalidSetting` for a module field that is unknown or out of range.
    """
    notes: list[str] = []
    groups: dict[tuple[str, Region], Group] = {}
    for edit in edits:
        _gather(edit, schema, groups, notes)
    own = _own(base)
    scene = _scene(edits, schema, own, size, orientation)
    settings = [
        _settings(schema.module(operation), group, own, scene, notes) for (operation, _), group in groups.items()
    ]
    return Compiled([made for made in settings if made is not None], notes)


def _own(base: Sidecar) -> dict[str, HistoryEntry]:
    """The user's own step in effect of each module's first instance."""
    steps = base.history[: base.history_end]
    return {step.operation: step for step in steps if step.priority == 0 and step.instance != OURS}


def _scene(
    edits: Sequence[Edit], schema: Schema, own: dict[str, HistoryEntry], size: tuple[int, int], exif: int
) -> geometry.Scene:
    """The picture as it will be displayed: the user's own orientation, then our mirroring and quarter turns."""
    flip, _ = _start(schema.module("flip"), own.get("flip"), [])
    scene = geometry.Scene(size, geometry.turn_of(flip["orientation"], exif))
    for edit in edits:
        if edit.control == "rotate":
            scene = scene.turned(quarters(edit.amount))
        elif edit.control == "flip" and edit.amount:
            scene = scene.mirrored(str(edit.options.get("axis", "horizontal")))
    return scene


def _gather(edit: Edit, schema: Schema, groups: dict[tuple[str, Region], Group], notes: list[str]) -> None:
    """Put one edit into the group of its module and region."""
    if control_named(edit.control) is None:
        operation, _, path = edit.control.partition(".")
        _group(groups, schema.module(operation), edit.region, edit.control, notes).direct[path] = edit.amount
        return
    if edit.amount == 0 and not (edit.control == "crop" and edit.options):
        return
    if complaint := edit.out_of_range():
        notes.append(f"{complaint}: clamped")
        edit = edit.clamped()
    for home in homes(edit.control, edit.amount):
        group = _group(groups, schema.module(home.operation), edit.region, edit.control, notes)
        name = f"{edit.control}, horizontal" if _sideways(edit) else edit.control
        together = edit.model_copy(update={"amount": edit.amount + group.amounts.get(name, 0.0)})
        group.amounts[name] = together.clamped().amount
        group.options[name] = group.options.get(name, {}) | edit.options
        group.homes[name] = home


def _sideways(edit: Edit) -> bool:
    return edit.control == "perspective" and edit.options.get("axis") == "horizontal"


def _group(
    groups: dict[tuple[str, Region], Group], module: Module, region: Region, control: str, notes: list[str]
) -> Group:
    if not region.everywhere and not module.maskable:
        notes.append(f"{control} applies to the whole picture: {module.operation} cannot be limited to {region.name}")
        region = EVERYWHERE
    # regions that differ only in what they are called are one
    key = region.model_copy(update={"name": ""})
    return groups.setdefault((module.operation, key), Group(region))


def _settings(
    module: Module, group: Group, own: dict[str, HistoryEntry], scene: geometry.Scene, notes: list[str]
) -> ModuleSettings | None:
    """The instance that does what a group asks for; None where that is nothing."""
    start, sole = _start(module, own.get(module.operation), notes)
    params = _fresh(start)
    for control, home in group.homes.items():
        _drive(params, home, group.amounts[control], scene)
    for build in {home.build for home in group.homes.values() if home.build}:
        BUILDERS[build](params, group, scene)
    for path in {path for home in group.homes.values() for path in (*home.fields, *home.pixels)}:
        _hold(module, params, path, notes)
    for path, value in group.direct.items():
        _place(module, params, path, value)
    if group.direct:
        module.validate(params)
    if params == start and not group.direct and module.operation != "lens":
        return None
    mask = Mask.of(group.region, scene.size)
    return ModuleSettings(module.operation, module.version, params, OURS, True, mask, sole)


def _start(module: Module, own: HistoryEntry | None, notes: list[str]) -> tuple[Params, bool]:
    """What a module's parameters start from, and whether it is the user's own instance that is changed."""
    sole = module.one_instance or (own is not None and module.operation in TONE_MAPPERS)
    params = module.defaults() | {
        name: _fresh(value)
        for name, value in NEUTRAL.get(module.operation, {}).items()
        if name in {child.name for child in module.fields}
    }
    if sole and own is not None and own.enabled:
        if own.version == module.version:
            return codec.decode(module, own.params), True
        notes.append(f"{module.operation} starts anew: the photo's own is of version {own.version}")
    return params, sole


def _fresh(value: Any) -> Any:
    """A copy that shares nothing, not even between its own parts."""
    if isinstance(value, dict):
        return {key: _fresh(part) for key, part in value.items()}
    return [_fresh(part) for part in value] if isinstance(value, list) else value


def _drive(params: Params, home: Home, amount: float, scene: geometry.Scene) -> None:
    """Add what the home's curves say to the fields they drive."""
    for path, curve in home.fields.items():
        holder, key = _find(params, path)
        holder[key] += on(curve, amount)
    for path, curve in home.pixels.items():
        holder, key = _find(params, path)
        holder[key] = max(holder[key], min(on(curve, amount) * scene.long_side / 1000, MOST_PIXELS))


def _find(params: Params, path: str) -> tuple[Any, Any]:
    """The dict or list that holds a field, and its key; `KeyError` or `IndexError` where there is none."""
    holder: Any = params
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in way:
        holder = holder[step]
    holder[last]  # there must be one already
    return holder, last


def _place(module: Module, params: Params, path: str, value: float) -> None:
    """Set a field named directly, in the type it has; `InvalidSetting` where there is none."""
    try:
        holder, key = _find(params, path)
        now = holder[key]
    except (KeyError, IndexError, TypeError):
        fields = ", ".join(child.name for child in module.fields)
        raise InvalidSetting(f"{module.operation} has no field {path!r}: it has {fields} ({module.host})") from None
    if isinstance(now, dict | list):
        raise InvalidSetting(f"{module.operation}.{path} is a group of fields: name one of them ({module.host})")
    holder[key] = bool(value) if isinstance(now, bool) else int(value) if isinstance(now, int | str) else float(value)


def _hold(module: Module, params: Params, path: str, notes: list[str]) -> None:
    """Move a driven field inside its range, for several controls may have added to it."""
    what: Field = module.struct
    for step in path.split("."):
        inner = what.items if what.items else next(child for child in what.fields if child.name == step)
        what = inner
    holder, key = _find(params, path)
    if what.low is None or what.high is None or what.low <= holder[key] <= what.high:
        return
    held = min(max(holder[key], what.low), what.high)
    notes.append(f"{module.operation}.{path} = {holder[key]:g} is outside its range: set to {held:g} ({module.host})")
    holder[key] = held


def _ascend(params: Params, _group: Group, _scene: geometry.Scene) -> None:
    """Keep the tone curve rising, whatever several controls together made of it: no tone may turn over."""
    lowest = 0.0
    for node in params["tonecurve"][0][: params["tonecurve_nodes"][0]]:
        lowest = node["y"] = min(max(node["y"], lowest), 1.0)


def _mix(params: Params, group: Group, _scene: geometry.Scene) -> None:
    amounts = group.amounts
    colour_filter = str(group.options.get("monochrome", {}).get("filter", "none"))
    if colour_filter not in mixing.FILTERS:
        raise InvalidSetting(f"monochrome with filter {colour_filter!r}: use one of {', '.join(mixing.FILTERS)}")
    rows = mixing.matrix(
        amounts.get("temperature", 0.0), amounts.get("tint", 0.0), amounts.get("monochrome", 0.0), colour_filter
    )
    for name, row in zip(("red", "green", "blue"), rows.tolist(), strict=True):
        params[name] = [*row, 0.0]


def _grade(params: Params, group: Group, _scene: geometry.Scene) -> None:
    for control, grade in GRADES.items():
        if control in group.amounts:
            hue = number(group.options[control], "hue", WARM)
            params |= grade.fields(hue, group.amounts[control])


def _map(params: Params, group: Group, _scene: geometry.Scene) -> None:
    amount, pairs = group.amounts["color_map"], str(group.options["color_map"].get("pairs", ""))
    for name, colours in zip(("source", "target"), color_map.at(amount, pairs), strict=True):
        for part, values in zip("Lab", colours.T.tolist(), strict=True):
            params[f"{name}_{part}"] = [*values, *[0.0] * (color_map.MOST - len(values))]
    params["num_patches"] = len(colours)


def _crop(params: Params, group: Group, scene: geometry.Scene) -> None:
    geometry.crop(params, group.amounts["crop"], group.options["crop"], scene)


def _straighten(params: Params, group: Group, scene: geometry.Scene) -> None:
    rotate = group.amounts.get("rotate", 0.0)
    vertical, horizontal = (
        group.amounts.get(name, 0.0) / 100 * LENS_SHIFT for name in ("perspective", "perspective, horizontal")
    )
    geometry.straighten(params, rotate - 90 * quarters(rotate), vertical, horizontal, scene)


def _flip(params: Params, _group: Group, scene: geometry.Scene) -> None:
    params["orientation"] = geometry.orientation(scene.turn)


BUILDERS: dict[str, Callable[[Params, Group, geometry.Scene], None]] = {
    "ascend": _ascend,
    "mix": _mix,
    "grade": _grade,
    "map": _map,
    "crop": _crop,
    "straighten": _straighten,
    "flip": _flip,
}
