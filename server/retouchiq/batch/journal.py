"""What a batch has done, line by line, so that a second start repeats nothing.

``journal.jsonl`` in the batch's folder is only ever appended to, and every line is on the disk before the batch goes
on: whatever kills it, all lines but perhaps the last are whole. Each line is a JSON object with one key::

    {"batch": {instruction and options}}       the first line
    {"placing": {"name", "placed": {…}}}       a sidecar is about to be written beside a photo
    {"photo": {…}}                             a photo is finished: its `Result`
    {"rejected": {"name"}}                     its result was given up
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostbridge import NotWritable, UnusableInput
from retouchiq.batch.task import Placed, Result, load_placed

NAME = "journal.jsonl"


class Journal:
    """The journal in the folder ``out``, read as far as it is whole.

    ``settings`` is None where there is none yet. ``results`` holds the finished photos by name, ``placing`` what was
    about to be written beside a photo when the batch was killed.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.path = out / NAME
        self.settings: dict[str, Any] | None = None
        self.results: dict[str, Result] = {}
        self.placing: dict[str, Placed] = {}
        self._lock = threading.RLock()
        self._whole = 0  # bytes up to the end of the last whole line
        self._read()

    def begin(self, settings: dict[str, Any]) -> None:
        """Write the first line."""
        self._append("batch", settings)
        self.settings = settings

    def placed(self, name: str, placed: Placed) -> None:
        """A sidecar is about to be written beside the photo ``name``."""
        data = {"sidecar": str(placed.sidecar), "had": placed.had, "gives": placed.gives}
        with self._lock:
            self._append("placing", {"name": name, "placed": data})
            self.placing[name] = placed

    def finished(self, result: Result) -> None:
        """A photo is finished."""
        with self._lock:
            self._append("photo", result.saved(self.out))
            self._took(result)

    def rejected(self, name: str) -> None:
        """The result of the photo ``name`` was given up."""
        with self._lock:
            self._append("rejected", {"name": name})
            self.results[name] = self.results[name].with_state("rejected")

    def _took(self, result: Result) -> None:
        self.results[result.name] = result
        self.placing.pop(result.name, None)

    def _read(self) -> None:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise UnusableInput(f"{self.path} cannot be read: {error.strerror}") from error
        for number, line in enumerate(_whole_lines(data), 1):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UnusableInput(
                    f"{self.path}, line {number} is no line of a batch ({error!r}): name another folder with --out"
                ) from error
            self._whole += len(line)

    def _take(self, entry: dict[str, Any]) -> None:
        ((kind, data),) = entry.items()
        if kind == "batch":
            self.settings = dict(data)
        elif kind == "placing":
            self.placing[data["name"]] = load_placed(data["placed"])
        elif kind == "photo":
            self._took(Result.load(data, self.out))
        elif kind == "rejected":
            self.results[data["name"]] = self.results[data["name"]].with_state("rejected")
        else:
            raise ValueError(f"unknown: {kind}")

    def _append(self, kind: str, data: dict[str, Any]) -> None:
        line = json.dumps({kind: data}).encode() + b"\n"
        try:
            with open(self.path, "r+b" if self.path.exists() else "xb") as file:
                # a line that was torn by a kill is overwritten, not continued
                file.truncate(self._whole)
                file.seek(self._whole)
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise NotWritable(f"{self.path} cannot be written: {error.strerror or error}") from error
        self._whole += len(line)


def _whole_lines(data: bytes) -> Iterator[bytes]:
    """The lines that end in a newline; a torn last one is what a kill leaves, and its photo is done again."""
    lines = data.splitlines(keepends=True)
    yield from (line for line in lines if line.endswith(b"\n"))
