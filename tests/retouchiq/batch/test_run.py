"""Many photos: one bad file costs only itself, nothing is done twice, nothing of the user's is lost."""

import json
import os
import threading
import time

import numpy as np
import pytest
from PIL import Image

from hostbridge import Cancelled, HostMissing, InvalidSetting, NotWritable, UnusableInput
from retouchiq.agent.offline import OfflineAgent
from retouchiq.batch import Batch, Source, beside, run
from retouchiq.batch.journal import Journal
from retouchiq.batch.reject import reject
from retouchiq.batch.task import Placed, digest
from retouchiq.reward.measured import MeasuredReward


def test_each_photo_gets_its_own_verified_edit(batch, photo, out):
    done = batch(photo("dark.jpg", 30), photo("light.jpg", 110))
    assert done.states == {"dark.jpg": "edited", "light.jpg": "edited"}
    for each in done.answer["photos"]:
        folder = out / "photos" / each["name"]
        assert each["score"] > each["baseline"]
        assert {path.name for path in folder.iterdir()} >= {
            "before.jpg",
            "after.jpg",
            f"{each['name']}.xmp",
            "style.dtstyle",
            "recipe.json",
            "report.html",
        }
    assert (out / "index.html").is_file()


def test_one_bad_file_costs_only_itself_and_says_why(batch, photo, tmp_path):
    (tmp_path / "in").mkdir()
    malformed = photo("malformed.jpg")
    malformed.with_name("malformed.jpg.xmp").write_text("<not xml")
    troubled = [photo(f"{kind}.jpg") for kind in ("broken", "crashing", "strange")]
    done = batch(photo("a.jpg"), malformed, *troubled, tmp_path / "in" / "missing.jpg", photo("b.jpg"))
    good = {name for name, state in done.states.items() if state == "edited"}
    assert good == {"a.jpg", "b.jpg"}
    errors = {each["name"]: each["error"] for each in done.answer["photos"] if each["state"] == "failed"}
    assert len(errors) == 5
    assert "no such file" in errors["missing.jpg"]
    assert "malformed.jpg.xmp" in errors["malformed.jpg"]
    assert "strange.jpg" in errors["strange.jpg"]


def test_a_sidecar_that_cannot_be_read_is_named_and_left_alone(batch, photo):
    beside_it = photo("a.jpg").with_name("a.jpg.xmp")
    beside_it.mkdir()
    done = batch(beside_it.with_suffix(""), photo("b.jpg"), in_place=True)
    assert done.states == {"b.jpg": "edited", "a.jpg": "failed"}
    assert "a.jpg.xmp cannot be read" in next(each["error"] for each in done.answer["photos"] if each["error"])


def test_a_photo_that_cannot_be_improved_is_done_and_exported_as_it_is(batch, photo, out):
    done = batch(photo("a.jpg"), instruction="remove the people", exports="jpg", in_place=True)
    assert done.states == {"a.jpg": "unchanged"}
    assert (out / "exports" / "a.jpg").exists()
    assert not (out.parent / "in" / "a.jpg.xmp").exists()


def test_files_of_the_same_name_do_not_collide(batch, photo, out):
    done = batch(photo("a.jpg", 30), photo("day2/a.jpg", 100), photo("a.png"), exports="jpg")
    assert set(done.states) == {"a.jpg", "day2-a.jpg", "a.png"}
    assert sorted(path.name for path in (out / "exports").iterdir()) == ["a.jpg.jpg", "a.png.jpg", "day2-a.jpg"]


def test_several_photos_are_worked_on_at_once(batch, photo, renderer):
    running, most = set(), []

    def listen(event):
        if event.photo:
            (running.add if event.photo.state == "running" else running.discard)(event.photo.name)
            most.append(len(running))

    batch(*(photo(f"{number}.jpg") for number in range(4)), listen=listen)
    assert max(most) >= 2


def test_progress_counts_every_photo_once(batch, photo):
    told = batch(photo("a.jpg"), photo("broken.jpg")).told
    assert [event.done for event in told if event.photo and event.photo.finished] == [1, 2]
    assert {event.total for event in told} == {2}


# --- resuming ---------------------------------------------------------------------------------------------------------


def test_resume_repeats_nothing_that_was_finished(batch, photo, renderer):
    photos = [photo("a.jpg"), photo("b.jpg")]
    batch(photos[0])
    renderer.rendered.clear()
    done = batch(*photos, resume=True)
    assert set(renderer.rendered) == {"b.jpg"}
    assert done.states == {"a.jpg": "edited", "b.jpg": "edited"}


def test_resume_tries_an_unreadable_photo_again_only_once_it_was_replaced(batch, photo, renderer):
    good, broken = photo("a.jpg"), photo("broken-1.jpg")
    batch(good, broken)
    renderer.rendered.clear()
    batch(good, broken, resume=True)
    assert renderer.rendered == []
    photo("broken-1.jpg", 90)
    batch(good, broken, resume=True)
    assert set(renderer.rendered) == {"broken-1.jpg"}


