"""The plug-in in the real darktable, with a real server: every button and option does to the photo what it says."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import effects
import numpy as np
import psutil
import pytest
from darktable_gui import install, running
from PIL import Image

from hostbridge.darktable.settings import OURS
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.demo import coffee

pytestmark = pytest.mark.hosts

LUA = (
    'local dt, panel = require "darktable", require "retouchiq/panel"; local w = panel.widgets; '
    'local actions, history = require "retouchiq/actions", require "retouchiq/history"; '
)
UNTOUCHED = (
    "w.strength.value = 100; w.variants.value = false; w.explain.value = false; w.duplicate.value = false; "
    'w["continue"].value = false; w.look.selected = 1; '
)
PIXELS = (
    'local f = dt.new_format("png"); f.bpp = 8; f.max_width, f.max_height = 300, 300; '
    'f:write_image(dt.database.get_image(%d), "%s", false)'
)


class Desk:
    """A darktable with the plug-in, and photos to put through it."""

    def __init__(self, darktable, folder: Path):
        self.darktable, self.folder, self.count = darktable, folder, 0

    def lua(self, code, timeout=120):
        return self.darktable.lua(LUA + code, timeout)

    def photo(self, content: bytes | None = None) -> int:
        """A new photo in the library, selected."""
        self.count += 1
        path = self.folder / f"photo-{self.count}.jpg"
        if content is None:
            Image.fromarray(coffee()[::2, ::2]).save(path, quality=95)
        else:
            path.write_bytes(content)
        return self.lua(f'local image = dt.database.import("{path}"); dt.gui.selection({{ image }}); return image.id')

    def choose(self, instruction, **options):
        """Type the instruction and set what is not at its default."""
        settings = "".join(f'w["{name}"].{field} = {value}; ' for name, (field, value) in options.items())
        self.lua(UNTOUCHED + f"w.instruction.text = {json.dumps(instruction)}; " + settings)

    def press(self, button, timeout=120):
        """Press a button and wait until its work is done and shown; what the panel says then."""
        self.lua(f'panel.press("{button}")', timeout)
        self.darktable.until(LUA + "return not actions.busy()", 60)
        return self.lua("return w.status.text")

    def retouch(self, instruction, **options):
        self.choose(instruction, **options)
        return self.press("apply")

    def state(self, image) -> Sidecar:
        path = Path(self.lua(f'return history.state(dt.database.get_image({image}), "{self.folder}")'))
        return Sidecar.read(path)

    def ours(self, image):
        found = self.state(image)
        return [e.operation for e in found.history[: found.history_end] if e.instance == OURS and e.enabled]

    def pixels(self, image) -> np.ndarray:
        path = self.folder / "export.png"
        path.unlink(missing_ok=True)
        self.lua(PIXELS % (image, path))
        return np.asarray(Image.open(path).convert("RGB")) / 255


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """The private state folder of the server that the plug-in starts."""
    folder = tmp_path_factory.mktemp("state")
    folder.chmod(0o700)
    yield folder
    command = [sys.executable, "-m", "retouchiq", "serve", "--stop"]
    subprocess.run(command, env=os.environ | {"RETOUCHIQ_STATE": str(folder)}, check=False, timeout=60)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, state):
    home = tmp_path_factory.mktemp("darktable")
    install(home)
    with running(home, environment={"RETOUCHIQ_STATE": str(state)}) as darktable:
        darktable.until('return pcall(function() return require "darktable".gui.libs.retouchiq.id end)')
        yield Desk(darktable, home)


@pytest.fixture(autouse=True)
def lighttable(desk):
    desk.darktable.go("lighttable")


def picture(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(float)


@pytest.mark.parametrize("view", ["lighttable", "darkroom"])
def test_the_panel_is_there_to_be_seen(view, desk, tmp_path):
    desk.darktable.go(view, desk.photo())
    shots = []
    for visible in ("true", "false", "true"):
        desk.lua(f"dt.gui.libs.retouchiq.visible = {visible}")
        time.sleep(1)
        shots.append(picture(desk.darktable.screenshot(tmp_path / "shot.png")))
    assert np.abs(shots[0] - shots[1]).mean() > 0.5, "the panel takes no place on the screen"


@pytest.mark.parametrize("view", ["lighttable", "darkroom"])
def test_an_instruction_is_carried_out_and_can_be_taken_back(view, desk):
    image = desk.photo()
    desk.lua(f'local i = dt.database.get_image({image}); i.rating, i.green = 5, true; i.title = "Cup"')
    desk.darktable.go(view, image)
    before = desk.pixels(image)
    says = desk.retouch("darker")
    assert desk.ours(image), says
    assert effects.lightness(before, desk.pixels(image)) < -2
    kept = f"local i = dt.database.get_image({image}); return {{i.rating, i.green, i.title}}"
    assert desk.lua(kept) == [5, True, "Cup"]
    desk.press("compare")
    assert np.array_equal(desk.pixels(image), before)
    desk.press("compare")
    assert effects.lightness(before, desk.pixels(image)) < -2
    desk.press("undo")
    assert np.array_equal(desk.pixels(image), before)


def test_a_region_is_edited_and_the_rest_is_not(desk):
    image = desk.photo()
    before = desk.pixels(image)
    says = desk.retouch("darker at the top")
    after = desk.pixels(image)
    assert desk.state(image).masks, says
    assert effects.lightness(before[:40], after[:40]) < effects.lightness(before[-40:], after[-40:]) - 2


def test_strength_scales_the_edit_now_and_later(desk):
    image = desk.photo()
    before = desk.pixels(image)
    desk.retouch("darker", strength=("value", 40))
    weak = effects.lightness(before, desk.pixels(image))
    desk.press("undo")
    desk.retouch("darker")
    full = effects.lightness(before, desk.pixels(image))
    assert full < weak < -0.5
    desk.lua("w.strength.value = 40")
    desk.darktable.until(LUA + "return not actions.busy() and w.status.text", 60)
    deadline = time.monotonic() + 30
    while abs(effects.lightness(before, desk.pixels(image)) - weak) > 0.5:
        assert time.monotonic() < deadline, "the slider changed nothing"


def test_variants_give_answers_to_choose_from(desk):
    image = desk.photo()
    desk.retouch("warmer, more contrast", variants=("value", "true"))
    first = desk.pixels(image)
    assert desk.lua("return #w.answers") == 3
    other = desk.lua("return w.answers.selected == 3 and 1 or 3")
    desk.lua(f'w.answers.selected = {other}; panel.press("answers")')
    desk.darktable.until(LUA + "return not actions.busy()", 60)
    assert effects.difference(first, desk.pixels(image)) > 0.2


def test_a_look_changes_the_picture(desk):
    image = desk.photo()
    before = desk.pixels(image)
    desk.darktable.until(LUA + "return #w.look > 1", 60)
    says = desk.retouch("", look=("selected", 2))
    assert desk.ours(image), says
    assert effects.difference(before, desk.pixels(image)) > 0.5


def test_a_duplicate_is_retouched_instead(desk):
    image = desk.photo()
    before, count = desk.pixels(image), desk.lua("return #dt.database")
    desk.retouch("darker", duplicate=("value", "true"))
    assert np.array_equal(desk.pixels(image), before)
    assert desk.lua("return #dt.database") == count + 1
    copy = desk.lua("return dt.database[#dt.database].id")
    assert effects.lightness(before, desk.pixels(copy)) < -2


def test_an_edit_is_explained_on_request(desk):
    desk.photo()
    desk.retouch("darker")
    assert not desk.lua("return w.explanation.visible")
    desk.lua("w.explain.value = true")
    desk.press("explain")
    assert desk.lua("return w.explanation.visible and w.report.visible")
    assert "darker" in desk.lua("return w.explanation.text").lower() or desk.lua("return #w.explanation.text") > 40


def test_turns_go_on_from_the_last_edit(desk):
    image = desk.photo()
    before = desk.pixels(image)
    desk.retouch("darker")
    full = effects.lightness(before, desk.pixels(image))
    desk.lua('w["continue"].value = true; w.instruction.text = "a bit less"')
    desk.press("apply")
    less = effects.lightness(before, desk.pixels(image))
    assert full + 0.3 < less < -0.3
    desk.lua('w.instruction.text = "now warmer"')
    desk.press("apply")
    assert effects.yellow(before, desk.pixels(image)) > 0.5
    assert effects.lightness(before, desk.pixels(image)) < -0.3


def test_cancelling_leaves_the_photo_as_it_was_within_a_second(desk):
    image = desk.photo()
    before = desk.state(image).history
    desk.choose("warmer, more contrast, darker at the top, sharper", variants=("value", "true"))
    pending = desk.darktable.send(LUA + 'panel.press("apply")')
    desk.darktable.until(LUA + "return actions.busy()")
    time.sleep(0.7)
    started = time.monotonic()
    desk.lua('panel.press("cancel")')
    desk.darktable.wait(pending, 20)
    assert time.monotonic() - started < 2
    assert not desk.ours(image)
    assert len(desk.state(image).history) >= len(before)


def server(state):
    """The process of the server that has this state folder."""
    for process in psutil.process_iter(["environ", "cmdline"]):
        serves = "serve" in (process.info["cmdline"] or []) and "--background" not in process.info["cmdline"]
        if serves and (process.info["environ"] or {}).get("RETOUCHIQ_STATE") == str(state):
            return process
    return None


def finish(desk, state, number, seconds):
    """A selection of ``number`` photos, one of them corrupt, with the server killed after some seconds."""
    images = [desk.photo() for _ in range(number - 1)]
    corrupt = desk.photo(b"\xff\xd8\xff\xe0 this is no photo")
    chosen = ", ".join(f"dt.database.get_image({image})" for image in [*images, corrupt])
    before = desk.pixels(images[0])
    desk.choose("darker")
    desk.lua(f"dt.gui.selection({{ {chosen} }})")
    pending = desk.darktable.send(LUA + 'panel.press("apply"); return w.status.text')
    time.sleep(seconds)
    killed = server(state)
    assert killed, "no server was started"
    killed.kill()
    says = desk.darktable.wait(pending, 60 + 20 * number)
    assert [bool(desk.ours(image)) for image in images] == [True] * len(images), says
    assert not desk.ours(corrupt)
    assert Path(desk.lua(f"return dt.database.get_image({corrupt}).filename")).name in says
    assert all(effects.lightness(before, desk.pixels(image)) < -2 for image in images)


def test_a_selection_is_finished_though_a_photo_is_corrupt_and_the_server_is_killed(desk, state):
    finish(desk, state, 6, 2.5)
