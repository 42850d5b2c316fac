"""The plug-in in the real GIMP 3, with the real server: what a user gets, and what a user never loses."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import effects
import numpy as np
import pytest
from PIL import ExifTags, Image

from retouchiq.bench.pairs import psnr
from retouchiq.bench.reference import distance
from retouchiq.demo import coffee
from retouchiq.language.lexicon import lexicon
from retouchiq.pictures import read_picture

pytestmark = pytest.mark.hosts

MANUAL = Path(__file__).parents[3] / "docs" / "gimp.md"
NAMES = Path(__file__).with_name("gimp_names.py").read_text()


@pytest.fixture(scope="module", autouse=True)
def _names(gimp):
    gimp.run(NAMES)


@pytest.fixture
def photo(gimp):
    path = gimp.home / "coffee.png"
    if not path.exists():
        Image.fromarray(coffee()).save(path)
    yield str(path)
    gimp.run("close_all()")


def load(gimp, photo, **kind):
    return gimp.run("answer = load(path, **kind)", path=photo, kind=kind)


def call(gimp, image, **arguments):
    return gimp.run("answer = call(image, **arguments)", image=image, arguments=arguments)


def retouch(gimp, image, instruction, **arguments):
    told = call(gimp, image, instruction=instruction, **arguments)
    assert told["status"] == "success", told
    assert told["values"][0], "it was applied"
    return told


def filters(gimp, layer):
    return gimp.run("answer = filters(layer)", layer=layer)


def shown(gimp, image):
    path = gimp.home / "shown"
    height, width = gimp.run("answer = save(image, path)", image=image, path=str(path))
    return np.frombuffer(path.read_bytes(), np.float32).reshape(height, width, 3).clip(0, 1)


def left(gimp, image):
    return gimp.run("answer = left(image)", image=image)


KINDS = {
    "8 bit": {},
    "16 bit linear": {"precision": "u16-linear"},
    "32 bit": {"precision": "u32-non-linear"},
    "half": {"precision": "half-non-linear"},
    "float linear": {"precision": "float-linear"},
    "alpha": {"alpha": True},
    "Adobe RGB": {"profile": "adobe"},
    "grey": {"grey": True},
    "grey 16 bit linear with alpha": {"grey": True, "precision": "u16-linear", "alpha": True},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_is_retouched_as_asked(gimp, photo, kind):
    image, layer = load(gimp, photo, **KINDS[kind])
    before, there = shown(gimp, image), left(gimp, image)
    retouch(gimp, image, "brighter")
    assert effects.midtones(before, shown(gimp, image)) > 4
    assert all(each["name"].startswith("retouchiq") for each in filters(gimp, layer))
    assert left(gimp, image) == there


LAYERS = {
    "a group": """
        group = Gimp.GroupLayer.new(owner, "group")
        owner.insert_layer(group, None, 0)
        owner.reorder_item(layer, group, 0)
        layer = group""",
    "a layer with a mask": """
        layer.add_mask(layer.create_mask(Gimp.AddMaskType.WHITE))""",
    "a layer beyond the image": """
        layer.set_offsets(-100, -80)""",
    "a layer with a filter of the user's": """
        added = Gimp.DrawableFilter.new(layer, "gegl:gaussian-blur", "mine")
        added.update()
        layer.append_filter(added)""",
    "a small layer": """
        owner.scale(9, 6)""",
}


@pytest.mark.parametrize("name", LAYERS)
def test_every_kind_of_layer_is_retouched(gimp, photo, name):
    image, layer = load(gimp, photo)
    code = "owner, layer = Gimp.Image.get_by_id(image), Gimp.Item.get_by_id(layer)\n" + textwrap.dedent(LAYERS[name])
    layer = gimp.run(code + "\nanswer = layer.get_id()", image=image, layer=layer)
    before, there = shown(gimp, image), left(gimp, image)
    had = [each["name"] for each in filters(gimp, layer)]
    retouch(gimp, image, "brighter", layers=[layer])
    assert effects.difference(before, shown(gimp, image)) > 2
    names = [each["name"] for each in filters(gimp, layer)]
    assert names[: len(had)] == had
    assert names[len(had) :]
    assert all(each.startswith("retouchiq") for each in names[len(had) :])
    assert left(gimp, image) == there


def test_a_hidden_layer_is_retouched_and_stays_hidden(gimp, photo):
    image, layer = load(gimp, photo)
    gimp.run("Gimp.Item.get_by_id(layer).set_visible(False)", layer=layer)
    retouch(gimp, image, "brighter")
    assert filters(gimp, layer)
    assert gimp.run("answer = Gimp.Item.get_by_id(layer).get_visible()", layer=layer) is False


def test_several_selected_layers_are_each_retouched(gimp, photo):
    image, layer = load(gimp, photo)
    code = """
