"""``/v1/edits`` on a real server process with a plain renderer: what a client can do, and what it can never do."""

import http.client
import math
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import plain_server
import pytest
from PIL import Image

from hostbridge.darktable.writing import locked
from retouchiq.jobs.edits import LIVE


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """A photo with dark and light parts."""
    return make_photo(tmp_path_factory.mktemp("photos") / "photo.png")


def make_photo(path):
    rows, columns = np.mgrid[0:80, 0:120]
    grey = 40 + 120 * rows / 80 + 20 * np.sin(columns / 5)
    Image.fromarray(np.stack([grey, grey * 0.95, grey * 0.9], -1).astype(np.uint8)).save(path)
    return path


def named(photo, name):
    """A copy of ``photo`` that the plain renderer treats as its name says."""
    return Path(shutil.copy(photo, photo.with_name(f"{name}.png")))


@pytest.fixture(scope="module")
def done(plain, photo):
    """A finished edit; tests must not change it."""
    return plain.ended(plain.edit(photo))


def brightness(path):
    return float(np.asarray(Image.open(path), np.float32).mean())


def exposure(edit):
    return sum(each["amount"] for each in edit["result"]["plan"]["edits"] if each["control"] == "exposure")


def test_a_photo_is_edited_and_the_results_lie_in_the_edits_own_folder(done, plain, photo):
    assert (done["kind"], done["state"], done["error"]) == ("edit", "done", None)
    assert done["request"] == {
        "instruction": "brighter", "image": str(photo), "look": None, "reference": None, "base": None,
        "agent": "offline", "reward": "measured", "budget": None, "size": 1024, "strength": 100, "variants": 1,
    }  # fmt: skip
    result = done["result"]
    assert result["applied"]
    assert set(result["files"]) == {"before", "after", "sidecar", "style", "recipe", "report"}
    assert {Path(path).parent for path in result["files"].values()} == {plain.state / "edits" / done["id"]}
    assert brightness(result["files"]["after"]) > brightness(result["files"]["before"]) + 5
    assert done["progress"]["renders"] >= 1


def test_a_new_edit_says_where_it_is(plain, photo):
    answer = plain.http.post("/v1/edits", json={"image": str(photo), "instruction": "darker"})
    assert answer.headers["location"] == f"/v1/edits/{answer.json()['id']}"
    assert answer.json()["state"] in ("queued", "running")
    assert plain.ended(answer.json())["result"]["applied"]


def test_an_edit_no_better_than_doing_nothing_is_done_and_says_so(plain, photo):
    edit = plain.ended(plain.edit(photo, "remove the man on the left"))
    assert (edit["state"], edit["result"]["applied"]) == ("done", False)


def test_size_reaches_the_edit(plain, photo):
    edit = plain.ended(plain.edit(photo, size=64))
    assert Image.open(edit["result"]["files"]["after"]).size[0] == 64


def test_budget_reaches_the_edit(plain, photo):
    edit = plain.ended(plain.edit(photo, "brighter and much more contrast", budget=1))
    assert edit["progress"]["renders"] == 1


def test_strength_reaches_the_edit(plain, photo, done):
    edit = plain.ended(plain.edit(photo, strength=50))
    assert edit["result"]["strength"] == 50
    assert exposure(edit) == pytest.approx(exposure(done) / 2, rel=0.02)


def test_variants_reach_the_edit_and_each_has_files(plain, photo):
    edit = plain.ended(plain.edit(photo, variants=3))
    variants = edit["result"]["variants"]
    assert [each["name"] for each in variants] == ["as asked", "softer", "crisper"]
    for number, variant in enumerate(variants, 1):
        path = Path(variant["files"]["after"])
        assert path.parent.name == f"variant-{number}"
        got = plain.http.get(f"/v1/edits/{edit['id']}/files/variant-{number}/after.jpg")
        assert got.content == path.read_bytes()


def test_a_look_reaches_the_edit_and_is_enough(plain, photo):
    edit = plain.ended(plain.edit(photo, "", look="moody"))
    assert edit["state"] == "done"
    assert len(edit["result"]["plan"]["edits"]) > 1


