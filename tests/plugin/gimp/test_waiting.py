"""The window stays alive while the server works, and cancelling takes effect at once."""

import threading
import time

import pytest
from client import Client
from failures import Cancelled, Refused
from waiting import Patient, PatientClient


def test_the_window_lives_while_the_work_is_done():
    ticks = []
    patient = Patient(lambda: ticks.append(1), lambda: False)
    assert patient.run(lambda: time.sleep(0.2) or "done") == "done"
    assert len(ticks) >= 3


def test_what_the_work_raises_is_raised():
    def work():
        raise Refused("no")

    with pytest.raises(Refused, match="no"):
        Patient(lambda: None, lambda: False).run(work)


def test_cancelling_does_not_wait_for_the_server():
    started, release = threading.Event(), threading.Event()

    def work():
        started.set()
        release.wait(10)

    patient = Patient(lambda: None, started.is_set)
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        patient.run(work)
    assert time.monotonic() - begin < 1
    release.set()
    patient.close()


def test_a_session_that_comes_to_be_after_cancelling_is_ended(serving):
    asked, release = threading.Event(), threading.Event()

    def answer(method, _path, _body, _headers):
        if method == "POST":
            asked.set()
            release.wait(10)
        return 200, {"id": "late"}

    with serving(answer) as (url, seen):
        patient = Patient(lambda: None, asked.is_set)
        with pytest.raises(Cancelled):
            PatientClient(Client(url, "t"), patient).post("/v1/sessions", {})
        release.set()
        patient.close()
        assert seen == ["POST /v1/sessions", "DELETE /v1/sessions/late"]
