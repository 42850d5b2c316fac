"""``/v1/batches`` on a real server process with a plain renderer: many photos as one job."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import plain_server
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Three photos of different lightness."""
    folder = tmp_path_factory.mktemp("photos")
    rows, columns = np.mgrid[0:80, 0:120]
    for number in range(3):
        grey = 30 + 15 * number + 100 * rows / 80 + 20 * np.sin(columns / 5)
        Image.fromarray(np.stack([grey] * 3, -1).astype(np.uint8)).save(folder / f"photo{number}.png")
    return sorted(folder.glob("photo?.png"))


def copy(photo, folder, name):
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(photo, folder / name))


def post(server, photos, more):
    body = {"photos": [{"image": str(photo)} for photo in photos], "instruction": "brighter"}
    return server.http.post("/v1/batches", json=body | more)


def start(server, photos, **more):
    answer = post(server, photos, more)
    assert answer.status_code == 202, answer.text
    return answer.json()


def exposure(photo):
    return sum(float(each.split()[1]) for each in photo["did"].split(", ") if each.startswith("exposure"))


def test_each_photo_gets_an_edit_of_its_own(plain, photos):
    batch = start(plain, photos)
    assert [photo["state"] for photo in batch["photos"]] == ["waiting"] * 3
    done = plain.ended(batch)
    assert (done["state"], done["error"]) == ("done", None)
    assert [photo["image"] for photo in done["photos"]] == [str(photo) for photo in photos]
    assert done["counts"] == {"edited": 3}
    assert done["result"]["counts"] == {"edited": 3, "unchanged": 0, "failed": 0}
    assert (done["progress"]["done"], done["progress"]["total"]) == (3, 3)
    for photo in done["photos"]:
        assert photo["score"] > photo["baseline"]
        assert {"before", "after", "sidecar", "style"} <= set(photo["files"])
        for path in photo["files"].values():
            assert Path(path).is_relative_to(plain.state / "batches" / done["id"])
            assert Path(path).stat().st_size > 0
    assert Path(done["result"]["sheet"]).is_file()


def test_each_photo_is_told_when_it_is_finished(plain, photos):
    batch = start(plain, photos)
    events = [event for event in plain.events(batch) if event[1] != "comment"]
    told = [data for _, name, data in events if name == "photo"]
    assert {photo["image"] for photo in told} == {str(photo) for photo in photos}
    assert {photo["state"] for photo in told} == {"edited"}
    assert events[-1][1:] == ("done", plain.http.get(f"/v1/batches/{batch['id']}").json())


@pytest.mark.parametrize("name", ["broken-later.png", "empty.png", "missing.png", "text.png", "clip.mp4"])
def test_a_bad_photo_costs_only_itself_and_keeps_its_place(name, plain, photos, tmp_path):
    bad = tmp_path / name
    if name.startswith("broken"):
        shutil.copy(photos[0], bad)
    elif name != "missing.png":
        bad.write_bytes(b"" if name == "empty.png" else b"no picture" * 10)
    done = plain.ended(start(plain, [photos[0], bad, photos[1]]))
    assert (done["state"], [photo["state"] for photo in done["photos"]]) == ("done", ["edited", "failed", "edited"])
    assert done["photos"][1]["error"]["message"]
    assert done["result"]["counts"] == {"edited": 2, "unchanged": 0, "failed": 1}
    assert (done["progress"]["done"], done["progress"]["total"]) == (3, 3)
    told = [data["image"] for _, event, data in plain.events(done) if event == "photo"]
    assert sorted(told) == sorted(photo["image"] for photo in done["photos"])


def test_where_no_photo_can_be_used_the_batch_is_refused(plain, tmp_path):
    answer = post(plain, [tmp_path / "a.png", tmp_path / "b.png"], {})
    assert answer.status_code == 422
    assert "b.png" in answer.json()["error"]["message"]
    assert list((plain.state / "batches").glob("*/sent-*")) == []


