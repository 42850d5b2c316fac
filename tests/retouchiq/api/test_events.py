"""Following a job: what a client sees, and sees again when the connection or the server is lost."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import httpx
import numpy as np
import plain_server
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    ramp = np.linspace(30, 160, 80 * 120).reshape(80, 120)
    Image.fromarray(np.stack([ramp] * 3, -1).astype(np.uint8)).save(path)
    return path


@pytest.fixture(scope="module")
def slow(photo):
    return Path(shutil.copy(photo, photo.with_name("slow-one.png")))


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


def told(events):
    """Events without the comments that keep the connection open."""
    return [event for event in events if event[1] != "comment"]


def test_every_step_is_told_and_the_end_carries_the_edit(plain, photo):
    edit = plain.edit(photo)
    events = told(plain.events(edit))
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    names = [name for _, name, _ in events]
    assert names[0] == "progress"
    assert names[-1] == "done"
    assert "render" in names
    assert events[0][2] == {"says": "looking at the photo"}
    assert events[-1][2] == plain.http.get(f"/v1/edits/{edit['id']}").json()


def test_a_render_is_told_with_its_plan_and_verdict(plain, photo):
    render = next(data for _, name, data in plain.events(plain.edit(photo)) if name == "render")
    assert set(render) == {"number", "variant", "score", "plan", "verdict"}
    assert (render["number"], render["variant"]) == (1, "as asked")
    assert render["plan"]["edits"][0]["control"] == "exposure"
    assert render["verdict"]["score"] == render["score"] > render["verdict"]["baseline"]


def test_who_comes_late_hears_it_all_and_who_was_cut_off_hears_the_rest(plain, photo):
    edit = plain.ended(plain.edit(photo))
    events = told(plain.events(edit))
    assert events[0][0] == 1
    for last in (1, len(events) - 1):
        assert told(plain.events(edit, last)) == events[last:]


def test_who_has_heard_it_all_is_told_not_to_come_again(plain, photo):
    edit = plain.ended(plain.edit(photo))
    last = told(plain.events(edit))[-1][0]
    answer = plain.http.get(f"/v1/edits/{edit['id']}/events", headers={"Last-Event-ID": str(last)})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_further_turn_goes_on_counting_and_tells_only_of_itself(plain, photo):
    edit = plain.ended(plain.edit(photo))
    last = told(plain.events(edit))[-1][0]
    plain.http.post(f"/v1/edits/{edit['id']}/turns", json={"instruction": "a bit less"})
    events = told(plain.events(edit, last))
    assert events[0][0] == last + 1
    assert [name for _, name, _ in events].count("done") == 1
    assert events[-1][2]["result"]["instruction"] == "brighter → a bit less"
    assert told(plain.events(edit)) == events


def test_a_failure_and_a_cancelled_edit_end_the_stream_too(plain, photo, slow):
    broken = shutil.copy(photo, photo.with_name("broken-one.png"))
    *_, (_, name, data) = plain.events(plain.edit(broken))
    assert (name, data["error"]["kind"]) == ("failed", "UnreadableImage")
    edit = plain.edit(slow)
    with ThreadPoolExecutor(1) as client:
        heard = client.submit(lambda: told(plain.events(edit)))
        plain.until(f"/v1/edits/{edit['id']}", "running")
        plain.http.delete(f"/v1/edits/{edit['id']}")
        _, name, data = heard.result(5)[-1]
    assert (name, data["state"]) == ("cancelled", "cancelled")


def test_two_clients_hear_the_same(plain, photo):
    edit = plain.edit(photo)
    with ThreadPoolExecutor(2) as clients:
        first, second = clients.map(lambda _: told(plain.events(edit)), range(2))
    assert first == second


def test_a_quiet_connection_is_kept_open(plain, slow):
    edit = plain.edit(slow)
    pings = [name for _, name, _ in islice(plain.events(edit), 3)]
    plain.http.delete(f"/v1/edits/{edit['id']}")
    assert "comment" in pings


def test_a_client_that_goes_away_leaves_nothing_behind(plain, slow):
    edit = plain.edit(slow)
    address = str(plain.http.base_url.join(f"/v1/edits/{edit['id']}/events"))
    for _ in range(3):
        with httpx.stream("GET", address, headers=plain.http.headers, verify=False) as answer:
            lines = answer.iter_lines()
            assert next(lines)
            assert plain.jobs.bell.listeners == 1
        deadline = time.monotonic() + 5
        while plain.jobs.bell.listeners and time.monotonic() < deadline:
            time.sleep(0.02)
        assert plain.jobs.bell.listeners == 0
    plain.http.delete(f"/v1/edits/{edit['id']}")


@pytest.mark.parametrize("last", ["-1", "x", "1.5", str(2**70)])
def test_an_event_number_that_is_none_is_refused(last, plain, photo):
    edit = plain.ended(plain.edit(photo))
    answer = plain.http.get(f"/v1/edits/{edit['id']}/events", headers={"Last-Event-ID": last})
    assert answer.status_code == 422


def test_a_killed_server_loses_no_edit_and_no_turn(again, state, photo):
    # two files: two jobs on one photo would wait for one another
    slow, other = (Path(shutil.copy(photo, photo.with_name(name))) for name in ("slow-kill.png", "slow-turn.png"))
    own = Path(shutil.copy(photo, photo.with_name("own.png")))
    with plain_server.running(state) as first:
        kept = first.ended(first.edit(photo))
        turning = first.ended(first.edit(own))
        own.unlink()
        own.symlink_to(other)
        first.http.post(f"/v1/edits/{turning['id']}/turns", json={"instruction": "a bit less"})
        running = first.edit(slow)
        waiting = [first.edit(slow, "darker") for _ in range(2)]
        for edit in (turning, running):
            first.until(f"/v1/edits/{edit['id']}", "running")
        heard = next(number for number, name, _ in first.events(running) if name != "comment")
        first.kill()
    # nothing may be slow for the second server
    for file in (slow, other):
        quick = file.rename(file.with_name(file.name.replace("slow", "quick")))
        file.symlink_to(quick)
    with again(state) as second:
        assert second.http.get(f"/v1/edits/{kept['id']}").json() == kept
        assert [second.ended(edit)["state"] for edit in (turning, running, *waiting)] == ["done"] * 4
        assert second.ended(turning)["result"]["instruction"] == "brighter → a bit less"
        rest = told(second.events(running, heard))
        assert rest[0][0] > heard
        assert rest[-1][1] == "done"
        second.http.post(f"/v1/edits/{kept['id']}/turns", json={"instruction": "a bit less"})
        assert second.ended(kept)["result"]["instruction"] == "brighter → a bit less"


def test_a_server_that_is_told_to_stop_ends_the_streams_and_goes_on_next_time(again, state, slow):
    with plain_server.running(state) as server:
        edit = server.edit(slow)
        with ThreadPoolExecutor(1) as client:
            heard = client.submit(lambda: told(server.events(edit)))
            server.until(f"/v1/edits/{edit['id']}", "running")
            server.process.terminate()
            assert server.process.wait(10) is not None
            assert "done" not in [name for _, name, _ in heard.result(5)]
    with again(state) as server:
        assert server.until(f"/v1/edits/{edit['id']}", "running")["state"] == "running"
