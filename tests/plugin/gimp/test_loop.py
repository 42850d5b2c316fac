"""One verified edit: the plug-in renders what the server asks for, until it is done, and leaves no session behind."""

import json

import pytest
from client import Client
from failures import Cancelled, Refused
from loop import edit

FIRST, SECOND = [{"name": "retouchiq: exposure"}], [{"name": "retouchiq: color"}]


def step(kind, filters, renders, score=None, applied=None, unsupported=()):
    verdict = None if score is None else {"score": score, "baseline": 5.0}
    plan = {"unsupported": list(unsupported)}
    told = {"id": "s1", "step": kind, "filters": filters, "renders": renders, "verdict": verdict, "applied": applied}
    return told | {"notes": ["grain is left out"], "plan": plan}


@pytest.fixture
def server_of(serving):
    return lambda *renders: answering(serving, renders)


def answering(serving, renders):
    answers = iter(renders)
    paths = {
        "POST /v1/uploads?name=layer.tif": lambda: {"upload": "upload:1"},
        "POST /v1/uploads?name=reference.tif": lambda: {"upload": "upload:2"},
        "POST /v1/sessions": lambda: step("try", FIRST, 0),
        "POST /v1/sessions/s1/renders": lambda: next(answers),
        "DELETE /v1/sessions/s1": lambda: None,
    }
    return serving(lambda method, path, _body, _headers: (200, paths[f"{method} {path}"]()))


REQUEST = {"instruction": "warmer", "variant": "softer"}


def run(url, render=lambda filters: b"", say=lambda step: None):
    return edit(Client(url, "t"), REQUEST, render, say)


def test_every_plan_is_rendered_and_the_accepted_one_answered(server_of):
    rendered, said = [], []
    with server_of(step("try", SECOND, 1, 6.5), step("finished", FIRST, 2, 8.1, True)) as (url, seen):
        answer = run(url, lambda filters: rendered.append(filters) or b"png", said.append)
    assert rendered == [[], FIRST, SECOND]
    assert said == ["looking at the picture", "render 1", "render 1 scores 6.5 of 10"]
    assert (answer.filters, answer.score, answer.baseline, answer.applied) == (FIRST, 8.1, 5.0, True)
    assert answer.variant == "softer"
    assert seen[-1] == "DELETE /v1/sessions/s1"


def test_what_no_filter_can_do_is_said(server_of):
    done = step("finished", [], 1, 4.0, False, ["remove the car"])
    with server_of(done) as (url, _seen):
        remarks = " ".join(run(url).remarks)
    assert "leaving the picture as it is" in remarks
    assert "remove the car" in remarks
    assert "grain is left out" in remarks


def test_the_photo_to_come_close_to_is_sent_along(serving):
    bodies = {}
    uploads = iter(("upload:1", "upload:2"))

    def answer(method, path, body, _headers):
        bodies[path] = body
        if path.startswith("/v1/uploads"):
            return 200, {"upload": next(uploads)}
        return 200, step("finished", FIRST, 1, 8.0, True)

    with serving(answer) as (url, _seen):
        edit(Client(url, "t"), REQUEST, lambda filters: b"layer", lambda step: None, b"another")
    assert bodies["/v1/uploads?name=reference.tif"] == b"another"
    assert json.loads(bodies["/v1/sessions"]) == REQUEST | {"picture": "upload:1", "reference": "upload:2"}


@pytest.mark.parametrize("failure", [Cancelled(), Refused("no")])
def test_a_session_is_ended_whatever_stops_the_rendering(failure, server_of):
    def render(filters):
        if filters:
            raise failure
        return b""

    with server_of() as (url, seen):
        with pytest.raises(type(failure)):
            run(url, render)
        assert seen[-1] == "DELETE /v1/sessions/s1"