def test_duplicates_of_a_photo_each_get_their_own(plain, photos, tmp_path):
    own = tmp_path / "own.xmp"
    first = plain.ended(start(plain, [photos[0]]))
    sidecar = Path(first["photos"][0]["files"]["sidecar"]).read_text()
    own.write_text(sidecar.replace('multi_name="retouchiq"', 'multi_name="mine"'))
    body = {
        "photos": [{"image": str(photos[0])}, {"image": str(photos[0]), "base": str(own)}],
        "instruction": "darker",
    }
    done = plain.ended(plain.http.post("/v1/batches", json=body).json())
    assert done["counts"] == {"edited": 2}
    befores = [np.asarray(Image.open(photo["files"]["before"])).mean() for photo in done["photos"]]
    assert befores[1] > befores[0] + 5, "the second starts from its own history"


def test_results_go_to_the_folder_that_was_named_and_stay_there(plain, photos, tmp_path):
    out = tmp_path / "new" / "results"
    done = plain.ended(start(plain, photos[:1], out=str(out), exports=None))
    assert Path(done["result"]["out"]) == out
    assert Path(done["photos"][0]["files"]["after"]).is_relative_to(out)
    assert plain.http.delete(f"/v1/batches/{done['id']}").status_code == 204
    assert Path(done["photos"][0]["files"]["after"]).exists()
    assert plain.http.get(f"/v1/batches/{done['id']}").status_code == 404


