"""Both renderers must show what darktable shows, for every kind of photo, and never touch the photo's folder."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from skimage.color import deltaE_ciede2000, rgb2lab

from hostbridge import HostFailed, MalformedSidecar, UnreadableImage
from hostbridge.controls import Ellipse, Gradient
from hostbridge.darktable import install, schema
from hostbridge.darktable.render.cli import CliRenderer
from hostbridge.darktable.render.library import LibraryRenderer
from hostbridge.darktable.settings import Mask, ModuleSettings
from hostbridge.darktable.sidecar import Sidecar

pytestmark = pytest.mark.hosts

SIZE = 384
RAWS = [
    "RAW_NIKON_D1.NEF",
    "RAW_CANON_G2.CRW",
    "GOPRO_HERO6_GOPR0024.GPR",
    "derived_blackmagic_crop.dng",
    "derived_kodak_dc50.dng",
]
UNREADABLE = [
    "Blackmagic_PCC4K.dng",
    "RAW_KODAK_DC50.KDC",
    "truncated/trunc_jolstravatnet.pef",
    "truncated/trunc_sample.arw",
    "truncated/trunc_sample.cr2",
    "truncated/trunc_sample.dng",
    "truncated/trunc_sample.nef",
]


@pytest.fixture(scope="module")
def darktable():
    return install.find()


@pytest.fixture(scope="module")
def modules(darktable):
    return schema.load(darktable)


@pytest.fixture(scope="module")
def library(darktable):
    with LibraryRenderer(darktable) as renderer:
        yield renderer


@pytest.fixture(scope="module")
def cli(darktable):
    with CliRenderer(darktable) as renderer:
        yield renderer


@pytest.fixture(params=["library", "cli"])
def renderer(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def photo(data, tmp_path):
    return Path(shutil.copy(data / "photos" / "sklearn_china.jpg", tmp_path / "photo.jpg"))


def difference(one, other):
    """Mean ΔE00 of two renders."""
    assert one.pixels.shape == other.pixels.shape
    return deltaE_ciede2000(rgb2lab(one.pixels), rgb2lab(other.pixels)).mean()


def settings(modules, operation, mask=None, **values):
    module = modules.module(operation)
    return ModuleSettings(operation, module.version, module.defaults() | values, mask=mask)


def edited(render, modules):
    """The history of a render with a second exposure in a gradient, a third in an ellipse, and two global modules."""
    height, width = render.pixels.shape[:2]
    sky = Mask(shape=Gradient(x=0.5, y=0.4, direction=90, softness=0.3))
    middle = Mask(shape=Ellipse(x=0.5, y=0.6, radius_x=0.3, radius_y=0.2), hues=(60.0, 60.0))
    added = [
        settings(modules, "exposure", sky, exposure=-1.5),
        settings(modules, "exposure", middle, exposure=1.0),
        settings(modules, "colorbalancergb", saturation_global=0.4),
        settings(modules, "vignette", scale=60.0),
    ]
    return Sidecar.parse(render.packet).with_settings(added, modules, width / height)


def check_agreement(image, library, cli, modules):
    base, reference = library.render(image, None, SIZE), cli.render(image, None, SIZE)
    assert (base.renderer, reference.renderer) == ("library", "cli")
    assert difference(base, reference) < 0.1
    assert steps(base.packet) == steps(reference.packet)
    edit = edited(base, modules)
    after, reference = library.render(image, edit, SIZE), cli.render(image, edit, SIZE)
    assert after.renderer == "library"
    assert difference(after, base) > 2
    assert difference(after, reference) < 0.1


def steps(packet):
    return [(step.operation, step.version, step.enabled, step.params) for step in Sidecar.parse(packet).history]


@pytest.mark.parametrize("name", RAWS)
def test_both_renderers_agree_on_a_raw_file(name, data, library, cli, modules):
    check_agreement(data / "raw" / name, library, cli, modules)


def jpeg(photo):
    return photo


def turned_jpeg(photo):
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.open(photo).save(photo, exif=turned)
    return photo


def wide_gamut_jpeg(photo):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    # sRGB's primaries turned around: a profile that shows wherever it is forgotten.
    swapped = bytearray(profile.tobytes())
    swapped = bytes(swapped).replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")
    Image.open(photo).save(photo, icc_profile=swapped.replace(b"sRGB", b"odd!"))
    return photo


def grey_jpeg(photo):
    Image.open(photo).convert("L").save(photo)
    return photo


def tiff_16_bit(photo):
    pixels = np.asarray(Image.open(photo)).astype(np.uint16) * 257
    tifffile.imwrite(photo.with_suffix(".tif"), pixels, photometric="rgb")
    return photo.with_suffix(".tif")


def png(photo):
    Image.open(photo).save(photo.with_suffix(".png"))
    return photo.with_suffix(".png")


@pytest.mark.parametrize("make", [jpeg, turned_jpeg, wide_gamut_jpeg, grey_jpeg, tiff_16_bit, png])
def test_both_renderers_agree_on_a_finished_photo(make, photo, library, cli, modules):
    check_agreement(make(photo), library, cli, modules)


def test_both_renderers_agree_on_a_16_bit_png(data, library, cli, modules):
    check_agreement(data / "photos" / "libjxl_hdr_room.png", library, cli, modules)


def test_a_turned_photo_is_shown_upright(photo, renderer):
    height, width = renderer.render(turned_jpeg(photo), None, SIZE).pixels.shape[:2]
    assert height == SIZE
    assert width == pytest.approx(256, abs=1)


def test_the_size_is_the_long_side_and_small_photos_are_not_blown_up(photo, renderer):
    assert renderer.render(photo, None, 100).pixels.shape[:2] == (pytest.approx(67, abs=1), 100)
    assert renderer.render(photo, None, 5000).pixels.shape == (427, 640, 3)
    assert renderer.render(photo, None, 0).pixels.shape == (427, 640, 3)


def test_one_edit_does_not_show_in_the_next(photo, data, library, cli, modules):
    base = cli.render(photo, None, SIZE)
    edit, raw = edited(base, modules), data / "raw" / "RAW_NIKON_D1.NEF"
    expected = cli.render(photo, edit, SIZE)
    library.render(raw, None, SIZE)
    for settings_, picture in [(None, base), (edit, expected), (None, base), (edit, expected)]:
        render = library.render(photo, settings_, SIZE)
        assert difference(render, picture) < 0.1
        library.render(raw, Sidecar.parse(library.render(raw, None, SIZE).packet), SIZE)


def test_the_users_own_sidecar_counts_also_after_it_changed(photo, renderer, modules):
    plain = renderer.render(photo, None, SIZE)
    beside = photo.with_name("photo.jpg.xmp")
    for ev in (2.0, -2.0):
        brighter = Sidecar.parse(plain.packet).with_settings([settings(modules, "exposure", exposure=ev)], modules, 1.5)
        beside.write_bytes(brighter.to_bytes())
        change = renderer.render(photo, None, SIZE).pixels.mean() - plain.pixels.mean()
        assert np.sign(change) == np.sign(ev)
    beside.unlink()
    assert difference(renderer.render(photo, None, SIZE), plain) < 0.1


def test_a_photo_exported_again_under_its_name_is_read_again(photo, renderer):
    renderer.render(photo, None, SIZE)
    Image.new("RGB", (640, 427), "white").save(photo)
    assert renderer.render(photo, None, SIZE).pixels.min() > 0.9


def test_nothing_appears_beside_the_photo(photo, renderer, modules):
    before = photo.read_bytes(), photo.stat().st_mtime_ns
    renderer.render(photo, edited(renderer.render(photo, None, SIZE), modules), SIZE)
    assert [file.name for file in photo.parent.iterdir()] == ["photo.jpg"]
    assert (photo.read_bytes(), photo.stat().st_mtime_ns) == before


def test_names_with_spaces_accents_and_dollars_are_just_names(photo, renderer):
    odd = photo.rename(photo.with_name("Été à l'île $(FILE_NAME) #1.JPG"))
    assert renderer.render(odd, None, 100).pixels.shape[1] == 100


def test_the_users_own_darktablerc_changes_nothing(photo, darktable, tmp_path, monkeypatch, data):
    (tmp_path / "home" / "darktable").mkdir(parents=True)
    (tmp_path / "home" / "darktable" / "darktablerc").write_text("plugins/darkroom/workflow=none\n")
    raw = data / "raw" / "RAW_NIKON_D1.NEF"
    for kind in (LibraryRenderer, CliRenderer):
        with kind(darktable) as renderer:
            plain = renderer.render(raw, None, SIZE)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
        with kind(darktable) as renderer:
            assert steps(renderer.render(raw, None, SIZE).packet) == steps(plain.packet)


def test_a_raw_gets_the_version_s_own_tone_mapper(data, renderer, darktable):
    expected = "filmicrgb" if darktable.version.startswith("4") else "sigmoid"
    names = {
        name for name, _, enabled, _ in steps(renderer.render(data / "raw" / RAWS[0], None, SIZE).packet) if enabled
    }
    assert expected in names


def test_another_output_profile_in_the_history_still_gives_srgb(photo, library, cli, modules):
    base = library.render(photo, None, SIZE)
    wide = settings(modules, "colorout", type="DT_COLORSPACE_ADOBERGB")
    edit = Sidecar.parse(base.packet).with_settings(
        [ModuleSettings(wide.operation, wide.version, wide.params, singleton=True)], modules, 1.5
    )
    assert difference(library.render(photo, edit, SIZE), base) < 0.5
    assert difference(cli.render(photo, edit, SIZE), base) < 0.5


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_raw_that_does_not_open_is_named(name, data, renderer):
    with pytest.raises(UnreadableImage, match=Path(name).name):
        renderer.render(data / "raw" / name, None, SIZE)


def test_text_is_not_an_image_whatever_its_name(tmp_path, renderer):
    for name in ("diary.txt", "diary.jpg", "diary.nef"):
        file = tmp_path / name
        file.write_text("Dear diary, today I took no photo. " * 100)
        with pytest.raises(UnreadableImage, match="not an image"):
            renderer.render(file, None, SIZE)


def test_settings_of_a_newer_module_are_not_taken_for_applied(photo, renderer, modules):
    base = renderer.render(photo, None, SIZE)
    edit = Sidecar.parse(base.packet).with_settings([settings(modules, "exposure", exposure=1.0)], modules, 1.5)
    version = modules.module("exposure").version
    for number in (version + 1, version + 20):
        newer = edit.to_bytes().replace(f'modversion="{version}"'.encode(), f'modversion="{number}"'.encode())
        assert newer != edit.to_bytes()
        with pytest.raises(HostFailed, match="exposure"):
            renderer.render(photo, Sidecar.parse(newer), SIZE)


def test_a_module_of_another_darktable_is_not_taken_for_applied(photo, renderer, modules):
    base = renderer.render(photo, None, SIZE)
    edit = Sidecar.parse(base.packet).with_settings([settings(modules, "exposure", exposure=1.0)], modules, 1.5)
    foreign = Sidecar.parse(edit.to_bytes().replace(b'operation="exposure"', b'operation="dreamlight"'))
    with pytest.raises(HostFailed, match="dreamlight"):
        renderer.render(photo, foreign, SIZE)


def test_a_sidecar_of_a_later_darktable_is_refused_not_ignored(photo, renderer):
    packet = renderer.render(photo, None, SIZE).packet
    later = Sidecar.parse(packet.replace(b'xmp_version="5"', b'xmp_version="6"'))
    with pytest.raises(MalformedSidecar):
        renderer.render(photo, later, SIZE)
