"""An editor that renders by itself gets the same verified loop, one request a step."""

import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from hostbridge.gegl.filters import Filter
from retouchiq.api import hosted, sessions
from retouchiq.api.hosted import KEPT, Sessions

EXPOSURE = {"properties": {"exposure": {"type": "gdouble", "min": -10, "max": 10, "default": 0}}}
OPERATIONS = {"gegl:exposure": EXPOSURE}


class Editor:
    """Knows how to expose, and that only; sends what it makes of a picture."""

    def __init__(self, server, photo: Path):
        self.http = server.http
        self.pixels = np.asarray(Image.open(photo), np.float32) / 255
        self.begun: list[str] = []
        self.upload = server.upload(photo)

    def begin(self, instruction: str, **more):
        request = {
            "picture": self.upload,
            "instruction": instruction,
            "host": {"name": "gimp", "version": "3.0.4"},
            "operations": OPERATIONS,
            "full_size": [6000, 4000],
        }
        answer = self.http.post("/v1/sessions", json={**request, **more})
        self.begun += [answer.json()["id"]] if answer.status_code == 201 else []
        return answer

    def close(self):
        for name in self.begun:
            self.http.delete(f"/v1/sessions/{name}")

    def png(self, step) -> bytes:
        ev = sum(each["properties"]["exposure"] for each in step["filters"] if each["operation"] == "gegl:exposure")
        out = io.BytesIO()
        Image.fromarray((np.clip(self.pixels * 2 ** (ev / 2.2), 0, 1) * 255).astype(np.uint8)).save(out, "PNG")
        return out.getvalue()

    def send(self, step, png: bytes | None = None, kind: str = "image/png"):
        path = f"/v1/sessions/{step['id']}/renders"
        return self.http.post(path, content=png or self.png(step), headers={"Content-Type": kind})

    def drive(self, answer):
        """To the end of the turn; answers the last step."""
        assert answer.status_code in (200, 201), answer.text
        step = answer.json()
        while step["step"] == "try":
            assert step["applied"] is None
            step = self.send(step).json()
        return step


@pytest.fixture
def editor(server, photo: Path) -> Iterator[Editor]:
    found = Editor(server, photo)
    yield found
    found.close()


def ev(step) -> float:
    return sum(each["properties"]["exposure"] for each in step["filters"])


def test_an_edit_ends_with_filters_that_were_rendered_and_judged(editor) -> None:
    first = editor.begin("brighter")
    assert first.status_code == 201
    assert (first.json()["step"], first.json()["renders"], first.json()["verdict"]) == ("try", 0, None)
    step = editor.drive(first)
    assert step["applied"] is True
    assert step["verdict"]["score"] > step["verdict"]["baseline"]
    assert step["renders"] >= 1
    assert 0.1 < ev(step) < 2
    assert all(each["name"].startswith("retouchiq") for each in step["filters"])


def test_what_is_no_better_is_not_applied(editor) -> None:
    step = editor.begin("brighter").json()
    while step["step"] == "try":
        step = editor.send(step, editor.png({"filters": []})).json()
    assert (step["applied"], step["filters"]) == (False, [])


def test_a_wish_that_no_parameter_can_do_ends_at_once(editor) -> None:
    step = editor.begin("remove the person on the left").json()
    assert (step["step"], step["applied"], step["filters"]) == ("finished", False, [])
    assert step["plan"]["unsupported"]


def test_turns_go_on_from_what_is_there(editor) -> None:
    first = editor.drive(editor.begin("brighter"))
    second = editor.drive(editor.http.post(f"/v1/sessions/{first['id']}/turns", json={"instruction": "a bit less"}))
    assert 0 < ev(second) < ev(first)
    third = editor.drive(editor.http.post(f"/v1/sessions/{first['id']}/turns", json={"instruction": "undo"}))
    assert ev(third) != ev(second)


def test_strength_changes_the_accepted_filters(editor) -> None:
    step = editor.drive(editor.begin("brighter"))
    path = f"/v1/sessions/{step['id']}/strength"
    half = editor.drive(editor.http.put(path, json={"strength": 50}))
    assert ev(half) == pytest.approx(ev(step) / 2, rel=0.02)
    more = editor.drive(editor.http.put(path, json={"strength": 150}))
    assert ev(more) == pytest.approx(ev(step) * 1.5, rel=0.02)
    none = editor.drive(editor.http.put(path, json={"strength": 0}))
    assert (none["filters"], none["applied"]) == ([], True)


def test_the_strength_of_the_request_is_that_of_the_answer(editor) -> None:
    whole, half = editor.drive(editor.begin("brighter")), editor.drive(editor.begin("brighter", strength=50))
    assert ev(half) == pytest.approx(ev(whole) / 2, rel=0.02)
    assert half["applied"] is True


def test_a_budget_of_one_is_one_render(editor) -> None:
    assert editor.drive(editor.begin("much brighter", budget=1))["renders"] == 1


@pytest.fixture
def any_editor(editor, monkeypatch) -> Editor:
    """One that has an operation for every control."""

    def compiled(edits, operations, picture, full_size):
        filters = [Filter(f"test:{edit.control}", {"amount": edit.amount}, "retouchiq") for edit in edits]
        return SimpleNamespace(filters=filters, notes=[f"{full_size[0]}×{full_size[1]}"])

    monkeypatch.setattr(sessions, "resolve_name", lambda name: compiled)
    return editor


