"""Every control alone in the real GIMP, rendered by the plug-in itself: the same promises as in darktable."""

import dataclasses
from pathlib import Path

import effects
import numpy as np
import pytest
from PIL import Image
from promises import BAND_EFFECTS, FINE, ROWS, Row, check, check_band, hues, less, stripe

from hostbridge.controls import BANDS, CONTROLS, HUES, Edit, Outline, Region
from hostbridge.gegl.compile import compile
from hostbridge.gegl.operations import Operations
from hostbridge.weights import weights
from retouchiq.agent.offline import OfflineAgent
from retouchiq.bench.pairs import psnr
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Finished, Observe, Session

pytestmark = pytest.mark.hosts

SIZE = (300, 200)
LARGE = (450, 300)  # in which fine structure is still there
RENDERING = Path(__file__).with_name("gimp_rendering.py").read_text()


@dataclasses.dataclass
class Photo:
    """A picture, and what GIMP makes of it."""

    gimp: object
    operations: Operations
    before: np.ndarray

    def compiled(self, *edits):
        height, width = self.before.shape[:2]
        return compile(edits, self.operations, self.before, (width, height))

    def after(self, *edits, **kind):
        return self.rendered([made.to_json() for made in self.compiled(*edits).filters], **kind)

    def rendered(self, chosen, **kind):
        """``before`` with filters: (height, width, 3); 4 where it has an alpha channel itself."""
        source, target = self.gimp.home / "before.floats", self.gimp.home / "after.floats"
        self.before.astype(np.float32).tofile(source)
        height, width, channels = self.before.shape
        size = self.gimp.run(
            "answer = render(source, target, width, height, chosen, **kind)",
            source=str(source),
            target=str(target),
            width=width,
            height=height,
            chosen=chosen,
            kind=kind | {"alpha": channels == 4},
        )
        return np.fromfile(target, np.float32).reshape(*size, channels).clip(0, 1)

    def sweep(self, control, amounts, **options):
        return [self.after(Edit(control=control, amount=amount, options=options)) for amount in amounts]


@pytest.fixture(scope="module")
def operations(gimp):
    """The operations of the running GIMP, as the plug-in posts them."""
    gimp.run("import sys\nsys.path.insert(0, plugin)", plugin=str(gimp.home / "gimp" / "plug-ins" / "retouchiq"))
    gimp.run(RENDERING)
    return Operations.parse(gimp.run("answer = listed()"), "GIMP")


@pytest.fixture(scope="module")
def picture(gimp, operations):
    """A function from pixels (height, width, 3), 0…1, to a `Photo`."""
    return lambda pixels: Photo(gimp, operations, np.asarray(pixels, np.float32))


@pytest.fixture(scope="module")
def china(data):
    return Image.open(data / "photos" / "sklearn_china.jpg")


@pytest.fixture(scope="module")
def photo(china, picture):
    return picture(np.asarray(china.resize(SIZE, Image.Resampling.LANCZOS)) / 255)


@pytest.fixture(scope="module")
def large(china, picture):
    return picture(np.asarray(china.resize(LARGE, Image.Resampling.LANCZOS)) / 255)


@pytest.fixture(scope="module")
def chart(picture):
    return picture(hues())


KEEPS = {
    # what differs from darktable: clipped channels turn the hue of bright skies, and what is blurred in linear light
    # gets a little lighter
    "contrast": ((effects.midtones, 3), (effects.turn, 4)),
    "highlights": ((effects.shadows, 1), (effects.turn, 5)),
    "whites": ((effects.shadows, 0.5), (effects.turn, 5)),
    "sharpness": ((effects.lightness, 2.5), (effects.turn, 3)),
    "clarity": ((effects.lightness, 2.5), (effects.turn, 2)),
    "texture": ((effects.lightness, 2), (effects.turn, 2)),
    "shadows_color": ((effects.lightness, 2),),
    "glow": ((effects.lightness, 6), (effects.turn, 5)),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.control)
def test_a_control_does_what_it_names_and_little_else(row, photo, large):
    row = dataclasses.replace(row, keeps=KEEPS.get(row.control, row.keeps))
    check(row, large if row.control in FINE else photo)


def test_noise_goes_and_the_picture_stays(large):
    noise = np.random.default_rng(1).normal(0, 14 / 255, large.before.shape)
    noisy = dataclasses.replace(large, before=(large.before + noise).clip(0, 1).astype(np.float32))
    check(Row("denoise", 100, less(effects.noise), 0.5, ((effects.lightness, 0.5), (effects.spread, 4))), noisy)