owner, layer = Gimp.Image.get_by_id(image), Gimp.Item.get_by_id(layer)
second = layer.copy()
owner.insert_layer(second, None, 0)
answer = second.get_id()"""
    second = gimp.run(code, image=image, layer=layer)
    retouch(gimp, image, "brighter", layers=[layer, second])
    assert filters(gimp, layer)
    assert filters(gimp, layer) == filters(gimp, second)


REFUSED = {
    "an indexed image": (
        "owner.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 16, False, True, '')",
        "RGB",
    ),
    "locked pixels": ("layer.set_lock_content(True)", "unlock"),
    "a selection beside the layer": (
        "layer.scale(100, 100, False); layer.set_offsets(0, 0)\n"
        "owner.select_rectangle(Gimp.ChannelOps.REPLACE, 300, 300, 50, 50)",
        "outside the selection",
    ),
    "a transparent layer": ("layer.add_alpha(); layer.edit_clear()", "nothing to retouch"),
    "a layer mask": ("layer = layer.create_mask(Gimp.AddMaskType.WHITE); base.add_mask(layer)", "select its layer"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_retouched_is_refused_with_a_way_out(gimp, photo, what):
    change, sentence = REFUSED[what]
    image, layer = load(gimp, photo)
    code = "owner = Gimp.Image.get_by_id(image)\nbase = layer = Gimp.Item.get_by_id(layer)\n"
    chosen = gimp.run(code + change + "\nanswer = layer.get_id()", image=image, layer=layer)
    there = left(gimp, image)
    told = call(gimp, image, instruction="brighter", layers=[chosen])
    assert told["status"] == "execution-error"
    assert sentence in told["error"]
    assert filters(gimp, layer) == []
    assert left(gimp, image) == there


def test_an_empty_instruction_does_what_the_picture_needs(gimp, photo):
    image, _layer = load(gimp, photo)
    told = [call(gimp, image, instruction=text)["status"] for text in ("  ", "auto")]
    assert told[0] == told[1] == "success"


def test_running_again_replaces_what_was_there(gimp, photo):
    image, layer = load(gimp, photo)
    retouch(gimp, image, "brighter")
    first = filters(gimp, layer)
    retouch(gimp, image, "darker")
    second = filters(gimp, layer)
    assert len(second) == len(first)
    assert second != first


def test_what_a_run_ended_by_force_left_is_removed(gimp, photo):
    image, _layer = load(gimp, photo)
    there = left(gimp, image)
    code = """
orphan = Gimp.Image.new(8, 8, Gimp.ImageBaseType.RGB)
orphan.attach_parasite(Gimp.Parasite.new("retouchiq-hidden", 0, b"99999999"))"""
    gimp.run(code)
    retouch(gimp, image, "brighter")
    assert left(gimp, image) == there


def test_removing_takes_away_ours_and_nothing_else(gimp, photo):
    image, layer = load(gimp, photo)
    before = shown(gimp, image)
    gimp.run(
        "layer = Gimp.Item.get_by_id(layer)\n"
        "layer.append_filter(Gimp.DrawableFilter.new(layer, 'gegl:exposure', 'mine'))",
        layer=layer,
    )
    retouch(gimp, image, "brighter")
    call(gimp, image, name="plug-in-retouchiq-remove")
    assert [each["name"] for each in filters(gimp, layer)] == ["mine"]
    assert np.array_equal(before, shown(gimp, image))


def selected(gimp, image, shape):
    path = gimp.home / "selected"
    some = gimp.run("answer = selection(image, path)", image=image, path=str(path))
    return some, np.frombuffer(path.read_bytes(), np.uint8).reshape(shape[:2])


def test_a_selection_limits_the_change_and_comes_back_exactly(gimp, photo):
    image, _layer = load(gimp, photo)
    before, there = shown(gimp, image), left(gimp, image)
    code = """
