"""Several turns, variants and strengths on real photos in the real darktable, over a restart too."""

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from effects import difference, lightness
from PIL import Image

from hostbridge import Cancelled
from hostbridge.darktable import install, schema
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.agent.offline import OfflineAgent
from retouchiq.cli import main
from retouchiq.edit import Editing, Job
from retouchiq.recipe import read
from retouchiq.reward.measured import MeasuredReward
from retouchiq.variants import NAMES

pytestmark = pytest.mark.hosts


@pytest.fixture(scope="module")
def renderer():
    with open_renderer("library") as renderer:
        yield renderer


@pytest.fixture
def photo(data, tmp_path):
    return Path(shutil.copy(data / "photos" / "sklearn_china.jpg", tmp_path / "china.jpg"))


def ignore(progress):
    """Nobody listens."""


def editing(renderer, photo, *instructions, cancel=None, **options):
    job = Job(photo, instructions, photo.parent / "out", **options)
    return Editing(job, OfflineAgent(), MeasuredReward(), renderer, schema.load(install.find()), cancel)


def pixels(file):
    return np.asarray(Image.open(file).convert("RGB")) / 255


def effect(answer):
    return lightness(pixels(answer["files"]["before"]), pixels(answer["files"]["after"]))


def test_half_the_strength_is_about_half_the_change_and_none_is_the_photo(renderer, photo):
    whole = editing(renderer, photo, "brighter")
    full = effect(whole.run(ignore))
    half = effect(whole.strengthen(50, ignore))
    assert 0.35 * full < half < 0.65 * full
    assert abs(effect(whole.strengthen(0, ignore))) < 0.1
    assert effect(whole.strengthen(100, ignore)) == pytest.approx(full, abs=0.05)


def test_a_strength_asked_for_at_once_is_the_same_as_one_chosen_later(renderer, photo):
    at_once = editing(renderer, photo, "brighter", strength=140.0).run(ignore)
    later = editing(renderer, photo, "brighter")
    later.run(ignore)
    assert at_once["plan"]["edits"] == later.strengthen(140, ignore)["plan"]["edits"]
    assert at_once["strength"] == 140


def test_three_variants_all_do_what_was_asked_and_look_different(renderer, photo):
    session = editing(renderer, photo, "brighter", variants=3)
    answer = session.run(ignore)
    assert [variant["name"] for variant in answer["variants"]] == list(NAMES)
    before = pixels(answer["files"]["before"])
    pictures = [pixels(variant["files"]["after"]) for variant in answer["variants"]]
    for picture in pictures:
        assert lightness(before, picture) > 3
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert difference(pictures[one], pictures[other]) > 1
    chosen = session.choose(2, ignore)
    assert chosen["variant"] == NAMES[2]
    assert difference(pixels(chosen["files"]["after"]), pictures[2]) < 0.2


def test_a_turn_after_a_restart_is_the_turn_without_one(renderer, photo):
    first = editing(renderer, photo, "much brighter, warmer")
    first.run(ignore)
    saved = json.loads(json.dumps(first.saved()))
    straight = first.turn("a bit less", ignore)
    resumed = Editing.resume(
        first.job, OfflineAgent(), MeasuredReward(), renderer, schema.load(install.find()), saved
    ).turn("a bit less", ignore)
    assert resumed["plan"]["edits"] == straight["plan"]["edits"]
    assert resumed["instruction"] == "much brighter, warmer → a bit less"


def test_the_state_an_open_darktable_holds_counts_not_the_sidecar_on_disk(renderer, photo):
    darker = editing(renderer, photo, "much darker").run(ignore)
    held = Sidecar.read(Path(darker["files"]["sidecar"])).to_bytes().replace(b"retouchiq", b"my own  ")
    state = photo.with_name("state.xmp")
    state.write_bytes(held)
    out = photo.parent / "second"
    job = Job(photo, ("warmer",), out, base=state)
    answer = Editing(job, OfflineAgent(), MeasuredReward(), renderer, schema.load(install.find())).run(ignore)
    seen = lightness(pixels(darker["files"]["before"]), pixels(answer["files"]["before"]))
    assert seen < -5, "what the agent sees is the darkened photo"
    instances = {entry.instance for entry in Sidecar.read(Path(answer["files"]["sidecar"])).history}
    assert {"my own  ", "retouchiq"} <= instances


def test_a_picture_exported_by_darktable_tells_the_state_as_well(renderer, photo):
    exported = photo.with_name("state.jpg")
    darker = editing(renderer, photo, "much darker").run(ignore)
    sidecar = Path(darker["files"]["sidecar"])
    packet = renderer.render(photo, Sidecar.read(sidecar), 64).packet
    Image.new("RGB", (64, 64)).save(exported, xmp=packet)
    again = editing(renderer, photo, "warmer", base=exported).run(ignore)
    plain = editing(renderer, photo, "warmer").run(ignore)
    assert again["plan"]["edits"] == plain["plan"]["edits"], "edits of ours in it are replaced, not stacked"


def test_a_recipe_repeats_the_edit_to_the_last_parameter(renderer, photo, capsys):
    answer = editing(renderer, photo, "warmer, lift the shadows").run(ignore)
    recipe = read(Path(answer["files"]["recipe"]))
    assert recipe.verdict == answer["verdict"]
    assert main(["repeat", answer["files"]["recipe"], "--out", str(photo.parent / "again"), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["modules"] == answer["modules"]


def test_a_cancelled_edit_writes_nothing(renderer, photo):
    cancel = threading.Event()
    session = editing(renderer, photo, "brighter", cancel=cancel)
    with pytest.raises(Cancelled):
        session.run(lambda progress: cancel.set())
    assert not list((photo.parent / "out").iterdir())
