"""The rows of the jobs: what a user would lose with the database."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from retouchiq.jobs.store import QueueFull, StillActive, Store, new_name


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jobs.sqlite"


@pytest.fixture
def store(path):
    store = Store(path)
    yield store
    store.close()


def add(store, kind="edit", photos=()):
    return store.add(new_name(), kind, {"sent": {"instruction": "wärmer"}}, {"do": "run"}, {"says": "waiting"}, photos)


def test_a_job_is_what_was_asked_and_waits(store):
    job = add(store)
    assert (job.kind, job.state, job.request) == ("edit", "queued", {"sent": {"instruction": "wärmer"}})
    assert (job.result, job.error, job.events) == (None, None, 0)
    assert store.get(job.id) == job


def test_the_newest_comes_first_and_no_other_kind(store):
    first, second = add(store), add(store)
    add(store, "batch")
    assert [job.id for job in store.latest("edit", 10)] == [second.id, first.id]
    assert [job.id for job in store.latest("edit", 1)] == [second.id]


def test_a_job_nobody_has_heard_of_is_an_error(store):
    with pytest.raises(KeyError):
        store.get("nothing")


def test_events_are_numbered_and_can_be_read_from_any_of_them_on(store):
    job = add(store)
    store.start(job.id)
    for number in range(3):
        store.tell(job.id, {"says": str(number)}, "progress", {"says": str(number)})
    store.end(job.id, "done", result={"applied": True})
    assert [(event.number, event.name) for event in store.events(job.id)] == [
        (1, "progress"),
        (2, "progress"),
        (3, "progress"),
        (4, "done"),
    ]
    assert [event.number for event in store.events(job.id, 2)] == [3, 4]
    assert store.get(job.id).progress == {"says": "2"}


def test_what_a_cancelled_job_says_afterwards_is_not_heard(store):
    job = add(store)
    store.start(job.id)
    assert store.end(job.id, "cancelled")
    assert not store.tell(job.id, {"says": "late"}, "progress", {})
    assert not store.end(job.id, "done", result={"applied": True})
    assert (store.get(job.id).state, store.get(job.id).result) == ("cancelled", None)
    assert [event.name for event in store.events(job.id)] == ["cancelled"]


def test_a_further_turn_keeps_the_result_and_tells_only_of_itself(store):
    job = add(store)
    store.start(job.id)
    store.end(job.id, "done", result={"applied": True}, saved={"sessions": []})
    again = store.again(job.id, {"do": "turn"}, {"says": "waiting"})
    assert (again.state, again.result, again.operation) == ("queued", {"applied": True}, {"do": "turn"})
    store.start(job.id)
    store.end(job.id, "failed", error={"kind": "HostFailed", "message": "gone"})
    assert [(event.number, event.name) for event in store.events(job.id)] == [(2, "failed")]
    assert store.get(job.id).result == {"applied": True}
    assert store.saved(job.id) == {"sessions": []}


def test_an_active_job_is_neither_queued_twice_nor_removed(store):
    job = add(store)
    with pytest.raises(StillActive, match="is queued"):
        store.again(job.id, {"do": "turn"}, {})
    with pytest.raises(StillActive, match="is queued"):
        store.remove(job.id)
    assert store.get(job.id).state == "queued"


def test_a_removed_job_leaves_no_rows(store, path):
    job = add(store, "batch", [{"image": "a.jpg"}])
    store.start(job.id)
    store.end(job.id, "done", result={})
    store.remove(job.id)
    with sqlite3.connect(path) as database:
        counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("job", "event", "photo")]
    assert counts == [(0,), (0,), (0,)]


def test_only_so_many_jobs_wait(path):
    store = Store(path, waiting=2)
    first, _ = add(store), add(store)
    with pytest.raises(QueueFull):
        add(store)
    add(store, "batch")  # each kind has a queue of its own
    store.start(first.id)
    add(store)
    store.close()


def test_what_was_under_way_is_queued_again_after_a_restart(path):
    store = Store(path)
    running, waiting, done = add(store), add(store), add(store)
    for job in (running, done):
        store.start(job.id)
    store.tell(running.id, {"says": "half"}, "progress", {"says": "half"})
    store.end(done.id, "done", result={"applied": True})
    store.close()
    store = Store(path)
    assert {job.id for job in store.recover()} == {running.id, waiting.id}
    assert store.counts() == {"running": 0, "queued": 2}
    assert store.events(running.id) == [], "the lost attempt is not told again"
    assert store.get(done.id).result == {"applied": True}
    store.close()


def test_a_batch_keeps_its_finished_photos_over_a_restart(path):
    store = Store(path)
    job = add(store, "batch", [{"image": "a.jpg", "state": "waiting"}, {"image": "b.jpg", "state": "waiting"}])
    store.start(job.id)
    store.photo(job.id, 0, {"image": "a.jpg", "state": "edited"}, {"done": 1}, "photo")
    store.close()
    store = Store(path)
    store.recover()
    assert [photo["state"] for photo in store.photos(job.id)] == ["edited", "waiting"]
    assert [event.data["image"] for event in store.events(job.id)] == ["a.jpg"]
    store.close()


def test_only_finished_jobs_expire(store):
    done, running = add(store), add(store)
    for job in (done, running):
        store.start(job.id)
    store.end(done.id, "done", result={})
    assert store.expired(time.time() - 60) == []
    assert [job.id for job in store.expired(time.time() + 60)] == [done.id]


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_database_is_moved_aside_and_does_not_stop_the_start(content, path, caplog):
    path.write_bytes(content)
    store = Store(path)
    add(store)
    store.close()
    (aside,) = path.parent.glob("jobs.sqlite.damaged-*")
    assert aside.read_bytes() == content
    assert str(aside) in caplog.text


def test_a_database_of_a_newer_version_is_kept_and_not_written(path, caplog):
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    Store(path).close()
    assert len(list(path.parent.glob("jobs.sqlite.damaged-*"))) == 1
    assert "version 99" in caplog.text


def test_the_database_is_the_users_own(store, path):
    assert path.stat().st_mode & 0o077 == 0


def test_several_threads_may_write(store):
    job = add(store)
    store.start(job.id)

    def tell():
        for _ in range(20):
            store.tell(job.id, {}, "progress", {})

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.number for event in store.events(job.id)] == list(range(1, 81))


WRITER = """
import sys
from pathlib import Path
from retouchiq.jobs.store import Store, new_name
store = Store(Path(sys.argv[1]))
while True:
    job = store.add(new_name(), "edit", {"sent": {}}, {"do": "run"}, {})
    store.start(job.id)
    for number in range(5):
        store.tell(job.id, {"n": number}, "progress", {"n": number})
    store.end(job.id, "done", result={"applied": True}, saved={})
    print(job.id, flush=True)
"""


def test_nothing_that_was_noted_is_lost_when_the_server_is_killed(path):
    for pause in (0.05, 0.02, 0.11):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True)
        first = writer.stdout.readline()
        time.sleep(pause)
        os.kill(writer.pid, signal.SIGKILL)
        noted = [first.strip(), *writer.communicate()[0].split()]
        store = Store(path)
        for name in noted:
            job = store.get(name)
            assert (job.state, job.result, job.events) == ("done", {"applied": True}, 6)
        store.close()
    assert not list(path.parent.glob("*.damaged-*"))