def test_a_folder_with_other_things_in_it_is_left_alone(plain, photos, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    done = plain.ended(start(plain, photos[:1], out=str(tmp_path)))
    assert (done["state"], done["error"]["kind"]) == ("failed", "UnusableInput")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("out", ["relative", "/dev/null", "{state}/edits", "/\0"])
def test_nothing_is_written_where_the_user_could_not_mean_it(out, plain, photos):
    answer = post(plain, photos[:1], {"out": out.format(state=plain.state)})
    assert answer.status_code == 403
    assert answer.json()["error"]["kind"] == "Forbidden"


def test_a_folder_of_another_user_is_refused(plain, photos, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    if os.getuid() == 0:
        os.chown(theirs, 65534, 65534)
    else:
        theirs = Path("/usr/share")
    assert post(plain, photos[:1], {"out": str(theirs / "out")}).status_code == 403


def test_in_place_writes_the_sidecar_beside_the_photo(plain, photos, tmp_path):
    photo = copy(photos[0], tmp_path / "own", "own.png")
    done = plain.ended(start(plain, [photo], in_place=True))
    assert done["counts"] == {"edited": 1}
    assert "retouchiq" in photo.with_name("own.png.xmp").read_text()


def test_strength_and_size_reach_each_photo(plain, photos):
    whole = plain.ended(start(plain, photos[:1], size=64))["photos"][0]
    half = plain.ended(start(plain, photos[:1], strength=50, size=64))["photos"][0]
    assert exposure(half) == pytest.approx(exposure(whole) / 2, abs=0.011)  # both are rounded
    assert Image.open(half["files"]["after"]).size[0] == 64


def test_a_reference_and_a_look_reach_each_photo(plain, photos, tmp_path):
    light = tmp_path / "light.png"
    Image.open(photos[0]).point(lambda value: min(255, round(value * 1.4))).save(light)
    done = plain.ended(start(plain, photos[:1], instruction="", reference=str(light)))
    assert exposure(done["photos"][0]) > 0.3
    done = plain.ended(start(plain, photos[:1], instruction="", look="moody"))
    assert done["photos"][0]["did"].count(",") >= 1 or done["photos"][0]["state"] == "unchanged"


def test_a_consistent_series_is_brought_to_the_photo_that_was_named(plain, photos):
    apart = plain.ended(start(plain, photos, instruction="more saturated"))
    together = plain.ended(start(plain, photos, instruction="more saturated", consistent=str(photos[2])))

    def spread(batch):
        files = [photo["files"] for photo in batch["photos"]]
        return np.ptp([np.asarray(Image.open(each.get("after", each["before"]))).mean() for each in files])

    assert together["state"] == "done"
    assert spread(together) < spread(apart)


REFUSED = {
    "no photos": {"photos": []},
    "a photo twice": {"photos": "twice"},
    "a photo as text": {"photos": ["/a.jpg"]},
    "strength": {"strength": -1},
    "an ending": {"exports": "../x"},
    "a format darktable does not write": {"exports": "psd"},
    "consistent with a stranger": {"consistent": "/a/stranger.png"},
    "unknown field": {"variants": 2},
}


@pytest.mark.parametrize("more", REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_before_it_is_queued(more, plain, photos):
    if more.get("photos") == "twice":
        more = {"photos": [{"image": str(photos[0])}] * 2}
    answer = post(plain, photos[:1], more)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/events"), ("DELETE", "")])
def test_a_batch_that_is_not_there_is_a_404(method, path, plain):
    edit = plain.http.get("/v1/edits").json()
    name = edit[0]["id"] if edit else "0123456789abcdef"
    assert plain.http.request(method, f"/v1/batches/{name}{path}").status_code == 404


def test_a_cancelled_batch_keeps_what_is_finished(plain, photos, tmp_path):
    slow = copy(photos[0], tmp_path, "slow-one.png")
    batch = start(plain, [photos[0], slow, photos[1]])
    path = f"/v1/batches/{batch['id']}"
    finished = (event for event in plain.events(batch) if event[1] == "photo")
    assert len(list(islice(finished, 2))) == 2
    answer = plain.http.delete(path)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert [photo["state"] for photo in answer.json()["photos"]] == ["edited", "waiting", "edited"]
    assert plain.ended(start(plain, photos[:1]))["state"] == "done", "the next batch begins"
    assert plain.http.delete(path).status_code == 204
    assert not (plain.state / "batches" / batch["id"]).exists()


def test_an_edit_does_not_wait_for_a_batch(plain, photos, tmp_path):
    batch = start(plain, [copy(photos[0], tmp_path, f"slow-{number}.png") for number in range(3)])
    plain.until(f"/v1/batches/{batch['id']}", "running")
    with ThreadPoolExecutor(1) as client:
        edit = client.submit(lambda: plain.ended(plain.edit(photos[0]), plain_server.SLOW / 2)).result()
    assert edit["state"] == "done"
    assert plain.http.delete(f"/v1/batches/{batch['id']}").json()["state"] == "cancelled"


def test_a_batch_goes_on_after_a_kill_and_repeats_nothing(again, photos, tmp_path):
    state, slow = tmp_path / "state", copy(photos[0], tmp_path / "p", "slow-one.png")
    bad = copy(photos[0], tmp_path / "p", "broken-one.png")
    with plain_server.running(state) as first:
        batch = start(first, [photos[0], bad, slow, photos[1]])
        finished = (event for event in first.events(batch) if event[1] == "photo")
        heard = [number for number, _, _ in islice(finished, 3)][-1]
        first.kill()
    written = {path: path.stat().st_mtime_ns for path in state.rglob("after.jpg")}
    assert len(written) >= 1
    slow.rename(slow.with_name("quick.png"))
    slow.symlink_to("quick.png")
    with again(state) as second:
        done = second.ended(batch)
        assert [photo["state"] for photo in done["photos"]] == ["edited", "failed", "edited", "edited"]
        assert {path: path.stat().st_mtime_ns for path in written} == written
        told = [data["image"] for _, name, data in second.events(batch) if name == "photo"]
        assert sorted(told) == sorted(photo["image"] for photo in done["photos"]), "each is told once"
        rest = [data["image"] for _, name, data in second.events(batch, heard) if name == "photo"]
        assert rest == [str(slow)]
