"""An edit of a region changes that region of the displayed picture and (almost) nothing else, on real renders."""

import numpy as np
import pytest
from PIL import Image

from hostbridge.controls import PLACES, TONES, Ellipse, Gradient, Outline, Region
from hostbridge.darktable import install, schema
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.settings import Mask, ModuleSettings
from hostbridge.darktable.sidecar import Sidecar
from hostbridge.weights import weights

pytestmark = pytest.mark.hosts

SIZE = 300
EV = -2.0  # darker, so that nothing clips and the share of it that landed can be read off every pixel

TILTED = Region(shape=Gradient(x=0.6, y=0.4, direction=30, softness=0.2))
OVAL = Region(shape=Ellipse(x=0.3, y=0.3, radius_x=0.25, radius_y=0.12, rotation=30, feather=0.4))
BOTH = Region(shape=PLACES["top"], tones=TONES["midtones"])

BLOB = tuple(
    (0.35 + 0.25 * np.cos(t), 0.5 + (0.35 + 0.05 * np.sin(3 * t)) * np.sin(t)) for t in np.arange(0, 6.28, 0.2)
)
RING = tuple((0.35 + 0.08 * np.cos(t), 0.5 + 0.12 * np.sin(t)) for t in np.arange(0, 6.28, 0.5))
CORNER = ((0.75, 0.0), (1.0, 0.0), (1.0, 0.6), (0.85, 0.55), (0.8, 0.3))
FOUND = Region(shape=Outline(rings=(BLOB, CORNER), holes=(RING,), feather=0.03))
FOUND_TONES = FOUND.model_copy(update={"tones": TONES["midtones"]})
NOT_FOUND = FOUND_TONES.model_copy(update={"inverted": True})


@pytest.fixture(scope="module")
def host():
    return schema.load(install.find())


@pytest.fixture(scope="module")
def renderer():
    with open_renderer("library") as found:
        yield found


def darker(host, mask=None, operation="exposure"):
    module = host.module(operation)
    return ModuleSettings(operation, module.version, module.defaults() | {"exposure": EV}, mask=mask)


def linear(pixels):
    return np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4).sum(axis=2)


def landed(renderer, host, image, region, base=None, orientation=1, size=None):
    """Where ``EV`` landed (0…1 per pixel) and where it should have, over pixels bright enough to tell."""
    before = renderer.render(image, base, SIZE)
    base = base or Sidecar.new().adopt_history(Sidecar.parse(before.packet))
    height, width = before.pixels.shape[:2]
    mask = Mask.of(region, size or ((width, height) if image.suffix == ".NEF" else Image.open(image).size))
    edited = base.with_settings([darker(host, mask)], host, width / height, orientation)
    after = renderer.render(image, edited, SIZE)
    old, new = linear(before.pixels), linear(after.pixels)
    bright = old > 0.02
    share = (1 - new[bright] / old[bright]) / (1 - 2**EV)
    return share, weights(region, before.pixels)[bright]


def overlap(share, wanted):
    """Intersection over union of where more than half landed and where it should."""
    there, meant = share > 0.5, wanted > 0.5
    return (there & meant).sum() / (there | meant).sum()


def agree(share, wanted, tolerance):
    assert np.abs(share - wanted).mean() < tolerance
    outside, inside = share[wanted == 0], share[wanted == 1]
    assert not outside.size or outside.mean() < 0.03
    assert not inside.size or inside.mean() > 0.95


@pytest.mark.parametrize("name", ["blacks", "shadows", "midtones", "highlights", "whites", "not shadows"])
def test_a_tonal_range_is_the_one_of_the_displayed_picture(renderer, host, data, name):
    agree(*landed(renderer, host, data / "photos/deb_BytheWater.jpg", Region.named(name)), 0.03)


@pytest.mark.parametrize(
    ("photo", "name"),
    [("deb_FallenLeaf", "red"), ("deb_FallenLeaf", "yellow"), ("deb_Garden", "green"), ("deb_BytheWater", "aqua")],
)
def test_a_colour_range_takes_its_colour_and_leaves_greys(renderer, host, data, photo, name):
    share, wanted = landed(renderer, host, data / f"photos/{photo}.jpg", Region.named(name))
    assert np.abs(share - wanted).mean() < 0.07
    assert share[wanted == 0].mean() < 0.03 if (wanted == 0).any() else True
    assert share[wanted == 1].mean() > 0.85


@pytest.mark.parametrize("region", [TILTED, OVAL, BOTH, Region.named("edges"), Region.named("left")])
def test_a_drawn_shape_lies_where_it_was_put(renderer, host, data, region):
    agree(*landed(renderer, host, data / "photos/deb_BytheWater.jpg", region), 0.05)


