"""A real server with the real darktable: photos edited over HTTP, changed further, cancelled, not lost by a kill."""

import json
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from effects import difference, lightness
from PIL import Image
from plain_server import Process

from hostbridge.darktable.sidecar import Sidecar
from retouchiq.recipe import read

pytestmark = pytest.mark.hosts


class Server(Process):
    """``retouchiq serve`` on the state folder ``state``, and a client of it."""

    command = (sys.executable, "-m", "retouchiq", "serve", "--port", "0")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server") / "state")
    yield server
    server.close()


@pytest.fixture(scope="module")
def photo(data, tmp_path_factory):
    return Path(shutil.copy(data / "photos" / "sklearn_china.jpg", tmp_path_factory.mktemp("photos") / "china.jpg"))


@pytest.fixture(scope="module")
def large(data, tmp_path_factory):
    """Twenty megapixels: a render takes a while."""
    path = tmp_path_factory.mktemp("large") / "large.jpg"
    with Image.open(data / "photos" / "sklearn_china.jpg") as picture:
        picture.resize((5472, 3648)).save(path, quality=90)
    return path


def pixels(file):
    return np.asarray(Image.open(file).convert("RGB")) / 255


def effect(edit):
    files = edit["result"]["files"]
    return lightness(pixels(files["before"]), pixels(files["after"]))


def test_a_raw_is_edited_step_by_step_and_all_results_are_there(data, server):
    raw = data / "raw" / "RAW_NIKON_D1.NEF"
    edit = server.edit(raw, "warmer, lift the shadows a little")
    events = [event for event in server.events(edit) if event[1] != "comment"]
    assert [name for _, name, _ in events if name == "render"]
    assert events[-1][1] == "done"
    result = events[-1][2]["result"]
    assert result["applied"]
    assert result["verdict"]["score"] > result["verdict"]["baseline"]
    assert set(result["files"]) == {"before", "after", "sidecar", "style", "recipe", "report"}
    assert all(Path(path).stat().st_size > 0 for path in result["files"].values())
    ours = [entry for entry in Sidecar.read(Path(result["files"]["sidecar"])).history if entry.instance == "retouchiq"]
    assert {entry.operation for entry in ours} == {module["operation"] for module in result["modules"]}
    recipe = read(Path(result["files"]["recipe"]))
    assert (recipe.instructions, recipe.host) == (("warmer, lift the shadows a little",), result["host"])
    assert recipe.verdict == result["verdict"]
    assert json.loads(json.dumps(recipe.modules)) == {each["operation"]: each["version"] for each in result["modules"]}


def test_a_turn_and_the_strength_change_the_picture_as_they_say(server, photo):
    edit = server.ended(server.edit(photo, "brighter"))
    whole = effect(edit)
    path = f"/v1/edits/{edit['id']}"
    server.http.put(f"{path}/strength", json={"strength": 50})
    half = effect(server.ended(edit))
    assert 0.35 * whole < half < 0.65 * whole
    server.http.put(f"{path}/strength", json={"strength": 100})
    assert effect(server.ended(edit)) == pytest.approx(whole, abs=0.1)
    server.http.post(f"{path}/turns", json={"instruction": "a bit less"})
    less = server.ended(edit)
    assert less["result"]["instruction"] == "brighter → a bit less"
    assert 0.2 * whole < effect(less) < 0.95 * whole


def test_three_variants_are_different_and_each_is_verified(server, photo):
    edit = server.edit(photo, "warmer", variants=3)
    rendered = {data["variant"] for _, name, data in server.events(edit) if name == "render"}
    result = server.ended(edit)["result"]
    assert rendered == {"as asked", "softer", "crisper"}
    assert [each["applied"] for each in result["variants"]] == [True] * 3
    assert min(each["score"] for each in result["variants"]) > result["verdict"]["baseline"]
    pictures = [pixels(each["files"]["after"]) for each in result["variants"]]
    assert min(difference(pictures[a], pictures[b]) for a, b in ((0, 1), (0, 2), (1, 2))) > 0.3
    chosen = server.http.put(f"/v1/edits/{edit['id']}/choice", json={"variant": 2}).json()
    assert chosen["result"]["chosen"] == 2
    assert difference(pixels(chosen["result"]["files"]["after"]), pictures[2]) < 0.3


def busy(process, seconds=1.0):
    """CPU seconds that the processes the server started use during ``seconds``."""

    def used():
        total = 0.0
        for child in process.children(recursive=True):
            try:
                times = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total

    before = used()
    time.sleep(seconds)
    return used() - before


def test_a_render_under_way_ends_within_a_second_and_nothing_goes_on(server, large):
    edit = server.edit(large, "warmer, much more clarity", size=4096)
    for _, name, _ in server.events(edit):
        if name == "progress":
            break
    time.sleep(0.3)
    began = time.monotonic()
    answer = server.http.delete(f"/v1/edits/{edit['id']}")
    assert time.monotonic() - began < 1
    assert answer.json()["state"] == "cancelled"
    time.sleep(1)
    assert busy(psutil.Process(server.process.pid)) < 0.3
    assert server.http.get("/v1/health").json()["jobs"] == {"running": 0, "queued": 0}
    assert not list((server.state / "edits" / edit["id"]).glob("after.jpg"))


def test_a_batch_edits_all_but_the_corrupt_photo(data, server, photo, tmp_path):
    corrupt = tmp_path / "corrupt.jpg"
    corrupt.write_bytes(photo.read_bytes()[:3000])
    photos = [photo, corrupt, data / "photos" / "sklearn_flower.jpg"]
    body = {"photos": [{"image": str(each)} for each in photos], "instruction": "brighter", "exports": "jpg"}
    batch = server.ended(server.http.post("/v1/batches", json=body).json())
    assert [each["state"] for each in batch["photos"]] == ["edited", "failed", "edited"]
    assert "corrupt.jpg" in batch["photos"][1]["error"]["message"]
    for each in (batch["photos"][0], batch["photos"][2]):
        assert Image.open(each["files"]["export"]).size == Image.open(each["image"]).size


def test_a_killed_server_finishes_what_it_was_at_when_it_is_started_again(photo, tmp_path):
    state = tmp_path / "state"
    first = Server(state)
    edit = first.edit(photo, "brighter", variants=2)
    first.until(f"/v1/edits/{edit['id']}", "running")
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    second = Server(state)
    try:
        done = second.ended(edit)
        assert (done["state"], len(done["result"]["variants"])) == ("done", 2)
        assert effect(done) > 2
        second.http.post(f"/v1/edits/{edit['id']}/turns", json={"instruction": "a bit less"})
        assert 0 < effect(second.ended(edit)) < effect(done) + 0.1
    finally:
        second.close()
