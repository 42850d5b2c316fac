"""The contact sheet: one page to look through the results of a batch, worst first, and to mark those to give up.

It needs nothing but a browser and the pictures in the folders beside it, which are loaded as they come into view.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from PIL import Image

from hostbridge.darktable import writing
from retouchiq.batch.task import Result

NAME = "index.html"

_ORDER = ("edited", "unchanged", "failed", "rejected", "running", "waiting")


def ordered(results: Sequence[Result]) -> list[Result]:
    """Edited photos first, the worst score before the others; then those unchanged, failed, rejected and not done."""
    return sorted(results, key=lambda each: (_ORDER.index(each.state), each.score or 0.0, each.name))


def write(out: Path, instruction: str, results: Sequence[Result]) -> None:
    """Write the page into ``out``. Raises `NotWritable`."""
    page = _template().render(
        out=str(out),
        instruction=instruction,
        counts=Counter(result.state for result in results),
        photos=[_card(result, out) for result in ordered(results) if result.finished],
        total=len(results),
    )
    writing.replace(out / NAME, page.encode("utf-8", "replace"))


@cache
def _template() -> Template:
    """Compiled once: the page is written again after every photo."""
    env = Environment(loader=PackageLoader("retouchiq.batch.sheet", ""), autoescape=True, undefined=StrictUndefined)
    return env.get_template("sheet.html")


def _card(result: Result, out: Path) -> dict[str, object]:
    """A photo for the template: its `Result`, links relative to the page, and the pictures' shape."""
    links = {name: quote(os.path.relpath(path, out)) for name, path in result.files.items() if path.exists()}
    width, height = _shape(result.files.get("before-small"))
    return {"result": result, "links": links, "width": width, "height": height}


def _shape(picture: Path | None) -> tuple[int, int]:
    if picture is None or not picture.exists():
        return 3, 2
    with Image.open(picture) as image:
        return image.size