@pytest.mark.parametrize(("option", "value"), [("look", "airy"), ("variant", "crisper"), ("reference", "bright.png")])
def test_every_option_changes_the_plan(any_editor, photo: Path, option: str, value: str) -> None:
    bright = photo.with_name("bright.png")
    Image.open(photo).point(lambda level: 255 - (255 - level) // 3).save(bright)
    plain = any_editor.begin("brighter").json()
    changed = any_editor.begin("brighter", **{option: str(bright) if option == "reference" else value}).json()
    assert changed["filters"] != plain["filters"]


def test_a_selected_part_keeps_its_shape(any_editor) -> None:
    whole = any_editor.begin("brighter, flip horizontally").json()
    part = any_editor.begin("brighter, flip horizontally", selection=True).json()
    assert [each["operation"] for each in whole["filters"]] == ["test:exposure", "test:flip"]
    assert [each["operation"] for each in part["filters"]] == ["test:exposure"]


def test_the_size_of_the_layer_reaches_the_filters(any_editor) -> None:
    assert any_editor.begin("brighter", full_size=[300, 200]).json()["notes"] == ["300×200"]


def test_what_the_editor_lacks_is_said(editor) -> None:
    step = editor.begin("brighter", operations={"gegl:levels": {"properties": {}}}).json()
    assert step["filters"] == []
    assert "gegl:exposure" in " ".join(step["notes"])


def test_steps_out_of_turn_are_refused(editor) -> None:
    step = editor.begin("brighter").json()
    path = f"/v1/sessions/{step['id']}"
    for answer in (
        editor.http.post(f"{path}/turns", json={"instruction": "warmer"}),
        editor.http.put(f"{path}/strength", json={"strength": 50}),
    ):
        assert answer.status_code == 409
    editor.drive(editor.send(step))
    assert editor.send(step).status_code == 409


def test_strength_without_an_edit_is_refused(editor) -> None:
    step = editor.begin("remove the person on the left").json()
    assert editor.http.put(f"/v1/sessions/{step['id']}/strength", json={"strength": 50}).status_code == 422


def test_a_session_is_gone_when_it_was_ended(editor) -> None:
    step = editor.begin("brighter").json()
    assert editor.http.delete(f"/v1/sessions/{step['id']}").status_code == 204
    assert editor.send(step).status_code == 404
    assert editor.http.delete(f"/v1/sessions/{step['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"not a picture", "image/png", 422),
        (b"GIF89a", "image/gif", 415),
        (b"{}", "application/json", 415),
        (b"", "image/png", 422),
    ],
)
def test_what_is_no_picture_is_no_render(editor, body: bytes, kind: str, status: int) -> None:
    step = editor.begin("brighter").json()
    answer = editor.http.post(f"/v1/sessions/{step['id']}/renders", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert editor.drive(editor.send(step))["applied"] is True


def test_a_picture_of_another_shape_is_refused_and_the_session_lives(editor) -> None:
    step = editor.begin("brighter").json()
    out = io.BytesIO()
    Image.new("RGB", (16, 200)).save(out, "PNG")
    assert editor.send(step, out.getvalue()).status_code == 422
    assert editor.drive(editor.send(step))["applied"] is True


def test_a_session_takes_small_pictures_only(editor, tmp_path: Path, server) -> None:
    large = tmp_path / "large.png"
    Image.new("1", (5000, 4000)).save(large)
    answer = editor.begin("brighter", picture=server.upload(large))
    assert (answer.status_code, answer.json()["error"]["kind"]) == (413, "TooLarge")


def test_two_requests_of_a_session_do_not_mix(editor, monkeypatch) -> None:
    step = editor.begin("brighter").json()
    go, judging = threading.Event(), threading.Event()
    rendered = hosted.Hosted.rendered

    def slow(self, picture):
        judging.set()
        go.wait(10)
        return rendered(self, picture)

    monkeypatch.setattr(hosted.Hosted, "rendered", slow)
    thread = threading.Thread(target=editor.send, args=(step,))
    thread.start()
    judging.wait(10)
    assert editor.send(step).status_code == 409
    go.set()
    thread.join()


def test_sessions_end_after_half_an_hour_without_use_and_are_bounded(monkeypatch) -> None:
    now = 0.0
    sessions = Sessions(lambda: now)
    names = [sessions.add(None) for _ in range(hosted.LIMIT)]  # type: ignore[arg-type]
    with pytest.raises(hosted.Busy):
        sessions.add(None)  # type: ignore[arg-type]
    now = KEPT - 1
    with sessions.using(names[0]):
        pass
    now = KEPT + 1
    with sessions.using(names[0]):
        now = KEPT * 5  # a request under way keeps its session
        assert sessions.add(None)  # type: ignore[arg-type]
    for gone in names[1:]:
        with pytest.raises(hosted.NotFound), sessions.using(gone):
            pass
    with sessions.using(names[0]):
        pass


def test_sixteen_open_sessions_are_enough(editor) -> None:
    while (answer := editor.begin("brighter")).status_code == 201:
        assert len(editor.begun) <= hosted.LIMIT
    assert answer.status_code == 429
    assert answer.headers["retry-after"]


def test_no_picture_stays_on_the_disk(editor, server) -> None:
    editor.drive(editor.begin("brighter"))
    deadline = time.monotonic() + 5  # it is removed when the answer has been sent
    while list((server.state / "sessions").iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
