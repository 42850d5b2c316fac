"""One photo of a batch: its verified edit, its export, and the sidecar beside it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from hostbridge import Cancelled, HostBridgeError, HostMissing
from hostbridge.darktable import writing
from hostbridge.darktable.render import Renderer, failure
from hostbridge.darktable.schema import Schema
from retouchiq.agent import Agent
from retouchiq.batch import beside
from retouchiq.batch.task import Batch, Placed, Result, Source
from retouchiq.edit import Editing, Job
from retouchiq.photo import sidecar_path
from retouchiq.reward import Reward

THUMB = 480  # px of the long side of the contact sheet's pictures

_KEPT = ("before", "after", "sidecar", "style", "report")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """A photo of a batch with its place among the results: ``folder``, and ``export`` (None: not exported)."""

    source: Source
    name: str
    folder: Path
    export: Path | None

    @property
    def waiting(self) -> Result:
        return Result(self.source.image, self.name, base=self.source.base)


@dataclass(frozen=True)
class Tools:
    """Who does the work. ``placing`` is called before a sidecar is written beside a photo."""

    agent: Agent
    reward: Reward
    renderer: Renderer
    schema: Schema
    cancel: threading.Event
    placing: Callable[[str, Placed], None]


def do(item: Item, batch: Batch, reference: Path | None, tools: Tools) -> Result:
    """What became of the photo. Raises only what ends the whole batch: `Cancelled` and `HostMissing`."""
    try:
        failure.check_readable(item.source.image)
        with writing.locked(item.source.image):
            result = _edit(item, batch, reference, tools)
    except (Cancelled, HostMissing):
        raise
    except HostBridgeError as error:
        result = _failed(item, error, str(error))
    except Exception as error:  # whatever a strange file brings about costs that file only
        _log.exception("%s failed", item.source.image)
        result = _failed(item, error, f"{item.source.image}: {type(error).__name__}: {error}")
    return replace(result, stamp=beside.stamp(item.source.image))


def _failed(item: Item, error: Exception, sentence: str) -> Result:
    return replace(item.waiting, state="failed", error=sentence, kind=type(error).__name__)


def _edit(item: Item, batch: Batch, reference: Path | None, tools: Tools) -> Result:
    image = item.source.image
    if batch.in_place:
        writing.check_writable(image.parent)
    had = beside.content(sidecar_path(image))
    editing = Editing(_job(item, batch, reference), *_players(tools), tools.cancel)
    answer = editing.run(lambda progress: None)
    files = {name: Path(path) for name, path in answer["files"].items() if name in _KEPT}
    _thumbs(files)
    if item.export:
        writing.check_writable(item.export.parent)
        item.export.unlink(missing_ok=True)  # of an attempt that was killed: the folder is the batch's own
        sidecar = editing.photo.sidecar(editing.session.edits)
        tools.renderer.export(image, sidecar, item.export, cancel=tools.cancel)
        files["export"] = item.export
    placed = _place(item, had, files["sidecar"], tools) if batch.in_place and answer["applied"] else None
    return replace(_result(item, answer, files), placed=placed)


def _job(item: Item, batch: Batch, reference: Path | None) -> Job:
    return Job(
        image=item.source.image,
        instructions=(batch.instruction,),
        out=item.folder,
        size=batch.size,
        budget=batch.budget,
        look=batch.look,
        reference=reference,
        alike=reference not in (None, batch.reference),
        base=item.source.base,
        strength=batch.strength,
    )


def _players(tools: Tools) -> tuple[Agent, Reward, Renderer, Schema]:
    return tools.agent, tools.reward, tools.renderer, tools.schema


def _place(item: Item, had: bytes | None, sidecar: Path, tools: Tools) -> Placed:
    gives = sidecar.read_bytes()
    placed = beside.prepare(item.source.image, had, gives, item.folder)
    tools.placing(item.name, placed)
    return beside.place(placed, gives)


def _result(item: Item, answer: dict[str, Any], files: dict[str, Path]) -> Result:
    plan = answer["plan"]
    return replace(
        item.waiting,
        state="edited" if answer["applied"] else "unchanged",
        score=answer["verdict"]["score"],
        baseline=answer["verdict"]["baseline"],
        did=_did(plan["edits"]) if answer["applied"] else "",
        notes=[*plan["unsupported"], *plan["notes"]],
        renders=answer["renders"],
        seconds=answer["seconds"],
        files=files,
    )


def _did(edits: list[dict[str, Any]]) -> str:
    """The edits in words: "contrast +37, exposure -0.58 (top)"."""
    places = {edit["control"]: "" if edit["region"] == "everywhere" else f" ({edit['region']})" for edit in edits}
    amounts = {edit["control"]: f"{edit['amount']:+.2g}" for edit in edits if abs(edit["amount"]) >= 0.005}
    return ", ".join(f"{control} {amount}{places[control]}" for control, amount in amounts.items())


def _thumbs(files: dict[str, Path]) -> None:
    """Light copies of before.jpg and after.jpg for the contact sheet."""
    for name in ("before", "after"):
        if name in files:
            path = files[name].with_name(f"{name}-small.jpg")
            with Image.open(files[name]) as picture:
                picture.draft("RGB", (THUMB, THUMB))
                picture.thumbnail((THUMB, THUMB))
                picture.save(path, quality=82)
            files[f"{name}-small"] = path