owner = Gimp.Image.get_by_id(image)
owner.select_ellipse(Gimp.ChannelOps.REPLACE, 100, 50, 300, 250)
Gimp.Selection.feather(owner, 40)"""
    gimp.run(code, image=image)
    _some, was = selected(gimp, image, before.shape)
    retouch(gimp, image, "brighter, and make the reds more saturated")
    some, now = selected(gimp, image, before.shape)
    assert some
    assert np.array_equal(was, now)
    change = np.abs(shown(gimp, image) - before).max(axis=2)
    assert change[was == 0].max() < 1 / 255
    assert change[was == 255].mean() > 0.03
    assert left(gimp, image) == there


def test_a_region_limits_the_change_and_leaves_no_selection(gimp, photo):
    image, _layer = load(gimp, photo)
    before, there = shown(gimp, image), left(gimp, image)
    retouch(gimp, image, "darken the left side")
    some, _now = selected(gimp, image, before.shape)
    assert not some
    assert left(gimp, image) == there
    after = shown(gimp, image)
    change = effects.rgb2lab(after)[..., 0] - effects.rgb2lab(before)[..., 0]
    assert change[:, :100].mean() < -1.5
    assert abs(change[:, -100:].mean()) < 0.3


def test_a_flip_turns_the_image(gimp, photo):
    image, layer = load(gimp, photo)
    before = shown(gimp, image)
    retouch(gimp, image, "mirror it horizontally")
    assert np.allclose(shown(gimp, image), before[:, ::-1], atol=1 / 255)
    assert filters(gimp, layer) == []


def test_a_crop_and_a_brightening_come_together(gimp, photo):
    image, layer = load(gimp, photo)
    before = shown(gimp, image)
    retouch(gimp, image, "crop it square and make it brighter")
    after = shown(gimp, image)
    assert abs(after.shape[0] - after.shape[1]) <= 2
    assert after.mean() > before.mean()
    assert filters(gimp, layer)


def test_straightening_leaves_no_empty_corner(gimp, photo):
    image, _layer = load(gimp, photo)
    before = shown(gimp, image)
    retouch(gimp, image, "rotate 5 degrees clockwise")
    after = shown(gimp, image)
    assert after.shape[0] < before.shape[0]
    corners = [after[y, x] for y in (2, -3) for x in (2, -3)]
    assert all(corner.sum() > 0.02 for corner in corners), "the darkest corner of the photo is not black"


OPTIONS = {
    "look": {"look": "autumn"},
    "softer": {"variant": "softer"},
    "crisper": {"variant": "crisper"},
}


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_changes_the_result(gimp, photo, option):
    image, layer = load(gimp, photo)
    retouch(gimp, image, "brighter")
    plain = filters(gimp, layer)
    retouch(gimp, image, "brighter", **OPTIONS[option])
    assert filters(gimp, layer) != plain


def test_the_strength_scales_the_change(gimp, photo):
    image, layer = load(gimp, photo)
    before = shown(gimp, image)
    change = {}
    for strength in (40.0, 100.0, 0.0):
        call(gimp, image, instruction="brighter", strength=strength)
        change[strength] = effects.midtones(before, shown(gimp, image))
    assert 0.2 < change[40.0] / change[100.0] < 0.7
    assert change[0.0] == 0
    assert filters(gimp, layer) == []


def test_a_script_that_lets_choose_gets_the_best_of_three(gimp, photo):
    image, layer = load(gimp, photo)
    one = retouch(gimp, image, "warmer")["values"][1]
    assert retouch(gimp, image, "warmer", variant="choose")["values"][1] >= one
    assert filters(gimp, layer)


@pytest.fixture
def finished(gimp):
    """A darker, warmer version of the photo, as a camera held upright would have saved it; answers file and pixels."""
    path = gimp.home / "finished.jpg"
    pixels = (coffee() * [0.7, 0.62, 0.5]).round().astype(np.uint8)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # shown turned clockwise
    Image.fromarray(np.rot90(pixels)).save(path, quality=95, exif=exif)
    return path, pixels / 255


def test_a_finished_version_of_the_photo_is_met(gimp, photo, finished):
    path, wanted = finished
    image, _layer = load(gimp, photo)
    before, there = shown(gimp, image), left(gimp, image)
    retouch(gimp, image, "", reference=str(path))
    assert psnr(shown(gimp, image), wanted) > psnr(before, wanted) + 12
    assert left(gimp, image) == there


def test_another_photo_lends_its_colours(gimp, photo, data):
    image, _layer = load(gimp, photo)
    before = shown(gimp, image)
    other = data / "photos" / "bep_sunrise.jpg"
    retouch(gimp, image, "", reference=str(other))
    assert distance(shown(gimp, image), read_picture(other)) < 0.6 * distance(before, read_picture(other))


def test_a_reference_that_is_no_picture_is_refused_by_name(gimp, photo, tmp_path):
    image, layer = load(gimp, photo)
    (tmp_path / "notes.jpg").write_text("no picture")
    there = left(gimp, image)
    told = call(gimp, image, reference=str(tmp_path / "notes.jpg"))
    assert told["status"] == "execution-error"
    assert "notes.jpg" in told["error"]
    assert (filters(gimp, layer), left(gimp, image)) == ([], there)


def test_an_unknown_look_is_refused_by_name(gimp, photo):
    image, layer = load(gimp, photo)
    assert "no such look" in call(gimp, image, instruction="brighter", look="no such look")["error"]
    assert filters(gimp, layer) == []


def test_the_small_copy_shows_what_the_real_layer_becomes(gimp, photo):
    """Lengths in pixels shrink with the copy: else the verdict would be about another picture."""
    image, layer = load(gimp, photo)
    code = """
