"""Verdicts on real photos edited in known ways: what was asked wins; too little, too much and the wrong way lose."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import ndimage
from skimage.color import lab2rgb, rgb2lab

from hostbridge.controls import Region
from retouchiq.grounding import ground
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.reward import Picture, Verdict
from retouchiq.reward.measured import MeasuredReward
from retouchiq.reward.measured.scene import fitted, resized

REWARD = MeasuredReward()


def _linear(picture: Picture) -> Picture:
    return np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)


def _coded(light: Picture) -> Picture:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055).astype(np.float32)


def exposed(picture: Picture, ev: float) -> Picture:
    return _coded(_linear(picture) * 2**ev)


def balanced(picture: Picture, red: float, green: float, blue: float) -> Picture:
    """Channel gains at constant luminance."""
    luma = np.array([0.2126, 0.7152, 0.0722])
    light = _linear(picture)
    gained = light * (red, green, blue)
    return _coded(gained * ((light @ luma) / np.maximum(gained @ luma, 1e-6))[..., None])


def in_lab(picture: Picture, change: Callable[[Picture], None]) -> Picture:
    lab = rgb2lab(picture)
    change(lab)
    return np.clip(lab2rgb(lab), 0, 1).astype(np.float32)


def saturated(picture: Picture, gain: float) -> Picture:
    def change(lab: Picture) -> None:
        lab[..., 1:] *= 1 + gain

    return in_lab(picture, change)


def contrasted(picture: Picture, gain: float) -> Picture:
    def change(lab: Picture) -> None:
        middle = lab[..., 0].mean()
        lab[..., 0] = np.clip(middle + (lab[..., 0] - middle) * (1 + gain), 0, 100)

    return in_lab(picture, change)


def lifted(picture: Picture, rise: float) -> Picture:
    """Shadows by ``rise`` L*, fading out at L* 50."""

    def change(lab: Picture) -> None:
        lab[..., 0] += rise * np.interp(lab[..., 0], (0, 20, 50), (0.6, 1, 0))

    return in_lab(picture, change)


def sharpened(picture: Picture, gain: float) -> Picture:
    return np.clip(picture + gain * (picture - ndimage.gaussian_filter(picture, (1, 1, 0))), 0, 1)


def clearer(picture: Picture, gain: float) -> Picture:
    return np.clip(picture + gain * (picture - ndimage.gaussian_filter(picture, (10, 10, 0))), 0, 1)


def sparing_ends(edit: Callable[[Picture, float], Picture]) -> Callable[[Picture, float], Picture]:
    """``edit`` fading out towards white and black, as a careful hand makes it: nothing is cut off there."""

    def spared(picture: Picture, amount: float) -> Picture:
        acts = np.interp(rgb2lab(picture)[..., :1], (0, 8, 80, 97), (0, 1, 1, 0)).astype(np.float32)
        return picture + (edit(picture, amount) - picture) * acts

    return spared


EDITS = {
    # control: (edit, its argument for the plain word)
    "exposure": (sparing_ends(exposed), 0.42),
    "temperature": (lambda p, k: balanced(p, 1 + k, 1, 1 - k), 0.085),
    "tint": (lambda p, k: balanced(p, 1 + k / 2, 1 - k, 1 + k / 2), 0.065),
    "saturation": (saturated, 0.25),
    "vibrance": (saturated, 0.3),
    "contrast": (sparing_ends(contrasted), 0.16),
    "shadows": (lifted, 7.0),
    "sharpness": (sharpened, 0.35),
    "clarity": (sparing_ends(clearer), 0.28),
}
CARELESS = {"exposure": exposed, "contrast": contrasted, "clarity": clearer}
"""The same without a thought for white and black, as six times as much would be."""
PHOTOS = ("mei_084_Nikon_E950.jpg", "skimage_astronaut.png")


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("control", EDITS)
def test_doing_what_was_asked_beats_doing_nothing_and_the_opposite(photo, ask, name, control):
    edit, amount = EDITS[control]
    before = photo(name)
    judge = REWARD.rubric(before, ask(control))
    done, undone, opposite = (judge.judge(edit(before, amount * k)) for k in (1, 0, -1))
    assert done.score > 8.5
    assert undone.score < 5.5
    assert opposite.score < undone.score - 0.3


@pytest.mark.parametrize("control", EDITS)
def test_more_than_asked_passes_and_far_too_much_does_not(photo, ask, control):
    edit, amount = EDITS[control]
    before = photo(PHOTOS[0])
    judge = REWARD.rubric(before, ask(control))
    scores = [judge.judge(edit(before, amount * k)).score for k in (0, 0.5, 1)]
    heavy = CARELESS.get(control, edit)
    overdone = judge.judge(heavy(before, amount * 6)).score
    assert scores[0] < scores[1] < scores[2]
    assert scores[2] > overdone
    assert overdone < scores[0] + 2.5  # six times as much is not much better than nothing


def test_people_who_ask_for_a_step_are_content_with_two_but_not_with_half_of_one(photo, ask):
    before = photo(PHOTOS[0])
    judge = REWARD.rubric(before, ask("temperature"))
    half, two = (judge.judge(EDITS["temperature"][0](before, 0.085 * k)).score for k in (0.5, 2))
    assert half < two


def test_a_wish_does_not_pay_for_a_ruined_picture(photo, ask):
    before = photo("sklearn_china.jpg")  # its sky is nearly white
    verdict = REWARD.rubric(before, ask("exposure")).judge(exposed(before, 1.0))
    assert _wish(verdict).score < 5
    assert "but it cost “no newly blown highlights" in _wish(verdict).why


@pytest.mark.parametrize("control", ["exposure", "contrast"])
def test_white_without_detail_costs_more_than_the_wish_gains_by_it(photo, ask, control):
    before = photo(PHOTOS[0])  # a wall that is nearly white
    judge = REWARD.rubric(before, ask(control))
    careful, amount = EDITS[control]
    careless = judge.judge(CARELESS[control](before, amount)).score
    assert careless < judge.judge(careful(before, amount)).score - 1


def test_one_white_thing_that_turns_yellow_is_seen_among_darker_greys(photo, ask):
    before = np.repeat(photo("skimage_astronaut.png").mean(axis=2, keepdims=True), 3, axis=2) * 0.7
    before[:60, :60] = np.random.default_rng(1).normal(0.9, 0.01, (60, 60, 1)).clip(0, 1)
    after = before.copy()
    after[:60, :60, 2] -= 0.12
    verdict = REWARD.rubric(before, ask("dehaze")).judge(after)
    greys = next(metric for metric in verdict.metrics if metric.criterion.measure == "neutral drift")
    assert greys.score < 4


def test_doing_nothing_scores_the_baseline(photo, ask):
    before = photo(PHOTOS[0])
    verdict = REWARD.rubric(before, ask("exposure")).judge(before)
    assert verdict.score == pytest.approx(verdict.baseline, abs=0.05)
    assert verdict.baseline <= 5


def test_a_slight_wish_is_met_by_less_than_a_strong_one(photo, ask):
    before = photo(PHOTOS[1])
    slight, plain, strong = (
        REWARD.rubric(before, ask("exposure", strength=s)).rubric.criteria[0] for s in (0.5, 1, 1.8)
    )
    moved = [c.target - c.before for c in (slight, plain, strong)]
    assert 6 <= moved[1] <= 8
    assert moved[0] == pytest.approx(moved[1] / 2, rel=0.2)
    assert moved[2] == pytest.approx(moved[1] * 1.8, rel=0.2)


@pytest.mark.parametrize("ev", [0.67, -0.67])
def test_an_exact_exposure_is_judged_in_stops(photo, ask, ev):
    before = photo(PHOTOS[1])
    judge = REWARD.rubric(before, ask("exposure", int(np.sign(ev)), exact=ev))
    criterion = judge.rubric.criteria[0]
    assert (criterion.unit, criterion.target) == ("EV", pytest.approx(ev))
    assert _wish(judge.judge(exposed(before, ev))).score > 8.5  # whatever whites it costs
    assert _wish(judge.judge(exposed(before, 2.5 * ev))).score < 8


def test_a_dark_photo_called_too_dark_is_brought_towards_normal(photo, ask):
    dark = exposed(photo(PHOTOS[1]), -2.5)
    criterion = REWARD.rubric(dark, ask("exposure", complaint=True)).rubric.criteria[0]
    assert criterion.before < 25
    assert 30 < criterion.target < 50


def test_lifting_the_shadows_of_a_high_key_photo_asks_for_little(photo, ask):
    normal = REWARD.rubric(photo(PHOTOS[0]), ask("shadows")).rubric.criteria[0]
    bright = np.clip(0.75 + 0.25 * photo(PHOTOS[0]), 0, 1)
    high_key = REWARD.rubric(bright, ask("shadows")).rubric.criteria[0]
    assert high_key.target - high_key.before < 0.6 * (normal.target - normal.before)


def test_newly_blown_highlights_lower_the_score_of_a_brighter_picture(photo, ask):
    before = photo("sklearn_china.jpg")  # its sky is nearly white
    judge = REWARD.rubric(before, ask("exposure"))
    blown = exposed(before, 0.5)
    held = np.where(before.mean(axis=2, keepdims=True) > 0.75, before, blown)
    assert _metric(judge.judge(blown), "blown").score < 5
    assert _metric(judge.judge(held), "blown").score == 10


def test_warming_must_not_turn_the_picture_magenta(photo, ask):
    before = photo(PHOTOS[0])
    judge = REWARD.rubric(before, ask("temperature"))
    warm = balanced(before, 1.085, 1, 0.915)
    pink = balanced(warm, 1.06, 0.9, 1.06)
    assert judge.judge(pink).score < judge.judge(warm).score - 0.5


def test_a_cast_is_seen_on_greys_when_no_colour_was_asked_for(photo, ask):
    before = photo(PHOTOS[0])
    judge = REWARD.rubric(before, ask("exposure"))
    brighter = exposed(before, 0.4)
    assert _metric(judge.judge(brighter), "neutral drift").score > 9
    assert _metric(judge.judge(balanced(brighter, 1.15, 1, 0.85)), "neutral drift").score < 5


def test_a_warmer_picture_is_not_taken_for_a_more_saturated_one(photo, ask):
    before = photo(PHOTOS[0])
    judge = REWARD.rubric(before, ask("saturation"))
    assert _wish(judge.judge(balanced(before, 1.08, 1, 0.92))).score < 4


def test_green_skin_costs(photo, ask):
    before = photo("skimage_astronaut.png")
    judge = REWARD.rubric(before, ask("tint", -1))
    slightly, sick = (balanced(before, 1 - k / 2, 1 + k, 1 - k / 2) for k in (0.06, 0.4))
    assert _metric(judge.judge(sick), "off skin").score < _metric(judge.judge(slightly), "off skin").score


def test_halos_noise_and_a_shifted_picture_are_noticed(photo, ask):
    before = photo(PHOTOS[0])
    judge = REWARD.rubric(before, ask("exposure"))
    brighter = exposed(before, 0.4)
    noisy = np.clip(brighter + np.random.default_rng(1).normal(0, 0.03, before.shape), 0, 1).astype(np.float32)
    assert _metric(judge.judge(brighter), "halos").score == 10
    assert _metric(judge.judge(clearer(brighter, 1.2)), "halos").score < 7
    assert _metric(judge.judge(noisy), "added noise").score < 8
    assert _metric(judge.judge(np.roll(brighter, 4, axis=1)), "structure").score < 5


def test_a_veil_around_bright_things_is_noticed(photo, ask):
    before = photo("skimage_astronaut.png")
    judge = REWARD.rubric(before, ask("exposure"))
    spilled = ndimage.gaussian_filter(np.where(before > 0.7, before, 0), (8, 8, 0))
    veiled = 1 - (1 - before) * (1 - 0.5 * spilled)
    assert _metric(judge.judge(exposed(before, 0.4)), "added glow").score == 10
    assert _metric(judge.judge(veiled), "added glow").score < 6


def test_one_colour_turned_into_another_is_noticed(photo, ask):
    before = photo("skimage_astronaut.png")
    judge = REWARD.rubric(before, ask("exposure"))

    def turned(lab: Picture) -> None:
        suit = lab[..., 1] > 30
        lab[suit, 1], lab[suit, 2] = -lab[suit, 1], lab[suit, 2]

    assert _metric(judge.judge(exposed(before, 0.3)), "stray hues").score > 9
    assert _metric(judge.judge(in_lab(before, turned)), "stray hues").score < 5


def test_posterised_gradations_are_noticed(ask):
    ramp = np.tile(np.linspace(0.1, 0.9, 512, dtype=np.float32)[None, :, None], (256, 1, 3))
    judge = REWARD.rubric(ramp, ask("contrast"))
    stepped = np.round(ramp * 48) / 48
    assert _metric(judge.judge(ramp), "banding").score == 10
    assert _metric(judge.judge(stepped), "banding").score < 5


def test_keep_the_sky_is_watched_in_the_sky_only(photo, ask):
    before = photo("sklearn_china.jpg")
    limit = Limit(keep="region", region=Region(name="sky"), located=False, words="keep the sky")
    judge = REWARD.rubric(before, ask("temperature", limits=(limit,)))
    height = before.shape[0] // 6
    sky_only = before.copy()
    sky_only[:height] = balanced(before, 0.8, 1, 1.2)[:height]
    ground_only = before.copy()
    ground_only[-height:] = balanced(before, 1.2, 1, 0.8)[-height:]
    assert _named(judge.judge(ground_only), "keep the sky").score > 9.9
    assert _named(judge.judge(sky_only), "keep the sky").score < 9


def test_a_local_edit_that_spills_over_loses(photo, ask):
    before = photo(PHOTOS[0])
    judge = REWARD.rubric(before, ask("exposure", -1, region=Region.named("top")))
    fade = np.clip((0.55 - np.linspace(0, 1, before.shape[0])) / 0.3, 0, 1)[:, None, None]
    local = before * (1 - fade) + exposed(before, -0.5) * fade
    assert judge.judge(local.astype(np.float32)).score > judge.judge(exposed(before, -0.5)).score + 0.5


@pytest.mark.parametrize("control", ["temperature", "shadows", "clarity"])
def test_the_verdict_is_the_same_at_half_the_size(photo, ask, control):
    edit, amount = EDITS[control]
    large = photo("deb_Dune.jpg", 1024)
    edited = edit(large, 0.7 * amount)
    half = fitted(large, 512)
    request = ask(control)
    at_full = REWARD.rubric(large, request).judge(edited)
    at_half = REWARD.rubric(resized(large, half), request).judge(resized(edited, half))
    mixed = REWARD.rubric(large, request).judge(resized(edited, half))
    assert at_half.score == pytest.approx(at_full.score, abs=0.2)
    assert mixed.score == pytest.approx(at_full.score, abs=0.2)


def test_every_verdict_says_why_with_numbers(photo, ask):
    before = photo(PHOTOS[1])
    verdict = REWARD.rubric(before, ask("shadows")).judge(lifted(before, 7))
    assert "L* lighter, asked for about" in _wish(verdict).why
    assert _wish(verdict).why.startswith("the shadows ")
    assert all(metric.why for metric in verdict.metrics)


def test_a_good_photo_is_best_left_alone_when_nothing_was_named(photo):
    before = photo("skimage_astronaut.png")
    judge = REWARD.rubric(before, ground(Request(instruction="make it better", open_ended=True), before))
    assert all(criterion.kind != "wish" for criterion in judge.rubric.criteria)
    assert judge.judge(before).score == pytest.approx(10, abs=0.1)
    assert judge.judge(exposed(before, 1)).score < 9.5


def test_a_dark_photo_is_brightened_when_nothing_was_named(photo):
    dark = exposed(photo(PHOTOS[0]), -2.5)
    judge = REWARD.rubric(dark, ground(Request(instruction="make it better", open_ended=True), dark))
    assert judge.judge(exposed(dark, 1.5)).score > judge.judge(dark).score + 1


def test_what_is_not_a_picture_is_refused(photo, ask):
    judge = REWARD.rubric(photo(PHOTOS[0]), ask("exposure"))
    with pytest.raises(ValueError, match=r"not \(20, 20\)"):
        judge.judge(np.zeros((20, 20), np.float32))
    with pytest.raises(ValueError, match="NaN"):
        judge.judge(np.full((20, 20, 3), np.nan, np.float32))


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("control", ["exposure", "shadows", "temperature", "saturation", "clarity", "dehaze", "crop"])
def test_even_an_empty_picture_gets_a_verdict(ask, level, control):
    empty = np.full((40, 60, 3), level, np.float32)
    limits = tuple(Limit(keep=keep) for keep in ("colour", "highlights", "shadows", "skin"))
    verdict = REWARD.rubric(empty, ask(control, limits=limits)).judge(np.float32(1) - empty)
    assert 0 <= verdict.score <= 10


def test_several_wishes_are_all_needed(photo):
    before = photo(PHOTOS[0])
    wishes = (Wish(control="temperature", direction=1), Wish(control="shadows", direction=1))
    judge = REWARD.rubric(before, Request(instruction="", wishes=wishes))
    warm = balanced(before, 1.085, 1, 0.915)
    assert judge.judge(before).score < judge.judge(warm).score < judge.judge(lifted(warm, 7)).score


def _wish(verdict: Verdict):
    return next(metric for metric in verdict.metrics if metric.criterion.kind == "wish")


def _metric(verdict: Verdict, measure: str):
    return next(metric for metric in verdict.metrics if metric.criterion.measure == measure)


def _named(verdict: Verdict, name: str):
    return next(metric for metric in verdict.metrics if metric.criterion.name == name)
