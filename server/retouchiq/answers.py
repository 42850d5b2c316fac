"""Plans, verdicts, modules and their schema as the plain data that ``--json`` prints: a contract programs parse."""

from __future__ import annotations

from typing import Any

from hostbridge.controls import Edit
from hostbridge.darktable.schema import Field, Module
from hostbridge.darktable.settings import Mask, ModuleSettings
from retouchiq.plan import Plan
from retouchiq.reward import Metric, Verdict


def plan_answer(plan: Plan) -> dict[str, Any]:
    """``reasoning``, ``edits``, ``unsupported`` and ``notes``."""
    return {
        "reasoning": plan.reasoning,
        "edits": [_edit(edit) for edit in plan.edits],
        "unsupported": list(plan.unsupported),
        "notes": list(plan.notes),
    }


def _edit(edit: Edit) -> dict[str, Any]:
    answer: dict[str, Any] = {"control": edit.control, "amount": edit.amount, "region": edit.region.name}
    if edit.options:
        answer["options"] = edit.options
    return answer


def verdict_answer(verdict: Verdict) -> dict[str, Any]:
    """``score``, ``baseline`` (the score of doing nothing) and ``metrics``."""
    return {
        "score": round(verdict.score, 3),
        "baseline": round(verdict.baseline, 3),
        "metrics": [_metric(metric) for metric in verdict.metrics],
    }


def _metric(metric: Metric) -> dict[str, Any]:
    criterion = metric.criterion
    return {
        "name": criterion.name,
        "weight": round(criterion.weight, 4),
        "target": round(criterion.target, 3),
        "before": round(criterion.before, 3),
        "after": round(metric.after, 3),
        "score": round(metric.score, 3),
        "why": metric.why,
        "kind": criterion.kind,
        "unit": criterion.unit,
        "region": criterion.region_name,
    }


def module_answer(settings: ModuleSettings) -> dict[str, Any]:
    """``operation``, ``version``, ``instance``, ``params``, ``enabled`` and ``mask`` (None where there is none)."""
    return {
        "operation": settings.operation,
        "version": settings.version,
        "instance": settings.instance,
        "params": settings.params,
        "enabled": settings.enabled,
        "mask": _mask(settings.mask) if settings.mask else None,
    }


def _mask(mask: Mask) -> dict[str, Any]:
    return {
        "tones": mask.tones,
        "hues": mask.hues,
        "shape": {"kind": type(mask.shape).__name__.lower(), **mask.shape.model_dump()} if mask.shape else None,
        "inverted": mask.inverted,
        "opacity": mask.opacity,
    }


def schema_answer(module: Module) -> dict[str, Any]:
    """``operation``, ``version``, ``size``, ``one_instance``, ``maskable``, ``deprecated`` and ``fields``."""
    return {
        "operation": module.operation,
        "version": module.version,
        "size": module.size,
        "one_instance": module.one_instance,
        "maskable": module.maskable,
        "deprecated": module.deprecated,
        "fields": [_field(field) for field in module.fields],
    }


def _field(field: Field) -> dict[str, Any]:
    """Only what the kind of field has: nested fields, items and count, names and values, a range."""
    answer: dict[str, Any] = {"name": field.name, "kind": field.kind, "offset": field.offset, "size": field.size}
    extra = {key: getattr(field, key) for key in ("description", "low", "high", "default", "values", "count")}
    absent: dict[str, Any] = {"description": "", "low": None, "high": None, "default": None, "values": {}, "count": 0}
    answer |= {key: value for key, value in extra.items() if value != absent[key]}
    if field.items is not None:
        answer["items"] = _field(field.items)
    if field.fields:
        answer["fields"] = [_field(each) for each in field.fields]
    return answer
