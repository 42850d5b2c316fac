"""Steps and forms of a sidecar as JSON-able dicts, decoded where the installed darktable knows the version."""

from __future__ import annotations

from typing import Any

from hostbridge.darktable import blend, codec, masks
from hostbridge.darktable.history import HistoryEntry
from hostbridge.darktable.masks import Form
from hostbridge.darktable.schema import Schema


def describe_entry(entry: HistoryEntry, schema: Schema) -> dict[str, Any]:
    """One step: its module, instance, parameters by field name and blending; ``carried`` says why there are none."""
    said: dict[str, Any] = {
        "num": entry.num,
        "operation": entry.operation,
        "version": entry.version,
        "instance": entry.instance,
        "priority": entry.priority,
        "enabled": entry.enabled,
    }
    why = carried(entry.operation, entry.version, entry.params, schema)
    if why:
        said |= {"carried": why, "params": entry.params.hex()}
    else:
        said["params"] = codec.decode(schema.module(entry.operation), entry.params)
    if entry.blend is not None:
        fields = blend.decode(entry.blend_version or 0, entry.blend)
        said["blend"] = {"version": entry.blend_version, **(fields or {"carried": entry.blend.hex()})}
    return said


def describe_form(form: Form) -> dict[str, Any]:
    """One drawn form with its points by field name."""
    points = form.decoded()
    return {
        "id": form.id,
        "name": form.name,
        "shape": masks.NAMES.get(form.kind, form.type),
        "clone": bool(form.type & masks.CLONE),
        **({"points": points} if points is not None else {"carried": form.points.hex()}),
    }


def carried(operation: str, version: int, params: bytes, schema: Schema) -> str | None:
    """Why these parameters are kept as bytes; None where the installed darktable can say what they are."""
    module = schema.modules.get(operation)
    if module is None:
        return f"darktable {schema.version} has no {operation} that describes itself"
    if module.version != version:
        return f"{operation} version {version}, darktable {schema.version} has version {module.version}"
    if module.size != len(params):
        return f"{operation} of {len(params)} bytes, darktable {schema.version} has {module.size}"
    return None
