"""What a batch would do, without rendering or writing anything."""

from __future__ import annotations

from typing import Any

from hostbridge import UnusableInput
from hostbridge.controls import CONTROLS
from hostbridge.darktable import install
from hostbridge.darktable.render import failure, formats
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.batch import begin
from retouchiq.batch.find import Found
from retouchiq.batch.one import Item
from retouchiq.batch.task import Batch, Result
from retouchiq.language import read
from retouchiq.language.request import Request, Wish
from retouchiq.looks import with_look
from retouchiq.photo import sidecar_path


def preview(batch: Batch, found: Found, agent: str, reward: str, resume: bool) -> dict[str, Any]:
    """``photos`` (``image``, ``does``: edit, skip or fail, ``why``, ``writes``), ``skipped`` files (``path``, ``why``),
    ``reading`` of the instruction in words and ``unsupported``. Raises as `retouchiq.batch.run` does before it begins.
    """
    begin.check(batch)
    if batch.exports:
        formats.module(install.find(), batch.exports)
    journal = begin.open_journal(batch.out, batch.settings(agent, reward), resume)
    again = begin.again(journal.results.values())
    finished = {name: result for name, result in journal.results.items() if name not in again}
    request = read(with_look(batch.look, batch.instruction))
    return {
        "instruction": batch.instruction,
        "out": str(batch.out),
        "photos": [_photo(item, batch, finished.get(item.name)) for item in begin.items(batch, journal)],
        "skipped": [{"path": str(path), "why": why} for path, why in found.skipped],
        "reading": reading(request),
        "unsupported": list(request.unsupported),
    }


def reading(request: Request) -> str:
    """What an instruction asks for: "warmer; lighter shadows in the sky"."""
    wishes = [_in_words(wish) for wish in request.wishes]
    free = [f"{control} as the photo needs" for control in request.free]
    limits = [f"keep {limit.words}" for limit in request.limits]
    return "; ".join([*wishes, *free, *limits]) or ("what the photo needs" if request.open_ended else "nothing")


def _in_words(wish: Wish) -> str:
    control = CONTROLS.get(wish.control)
    words = (control.more if wish.direction > 0 else control.less) if control else wish.control
    return words if wish.region.everywhere else f"{words} in {wish.region.name}"


def _photo(item: Item, batch: Batch, finished: Result | None) -> dict[str, Any]:
    image = str(item.source.image)
    if finished is not None:
        return {"image": image, "does": "skip", "why": f"{finished.state} already", "writes": []}
    if why := _unusable(item):
        return {"image": image, "does": "fail", "why": why, "writes": []}
    writes = [item.folder, item.export, sidecar_path(item.source.image) if batch.in_place else None]
    return {"image": image, "does": "edit", "why": "", "writes": [str(path) for path in writes if path]}


def _unusable(item: Item) -> str:
    """Why the photo cannot be edited, as far as that can be told without darktable."""
    beside = item.source.base or sidecar_path(item.source.image)
    try:
        failure.check_readable(item.source.image)
        if beside.suffix.lower() == ".xmp" and beside.exists():
            Sidecar.read(beside).require_readable()
    except UnusableInput as error:
        return str(error)
    return ""