def test_a_reference_reaches_the_edit(plain, photo):
    light = photo.with_name("light.png")
    Image.open(photo).point(lambda value: min(255, round(value * 1.4))).save(light)
    edit = plain.ended(plain.edit(photo, "", reference=str(light)))
    assert exposure(edit) > 0.3


def test_a_base_reaches_the_edit(plain, photo, done):
    base = done["result"]["files"]["sidecar"]
    users = photo.with_name("users.xmp")
    users.write_text(Path(base).read_text().replace('multi_name="retouchiq"', 'multi_name="mine"'))
    edit = plain.ended(plain.edit(photo, base=str(users)))
    lighter = brightness(edit["result"]["files"]["before"]) - brightness(done["result"]["files"]["before"])
    assert lighter > 5, "what the user did himself is there before the edit"


def test_an_uploaded_photo_can_still_get_turns_when_the_upload_has_expired(plain, photo):
    sent = plain.http.post("/v1/uploads", params={"name": "sent.png"}, content=photo.read_bytes(),
                            headers={"Content-Type": "image/png"}).json()  # fmt: skip
    edit = plain.ended(plain.edit(sent["upload"]))
    assert (edit["state"], edit["request"]["image"]) == ("done", sent["upload"])
    shutil.rmtree(plain.state / "uploads")
    plain.http.post(f"/v1/edits/{edit['id']}/turns", json={"instruction": "a bit less"})
    assert plain.ended(edit)["state"] == "done"


def test_a_photo_the_host_does_not_open_is_an_error_of_that_edit_alone(plain, photo):
    edit = plain.ended(plain.edit(named(photo, "broken-one")))
    assert (edit["state"], edit["result"]) == ("failed", None)
    assert edit["error"]["kind"] == "UnreadableImage"
    assert "broken-one.png" in edit["error"]["message"]


REFUSED = {
    "no photo": {"image": None},
    "strength": {"strength": 151},
    "no number": {"strength": "a lot"},
    "variants": {"variants": 4},
    "budget": {"budget": 0},
    "size": {"size": 100_000},
    "agent": {"agent": "nobody"},
    "reward": {"reward": "nobody"},
    "look": {"look": "nobody's"},
    "unknown field": {"colour": "red"},
    "a number as instruction": {"instruction": 5},
    "a long text": {"instruction": "x" * 2001},
    "control characters": {"instruction": "brighter\0"},
}


@pytest.mark.parametrize("sent", [{}, {"instruction": " "}])
def test_without_an_instruction_the_photo_decides(sent, plain, photo):
    answer = plain.http.post("/v1/edits", json={"image": str(photo), **sent})
    assert answer.status_code == 202
    assert answer.json()["request"]["instruction"] == "auto"


@pytest.mark.parametrize("more", REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_before_it_is_queued(more, plain, photo):
    before = len(plain.http.get("/v1/edits?limit=100").json())
    answer = plain.http.post("/v1/edits", json={"image": str(photo), "instruction": "brighter", **more})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
    assert len(plain.http.get("/v1/edits?limit=100").json()) == before


def test_a_refused_upload_leaves_no_folder(plain, photo):
    sent = plain.http.post("/v1/uploads", params={"name": "sent.png"}, content=photo.read_bytes(),
                            headers={"Content-Type": "image/png"}).json()  # fmt: skip
    before = set((plain.state / "edits").iterdir())
    answer = plain.http.post(
        "/v1/edits", json={"image": sent["upload"], "instruction": "x", "reference": "upload:0123456789abcdef"}
    )
    assert answer.status_code == 404
    assert set((plain.state / "edits").iterdir()) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/events", None),
        ("GET", "/files/after.jpg", None),
        ("DELETE", "", None),
        ("POST", "/turns", {"instruction": "less"}),
        ("PUT", "/strength", {"strength": 50}),
        ("PUT", "/choice", {"variant": 1}),
    ],
)
def test_an_edit_that_is_not_there_is_a_404(method, path, body, plain):
    answer = plain.http.request(method, f"/v1/edits/0123456789abcdef{path}", json=body)
    assert answer.status_code == 404
    assert answer.json()["error"]["kind"] == "NotFound"