def test_resume_tries_again_where_the_host_failed(batch, photo, renderer):
    crashing = photo("crashing.jpg")
    batch(crashing)
    renderer.rendered.clear()
    batch(crashing, resume=True)
    assert renderer.rendered == ["crashing.jpg"]


def test_a_second_batch_into_the_same_folder_is_refused_with_the_way_out(batch, photo):
    batch(photo("a.jpg"))
    with pytest.raises(UnusableInput, match="--resume"):
        batch(photo("a.jpg"))


@pytest.mark.parametrize("change", [{"instruction": "darker"}, {"in_place": True}, {"exports": "jpg"}, {"budget": 2}])
def test_resuming_with_another_wish_is_refused(change, batch, photo):
    batch(photo("a.jpg"))
    with pytest.raises(UnusableInput, match=next(iter(change))):
        batch(photo("a.jpg"), resume=True, **change)


def test_a_folder_with_files_of_the_users_is_refused_and_left_alone(batch, photo, out):
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(UnusableInput, match="other files"):
        batch(photo("a.jpg"))
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_two_runs_in_one_folder_do_not_meet(batch, photo, renderer):
    renderer.waits.clear()
    cancel = threading.Event()

    def waiting():
        with pytest.raises(Cancelled):
            batch(photo("a.jpg"), cancel=cancel)

    first = threading.Thread(target=waiting)
    first.start()
    deadline = time.monotonic() + 10
    while not renderer.rendered and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(UnusableInput, match="another run"):
        batch(photo("b.jpg"), resume=True)
    cancel.set()
    first.join()


def test_cancelling_ends_within_a_second_and_resume_goes_on(batch, photo, renderer):
    photos = [photo(f"{number}.jpg") for number in range(6)]
    cancel, stopped = threading.Event(), []

    def listen(event):
        if event.done == 2 and not cancel.is_set():
            renderer.waits.clear()
            stopped.append(time.monotonic())
            cancel.set()

    with pytest.raises(Cancelled):
        batch(*photos, cancel=cancel, listen=listen)
    assert time.monotonic() - stopped[0] < 1.5
    renderer.waits.set()
    assert set(batch(*photos, resume=True).states.values()) == {"edited"}


def test_a_host_that_is_gone_ends_the_batch_and_not_the_photos(batch, photo, out):
    with pytest.raises(HostMissing):
        batch(photo("gone.jpg"), photo("a.jpg"), photo("b.jpg"))
    assert "gone.jpg" not in Journal(out).results


# --- what is refused before anything is done --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error"),
    [({"exports": "gif"}, InvalidSetting), ({"look": "no such look"}, UnusableInput)],
)
def test_what_can_be_known_before_is_refused_before(options, error, batch, photo, out):
    with pytest.raises(error):
        batch(photo("a.jpg"), **options)
    assert not out.exists()


def test_no_photos_is_said(batch):
    with pytest.raises(UnusableInput, match="no photo"):
        batch()


def test_a_leader_that_is_none_of_the_photos_is_refused(batch, photo, tmp_path):
    with pytest.raises(UnusableInput, match="not one of the photos"):
        batch(photo("a.jpg"), consistent=tmp_path / "other.jpg")


def test_a_folder_that_cannot_be_made_is_refused(batch, photo):
    with pytest.raises(NotWritable, match="another folder"):
        batch(photo("a.jpg"), to=photo("b.jpg") / "out")


# --- alike ------------------------------------------------------------------------------------------------------------


def lightness(done):
    return [np.asarray(Image.open(each["files"]["after"]).convert("L")).mean() for each in done.answer["photos"]]


def test_a_consistent_series_comes_closer_together_than_the_same_photos_one_by_one(batch, photo, tmp_path):
    photos = [photo("a.jpg", 60), photo("b.jpg", 45), photo("c.jpg", 80)]
    alone = lightness(batch(*photos, to=tmp_path / "alone"))
    alike = lightness(batch(*photos, to=tmp_path / "alike", consistent=True))
    assert max(alike) - min(alike) < 0.6 * (max(alone) - min(alone))


def test_the_photo_named_leads_the_series(batch, photo, tmp_path):
    photos = [photo("a.jpg", 60), photo("b.jpg", 90)]
    names = [each.photo.name for each in batch(*photos, consistent=photos[1]).told if each.photo]
    assert names[0] == "b.jpg"


def test_after_an_interruption_the_same_photo_leads(batch, photo, renderer, out):
    photos = [photo("crashing.jpg", 30), photo("b.jpg", 60), photo("c.jpg", 45)]
    batch(*photos, consistent=True)
    renderer._trouble = lambda image, cancel: None
    assert set(batch(*photos, consistent=True, resume=True).states.values()) == {"edited"}
    recipes = {
        name: json.loads((out / "photos" / name / "recipe.json").read_text()) for name in ("crashing.jpg", "c.jpg")
    }
    assert {recipe["reference"] for recipe in recipes.values()} == {str(out / "photos" / "b.jpg" / "after.jpg")}


