"""Looks in the real darktable: the styles that come with the program, taken in and applied by darktable itself."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from hostbridge.darktable import install, schema, style
from hostbridge.darktable.render import open_renderer, options
from retouchiq.agent.offline import OfflineAgent
from retouchiq.edit import Job, edit
from retouchiq.looks import looks
from retouchiq.looks.styles import export, settings
from retouchiq.photo import Photo
from retouchiq.reward.measured import MeasuredReward

STYLES = Path(__file__).parents[2] / "presets" / "styles"
SOME = ("wildlife", "misty morning", "moody forest", "night film")  # with GREY, every module that looks use
GREY = "bold mono"
WIDTH = 384


@pytest.fixture(scope="module")
def darktable():
    return install.find()


@pytest.fixture(scope="module")
def modules(darktable):
    return schema.load(darktable)


@pytest.fixture(scope="module")
def renderer():
    with open_renderer("library") as renderer:
        yield renderer


@pytest.fixture(scope="module")
def photo(data, modules, renderer):
    """A raw: darktable 4.2 develops finished photos in the order of raws, where exposure means something else."""
    photo = Photo(data / "raw" / "RAW_NIKON_D1.NEF", renderer, modules, WIDTH)
    photo.observe()
    return photo


def file_of(name):
    return STYLES / f"{name.replace(' ', '-')}.dtstyle"


def styled(photo, name, darktable, folder):
    """What darktable exports of the photo after its user has imported a style and chosen it."""
    out = folder / "out.png"
    done = subprocess.run(
        [
            *(str(darktable.cli), str(photo.path), str(out), "--width", str(WIDTH), "--hq", "false"),
            *("--style", f"RetouchIQ|{name}", "--apply-custom-presets", "false"),
            *("--core", *options.core(folder)),
            *("--luacmd", f'require("darktable").styles.import("{file_of(name)}")'),
        ],
        capture_output=True,
        env=options.environment(),
        timeout=120,
        check=False,
    )
    assert out.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    return np.asarray(Image.open(out).convert("RGB")) / 255


def coarse(pixels):
    """Averages of 8×8 pixels in Lab: what grain is, lies below that."""
    height, width = (side // 8 * 8 for side in pixels.shape[:2])
    return rgb2lab(pixels[:height, :width].reshape(height // 8, 8, width // 8, 8, 3).mean((1, 3)))


def check_style(name, photo, darktable, folder):
    theirs = coarse(styled(photo, name, darktable, folder))
    height, width = photo.before.shape[:2]
    edited = photo.base.with_settings(settings(looks()[name], photo.schema), photo.schema, width / height)
    ours = coarse(photo.renderer.render(photo.path, edited, WIDTH).pixels)
    assert deltaE_ciede2000(theirs, coarse(photo.before)).mean() > 0.5
    assert deltaE_ciede2000(theirs, ours).mean() < 0.75  # 5.4 removes haze a little differently for old edits
    return theirs


@pytest.mark.hosts
@pytest.mark.parametrize("name", SOME)
def test_a_style_in_darktable_is_the_look_we_render(name, photo, darktable, tmp_path):
    check_style(name, photo, darktable, tmp_path)


@pytest.mark.hosts
def test_a_black_and_white_style_leaves_no_colour_in_a_raw(photo, darktable, tmp_path):
    """The photo's own color calibration, which darktable adds to a raw, must not come after the grey."""
    assert np.abs(coarse(photo.before)[..., 1:]).mean() > 5
    assert np.abs(check_style(GREY, photo, darktable, tmp_path)[..., 1:]).max() < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", looks())
def test_every_style_in_darktable_is_the_look_we_render(name, photo, darktable, tmp_path):
    check_style(name, photo, darktable, tmp_path)


@pytest.mark.hosts
def test_the_styles_that_are_tried_use_every_module_that_looks_use():
    used = {file: {entry.operation for entry in style.read(file).entries} for file in STYLES.iterdir()}
    assert set().union(*(used[file_of(name)] for name in (*SOME, GREY))) == set().union(*used.values())


@pytest.mark.hosts
def test_the_styles_are_what_the_looks_say(modules, tmp_path):
    """Parameters are compared where the module has the style's version; darktable brings older ones up to date."""
    for made in export(looks().values(), tmp_path, modules):
        kept = {entry.operation: entry for entry in style.read(STYLES / made.name).entries}
        again = {entry.operation: entry for entry in style.read(made).entries}
        assert kept.keys() == again.keys(), made.name
        for operation, entry in again.items():
            assert kept[operation].version <= entry.version
            if kept[operation].version == entry.version:
                assert kept[operation].params == entry.params, (made.name, operation)


@pytest.mark.hosts
def test_a_look_is_carried_out_as_it_is_written(data, renderer, modules, tmp_path):
    """The agent begins with the look's own amounts and stays near them: it is not made into something else."""
    photo = data / "photos" / "sklearn_china.jpg"
    job = Job(photo, ("",), tmp_path / "out", size=WIDTH, look="teal and orange")
    answer = edit(job, OfflineAgent(), MeasuredReward(), renderer, modules, lambda _: None)
    assert answer["applied"]
    amounts = {one["control"]: one["amount"] for one in answer["plan"]["edits"]}
    for move in looks()["teal and orange"].edits:
        assert 0.59 < amounts[move.control] / move.amount < 1.51, move.control
