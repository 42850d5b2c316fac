"""Every control alone, on real renders: nothing at zero, its own direction, more for more, and little else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import effects
import numpy as np
import pytest
from PIL import Image
from promises import BAND_EFFECTS, FINE, ROWS, Row, check, check_band, hues, less, stripe
from scipy.ndimage import rotate as turned

from hostbridge.controls import BANDS, CONTROLS, Edit, Region
from hostbridge.darktable import install, schema
from hostbridge.darktable.compile import compile
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.sidecar import Sidecar

pytestmark = pytest.mark.hosts

SIZE = 360
PHOTOS = {"jpeg": "photos/sklearn_china.jpg", "raw": "raw/RAW_NIKON_D1.NEF"}
FULL_SIZE = {"jpeg": (640, 427), "raw": (2012, 1324)}


@dataclass
class Photo:
    """A photo, its untouched render, and what edits make of it."""

    path: Path
    renderer: object
    host: object
    full: tuple
    exif: int = 1
    size: int = SIZE

    def __post_init__(self):
        before = self.renderer.render(self.path, None, self.size)
        self.before = before.pixels
        self.base = Sidecar.new().adopt_history(Sidecar.parse(before.packet))

    def sidecar(self, *edits):
        settings = compile(edits, self.host, self.base, self.full, self.exif).settings
        return self.base.with_settings(settings, self.host, self.full[0] / self.full[1], self.exif)

    def after(self, *edits):
        return self.renderer.render(self.path, self.sidecar(*edits), self.size).pixels

    def sweep(self, control, amounts, **options):
        """The renders of one control at several amounts, two at a time."""
        with ThreadPoolExecutor(2) as pool:
            edits = [Edit(control=control, amount=amount, options=options) for amount in amounts]
            return list(pool.map(self.after, edits))


@pytest.fixture(scope="module")
def host():
    return schema.load(install.find())


@pytest.fixture(scope="module")
def renderer():
    with open_renderer("library") as found:
        yield found


@pytest.fixture(scope="module")
def photos(data, renderer, host):
    return {kind: Photo(data / name, renderer, host, FULL_SIZE[kind]) for kind, name in PHOTOS.items()}


@pytest.fixture(scope="module")
def large(data, renderer, host):
    """The same photos in the size of a preview, in which fine structure is still there."""
    return {kind: Photo(data / name, renderer, host, FULL_SIZE[kind], size=1000) for kind, name in PHOTOS.items()}


@pytest.fixture(scope="module")
def noisy(data, tmp_path_factory, renderer, host):
    """A photo with noise of 14 levels of 255, at its full size."""
    clean = np.asarray(Image.open(data / PHOTOS["jpeg"])).astype(float)
    path = tmp_path_factory.mktemp("noise") / "noisy.png"
    Image.fromarray((clean + np.random.default_rng(1).normal(0, 14, clean.shape)).clip(0, 255).astype(np.uint8)).save(
        path
    )
    return Photo(path, renderer, host, FULL_SIZE["jpeg"], size=640)


@pytest.mark.parametrize("kind", PHOTOS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.control)
def test_a_control_does_what_it_names_and_little_else(row, kind, photos, large):
    check(row, (large if row.control in FINE else photos)[kind])


def test_noise_goes_and_the_picture_stays(noisy):
    check(Row("denoise", 100, less(effects.noise), 0.5, ((effects.lightness, 0.5), (effects.spread, 4))), noisy)


@pytest.mark.parametrize("kind", PHOTOS)
def test_black_and_white_has_no_colour_left(kind, photos):
    for colour_filter in ("none", "red", "blue"):
        [grey] = photos[kind].sweep("monochrome", [100], filter=colour_filter)
        assert np.ptp(grey, axis=2).max() < 0.01


def test_a_red_filter_darkens_the_blue_sky(photos):
    plain, filtered = (photos["jpeg"].sweep("monochrome", [100], filter=name)[0] for name in ("none", "red"))
    before = photos["jpeg"].before
    blue = (before[..., 2] - before[..., 0] > 0.15) & (before[..., 2] > 0.3)
    assert (filtered - plain)[blue].mean() < -0.02


@pytest.mark.parametrize("kind", PHOTOS)
def test_no_desaturation_is_left_at_full_desaturation(kind, photos):
    [grey] = photos[kind].sweep("saturation", [-100])
    assert np.percentile(np.ptp(grey, axis=2), 99) < 0.03


def test_vibrance_lifts_muted_colours_more_than_strong_ones(photos):
    [vibrant] = photos["jpeg"].sweep("vibrance", [60])
    assert effects.muted_gain(photos["jpeg"].before, vibrant) > 0


# --- bands and greys, on a chart of all hues --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chart(tmp_path_factory, renderer, host):
    """`promises.hues` as a photo."""
    path = tmp_path_factory.mktemp("chart") / "hues.png"
    Image.fromarray((hues() * 255 + 0.5).astype(np.uint8)).save(path)
    return Photo(path, renderer, host, (360, 120))


GREYS = ["saturation", "vibrance", "hue", *(f"{band}.{what}" for band in BANDS for what in ("saturation", "lightness"))]


@pytest.mark.parametrize("control", GREYS)
def test_greys_stay_as_they_are(control, chart):
    for picture in chart.sweep(control, [CONTROLS[control].low / 2, CONTROLS[control].high / 2]):
        old, new = stripe((chart.before, picture), 0.0)
        assert np.abs(new - old).max() < 0.6


@pytest.mark.parametrize("what", BAND_EFFECTS)
@pytest.mark.parametrize("band", BANDS)
def test_a_band_moves_its_own_hues_and_no_others(band, what, chart):
    check_band(band, what, chart)


# --- geometry ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[1, 6], ids=["landscape", "turned by EXIF"])
def scene(request, tmp_path_factory, renderer, host):
    """A bright picture, so that an empty corner shows, with one dark spot to tell the directions by."""
    upright = np.full((400, 600, 3), 190, np.uint8)
    upright[60:110, 90:170] = (200, 60, 60)
    stored = upright if request.param == 1 else np.rot90(upright, 1)
    path = tmp_path_factory.mktemp("scene") / "spot.jpg"
    exif = Image.Exif()
    exif[274] = request.param
    Image.fromarray(np.ascontiguousarray(stored)).save(path, exif=exif, quality=95)
    return Photo(path, renderer, host, (600, 400), request.param)


def spot(picture):
    """Centre of the red spot, shares of width and height."""
    y, x = np.nonzero(picture[..., 0] - picture[..., 1] > 0.25)
    return x.mean() / picture.shape[1], y.mean() / picture.shape[0]


@pytest.mark.parametrize(
    "edits",
    [
        [("rotate", 6)],
        [("rotate", -17)],
        [("rotate", 94)],
        [("perspective", 60)],
        [("perspective", -100)],
        [("perspective", 50, "horizontal")],
        [("rotate", 8), ("perspective", 40), ("perspective", -30, "horizontal")],
    ],
    ids=str,
)
def test_straightening_leaves_no_empty_corner_and_keeps_the_proportions(edits, scene):
    after = scene.after(
        *(Edit(control=name, amount=amount, options={"axis": axis[0]} if axis else {}) for name, amount, *axis in edits)
    )
    assert after.max(axis=2).min() > 0.3
    proportion = max(after.shape[:2]) / min(after.shape[:2])
    assert proportion == pytest.approx(1.5, rel=0.02)


def test_positive_degrees_turn_clockwise(scene):
    after = scene.after(Edit(control="rotate", amount=8))
    clockwise, anticlockwise = (
        spot(turned(scene.before, angle, reshape=False, mode="nearest", order=1)) for angle in (-8, 8)
    )
    # cropping moves everything outwards; the side it went to tells
    assert spot(after)[0] - spot(scene.before)[0] < 0 or spot(after)[1] < spot(scene.before)[1]
    assert np.hypot(*np.subtract(spot(after), clockwise)) < np.hypot(*np.subtract(spot(after), anticlockwise))


def test_quarter_turns_and_mirrors_are_exact(scene):
    for edit, expected in (
        (Edit(control="rotate", amount=90), np.rot90(scene.before, -1)),
        (Edit(control="rotate", amount=-90), np.rot90(scene.before, 1)),
        (Edit(control="rotate", amount=180), np.rot90(scene.before, 2)),
        (Edit(control="flip", amount=1), scene.before[:, ::-1]),
        (Edit(control="flip", amount=1, options={"axis": "vertical"}), scene.before[::-1]),
    ):
        after = scene.after(edit)
        assert after.shape == expected.shape
        assert np.hypot(*np.subtract(spot(after), spot(expected))) < 0.01, edit


def test_perspective_spreads_the_top_of_what_is_displayed(scene):
    # the spot lies near the top left: spreading the top pushes it to the left edge, narrowing pulls it inwards
    spread, narrowed = (scene.after(Edit(control="perspective", amount=amount)) for amount in (40, -40))
    widths = [np.ptp(np.nonzero(p[..., 0] - p[..., 1] > 0.25)[1]) / p.shape[1] for p in (spread, narrowed)]
    assert widths[0] > widths[1]


def test_a_crop_shows_the_middle_and_has_the_aspect(scene):
    after = scene.after(Edit(control="crop", amount=20, options={"aspect": "1:1"}))
    assert after.shape[0] == pytest.approx(after.shape[1], abs=2)
    left = scene.after(Edit(control="crop", amount=0, options={"right": 40.0}))
    assert spot(left)[0] == pytest.approx(spot(scene.before)[0] / 0.6, abs=0.02)


def test_lens_correction_never_stops_a_render(photos):
    for photo in photos.values():
        assert photo.after(Edit(control="lens_correction", amount=100)).shape == photo.before.shape


# --- together ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PHOTOS)
def test_an_edit_of_zero_is_the_untouched_picture(kind, photos):
    photo = photos[kind]
    nothing = [Edit(control=name, amount=0) for name in CONTROLS]
    assert compile(nothing, photo.host, photo.base, photo.full).settings == []
    assert np.abs(photo.after(*nothing) - photo.before).max() < 2e-4


@pytest.mark.parametrize("kind", PHOTOS)
def test_two_edits_of_one_module_in_two_regions_both_land(kind, photos):
    photo = photos[kind]
    both = photo.after(
        Edit(control="exposure", amount=-1.5, region=Region.named("left")),
        Edit(control="exposure", amount=1, region=Region.named("right")),
    )
    fall = effects.rgb2lab(both)[..., 0] - effects.rgb2lab(photo.before)[..., 0]
    width = fall.shape[1] // 6
    assert fall[:, :width].mean() < -8
    assert fall[:, -width:].mean() > 4
