"""The photos of a batch, as many at once as the machine carries."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from hostbridge import Cancelled, UnusableInput
from hostbridge.darktable import writing
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.render.pool import size_for_machine
from hostbridge.darktable.schema import Schema
from retouchiq.agent import Agent
from retouchiq.batch import begin, beside, one, sheet
from retouchiq.batch.journal import Journal
from retouchiq.batch.one import Item, Tools
from retouchiq.batch.task import FINISHED, Batch, Listen, Progress, Result
from retouchiq.reward import Reward

_SHEET = 15.0  # seconds between two writings of the contact sheet
_POLL = 0.2  # seconds between looks at the cancel event


def run(
    batch: Batch,
    agent: Agent,
    reward: Reward,
    renderer: Renderer,
    schema: Schema,
    listen: Listen = lambda progress: None,
    cancel: threading.Event | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Do ``batch`` and answer what ``retouchiq batch --json`` prints; see `summary`.

    A photo that fails costs only itself. ``listen`` is called by one thread at a time. With ``resume`` the photos that
    ``batch.out`` holds finished results of are not done again, except failed ones that may end otherwise now. Raises
    `UnusableInput` before anything is done where ``out`` holds something else, another batch, or one to be resumed;
    `Cancelled` once ``cancel`` is set, when everything finished is safe; `HostMissing`.
    """
    begin.check(batch)
    if batch.exports:
        renderer.check_format(batch.exports)
    writing.check_writable(batch.out)
    with writing.locked(batch.out, timeout=0):
        settings = batch.settings(agent.name, reward.name)
        journal = begin.open_journal(batch.out, settings, resume)
        if journal.settings is None:
            journal.begin(settings)
        return _Run(
            batch, Tools(agent, reward, renderer, schema, cancel or threading.Event(), journal.placed), journal, listen
        ).all()


def summary(batch: Batch, results: list[Result], seconds: float) -> dict[str, Any]:
    """``out``, ``sheet``, ``counts`` of the states, ``photos`` (`Result.answer`, worst score first), ``seconds``."""
    counts = Counter(result.state for result in results)
    return {
        "instruction": batch.instruction,
        "out": str(batch.out),
        "sheet": str(batch.out / sheet.NAME),
        "counts": {state: counts[state] for state in FINISHED},
        "photos": [result.answer() for result in sheet.ordered(results)],
        "seconds": round(seconds, 3),
    }


class _Run:
    """A run over the photos: who is finished, who is not."""

    def __init__(self, batch: Batch, tools: Tools, journal: Journal, listen: Listen) -> None:
        self.batch = batch
        self.tools = tools
        self.journal = journal
        self.listen = listen
        self.items = begin.items(batch, journal)
        self.results = {item.name: item.waiting for item in self.items} | journal.results
        self._lock = threading.Lock()
        self._sheet_written = time.monotonic()

    def all(self) -> dict[str, Any]:
        started = time.monotonic()
        self._undo_half_placed()
        again = begin.again(self.results.values())
        waiting = [item for item in self.items if item.name in again or not self.results[item.name].finished]
        self._tell("looking at the first photos" if waiting else "everything is done already")
        try:
            reference = self._lead(waiting) if self.batch.consistent else self.batch.reference
            self._rest(waiting, reference)
        finally:
            self._write_sheet()
        return summary(self.batch, list(self.results.values()), time.monotonic() - started)

    def _undo_half_placed(self) -> None:
        """A sidecar that was written when the batch was killed is taken back: its photo is done again."""
        for name, placed in list(self.journal.placing.items()):
            beside.take_back(placed, self.batch.out / "photos" / name)
            del self.journal.placing[name]

    def _lead(self, waiting: list[Item]) -> Path | None:
        """The result the others are brought to: of the photo named, or of the first that is edited."""
        named = self.batch.consistent if isinstance(self.batch.consistent, Path) else None
        led = next((result.files["after"] for result in self.journal.results.values() if "after" in result.files), None)
        if led and not named:  # by the first that was edited before the batch was interrupted
            return led
        for item in [item for item in self.items if named is None or item.source.image.resolve() == named.resolve()]:
            if item in waiting:
                waiting.remove(item)
                self._do(item, self.batch.reference)
            files = self.results[item.name].files
            if "after" in files:
                return files["after"]
            if named and "before" in files:
                return files["before"]
        if named:
            raise UnusableInput(f"nothing can be brought to {named}: {self.results[item.name].error}")
        return None

    def _rest(self, waiting: list[Item], reference: Path | None) -> None:
        with ThreadPoolExecutor(at_once(), "batch") as pool:
            running: set[Future[None]] = {pool.submit(self._do, item, reference) for item in waiting}
            try:
                while running:
                    done, running = wait(running, _POLL, FIRST_COMPLETED)
                    for future in done:
                        future.result()
                    self._check()
            except BaseException:
                self.tools.cancel.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _do(self, item: Item, reference: Path | None) -> None:
        self._check()
        self._note(item.waiting.with_state("running"), f"{item.name}: started")
        try:
            result = one.do(item, self.batch, reference, self.tools)
        except BaseException:
            self._note(item.waiting, f"{item.name}: stopped")
            raise
        self.journal.finished(result)
        self._note(result, f"{item.name}: {result.error or result.state}")

    def _note(self, result: Result, says: str) -> None:
        with self._lock:
            self.results[result.name] = result
            if result.finished and time.monotonic() - self._sheet_written > _SHEET:
                self._write_sheet()
        self._tell(says, result)

    def _tell(self, says: str, photo: Result | None = None) -> None:
        with self._lock:
            done = sum(result.finished for result in self.results.values())
            self.listen(Progress(says, done, len(self.results), photo))

    def _check(self) -> None:
        if self.tools.cancel.is_set():
            raise Cancelled(f"the batch was stopped; what is finished is safe in {self.batch.out}")

    def _write_sheet(self) -> None:
        sheet.write(self.batch.out, self.batch.instruction, list(self.results.values()))
        self._sheet_written = time.monotonic()


def at_once() -> int:
    """How many photos are worked on at once: half as many again as darktable renders, to judge in the meantime."""
    workers = size_for_machine()
    return workers + (workers + 1) // 2
