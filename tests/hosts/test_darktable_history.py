"""The plug-in's hand on the history, in the real darktable: all of an edit arrives, all the user had stays."""

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from darktable_gui import Darktable, LuaError, install, running
from PIL import Image

from hostbridge import MalformedSidecar
from hostbridge.controls import Gradient
from hostbridge.darktable import install as darktable_install
from hostbridge.darktable import schema
from hostbridge.darktable.render.cli import CliRenderer
from hostbridge.darktable.settings import OURS, Mask, ModuleSettings
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.demo import coffee

pytestmark = pytest.mark.hosts

SIZE = 300
API = 'local dt = require "darktable"; local history = require "retouchiq/history"; '
WHAT_IS_THE_USERS = API + (
    "local i, t = dt.database.get_image(%d), {}; "
    "for _, tag in ipairs(dt.tags.get_tags(i)) do "
    'if not tag.name:find("^darktable") then t[#t + 1] = tag.name end end; table.sort(t); '
    "return {i.rating, i.red, i.blue, i.title, i.creator, t}"
)


@pytest.fixture(scope="module")
def host():
    return schema.load(darktable_install.find())


@pytest.fixture(scope="module")
def renderer():
    with CliRenderer(darktable_install.find()) as found:
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("darktable")
    install(folder)
    return folder


@pytest.fixture(scope="module")
def shared(home):
    """The darktable that the tests share, each with a photo of its own. One that ended is started again."""
    with contextlib.ExitStack() as stack:
        started = []

        def alive() -> Darktable:
            if not started or started[-1].process.poll() is not None:
                started.append(stack.enter_context(running(home)))
            return started[-1]

        yield alive


TOP = Mask(shape=Gradient(x=0.5, y=0.5, direction=90))


def exposure(host, ev, instance=OURS, mask=None):
    module = host.module("exposure")
    return ModuleSettings(
        "exposure", module.version, module.defaults() | {"exposure": ev}, instance=instance, mask=mask
    )


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@dataclass
class Photo:
    """A photo in darktable's library that the user has worked on: edited, rated, labelled, tagged, titled."""

    path: Path
    id: int
    darktable: Darktable
    host: object

    def call(self, code, timeout=60):
        return self.darktable.lua(API + f"local image = dt.database.get_image({self.id}); " + code, timeout)

    def state(self, image=None) -> Sidecar:
        where = self.path.parent
        code = f'return history.state(dt.database.get_image({image or self.id}), "{where}")'
        path = Path(self.darktable.lua(API + code))
        try:
            return Sidecar.read(path)
        finally:
            path.unlink()

    def edit(self, ev=-2.0, mask=None) -> Path:
        """A sidecar file with our edit on top of what the photo is now, as the server writes it."""
        merged = self.state().with_settings([exposure(self.host, ev, mask=mask)], self.host, 1.5)
        path = self.path.parent / "merged.xmp"
        path.write_bytes(merged.to_bytes())
        return path

    def apply(self, sidecar: Path, options="{}") -> int:
        code = f'local edited, why = history.apply(image, {{ sidecar = "{sidecar}" }}, {options}); '
        return self.call(code + "assert(edited, why); return edited.id")

    def undo(self):
        try:
            self.call("assert(history.undo(image))")
        except LuaError as error:
            error.add_note(f"the photo has {self.steps(self.state())}")
            for path in sorted(self.darktable.config.glob(f"retouchiq/{self.id} *.xmp")):
                error.add_note(f"{path.name}: {self.steps(Sidecar.read(path))}")
            raise

    @staticmethod
    def steps(sidecar):
        steps = [f"{e.operation} {e.instance} {e.enabled} {hash(e.params)}" for e in sidecar.history]
        return f"end {sidecar.history_end} of {steps}"

    def pixels(self, image=None) -> np.ndarray:
        path = self.path.parent / "export.png"
        path.unlink(missing_ok=True)
        self.darktable.lua(
            f'local dt = require "darktable"; local f = dt.new_format("png"); f.bpp = 8; '
            f"f.max_width, f.max_height = {SIZE}, {SIZE}; "
            f'f:write_image(dt.database.get_image({image or self.id}), "{path}", false)',
            60,
        )
        return np.asarray(Image.open(path).convert("RGB")).astype(float)

    def surroundings(self):
        """All around the photo that an edit leaves alone: the view, what is open, selected and shown; the files."""
        identities = "local function list(t) local n = {}; for i = 1, #t do n[i] = t[i].id end; return n end; "
        shown = 'view == "darkroom" and dt.gui.views.darkroom.display_image().id'
        lists = "list(dt.gui.selection()), list(dt.collection), list(image.film), list(image:get_group_members())"
        found = self.call(identities + f"local view = dt.gui.current_view().id; return {{ view, {shown}, {lists} }}")
        return found, sorted(path.name for path in self.path.parent.glob(f"{self.path.stem}*"))

    def users(self, image=None):
        return self.darktable.lua(WHAT_IS_THE_USERS % (image or self.id))


