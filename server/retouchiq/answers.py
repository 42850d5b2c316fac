"""Plans, verdicts and module settings as the plain data that ``--json`` prints: a contract other programs parse."""

from __future__ import annotations

from typing import Any

from hostbridge.controls import Edit
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