def test_the_latest_edits_come_first(plain, photo):
    first, second = plain.ended(plain.edit(photo)), plain.ended(plain.edit(photo))
    listed = [edit["id"] for edit in plain.http.get("/v1/edits?limit=2").json()]
    assert listed == [second["id"], first["id"]]


def test_a_result_can_be_fetched(done, plain):
    for name, path in done["result"]["files"].items():
        got = plain.http.get(f"/v1/edits/{done['id']}/files/{Path(path).name}")
        assert got.content == Path(path).read_bytes(), name
    assert plain.http.get(f"/v1/edits/{done['id']}/files/report.html").headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "name",
    ["nothing.jpg", "..%2F..%2Ftoken", "%2e%2e%2f%2e%2e%2ftoken", "../../token", "%2Fetc%2Fpasswd", "..", ".", "%00",
     "link.jpg", ".hidden", "variant-2/..%2f..%2f..%2ftoken", "variant-9/after.jpg"],
)  # fmt: skip
def test_no_file_outside_the_edits_own_can_be_fetched(name, done, plain):
    folder = plain.state / "edits" / done["id"]
    if not (folder / "link.jpg").is_symlink():
        (folder / "link.jpg").symlink_to(plain.state / "token")
        (folder / ".hidden").write_text("x")
    # as it is: a client for people tidies such paths up
    connection = http.client.HTTPConnection(plain.http.base_url.host, plain.http.base_url.port, timeout=10)
    connection.putrequest("GET", f"/v1/edits/{done['id']}/files/{name}")
    connection.putheader("Authorization", plain.http.headers["authorization"])
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status in (400, 404, 422)
    assert plain.http.headers["authorization"].split()[1] not in answer.read().decode()
    connection.close()


def test_a_turn_goes_on_from_the_result(plain, photo):
    first = plain.ended(plain.edit(photo))
    answer = plain.http.post(f"/v1/edits/{first['id']}/turns", json={"instruction": "a bit less"})
    assert answer.status_code == 202
    assert answer.json()["result"] == first["result"], "the result stays while the turn is under way"
    second = plain.ended(first)
    assert second["result"]["instruction"] == "brighter → a bit less"
    assert 0 < exposure(second) < exposure(first)


def test_the_strength_can_be_changed_and_changed_back(plain, photo):
    edit = plain.ended(plain.edit(photo))
    whole = exposure(edit)
    for percent in (50, 0, 150, 100):
        answer = plain.http.put(f"/v1/edits/{edit['id']}/strength", json={"strength": percent})
        assert answer.status_code == 202
        changed = plain.ended(edit)
        assert changed["result"]["strength"] == percent
        assert exposure(changed) == pytest.approx(whole * percent / 100, abs=0.01)


def test_another_variant_can_be_chosen_and_turns_go_on_from_it(plain, photo):
    edit = plain.ended(plain.edit(photo, variants=2))
    answer = plain.http.put(f"/v1/edits/{edit['id']}/choice", json={"variant": 1})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["result"]["chosen"]) == ("done", 1)
    assert answer.json()["result"]["variant"] == "softer"
    refused = plain.http.put(f"/v1/edits/{edit['id']}/choice", json={"variant": 2})
    assert refused.status_code == 422
    assert "has 2" in refused.json()["error"]["message"]


def test_a_further_turn_that_cannot_be_done_costs_the_result_nothing(plain, photo):
    edit = plain.ended(plain.edit(photo, "remove the man on the left"))
    plain.http.put(f"/v1/edits/{edit['id']}/strength", json={"strength": 50})
    failed = plain.ended(edit)
    assert (failed["state"], failed["error"]["kind"]) == ("failed", "UnusableInput")
    assert failed["result"] == edit["result"]
    plain.http.post(f"/v1/edits/{edit['id']}/turns", json={"instruction": "brighter"})
    assert plain.ended(edit)["result"]["applied"]


def test_an_active_edit_takes_no_further_orders(plain, photo):
    edit = plain.edit(named(photo, "slow-busy"))
    path = f"/v1/edits/{edit['id']}"
    answers = [
        plain.http.post(f"{path}/turns", json={"instruction": "less"}),
        plain.http.put(f"{path}/strength", json={"strength": 50}),
    ]
    plain.http.delete(path)
    assert [answer.status_code for answer in answers] == [409, 409]