@pytest.mark.parametrize("what", BAND_EFFECTS)
@pytest.mark.parametrize("band", BANDS)
def test_a_band_moves_its_own_hues_and_no_others(band, what, chart):
    check_band(band, what, chart)


GREYS = ["saturation", "vibrance", "hue", *(f"{band}.lightness" for band in BANDS)]


def test_greys_stay_as_they_are(chart):
    for control in GREYS:
        [picture] = chart.sweep(control, [CONTROLS[control].high / 2])
        old, new = stripe((chart.before, picture), 0.0)
        assert np.abs(new - old).max() < 0.6, control


def test_black_and_white_has_no_colour_left_and_a_red_filter_darkens_the_sky(photo):
    plain, red = (photo.sweep("monochrome", [100], filter=name)[0] for name in ("none", "red"))
    assert max(np.ptp(grey, axis=2).max() for grey in (plain, red)) < 0.01
    blue = (photo.before[..., 2] - photo.before[..., 0] > 0.15) & (photo.before[..., 2] > 0.3)
    assert (red - plain)[blue].mean() < -0.02


def test_an_edit_of_zero_is_no_filter_and_the_untouched_picture(photo):
    nothing = [Edit(control=name, amount=0) for name in CONTROLS]
    compiled = photo.compiled(*nothing)
    assert compiled.filters == []
    assert compiled.notes == []
    assert np.array_equal(photo.after(*nothing), photo.before)


def test_a_finished_version_is_met_with_what_gimp_has(photo):
    finished = (np.clip(photo.before * 1.25, 0, 1) ** 0.9 * [1.0, 0.96, 0.82]).astype(np.float32)
    session = Session(OfflineAgent(), MeasuredReward(), reference=finished)
    step = session.instruct("")
    while not isinstance(step, Finished):
        step = session.rendered(photo.before if isinstance(step, Observe) else photo.after(*step.plan.edits))
    assert step.outcome.applied
    assert psnr(step.outcome.after, finished) > psnr(photo.before, finished) + 4


TOGETHER = [
    Edit(control="exposure", amount=0.4),
    Edit(control="shadows", amount=40),
    Edit(control="blue.saturation", amount=60),
    Edit(control="contrast", amount=40),
    Edit(control="midtones_color", amount=40, options={"hue": 60}),
    Edit(control="clarity", amount=40),
    Edit(control="saturation", amount=-60, region=Region.named("top")),
]


@pytest.mark.parametrize(
    "precision",
    ["u8-non-linear", "u16-non-linear", "u16-linear", "half-non-linear", "float-linear", "float-perceptual"],
)
def test_edits_look_the_same_in_every_precision(precision, photo):
    reference = photo.after(*TOGETHER)
    assert effects.difference(photo.before, reference) > 4
    assert effects.difference(reference, photo.after(*TOGETHER, precision=precision)) < 0.5


def test_a_grey_image_takes_the_same_filters(photo):
    [grey] = photo.sweep("monochrome", [100])
    grey_photo = dataclasses.replace(photo, before=grey)
    wanted = {"exposure": 1, "shadows": 50, "clarity": -50, "contrast": 30, "texture": 30}
    edits = [Edit(control=control, amount=amount) for control, amount in wanted.items()]
    after = grey_photo.after(*edits, grey=True)
    assert effects.difference(grey_photo.after(*edits), after) < 0.5
    assert effects.lightness(grey, after) > 8


def test_what_is_transparent_stays_transparent(photo):
    alpha = np.ones(photo.before.shape[:2], np.float32)
    alpha[:, :60], alpha[:, 60:120] = 0, 0.5
    cut_out = dataclasses.replace(photo, before=np.dstack([photo.before, alpha]))
    more = ("temperature", "highlights", "fade", "sharpness", "vignette", "glow", "grain")
    softer = [Edit(control="clarity", amount=-80), Edit(control="texture", amount=-50)]
    made = photo.compiled(*TOGETHER, *softer, *(Edit(control=control, amount=50) for control in more))
    after = cut_out.rendered([one.to_json() for one in made.filters])
    assert np.abs(after[..., 3] - alpha).max() < 0.002
    assert effects.difference(photo.before[:, 60:], after[:, 60:, :3]) > 4


def test_two_edits_of_one_kind_in_two_regions_both_land_and_stay_there(photo):
    both = photo.after(
        Edit(control="exposure", amount=-1.5, region=Region.named("left")),
        Edit(control="exposure", amount=1, region=Region.named("right")),
    )
    change = effects.rgb2lab(both)[..., 0] - effects.rgb2lab(photo.before)[..., 0]
    assert change[:, :50].mean() < -8
    assert change[:, -50:].mean() > 4
    outside = photo.after(Edit(control="exposure", amount=-2, region=Region.named("not highlights")))
    bright = effects.rgb2lab(photo.before)[..., 0] > 76
    assert np.abs(outside - photo.before)[bright].max() < 0.01


