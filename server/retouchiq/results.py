"""Writing what came of an edit: pictures, sidecar, style, recipe and report, and the user's own sidecar last."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hostbridge.darktable import style
from hostbridge.darktable.writing import check_writable, replace
from retouchiq.photo import Photo
from retouchiq.pictures import jpeg
from retouchiq.report import render_report
from retouchiq.session import Outcome

MakeRecipe = Callable[[Outcome, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Results:
    """Where the results of editing ``photo`` go: a folder (None: none), and the sidecar beside the photo (None: not).

    ``size``: px of the long side of the pictures.
    """

    photo: Photo
    folder: Path | None
    size: int
    beside: Path | None = None

    def write(self, outcome: Outcome, answer: dict[str, Any], recipe: MakeRecipe, started: float) -> None:
        """Write everything and complete ``answer`` with ``files``, ``renders`` and ``seconds``.

        The report goes last: whoever sees it sees everything it names. The user's own sidecar is written after that.
        """
        answer["files"] = self._files(outcome)
        pictures = self._pictures(outcome) if self.folder else {}
        answer["renders"] = self.photo.renders
        answer["seconds"] = round(time.monotonic() - started, 3)
        if self.folder is not None:
            self._write_edit(self.folder, outcome, pictures, answer["instruction"])
            plain = json.dumps(recipe(outcome, answer), ensure_ascii=False, indent=1, default=str)
            replace(self.folder / "recipe.json", plain.encode())
            scores = [trial.verdict.score for trial in outcome.trials]
            page = render_report(answer, pictures["before"], pictures.get("after"), scores)
            replace(self.folder / "report.html", page.encode())
        if self.beside is not None and outcome.applied:
            self.photo.sidecar(outcome.edits).write(self.beside)

    def variant(self, outcome: Outcome, instruction: str) -> dict[str, str]:
        """Write one answer of several, without report and recipe; answers its files (none where it is not applied)."""
        if self.folder is None or not outcome.applied:
            return {}
        check_writable(self.folder)
        self._write_edit(self.folder, outcome, {"after": jpeg(self._picture(outcome))}, instruction)
        return {name: path for name, path in self._files(outcome).items() if name in ("after", "sidecar", "style")}

    def _files(self, outcome: Outcome) -> dict[str, str]:
        """Where each result goes; a result that is not applied has only pictures of before and a report."""
        files: dict[str, str] = {}
        if self.folder is not None:
            files["before"] = str(self.folder / "before.jpg")
            if outcome.applied:
                files["after"] = str(self.folder / "after.jpg")
                files["sidecar"] = str(self._sidecar_in(self.folder))
                files["style"] = str(self.folder / "style.dtstyle")
            files["recipe"] = str(self.folder / "recipe.json")
            files["report"] = str(self.folder / "report.html")
        if self.beside is not None and outcome.applied:
            files["sidecar"] = str(self.beside)
        return files

    def _sidecar_in(self, folder: Path) -> Path:
        return folder / f"{self.photo.path.name}.xmp"

    @property
    def _larger(self) -> bool:
        return self.size > self.photo.size

    def _picture(self, outcome: Outcome) -> Any:
        """The render the verdict was given on, or a larger one of the same settings."""
        return self.photo.render(outcome.edits, self.size) if self._larger else outcome.after

    def _pictures(self, outcome: Outcome) -> dict[str, bytes]:
        before = self.photo.render((), self.size) if self._larger else self.photo.before
        pictures = {"before": jpeg(before)}
        if outcome.after is not None:
            pictures["after"] = jpeg(self._picture(outcome))
        return pictures

    def _write_edit(self, folder: Path, outcome: Outcome, pictures: dict[str, bytes], instruction: str) -> None:
        for name, data in pictures.items():
            replace(folder / f"{name}.jpg", data)
        if not outcome.applied:
            return
        replace(self._sidecar_in(folder), self.photo.sidecar(outcome.edits).to_bytes())
        settings = self.photo.compile(outcome.edits)[0]
        name = f"retouchiq {self.photo.path.stem}"
        style.write(folder / "style.dtstyle", name, instruction, settings, self.photo.schema)