@pytest.fixture(scope="module")
def plain(host, renderer, tmp_path_factory):
    """A finished edit of the user's: an exposure of his own with a drawn mask, on top of what darktable does itself."""
    path = tmp_path_factory.mktemp("plain") / "photo.jpg"
    Image.fromarray(coffee()).save(path, quality=95)
    base = Sidecar.new().adopt_history(Sidecar.parse(renderer.render(path, None, SIZE).packet))
    mine = exposure(host, 0.5, "mine", TOP)
    return base.with_settings([mine], host, 1.5)


@pytest.fixture
def photo(request, shared, tmp_path, host, plain):
    darktable = shared()
    darktable.go("lighttable")
    # over the photos and off them: darktable takes the last one open for the one under the mouse
    for x in (700, 2) if "darkroom" in request.node.name else ():
        darktable.move(x, 400)
    path = tmp_path / f"{request.node.name[:20].replace('[', '_')}.jpg"
    Image.fromarray(coffee()).save(path, quality=95)
    Path(f"{path}.xmp").write_bytes(plain.to_bytes())
    identity = darktable.lua(f'return require "darktable".database.import("{path}").id')
    found = Photo(path, identity, darktable, host)
    found.call(
        'image.rating, image.red, image.title, image.creator = 3, true, "Cup", "Rachel"; '
        'dt.tags.attach(dt.tags.create("places|bar"), image); dt.gui.selection({ image })'
    )
    return found


def ours(sidecar):
    return [entry for entry in sidecar.history[: sidecar.history_end] if entry.instance == OURS]


def active(sidecar):
    return [entry for entry in ours(sidecar) if entry.enabled]


def written(path):
    """The sidecar beside a photo, None while darktable writes it: that is not done atomically."""
    try:
        return Sidecar.read(path)
    except MalformedSidecar:
        return None


def users_steps(sidecar):
    return [(e.operation, e.params, e.instance, e.enabled) for e in sidecar.history if e.instance != OURS]


def top_darkened(before, after):
    third = len(before) // 3
    return (before - after)[:third].mean() - (before - after)[-third:].mean()


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("view", ["lighttable", "darkroom"])
def test_an_edit_arrives_whole_and_the_users_own_stays(view, drawn, photo):
    if view == "darkroom":
        photo.darktable.go("darkroom", photo.id)
    before, was, mine, around = photo.pixels(), photo.state(), photo.users(), photo.surroundings()
    assert photo.apply(photo.edit(mask=TOP if drawn else None)) == photo.id
    now, after = photo.state(), photo.pixels()
    assert [entry.operation for entry in ours(now)] == ["exposure"]
    assert users_steps(now)[: len(users_steps(was))] == users_steps(was)
    assert len(now.masks) > len(was.masks) if drawn else before.mean() - after.mean() > 20
    assert not drawn or top_darkened(before, after) > 20
    assert photo.users() == mine
    assert photo.surroundings() == around
    photo.undo()
    assert np.array_equal(photo.pixels(), before)
    assert photo.users() == mine


@pytest.mark.parametrize("view", ["lighttable", "darkroom"])
def test_the_edit_is_seen_at_once(view, photo, tmp_path):
    if view == "darkroom":
        photo.darktable.go("darkroom", photo.id)

    def seen():
        shot = np.asarray(Image.open(photo.darktable.screenshot(tmp_path / "shot.png")).convert("RGB"))
        return shot[100:700, 300:1050].astype(float)

    def light():
        return seen().mean()

    eventually(lambda: np.ptp(seen(), axis=2).mean() > 2, 60)  # the photo is drawn: all else in the window is grey
    time.sleep(1)
    before = light()
    photo.apply(photo.edit(-6.0))
    eventually(lambda: before - light() > 4, 30)


@pytest.mark.parametrize("view", ["lighttable", "darkroom"])
def test_ctrl_z_takes_an_edit_back_in_one_step(view, photo):
    if view == "darkroom":
        photo.darktable.go("darkroom", photo.id)
    before, was = photo.pixels(), photo.state()
    photo.apply(photo.edit())
    assert not np.array_equal(photo.pixels(), before)
    for _ in range(3):  # a busy darktable can lose a key
        photo.darktable.move(700, 400)
        photo.darktable.key("ctrl+z")
        with contextlib.suppress(AssertionError):
            eventually(lambda: not active(photo.state()), 20)
            break
    assert not active(photo.state())
    assert set(users_steps(photo.state())) >= set(users_steps(was))
    # The lighttable's undo of 4.2 has darktable add its presets once more, whatever is undone.
    assert view == "lighttable" or np.array_equal(photo.pixels(), before)


