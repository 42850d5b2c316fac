"""Jobs as rows: what was asked, how far it is, what came of it, and the events on the way.

`Store` may be used by several threads. Every method is one short transaction; whoever is killed between two of them
leaves a job that `recover` takes up again.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from retouchiq.jobs.database import connect

ACTIVE = ("queued", "running")
FINISHED = ("done", "failed", "cancelled")
"""States a job ends in; also the names of the event that ends its stream."""

State = Literal["queued", "running", "done", "failed", "cancelled"]
Data = dict[str, Any]

_COLUMNS = "id, kind, state, request, operation, progress, result, error, created, updated, events"


class QueueFull(Exception):
    """As many jobs wait as may wait. Its text is a sentence for the user."""


class StillActive(Exception):
    """The job has to end before this can be done with it. Its text is a sentence for the user."""


@dataclass(frozen=True)
class Job:
    """One row.

    ``request``: what the caller asked for. ``operation``: what is to be done now, ``{"do": …}`` and its arguments.
    ``progress``: says and counts. ``error``: ``kind`` and ``message``. ``created``, ``updated``: seconds since 1970.
    ``events``: the number of the last event.
    """

    id: str
    kind: str
    state: State
    request: Data
    operation: Data
    progress: Data
    result: Data | None
    error: Data | None
    created: float
    updated: float
    events: int

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


@dataclass(frozen=True)
class Event:
    """Something that happened to a job. Numbers rise by one within a job, over all its turns."""

    number: int
    name: str
    data: Data


def new_name() -> str:
    """A name no job has: 64 random bits."""
    return secrets.token_hex(8)


class Store:
    """The jobs in the database at ``path``. ``waiting``: how many of a kind may be queued."""

    def __init__(self, path: Path, waiting: int = 64) -> None:
        self._waiting = waiting
        self._lock = threading.RLock()
        self._database = connect(path)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def add(self, name: str, kind: str, request: Data, operation: Data, progress: Data,
            photos: Sequence[Data] = ()) -> Job:  # fmt: skip
        """A new queued job called ``name`` (`new_name`). Raises `QueueFull`."""
        now = time.time()
        with self._writing() as database:
            self._check_room(database, kind)
            database.execute(
                "INSERT INTO job (id, kind, state, request, operation, progress, created, updated)"
                " VALUES (?, ?, 'queued', ?, ?, ?, ?, ?)",
                (name, kind, _text(request), _text(operation), _text(progress), now, now),
            )
            database.executemany(
                "INSERT INTO photo VALUES (?, ?, ?)", ((name, n, _text(each)) for n, each in enumerate(photos))
            )
            return self._one(database, name)

    def again(self, name: str, operation: Data, progress: Data) -> Job:
        """Queue a finished job for a further operation; its events are those of the new operation from now on.

        Raises `StillActive`, `QueueFull` and `KeyError`.
        """
        with self._writing() as database:
            job = self._one(database, name)
            self._require_finished(job)
            self._check_room(database, job.kind)
            database.execute("DELETE FROM event WHERE job = ?", (name,))
            database.execute(
                "UPDATE job SET state = 'queued', operation = ?, progress = ?, error = NULL, updated = ? WHERE id = ?",
                (_text(operation), _text(progress), time.time(), name),
            )
            return self._one(database, name)

    def get(self, name: str) -> Job:
        """Raises `KeyError`."""
        with self._lock:
            return self._one(self._database, name)

    def latest(self, kind: str, limit: int) -> list[Job]:
        """The newest first."""
        with self._lock:
            rows = self._database.execute(
                f"SELECT {_COLUMNS} FROM job WHERE kind = ? ORDER BY number DESC LIMIT ?", (kind, limit)
            ).fetchall()
        return [_job(row) for row in rows]

    def saved(self, name: str) -> Data | None:
        """What `end` was given to go on from; None where the job never came that far."""
        with self._lock:
            row = self._database.execute("SELECT saved FROM job WHERE id = ?", (name,)).fetchone()
        return json.loads(row["saved"]) if row and row["saved"] else None

    def start(self, name: str) -> bool:
        """Queued → running; False where it is not queued any more."""
        with self._writing() as database:
            changed = database.execute(
                "UPDATE job SET state = 'running', updated = ? WHERE id = ? AND state = 'queued'", (time.time(), name)
            )
            return changed.rowcount == 1

    def tell(self, name: str, progress: Data, event: str | None, data: Data) -> bool:
        """Note progress of a running job, and an event if there is one to tell.

        False, and nothing noted, where it does not run any more.
        """
        with self._writing() as database:
            changed = database.execute(
                "UPDATE job SET progress = ?, updated = ? WHERE id = ? AND state = 'running'",
                (_text(progress), time.time(), name),
            )
            if changed.rowcount == 1 and event:
                self._append(database, name, event, data)
            return changed.rowcount == 1

    def photo(self, name: str, position: int, data: Data, progress: Data, event: str | None) -> bool:
        """As `tell`, for what became of one photo of a batch."""
        with self._writing() as database:
            database.execute(
                "UPDATE photo SET data = ? WHERE job = ? AND position = ?"
                " AND EXISTS (SELECT 1 FROM job WHERE id = photo.job AND state = 'running')",
                (_text(data), name, position),
            )
            return self.tell(name, progress, event, data)

    def end(self, name: str, state: State, *, result: Data | None = None, error: Data | None = None,
            saved: Data | None = None) -> bool:  # fmt: skip
        """Active → ``state``, one of `FINISHED`, with the event of that name. What is None stays as it was.

        False, and nothing changed, where it has ended already: the first end counts.
        """
        with self._writing() as database:
            changed = database.execute(
                "UPDATE job SET state = ?, error = ?, result = coalesce(?, result), saved = coalesce(?, saved),"
                " updated = ? WHERE id = ? AND state IN ('queued', 'running')",
                (state, _maybe(error), _maybe(result), _maybe(saved), time.time(), name),
            )
            if changed.rowcount == 1:
                self._append(database, name, state, {})
            return changed.rowcount == 1

    def keep(self, name: str, result: Data, saved: Data | None) -> None:
        """Note what a job left that was cancelled when it had done its work."""
        with self._writing() as database:
            database.execute(
                "UPDATE job SET result = ?, saved = coalesce(?, saved) WHERE id = ? AND state = 'cancelled'",
                (_text(result), _maybe(saved), name),
            )

    def knows(self, name: str) -> bool:
        """Whether there is such a job."""
        with self._lock:
            return self._database.execute("SELECT 1 FROM job WHERE id = ?", (name,)).fetchone() is not None

    def events(self, name: str, after: int = 0) -> list[Event]:
        """What happened after event number ``after``, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT number, name, data FROM event WHERE job = ? AND number > ? ORDER BY number", (name, after)
            ).fetchall()
        return [Event(row["number"], row["name"], json.loads(row["data"])) for row in rows]

    def photos(self, name: str) -> list[Data]:
        """The photos of a batch in the order they were named."""
        with self._lock:
            rows = self._database.execute("SELECT data FROM photo WHERE job = ? ORDER BY position", (name,)).fetchall()
        return [json.loads(row["data"]) for row in rows]

    def recover(self) -> list[Job]:
        """After a start: what was queued or running when the last server ended, oldest first, queued again.

        An edit starts over, so the events of its lost attempt go. A batch keeps what it has finished and is told to
        ``resume``.
        """
        with self._writing() as database:
            database.execute(
                "DELETE FROM event WHERE job IN (SELECT id FROM job WHERE state = 'running' AND kind != 'batch')"
            )
            database.execute(
                "UPDATE job SET operation = ? WHERE state = 'running' AND kind = 'batch'", (_text({"do": "resume"}),)
            )
            database.execute("UPDATE job SET state = 'queued' WHERE state = 'running'")
            rows = database.execute(f"SELECT {_COLUMNS} FROM job WHERE state = 'queued' ORDER BY updated").fetchall()
        return [_job(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many jobs are ``running`` and ``queued``."""
        with self._lock:
            rows = self._database.execute(
                "SELECT state, count(*) AS jobs FROM job WHERE state IN ('queued', 'running') GROUP BY state"
            ).fetchall()
        return {"running": 0, "queued": 0} | {row["state"]: row["jobs"] for row in rows}

    def remove(self, name: str) -> None:
        """Forget a finished job. Raises `StillActive` and `KeyError`."""
        with self._writing() as database:
            self._require_finished(self._one(database, name))
            database.execute("DELETE FROM job WHERE id = ?", (name,))

    def expired(self, before: float) -> list[Job]:
        """Finished jobs that nothing happened to since ``before`` (seconds since 1970)."""
        with self._lock:
            rows = self._database.execute(
                f"SELECT {_COLUMNS} FROM job WHERE state NOT IN ('queued', 'running') AND updated < ?", (before,)
            ).fetchall()
        return [_job(row) for row in rows]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._database.in_transaction:  # part of a larger one of this thread
                yield self._database
                return
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _require_finished(self, job: Job) -> None:
        if job.active:
            raise StillActive(f"{job.kind} {job.id} is {job.state}: wait for its end, or cancel it")

    def _check_room(self, database: sqlite3.Connection, kind: str) -> None:
        query = "SELECT count(*) FROM job WHERE kind = ? AND state = 'queued'"
        (waiting,) = database.execute(query, (kind,)).fetchone()
        if waiting >= self._waiting:
            raise QueueFull(f"{waiting} jobs of kind {kind} are waiting already: try again when some are done")

    def _one(self, database: sqlite3.Connection, name: str) -> Job:
        row = database.execute(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return _job(row)

    def _append(self, database: sqlite3.Connection, name: str, event: str, data: Data) -> None:
        database.execute("UPDATE job SET events = events + 1 WHERE id = ?", (name,))
        database.execute("INSERT INTO event SELECT id, events, ?, ? FROM job WHERE id = ?", (event, _text(data), name))


def _job(row: sqlite3.Row) -> Job:
    plain = {"id", "kind", "state", "created", "updated", "events"}
    columns: dict[str, Any] = dict(row)
    return Job(**{key: it if key in plain or it is None else json.loads(it) for key, it in columns.items()})


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _maybe(data: Data | None) -> str | None:
    return None if data is None else _text(data)
