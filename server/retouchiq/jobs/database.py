"""The database file of the jobs: opened, brought to this version, moved aside where it is damaged."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

VERSION = 1
"""``user_version`` of a file with the tables below; raise it and add a step to `_STEPS` for every change."""

_STEPS = (
    """
    CREATE TABLE job (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        request TEXT NOT NULL,
        operation TEXT NOT NULL,
        progress TEXT NOT NULL,
        result TEXT,
        error TEXT,
        saved TEXT,
        created REAL NOT NULL,
        updated REAL NOT NULL,
        events INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX job_of_state ON job (state);
    CREATE TABLE event (
        job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (job, number)
    ) WITHOUT ROWID;
    CREATE TABLE photo (
        job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (job, position)
    ) WITHOUT ROWID;
    """,
)

_log = logging.getLogger(__name__)


def connect(path: Path) -> sqlite3.Connection:
    """The database at ``path``, made if needed, for use by several threads under the caller's lock.

    A file that is damaged, or was written by a newer version, is moved aside (``<name>.damaged-<time>``) with a line in
    the log, and a new one is begun: what is lost is the memory of old jobs, never a photo.
    """
    try:
        return _open(path)
    except (sqlite3.DatabaseError, OSError) as error:
        aside = _move_aside(path)
        _log.warning("%s cannot be used (%s); it is now %s, and a new one is begun", path, error, aside)
        return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        database.row_factory = sqlite3.Row
        _prepare(database)
    except BaseException:
        database.close()
        raise
    path.chmod(0o600)
    return database


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")  # whole after a crash of this process, and of the machine
    database.execute("PRAGMA foreign_keys = ON")
    (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise sqlite3.DatabaseError(said)
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise sqlite3.DatabaseError(f"it has version {version}, this program knows {VERSION}")
    for number, step in enumerate(_STEPS[version:], version + 1):
        database.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT")


def _move_aside(path: Path) -> Path:
    """The new name of the file; its journal goes with it, so that nothing of it is mixed into the new one."""
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists() or part.is_symlink():
            part.rename(aside.with_name(aside.name + ending))
    return aside
