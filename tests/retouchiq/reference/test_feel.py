"""Another scene lends its tones and palette, and neither greys nor skin pay for it."""

import numpy as np
from skimage.color import lab2rgb

from hostbridge.color_map import lab_of
from retouchiq.bench.reference import distance
from retouchiq.reference.transport import TONES, carried_over, tone_curve
from retouchiq.reference.words import described

COLOURS = np.random.default_rng(3).normal([50, 0, 0], [18, 22, 22], (3000, 3)).clip([5, -60, -60], [95, 60, 60])
NO_SKIN = np.zeros(len(COLOURS))


def test_most_of_the_distance_goes(host, elsewhere):
    outcome = host.edited(elsewhere)
    assert outcome.applied
    assert distance(outcome.after, elsewhere) < 0.5 * distance(host.before, elsewhere)
    assert "another scene" in outcome.plan.reasoning


def test_greys_stay_grey_where_the_reference_has_greys():
    before = COLOURS.copy()
    before[:500, 1:] = 0
    wanted = carried_over(before, NO_SKIN, COLOURS * [0.8, 1, 1] + np.array([0, 0, 12]))
    assert np.hypot(*wanted.lab[:500, 1:].T).max() < 3


def test_greys_take_but_a_hint_of_the_tint_of_a_reference_that_has_none():
    before = COLOURS.copy()
    before[:500, 1:] = 0
    sunset = COLOURS * [1, 0.3, 0.3] + [0, 15, 35]
    tint = carried_over(before, NO_SKIN, sunset).lab[:500, 1:].mean(axis=0)
    assert 1.5 < np.hypot(*tint) < 3.5
    assert tint[1] > 0


def test_greys_stay_grey_in_a_photo_of_one_strong_colour(red, elsewhere):
    after = red.edited(elsewhere[..., ::-1]).after
    drift = [lab_of(picture[10:80, :2])[:, 1:].mean(axis=0) for picture in (red.before, after)]
    assert np.hypot(*(drift[1] - drift[0])) < 4
    assert distance(after, elsewhere[..., ::-1]) < 0.6 * distance(red.before, elsewhere[..., ::-1])


def test_a_night_stays_a_night_after_a_bright_reference():
    night, day = np.random.default_rng(1).gamma(1, 6, 4000).clip(0, 90), np.linspace(40, 95, 4000)
    becomes = tone_curve(night, day)
    assert becomes[0] < 13
    assert np.interp(10, TONES, becomes) < 50
    assert np.diff(becomes).min() >= 0


def test_skin_keeps_a_hue_of_skin():
    skin = np.tile([60.0, 14, 16], (len(COLOURS), 1)) + COLOURS * [0.2, 0.05, 0.05]
    wanted = carried_over(skin, np.ones(len(skin)), COLOURS + np.array([0, -25, -25])).lab[: len(skin)]
    hue = np.degrees(np.arctan2(wanted[:, 2], wanted[:, 1]))
    assert hue.min() > 28
    assert hue.max() < 80


def test_words_name_what_the_eye_sees_first():
    picture = lab2rgb(COLOURS[None]).astype(np.float32)[0]
    lab = lab_of(picture)
    assert described(lab, lab) == "hardly any change"
    assert "black and white" in described(lab, lab * [1, 0, 0])
    assert described(lab, lab * [0.7, 1, 1] + [0, 0, 8]).startswith("darker by")
    assert "warmer" in described(lab, lab + np.array([0, 0, 8]))
