"""Edits before batches: what somebody who waits at the screen would lose."""

import threading

import pytest

from hostbridge import Cancelled
from retouchiq.jobs.lanes import Lanes


def start(lanes, log, cancel=None):
    def render():
        with lanes.last(cancel):
            log.append("batch")

    thread = threading.Thread(target=render)
    thread.start()
    return thread


def test_a_batch_leaves_a_worker_to_an_edit():
    lanes, log = Lanes(1), []
    with lanes.first():
        thread = start(lanes, log)
        thread.join(0.3)
        log.append("edit")
    thread.join(5)
    assert log == ["edit", "batch"]


def test_a_batch_renders_beside_an_edit_where_there_are_workers():
    lanes, log = Lanes(2), []
    with lanes.first():
        start(lanes, log).join(5)
    assert log == ["batch"]


def test_a_waiting_batch_can_be_cancelled():
    lanes, cancel = Lanes(1), threading.Event()
    cancel.set()
    with lanes.first(), pytest.raises(Cancelled), lanes.last(cancel):
        pass
