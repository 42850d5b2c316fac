"""report.html: one self-contained page with the pictures, the plan and the verdict."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def render_report(result: dict[str, Any], before: bytes, after: bytes | None, scores: list[float]) -> str:
    """The page for one edit.

    ``result`` is the object that ``retouchiq edit --json`` prints; ``before`` and ``after`` are JPEG files (``after``
    is None where nothing was applied); ``scores`` are those of the plans in the order they were rendered.
    """
    return _page().render(
        r=result,
        before=_data_uri(before),
        after=_data_uri(after) if after else None,
        scores=scores,
    )


@cache
def _page() -> Template:
    """Compiled once: that takes longer than filling it in."""
    env = Environment(loader=PackageLoader("retouchiq.report", ""), autoescape=True, undefined=StrictUndefined)
    return env.get_template("report.html")


def _data_uri(data: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(data).decode("ascii")
