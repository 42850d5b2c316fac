"""A sidecar we wrote shows in darktable what it says: every order of modules, every age of file, every instance."""

import subprocess

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2lab

from hostbridge import HostFailed, MalformedSidecar
from hostbridge.darktable import install, order, packet, schema, style
from hostbridge.darktable.render.cli import CliRenderer
from hostbridge.darktable.settings import OURS, ModuleSettings
from hostbridge.darktable.sidecar import Sidecar

pytestmark = pytest.mark.hosts

SIZE = 240
OLD = {
    "version 1": "pairs/pixls_joao_velvia50_before.xmp",
    "version 1 as bags": "xmp/embedded-in-exports/pixlsus_282104_Irina_SAS_3059_bw.xmp",
    "version 2": "xmp/darktable-source/profiling-shot.xmp",
    "version 3, own order": "xmp/embedded-in-exports/photoprism_10513e_ladybug.xmp",
    "version 4, instances in the legacy order": "xmp/darktable-tests/0034-blending-modes-parametric.xmp",
    "version 5": "xmp/darktable-tests-2026/0018-perspective-corr.xmp",
}


@pytest.fixture(scope="module")
def host():
    return schema.load(install.find())


@pytest.fixture(scope="module")
def renderer():
    with CliRenderer(install.find()) as found:
        yield found


@pytest.fixture(scope="module")
def photo(data):
    return data / "photos/deb_BytheWater.jpg"


@pytest.fixture(scope="module")
def plain(renderer, photo):
    """What darktable makes of the photo by itself, written down."""
    return Sidecar.new().adopt_history(Sidecar.parse(renderer.render(photo, None, SIZE).packet))


def exposure(host, ev, instance=OURS):
    module = host.module("exposure")
    return ModuleSettings("exposure", module.version, module.defaults() | {"exposure": ev}, instance=instance)


def stops(before, after):
    """How much brighter a render is, in EV of the middle tones."""
    one, two = (np.where(p <= 0.04045, p / 12.92, ((p + 0.055) / 1.055) ** 2.4) for p in (before, after))
    middle = (before > 0.1) & (before < 0.4)
    return np.log2(two[middle] / one[middle]).mean()


def in_order(sidecar, version, listed=None):
    """The sidecar in another order of modules."""
    root = packet.parse(sidecar.to_bytes(), "a copy")
    packet.drop(root, "iop_order_list")
    packet.set(root, "iop_order_version", str(version))
    if listed:
        packet.set(root, "iop_order_list", order.to_text(listed))
    return Sidecar(root, "a copy")


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 5])
def test_a_second_instance_acts_in_every_order(renderer, host, photo, plain, version):
    if version and version not in host.orders:
        pytest.skip(f"darktable {host.version} has no order {version}")
    listed = None if version else order.with_instances(host.orders[3], [("exposure", 1)])
    users = in_order(plain.with_settings([exposure(host, 0.5, "mine")], host, 1.5), version, listed)
    edited = users.with_settings([exposure(host, 0.5), exposure(host, 0.3)], host, 1.5)
    before, after = renderer.render(photo, users, SIZE), renderer.render(photo, edited, SIZE)
    gained = stops(before.pixels, after.pixels)
    # before the input profile, values have a transfer curve: the orders for raws and the legacy one brighten more
    assert gained == pytest.approx(0.8, abs=0.02) if version in {0, 3, 5} else gained > 0.8
    seen = [(e.instance, e.priority) for e in Sidecar.parse(after.packet).history if e.operation == "exposure"]
    assert seen[-3:] == [("mine", 0), (OURS, 1), (OURS, 2)]


def test_ours_can_be_taken_out_of_what_darktable_wrote(renderer, host, photo, plain):
    before = renderer.render(photo, plain, SIZE)
    after = renderer.render(photo, plain.with_settings([exposure(host, 1.0)], host, 1.5), SIZE)
    rewritten = Sidecar.parse(after.packet)
    assert np.array_equal(renderer.render(photo, rewritten, SIZE).pixels, after.pixels)
    assert np.array_equal(renderer.render(photo, rewritten.without_ours(), SIZE).pixels, before.pixels)


@pytest.mark.parametrize("file", OLD.values(), ids=OLD.keys())
def test_an_old_sidecar_keeps_its_picture_and_takes_an_edit(renderer, host, photo, data, file):
    users = Sidecar.read(data / file)
    before = renderer.render(photo, users, SIZE)
    # without history_end, which other programs drop, darktable takes today's order of modules for an old file
    if packet.get(users._root, "history_end"):
        same = renderer.render(photo, users.with_settings([], host, 1.5), SIZE)
        assert np.abs(rgb2lab(same.pixels) - rgb2lab(before.pixels)).mean() < 0.1
    darker = renderer.render(photo, users.with_settings([exposure(host, -1.5)], host, 1.5), SIZE)
    assert rgb2lab(darker.pixels)[..., 0].mean() < rgb2lab(before.pixels)[..., 0].mean() - 3


def test_a_module_that_exists_once_is_changed_and_given_back(renderer, host, photo, plain):
    module = host.module("crop")
    half = ModuleSettings("crop", module.version, module.defaults() | {"cx": 0.0, "cy": 0.0, "cw": 0.5, "ch": 1.0})
    quarter = ModuleSettings("crop", module.version, half.params | {"ch": 0.5}, instance=OURS)
    users = plain.with_settings([ModuleSettings(half.operation, half.version, half.params, "mine")], host, 1.5)
    edited = users.with_settings([quarter], host, 1.5)
    wide, small = renderer.render(photo, users, SIZE), renderer.render(photo, edited, SIZE)
    assert wide.pixels.shape[0] / wide.pixels.shape[1] == pytest.approx(
        2 * small.pixels.shape[0] / small.pixels.shape[1], rel=0.03
    )
    given_back = renderer.render(photo, Sidecar.parse(small.packet).without_ours(), SIZE)
    assert np.array_equal(given_back.pixels, wide.pixels)


def test_darktable_does_not_read_a_newer_version_than_we_say(renderer, host, photo, plain):
    root = packet.parse(plain.with_settings([exposure(host, 1.0)], host, 1.5).to_bytes(), "a copy")
    packet.set(root, "xmp_version", "6")
    with pytest.raises((HostFailed, MalformedSidecar)):
        renderer.render(photo, Sidecar(root, "newer"), SIZE)


def test_darktable_imports_our_style(host, photo, tmp_path):
    style.write(tmp_path / "ours.dtstyle", "ours", "a test", [exposure(host, 1.0)], host)
    darktable = install.find()

    def export(name, *options):
        out = tmp_path / name
        core = ["--core", "--configdir", tmp_path / "config", "--cachedir", tmp_path / "cache", "--disable-opencl"]
        lua = f'require("darktable").styles.import("{tmp_path / "ours.dtstyle"}")'
        size = ("--width", str(SIZE), "--height", str(SIZE))
        command = [darktable.cli, photo, out, *size, *options, *core, "--conf", "write_sidecar_files=never"]
        subprocess.run([*command, "--luacmd", lua], check=True, capture_output=True, timeout=120)
        return np.asarray(Image.open(out).convert("RGB")) / 255

    plain = export("plain.png")
    assert stops(plain, export("styled.png", "--style", "ours")) > 0.9
