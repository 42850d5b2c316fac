"""Contact sheets of real edits, to be looked at: many photos, the same few instructions for each."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hostbridge import HostBridgeError
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.agent.offline import OfflineAgent
from retouchiq.contact import Cell, contact_sheet, save
from retouchiq.edit import Job, edit
from retouchiq.endings import PHOTOS
from retouchiq.pictures import read_picture
from retouchiq.reward.measured import MeasuredReward

INSTRUCTIONS = (
    "",
    "warmer, lift the shadows",
    "make the sky more dramatic",
    "brighten the subject and darken the background",
    "moody cinematic look",
    "much more vivid, more contrast and sharper",
)
"""No wish at all, tone and colour, two local ones, a look, and more than is good for a photo."""

COLUMNS = 4

Say = Callable[[str], None]


def evenly(photos: Sequence[Path], count: int) -> list[Path]:
    """``count`` of ``photos`` in the order of their names, evenly spread; all of them where there are fewer."""
    ordered = sorted(photos)
    step = max(1.0, len(ordered) / count)
    return [ordered[int(n * step)] for n in range(min(count, len(ordered)))]


def photos_in(folder: Path) -> list[Path]:
    """The photos of ``folder``, or of its ``photos/`` where it is laid out as the benches' data."""
    inner = folder / "photos"
    return [path for path in (inner if inner.is_dir() else folder).iterdir() if path.suffix.lower() in PHOTOS]


def measure(
    photos: Sequence[Path], out: Path, renderer: Renderer, schema: Schema, size: int, say: Say = lambda text: None
) -> list[dict[str, Any]]:
    """Edit each of ``photos`` by each of `INSTRUCTIONS` and write ``out/<photo's name>.jpg``, a sheet for each.

    Answers one row an edit: ``photo``, ``instruction``, ``score``, ``baseline``, ``applied``, ``renders``,
    ``unsupported``; or ``photo`` and ``error`` where it cannot be edited. They are in ``out/rows.json`` too.
    """
    rows: list[dict[str, Any]] = []
    for number, photo in enumerate(photos, 1):
        say(f"{number} of {len(photos)}: {photo.name}")
        try:
            made, cells = _edits(photo, renderer, schema, size)
        except HostBridgeError as error:
            rows.append({"photo": photo.name, "error": str(error)})
            continue
        rows += made
        lines = [cells[at : at + COLUMNS] for at in range(0, len(cells), COLUMNS)]
        save(contact_sheet(lines, size), out / f"{photo.stem}.jpg")
        (out / "rows.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1))
    return rows


def _edits(photo: Path, renderer: Renderer, schema: Schema, size: int) -> tuple[list[dict[str, Any]], list[Cell]]:
    rows: list[dict[str, Any]] = []
    cells: list[Cell] = []
    for instruction in INSTRUCTIONS:
        with tempfile.TemporaryDirectory(prefix="retouchiq-sheets-") as name:
            job = Job(photo, (instruction,), Path(name), size=size)
            answer = edit(job, OfflineAgent(), MeasuredReward(), renderer, schema, lambda progress: None)
            files = answer["files"]
            if not cells:
                cells.append((read_picture(Path(files["before"])), f"{photo.stem}, before"))
            shown = read_picture(Path(files["after" if answer["applied"] else "before"]))
        rows.append(_row(photo, instruction, answer))
        state = f"{answer['verdict']['score']:.1f}" if answer["applied"] else "not applied"
        cells.append((shown, f"“{instruction or 'auto'}” {state}"))
    return rows, cells


def _row(photo: Path, instruction: str, answer: dict[str, Any]) -> dict[str, Any]:
    verdict = answer["verdict"]
    return {
        "photo": photo.name,
        "instruction": instruction,
        "score": verdict["score"],
        "baseline": verdict["baseline"],
        "applied": answer["applied"],
        "renders": answer["renders"],
        "edits": answer["plan"]["edits"],
        "unsupported": answer["plan"]["unsupported"],
    }
