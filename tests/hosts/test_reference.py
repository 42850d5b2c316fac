"""A finished version, and another scene's feel, in the real darktable: what a user gets, and can take back."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from hostbridge.darktable import install
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.schema import load
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.agent.offline import OfflineAgent
from retouchiq.bench.pairs import psnr
from retouchiq.bench.reference import distance
from retouchiq.edit import drive
from retouchiq.photo import Photo
from retouchiq.pictures import read_picture
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Session

pytestmark = pytest.mark.hosts


@pytest.fixture(scope="module")
def renderer():
    with open_renderer("library") as renderer:
        yield renderer


def matched(path, reference, renderer, **options):
    photo = Photo(path, renderer, load(install.find()), 512)
    session = Session(OfflineAgent(), MeasuredReward(), reference=reference, **options)
    return photo, drive(session, session.instruct(""), photo, lambda _: None)


@pytest.mark.parametrize("name", ["fivek_a2803_C", "pixls_curves_darkblue"])
def test_three_renders_bring_a_photo_close_to_its_finished_version(name, data, renderer):
    reference = read_picture(data / "pairs" / f"{name}_after{'.png' if 'fivek' in name else '.jpg'}")[:500]
    path = next((data / "pairs").glob(f"{name}_before.*"))
    photo, outcome = matched(path, reference, renderer, budget=3)
    assert outcome.applied
    assert psnr(outcome.after, reference) > psnr(photo.before, reference) + 6
    assert photo.renders == 4


def test_the_command_leaves_a_sidecar_that_shows_the_same_and_can_be_taken_back(data, tmp_path, renderer):
    before, after = (data / "pairs" / f"fivek_a3102_C_{which}.png" for which in ("before", "after"))
    command = ["edit", str(before), "--reference", str(after), "--budget", "3", "--out", str(tmp_path), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "retouchiq", *command], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    assert "finished version of this photo: brighter" in answer["plan"]["reasoning"]
    assert {module["instance"] for module in answer["modules"]} == {"retouchiq"}
    sidecar = Sidecar.read(tmp_path / f"{before.name}.xmp")
    shown = renderer.render(before, sidecar, 1024).pixels
    assert np.abs(shown - read_picture(tmp_path / "after.jpg")).mean() < 0.01
    assert psnr(shown, read_picture(after)) > 38
    untouched = renderer.render(before, sidecar.without_ours(), 1024).pixels
    assert np.abs(untouched - np.asarray(Image.open(before).convert("RGB")) / 255).mean() < 0.01


def test_another_scene_lends_most_of_its_tones_and_colours(data, renderer):
    reference = read_picture(data / "photos" / "bep_sunrise.jpg")
    photo, outcome = matched(data / "photos" / "sklearn_china.jpg", reference, renderer)
    assert outcome.applied
    assert distance(outcome.after, reference) < 0.5 * distance(photo.before, reference)
