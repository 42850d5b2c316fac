"""The threads that do the jobs, with jobs that only wait: order, cancelling, faults and restarts."""

import threading
import time
from pathlib import Path

import pytest

from hostbridge import Cancelled, HostFailed
from retouchiq.jobs.bell import Bell
from retouchiq.jobs.runner import Runner
from retouchiq.jobs.store import StillActive, Store, new_name
from retouchiq.jobs.task import Done


class Scripted:
    """A kind whose jobs do what their request says: end, fail, or wait until they are let go or cancelled."""

    def __init__(self, threads=2):
        self.threads = threads
        self.root = Path("/nowhere")
        self.log = []
        self.let_go = threading.Event()
        self.running = 0
        self.together = 0
        self.forgotten = []

    def claims(self, job):
        return job.request["photo"]

    def do(self, task):
        self.running += 1
        self.together = max(self.together, self.running)
        self.log.append(task.job.id)
        try:
            getattr(self, task.job.request["does"])(task)
        finally:
            self.running -= 1
        return Done({"did": task.job.operation["do"]}, {"saved": True})

    def end(self, task):
        task.tell({"says": "ending"}, "progress", {})

    def wait(self, task):
        while not self.let_go.wait(0.01):
            if task.cancel.is_set():
                raise Cancelled("cancelled")

    def ignore(self, task):
        self.let_go.wait(5)

    def fail(self, task):
        raise HostFailed("the host is gone")

    def crash(self, task):
        raise ZeroDivisionError("a bug")

    def forget(self, name):
        self.forgotten.append(name)

    def leftovers(self, before):
        return ["an old folder"]


@pytest.fixture
def kind():
    return Scripted()


@pytest.fixture
def runner(tmp_path, kind):
    runner = Runner(Store(tmp_path / "jobs.sqlite"), Bell(), {"edit": kind})
    runner.start()
    yield runner
    kind.let_go.set()
    runner.close()


def add(runner, does="end", photo=None):
    name = new_name()
    return runner.add(name, "edit", {"does": does, "photo": photo or name}, {"do": "run"}, {"says": "waiting"}).id


def test_a_job_is_done_and_what_it_leaves_is_kept(runner):
    job = runner.wait(add(runner), 5)
    assert (job.state, job.result, job.progress) == ("done", {"did": "run"}, {"says": "ending"})
    assert runner.store.saved(job.id) == {"saved": True}


@pytest.mark.parametrize(("does", "kind_of_error"), [("fail", "HostFailed"), ("crash", "ZeroDivisionError")])
def test_a_job_that_fails_takes_nothing_down(does, kind_of_error, runner):
    failed = [runner.wait(add(runner, does), 5) for _ in range(4)]
    assert {job.state for job in failed} == {"failed"}
    assert failed[0].error["kind"] == kind_of_error
    assert failed[0].error["message"]
    assert runner.wait(add(runner), 5).state == "done"


def test_two_jobs_never_work_on_one_photo_at_once(runner, kind):
    names = [add(runner, "wait", "one.jpg") for _ in range(3)]
    other = add(runner, "end", "other.jpg")
    assert runner.wait(other, 5).state == "done", "others go past those that wait for the photo"
    kind.let_go.set()
    assert [runner.wait(name, 5).state for name in names] == ["done"] * 3
    assert kind.log == [names[0], other, *names[1:]]


def test_no_more_jobs_at_once_than_threads(runner, kind):
    names = [add(runner, "wait") for _ in range(5)]
    time.sleep(0.2)
    assert runner.counts() == {"running": 2, "queued": 3}
    kind.let_go.set()
    assert {runner.wait(name, 5).state for name in names} == {"done"}
    assert kind.together == 2


def test_a_running_job_is_cancelled_at_once(runner):
    name = add(runner, "wait")
    time.sleep(0.1)
    began = time.monotonic()
    assert runner.cancel(name).state == "cancelled"
    assert runner.wait(name, 5).state == "cancelled"
    assert time.monotonic() - began < 1
    assert runner.wait(add(runner), 5).state == "done"


def test_a_waiting_job_that_is_cancelled_is_never_begun(runner, kind):
    blocking = [add(runner, "wait") for _ in range(2)]
    name = add(runner)
    assert runner.cancel(name).state == "cancelled"
    kind.let_go.set()
    assert [runner.wait(each, 5).state for each in blocking] == ["done", "done"]
    assert name not in kind.log


def test_a_job_that_does_not_look_at_its_cancel_event_is_cancelled_for_its_caller(runner, kind):
    name = add(runner, "ignore")
    time.sleep(0.1)
    assert runner.cancel(name).state == "cancelled"
    kind.let_go.set()
    runner.remove(name)  # waits until the thread has let go
    assert kind.forgotten[-1] == name
    with pytest.raises(KeyError):
        runner.store.get(name)


def test_what_was_written_before_it_was_cancelled_is_known(runner, kind):
    name = add(runner, "ignore")
    time.sleep(0.1)
    runner.cancel(name)
    kind.let_go.set()
    job = runner.again(name, {"do": "turn"}, {"says": "waiting"})
    assert job.result == {"did": "run"}
    assert runner.wait(name, 5).result == {"did": "turn"}


def test_an_active_job_cannot_be_given_more_to_do_or_be_removed(runner):
    name = add(runner, "wait")
    for attempt in (lambda: runner.again(name, {"do": "turn"}, {}), lambda: runner.remove(name)):
        with pytest.raises(StillActive):
            attempt()


def test_what_is_under_way_when_the_server_stops_goes_on_next_time(tmp_path, kind):
    first = Runner(Store(tmp_path / "jobs.sqlite"), Bell(), {"edit": kind})
    first.start()
    names = [add(first, "wait") for _ in range(3)]
    time.sleep(0.2)
    began = time.monotonic()
    first.close()
    assert time.monotonic() - began < 5
    kind.let_go.set()
    second = Runner(Store(tmp_path / "jobs.sqlite"), Bell(), {"edit": kind})
    second.start()
    assert [second.wait(name, 5).state for name in names] == ["done"] * 3
    second.close()


def test_finished_jobs_expire_with_their_files_and_so_do_files_nobody_knows(runner, kind):
    name, active = add(runner), add(runner, "wait")
    runner.wait(name, 5)
    runner.sweep(time.time() - 60)
    assert runner.store.knows(name)
    runner.sweep(time.time() + 60)
    assert not runner.store.knows(name)
    assert runner.store.knows(active)
    assert {name, "an old folder"} <= set(kind.forgotten)