def test_what_was_found_is_what_changes(photo):
    blob = tuple((0.4 + 0.25 * np.cos(t), 0.5 + 0.35 * np.sin(t)) for t in np.arange(0, 6.28, 0.3))
    hole = ((0.35, 0.4), (0.45, 0.4), (0.45, 0.6), (0.35, 0.6))
    corner = ((0.8, 0.0), (1.0, 0.0), (1.0, 0.6), (0.85, 0.5))
    region = Region(shape=Outline(rings=(blob, corner), holes=(hole,), feather=0.03))
    after = photo.after(Edit(control="exposure", amount=-2, region=region))
    wanted = weights(region, photo.before)
    bright = photo.before.min(axis=2) > 0.1
    share = np.clip(1 - after / np.maximum(photo.before, 0.01), 0, 1).mean(axis=2)
    share, wanted = share[bright] / share[bright & (wanted == 1)].mean(), wanted[bright]
    share = np.clip(share, 0, 1)
    assert np.minimum(share, wanted).sum() / np.maximum(share, wanted).sum() > 0.85
    assert share[wanted == 0].max() < 0.02


def test_a_colour_range_changes_that_colour_only(chart):
    after = chart.after(Edit(control="exposure", amount=1, region=Region.named("blue")))
    old, new = stripe((chart.before, after), 30.0)
    away = np.abs((np.arange(360) - HUES["blue"] + 180) % 360 - 180)
    assert (new - old)[away < 10][:, 0].mean() > 10
    assert np.abs((new - old)[away > 60]).max() < 0.6


# --- geometry ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scene(picture):
    """A bright picture, so that an empty corner shows, with one dark spot to tell the directions by."""
    upright = np.full((200, 300, 3), 190 / 255, np.float32)
    upright[30:55, 45:85] = (200 / 255, 60 / 255, 60 / 255)
    return picture(upright)


SHAPES = [
    [("rotate", 6)],
    [("rotate", -17)],
    [("rotate", 94)],
    [("rotate", 90)],
    [("flip", 1)],
    [("flip", 1, "vertical")],
    [("perspective", 60)],
    [("perspective", -50)],
    [("perspective", 50, "horizontal")],
    [("rotate", 8), ("perspective", 40), ("perspective", -30, "horizontal"), ("crop", 20)],
]


@pytest.mark.parametrize("told", SHAPES, ids=str)
def test_gimp_makes_the_shape_that_masks_are_made_for(told, scene):
    edits = [
        Edit(control=name, amount=amount, options={"axis": axis[0]} if axis else {}) for name, amount, *axis in told
    ]
    after = scene.after(*edits)
    assert after.min(axis=2).min() > 0.15, "no empty corner"
    masked = scene.compiled(*edits, Edit(control="exposure", amount=-1, region=Region(name="red", hues=(30.0, 40.0))))
    mask = masked.filters[-1].mask
    assert np.abs(np.subtract(mask.shape, after.shape[:2])).max() <= 1
    height, width = (min(sides) for sides in zip(mask.shape, after.shape[:2], strict=True))
    red = after[..., 0] - after[..., 1] > 0.25
    assert (red[:height, :width] != (mask[:height, :width] > 128)).mean() < 0.01


def test_positive_degrees_turn_clockwise_and_positive_perspective_spreads_the_top(scene):
    def spot(picture):
        y, x = np.nonzero(picture[..., 0] - picture[..., 1] > 0.25)
        return x.mean() / picture.shape[1], y.mean() / picture.shape[0], np.ptp(x) / picture.shape[1]

    clockwise, anticlockwise = (spot(scene.after(Edit(control="rotate", amount=amount))) for amount in (8, -8))
    assert clockwise[1] < anticlockwise[1], "what is left of the middle goes up"
    spread, narrowed = (spot(scene.after(Edit(control="perspective", amount=amount))) for amount in (40, -40))
    assert spread[2] > narrowed[2]


def test_a_mask_stays_on_its_part_of_a_picture_that_is_cropped_and_turned(photo):
    edits = [Edit(control="crop", amount=0, options={"left": 40.0}), Edit(control="rotate", amount=90)]
    dark = Edit(control="exposure", amount=-2, region=Region.named("top"))
    plain, after = photo.after(*edits), photo.after(*edits, dark)
    lost = 1 - after.mean(axis=(0, 2)) / plain.mean(axis=(0, 2))  # what was the top is on the right now
    assert lost[-10:].mean() > 0.4
    assert lost[:10].mean() < 0.15