def test_a_leader_that_fails_is_named(batch, photo):
    with pytest.raises(UnusableInput, match="broken"):
        batch(photo("a.jpg"), photo("broken.jpg"), consistent=photo("broken.jpg"))


# --- beside the photos ------------------------------------------------------------------------------------------------

OWN = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
)


@pytest.fixture
def placed(batch, photo, out):
    """A finished batch with sidecars beside two photos, of which ``own.jpg`` had one before."""
    own, bare = photo("own.jpg"), photo("bare.jpg")
    own.with_name("own.jpg.xmp").write_text(OWN)
    os.utime(own.with_name("own.jpg.xmp"), (1_000_000_000, 1_000_000_000))
    before = everything(own.parent)
    batch(own, bare, in_place=True, exports="jpg")
    return before


def everything(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_in_place_keeps_what_was_in_the_sidecar_and_the_sidecar_before(placed, out):
    folder = out.parent / "in"
    text = (folder / "own.jpg.xmp").read_text()
    assert "retouchiq" in text
    assert 'Rating="4"' in text
    assert (folder / "own.jpg.xmp.bak").read_text() == OWN
    assert "retouchiq" in (folder / "bare.jpg.xmp").read_text()


def test_rejecting_gives_back_the_folder_as_it_was_to_the_byte_and_the_second(placed, out):
    reject(out, ["own.jpg", str(out.parent / "in" / "bare.jpg")])
    assert everything(out.parent / "in") == placed
    assert list((out / "exports").iterdir()) == []
    assert "2 rejected" in (out / "index.html").read_text()


def test_rejecting_one_leaves_the_others(placed, out):
    reject(out, ["own.jpg"])
    assert (out.parent / "in" / "bare.jpg.xmp").exists()
    assert [path.name for path in (out / "exports").iterdir()] == ["bare.jpg"]


def test_rejecting_twice_changes_nothing_more_and_resume_does_not_bring_it_back(placed, out, batch):
    reject(out, ["own.jpg"])
    reject(out, ["own.jpg"])
    folder = out.parent / "in"
    done = batch(folder / "own.jpg", folder / "bare.jpg", in_place=True, exports="jpg", resume=True)
    assert done.states == {"own.jpg": "rejected", "bare.jpg": "edited"}
    assert (folder / "own.jpg.xmp").read_text() == OWN


def test_a_sidecar_that_was_worked_on_since_is_never_lost(placed, out):
    beside_it = out.parent / "in" / "own.jpg.xmp"
    worked = beside_it.read_text().replace("Rating", "Label")
    beside_it.write_text(worked)
    with pytest.raises(UnusableInput, match="changed after the batch"):
        reject(out, ["bare.jpg", "own.jpg"])
    assert beside_it.read_text() == worked
    assert (out.parent / "in" / "bare.jpg.xmp").exists(), "all or nothing"


@pytest.mark.parametrize("name", ["nope.jpg", "broken.jpg"])
def test_what_cannot_be_rejected_is_named(name, batch, photo, out):
    batch(photo("a.jpg"), photo("broken.jpg"))
    with pytest.raises(UnusableInput, match=name):
        reject(out, [name])


def test_rejecting_in_a_folder_that_holds_no_batch_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UnusableInput, match="--out"):
            reject(folder, ["a.jpg"])


def test_a_sidecar_written_in_the_moment_of_a_kill_is_taken_back_and_its_photo_done_again(batch, photo, out):
    own, other = photo("own.jpg"), photo("other.jpg")
    sidecar = own.with_name("own.jpg.xmp")
    sidecar.write_text(OWN)
    batch(other, in_place=True)
    journal = Journal(out)
    half = Placed(sidecar, digest(OWN.encode()), digest(b"half"))
    folder = out / "photos" / "own.jpg"
    folder.mkdir()
    (folder / beside.EARLIER).write_text(OWN)
    journal.placed("own.jpg", half)
    sidecar.write_bytes(b"half")
    assert batch(own, other, in_place=True, resume=True).states["own.jpg"] == "edited"
    reject(out, ["own.jpg"])
    assert sidecar.read_text() == OWN


def test_a_sidecar_changed_while_its_photo_is_edited_is_not_overwritten(batch, photo, renderer):
    own = photo("own.jpg")
    sidecar = own.with_name("own.jpg.xmp")
    sidecar.write_text(OWN)
    render = renderer.render

    def meanwhile(image, *args, **options):
        sidecar.write_text(OWN.replace("4", "5"))
        return render(image, *args, **options)

    renderer.render = meanwhile
    done = batch(own, in_place=True)
    assert done.states == {"own.jpg": "failed"}
    assert 'Rating="5"' in sidecar.read_text()


def test_two_histories_of_one_photo_cannot_share_the_sidecar_beside_it(batch, photo, renderer, schema, out):
    image = photo("a.jpg")
    twice = (Source(image), Source(image, image.with_name("a_01.jpg.xmp")))
    with pytest.raises(UnusableInput, match="named twice"):
        run(Batch(twice, "brighter", out, in_place=True), OfflineAgent(), MeasuredReward(), renderer, schema)