UNTURNED = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
"""EXIF orientation → what undoes it, as Pillow's ``Transpose``."""


def painted(path, orientation=1, box=(0, 0, 600, 400)):
    """A picture of a lighter thing that has the outline of ``FOUND`` within ``box``: what is found has edges."""
    left, top, right, bottom = box
    canvas = np.full((400, 600), 80.0)
    thing = weights(FOUND, np.zeros((bottom - top, right - left, 3), np.float32))
    canvas[top:bottom, left:right] += 60 * (thing > 0.5)
    canvas += np.random.default_rng(1).normal(0, 2, canvas.shape)
    image = Image.fromarray(canvas.clip(0, 255).astype(np.uint8)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    if orientation in UNTURNED:
        image = image.transpose(Image.Transpose(UNTURNED[orientation]))
    image.save(path, exif=exif, quality=95)
    return path


@pytest.mark.parametrize("region", [FOUND, FOUND_TONES, NOT_FOUND], ids=["outline", "and tones", "not both"])
def test_what_was_found_is_what_changes(renderer, host, tmp_path, region):
    share, wanted = landed(renderer, host, painted(tmp_path / "thing.jpg"), region)
    assert np.abs(share - wanted).mean() < 0.05
    assert overlap(share, wanted) > 0.9


@pytest.mark.parametrize("orientation", [3, 5, 6])
def test_what_was_found_in_a_photo_held_upright_is_what_changes(renderer, host, tmp_path, orientation):
    image = painted(tmp_path / "turned.jpg", orientation)
    assert overlap(*landed(renderer, host, image, FOUND, orientation=orientation)) > 0.9


@pytest.mark.parametrize("orientation", [2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("region", [TILTED, OVAL], ids=["gradient", "ellipse"])
def test_a_photo_held_upright_has_its_shapes_where_they_are_seen(renderer, host, data, tmp_path, orientation, region):
    image = tmp_path / f"turned{orientation}.jpg"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.open(data / "photos/deb_BytheWater.jpg").resize((600, 380)).save(image, exif=exif, quality=95)
    agree(*landed(renderer, host, image, region, orientation=orientation), 0.05)


def cropped(renderer, host, image):
    """The photo's history with a crop of the user's own."""
    plain = Sidecar.new().adopt_history(Sidecar.parse(renderer.render(image, None, SIZE).packet))
    crop = host.module("crop")
    params = crop.defaults() | {"cx": 0.2, "cy": 0.1, "cw": 0.9, "ch": 0.7}
    users = ModuleSettings("crop", crop.version, params, instance="")
    return plain.with_settings([users], host, 1.5)


def test_a_cropped_photo_has_its_shapes_where_they_are_seen(renderer, host, data, tmp_path):
    image = data / "photos/deb_BytheWater.jpg"
    base = cropped(renderer, host, image)
    agree(*landed(renderer, host, image, TILTED, base=base), 0.05)
    agree(*landed(renderer, host, image, OVAL, base=base), 0.05)
    image = painted(tmp_path / "thing.jpg", box=(120, 40, 540, 280))
    base = cropped(renderer, host, image)
    assert overlap(*landed(renderer, host, image, FOUND, base=base, size=(420, 240))) > 0.9


def test_a_raw_has_its_shapes_where_they_are_seen(renderer, host, data):
    # the edit comes before the tone mapper: what can be compared is where it acts, not how much
    share, wanted = landed(renderer, host, data / "raw/RAW_NIKON_D1.NEF", TILTED)
    assert share[wanted == 0].mean() < 0.03
    assert np.corrcoef(share, wanted)[0, 1] > 0.95


def test_a_region_works_in_modules_that_blend_in_lab(renderer, host, data):
    image = data / "photos/deb_BytheWater.jpg"
    before = renderer.render(image, None, SIZE)
    base = Sidecar.new().adopt_history(Sidecar.parse(before.packet))
    module = host.module("monochrome")
    region = Region(tones=TONES["highlights"], hues=(65.0, 40.0))
    grey = ModuleSettings(
        "monochrome", module.version, module.defaults() | {"size": 10.0}, mask=Mask.of(region, (600, 400))
    )
    after = renderer.render(image, base.with_settings([grey], host, 1.5), SIZE)
    wanted = weights(region, before.pixels)
    colour = [np.ptp(pixels, axis=2) for pixels in (before.pixels, after.pixels)]
    assert np.abs(after.pixels - before.pixels)[wanted == 0].mean() < 0.005
    assert colour[1][wanted == 1].mean() < 0.1 * colour[0][wanted == 1].mean()