import base64
import sys

sys.path.append(plugin)
import applying, area, small

owner, layer = Gimp.Image.get_by_id(image), Gimp.Item.get_by_id(layer)
owner.scale(2400, 1600)
place = area.visible_area(owner, layer)
copy = small.take(owner, layer, place, True)
pixels, width, height = copy.pixels_with(chosen)
applying.apply(owner, layer, place, chosen)
owner.flatten()
owner.scale(width, height)
answer = [base64.b64encode(pixels).decode(), width, height]"""
    blur = {
        "operation": "gegl:gaussian-blur",
        "properties": {"std-dev-x": 40, "std-dev-y": 40},
        "name": "retouchiq: blur",
    }
    blur |= {"pixels": ["std-dev-x", "std-dev-y"], "opacity": 1, "blend": "normal", "mask": None, "destructive": False}
    plugin = str(gimp.home / "gimp" / "plug-ins" / "retouchiq")
    pixels, width, height = gimp.run(code, image=image, layer=layer, chosen=[blur], plugin=plugin)
    copy = np.frombuffer(base64.b64decode(pixels), np.uint16).reshape(height, width, 3) / 65535
    assert max(width, height) == 1024
    assert effects.difference(shown(gimp, image), copy) < 0.5
    assert effects.fine_detail(np.asarray(Image.fromarray(coffee()).resize((width, height))) / 255, copy) < -80


def serve(gimp, *argv):
    command = [Path(sys.executable).with_name("retouchiq"), "serve", "--json", *argv]
    return json.loads(subprocess.run(command, env=gimp.environment, capture_output=True, check=True, timeout=60).stdout)


def test_a_server_that_is_not_there_is_started(gimp, photo):
    image, layer = load(gimp, photo)
    serve(gimp, "--stop")
    retouch(gimp, image, "brighter")
    assert filters(gimp, layer)


def test_a_server_that_dies_in_the_middle_is_started_again(gimp, photo):
    image, layer = load(gimp, photo)
    pid = serve(gimp, "--background")["pid"]
    uploads = gimp.home / "state" / "uploads"
    known = set(uploads.iterdir())

    def kill():
        wait_for(lambda: set(uploads.iterdir()) - known)
        os.kill(pid, signal.SIGKILL)

    with ThreadPoolExecutor() as pool:
        killing = pool.submit(kill)
        retouch(gimp, image, "brighter")
        killing.result()
    assert serve(gimp, "--background")["pid"] != pid
    assert filters(gimp, layer)


def test_a_missing_command_is_a_sentence(gimp, photo):
    image, layer = load(gimp, photo)
    named = gimp.home / "gimp" / "plug-ins" / "retouchiq" / "command"
    path = named.read_text()
    named.write_text("/nowhere/retouchiq")
    try:
        told = call(gimp, image, instruction="brighter")
    finally:
        named.write_text(path)
    assert told["status"] == "execution-error"
    assert "/nowhere/retouchiq was not found" in told["error"]
    assert filters(gimp, layer) == []


def test_the_script_of_the_manual_works_without_a_window(gimp, tmp_path):
    """In a `gimp-console` of its own, as docs/gimp.md says, word for word."""
    script, line = re.findall(r"```(?:python|sh)\n(.*?)```", MANUAL.read_text("utf-8"), re.S)
    (tmp_path / "job.py").write_text(script)
    Image.fromarray(coffee()).save(tmp_path / "photo.jpg")
    environment = {name: value for name, value in gimp.environment.items() if name != "DISPLAY"}
    subprocess.run(line, shell=True, env=environment, cwd=tmp_path, capture_output=True, check=True, timeout=120)
    image, layer = load(gimp, str(tmp_path / "photo.xcf"))
    assert [each["name"] for each in filters(gimp, layer)]
    assert effects.yellow(coffee() / 255, shown(gimp, image)) > 1
    gimp.run("close_all()")


def wait_for(look, seconds=60):
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)


def applied(gimp, layer):
    """Wait until a run in the window has put its filters there, one after the other; answers them."""
    wait_for(lambda: filters(gimp, layer))
    gimp.window("Untitled")  # the progress window is gone when all are there
    wait_for(lambda: gimp.tool("xdotool", "search", "--onlyvisible", "--name", "^Retouching$") == "")
    return filters(gimp, layer)


@pytest.fixture
def window(gimp, photo):
    """The photo in a window; answers its image and layer."""
    opened = load(gimp, photo, show=True)
    gimp.window("Untitled")
    return opened


def dialog(gimp):
    gimp.window("Untitled")
    gimp.press("ctrl+shift+y")
    gimp.window("Retouch by instruction")
    time.sleep(0.3)


def type_instruction(gimp, text):
    gimp.press("alt+i", "ctrl+a")
    gimp.tool("xdotool", "type", "--delay", "20", text)


def test_the_dialog_retouches_and_one_undo_restores_exactly(gimp, window):
    image, layer = window
    before, there = shown(gimp, image), left(gimp, image)
    dialog(gimp)
    type_instruction(gimp, "warmer and brighter")
    gimp.press("Return")
    applied(gimp, layer)
    gimp.window("Untitled")
    assert effects.yellow(before, shown(gimp, image)) > 1
    time.sleep(0.5)
    gimp.press("ctrl+z")
    wait_for(lambda: not filters(gimp, layer), 5)
    assert np.array_equal(before, shown(gimp, image))
    assert left(gimp, image) == there


def test_the_filter_runs_again_with_the_last_values(gimp, window):
    image, layer = window
    dialog(gimp)
    type_instruction(gimp, "darker")
    gimp.press("Return")
    first = applied(gimp, layer)
    call(gimp, image, name="plug-in-retouchiq-remove")
    gimp.window("Untitled")
    gimp.press("ctrl+f")
    assert applied(gimp, layer) == first


def test_cancelling_leaves_nothing(gimp, window):
    image, layer = window
    before, there = shown(gimp, image), left(gimp, image)
    dialog(gimp)
    type_instruction(gimp, "warmer, more contrast, a little sharper")
    gimp.press("Return")
    gimp.window("^Retouching$")
    gimp.press("Escape")
    wait_for(lambda: gimp.tool("xdotool", "search", "--onlyvisible", "--name", "^Retouching$") == "", 5)
    time.sleep(1)
    assert filters(gimp, layer) == []
    assert np.array_equal(before, shown(gimp, image))
    assert left(gimp, image) == there


def test_the_dialog_passes_every_option_on_and_the_chosen_answer_is_applied(gimp, window):
    image, layer = window
    retouch(gimp, image, "brighter", look="autumn", strength=50.0, variant="softer")
    expected = filters(gimp, layer)
    call(gimp, image, name="plug-in-retouchiq-remove")
    dialog(gimp)
    type_instruction(gimp, "brighter")
    time.sleep(6)  # until the server has told its looks
    place = sorted(lexicon().looks).index("autumn") + 1  # the first entry is "none"
    gimp.press("alt+l", *["Down"] * place)
    gimp.press("alt+g", "ctrl+a")
    gimp.tool("xdotool", "type", "--delay", "60", "50")
    gimp.press("Tab", "alt+v", "Down", "Down", "Down")
    gimp.press("alt+t")
    chooser = gimp.window("^Choose an answer", 90)
    time.sleep(0.5)
    gimp.click(chooser, 500, 120)  # the second of three
    wait_for(lambda: filters(gimp, layer) == expected)