def test_a_running_edit_is_cancelled_within_a_second_and_the_next_one_begins(plain, photo):
    edit = plain.edit(named(photo, "slow-cancel"))
    path = f"/v1/edits/{edit['id']}"
    plain.until(path, "running")
    began = time.monotonic()
    answer = plain.http.delete(path)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    plain.ended(plain.edit(photo))
    assert time.monotonic() - began < plain_server.SLOW / 2
    assert plain.http.get(path).json()["state"] == "cancelled"
    refused = plain.http.post(f"{path}/turns", json={"instruction": "less"})
    assert (refused.status_code, refused.json()["error"]["kind"]) == (409, "Conflict")


def test_a_turn_that_is_cancelled_costs_the_result_nothing(plain, photo):
    own = named(photo, "quick-turn")
    edit = plain.ended(plain.edit(own))
    path = f"/v1/edits/{edit['id']}"
    quick, slow = own.rename(own.with_name("quick.png")), named(photo, "slow-turn")
    own.symlink_to(slow)
    plain.http.post(f"{path}/turns", json={"instruction": "a bit less"})
    plain.until(path, "running")
    cancelled = plain.http.delete(path).json()
    assert (cancelled["state"], cancelled["result"]) == ("cancelled", edit["result"])
    own.unlink()
    own.symlink_to(quick)
    plain.http.post(f"{path}/turns", json={"instruction": "a bit less"})
    again = plain.ended(edit)
    assert again["result"]["instruction"] == "brighter → a bit less"
    assert 0 < exposure(again) < exposure(edit)


def test_an_edit_that_is_not_in_memory_any_more_still_gets_turns(plain, photo):
    first = plain.ended(plain.edit(photo))
    for _ in range(LIVE):
        plain.ended(plain.edit(photo, "darker"))
    plain.http.post(f"/v1/edits/{first['id']}/turns", json={"instruction": "a bit less"})
    assert 0 < exposure(plain.ended(first)) < exposure(first)


def test_without_darktable_an_edit_is_refused_and_the_way_out_is_said(server, photo):
    answer = server.http.post("/v1/edits", json={"image": str(photo), "instruction": "brighter"})
    assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "HostMissing")
    assert "install" in answer.json()["error"]["message"]


def test_an_edit_waits_for_another_program_at_the_same_photo_and_can_be_cancelled_meanwhile(plain, photo):
    own = named(photo, "shared")
    with locked(own):
        waiting, other = plain.edit(own), plain.edit(named(photo, "other"))
        assert plain.ended(other)["state"] == "done"
        assert plain.until(f"/v1/edits/{waiting['id']}", "running")["result"] is None
        assert plain.http.delete(f"/v1/edits/{waiting['id']}").json()["state"] == "cancelled"
        waiting = plain.edit(own)
    assert plain.ended(waiting)["state"] == "done"


def test_a_finished_edit_is_removed_with_its_files(plain, photo):
    edit = plain.ended(plain.edit(photo))
    answer = plain.http.delete(f"/v1/edits/{edit['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not (plain.state / "edits" / edit["id"]).exists()
    assert plain.http.get(f"/v1/edits/{edit['id']}").status_code == 404


def test_two_clients_at_once_get_their_own_results(plain, photo):
    with ThreadPoolExecutor(2) as clients:
        asked = {"brighter": 1, "darker": -1}
        edits = dict(zip(asked, clients.map(lambda text: plain.ended(plain.edit(photo, text)), asked), strict=True))
    for text, direction in asked.items():
        assert math.copysign(1, exposure(edits[text])) == direction


def test_only_so_many_edits_wait_and_a_client_is_told_when_to_come_again(plain, photo):
    slow = named(photo, "slow-queue")
    edits, answer = [], None
    for _ in range(80):
        answer = plain.http.post("/v1/edits", json={"image": str(slow), "instruction": "brighter"})
        if answer.status_code != 202:
            break
        edits.append(answer.json()["id"])
    for name in edits:
        assert plain.http.delete(f"/v1/edits/{name}").json()["state"] == "cancelled"
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert 64 <= len(edits) <= 66
    assert plain.ended(plain.edit(photo))["state"] == "done"