@pytest.mark.parametrize("view", ["lighttable", "darkroom"])
def test_a_duplicate_gets_the_edit_and_the_photo_none(view, photo):
    if view == "darkroom":
        photo.darktable.go("darkroom", photo.id)
    before, was = photo.pixels(), photo.state()
    sidecar = photo.edit(mask=TOP)
    copies = [photo.apply(sidecar, "{ duplicate = true }") for _ in range(2)]
    assert len({photo.id, *copies}) == 3
    assert users_steps(photo.state()) == users_steps(was)
    assert not ours(photo.state())
    assert np.array_equal(photo.pixels(), before)
    for copy in copies:
        assert [entry.operation for entry in ours(photo.state(copy))] == ["exposure"]
        assert top_darkened(before, photo.pixels(copy)) > 20
        assert photo.users(copy) == photo.users()
        leader = photo.darktable.lua(f'return require "darktable".database.get_image({copy}).group_leader.id')
        assert leader == photo.call("return image.group_leader.id")


def test_an_edit_of_one_version_leaves_the_others_alone(photo):
    copy = photo.apply(photo.edit(1.0), "{ duplicate = true }")
    was, looked = photo.state(copy), photo.pixels(copy)
    photo.apply(photo.edit(-2.0, TOP))
    photo.undo()
    assert [(e.operation, e.params, e.instance) for e in photo.state(copy).history] == [
        (e.operation, e.params, e.instance) for e in was.history
    ]
    assert np.array_equal(photo.pixels(copy), looked)
    versions = photo.call("local n = {}; for i = 1, #image.film do n[i] = image.film[i].duplicate_index end; return n")
    assert sorted(versions) == [0, 1]


@pytest.mark.parametrize("view", ["lighttable", "darkroom"])
def test_before_and_after_can_be_looked_at_in_turn(view, photo):
    if view == "darkroom":
        photo.darktable.go("darkroom", photo.id)
    before = photo.pixels()
    photo.apply(photo.edit())
    after = photo.pixels()
    for expected in (before, after, before):
        photo.call("assert(history.compare(image))")
        assert np.array_equal(photo.pixels(), expected)
    photo.undo()
    assert np.array_equal(photo.pixels(), before)


def test_a_drawn_mask_that_changed_arrives_in_the_darkroom(photo):
    before = photo.pixels()
    photo.darktable.go("darkroom", photo.id)
    photo.apply(photo.edit(mask=TOP))
    photo.apply(photo.edit(mask=Mask(shape=Gradient(x=0.5, y=0.5, direction=270))))
    assert top_darkened(before, photo.pixels()) < -5
    photo.undo()
    assert top_darkened(before, photo.pixels()) > 20


def test_what_was_done_in_the_darkroom_and_not_saved_yet_is_seen(photo):
    photo.darktable.go("darkroom", photo.id)
    where = photo.path.parent
    base = photo.call(f'return history.state(image, "{where}")')
    assert photo.call(f'return history.unchanged(image, "{base}", "{where}")')
    photo.call('dt.gui.action("iop/exposure/exposure", 0, "value", "set", 1.25)')
    photo.darktable.until(API + f'return not history.unchanged(dt.database.get_image({photo.id}), "{base}", "{where}")')
    edited = photo.state()
    photo.apply(photo.edit())
    assert users_steps(photo.state())[: len(users_steps(edited))] == users_steps(edited)


def test_an_edit_of_the_users_after_ours_is_not_undone_with_it(photo):
    photo.apply(photo.edit())
    photo.darktable.go("darkroom", photo.id)
    photo.call('dt.gui.action("iop/velvia/strength", 0, "value", "set", 60)')
    photo.call('dt.gui.action("iop/velvia", 0, "enable", "on", 1.0)')
    eventually(lambda: "velvia" in [entry.operation for entry in photo.state().history])
    assert photo.call("local undone, why = history.undo(image); return why") is not None
    assert "velvia" in [entry.operation for entry in photo.state().history]


def test_the_sidecar_beside_the_photo_follows_at_once(photo):
    beside = Path(f"{photo.path}.xmp")
    photo.apply(photo.edit(mask=TOP))
    eventually(lambda: (now := written(beside)) and ours(now))
    photo.undo()
    eventually(lambda: (now := written(beside)) and not ours(now))


def test_undo_works_after_a_restart_of_darktable(photo, shared):
    before = photo.pixels()
    photo.apply(photo.edit())
    photo.darktable.close()
    photo.darktable = shared()
    assert not np.array_equal(photo.pixels(), before)
    photo.undo()
    assert np.array_equal(photo.pixels(), before)
