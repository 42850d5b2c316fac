"""Whether a change hangs together: a tone curve passes, a cast or shadows lifted on the side do not."""

import numpy as np
import pytest
from scipy import ndimage

from retouchiq.bench.coherence import FAULTS, _preference
from retouchiq.reward.measured import MeasuredReward
from retouchiq.reward.measured.coherence import incoherence, seen_most
from retouchiq.reward.measured.rubric import INCOHERENT
from retouchiq.reward.measured.scene import Pair, Scene

PHOTO = "skimage_coffee.png"


def test_a_tone_curve_hangs_together_and_a_cast_or_turned_hues_do_not(photo):
    before = photo(PHOTO)
    curved = _taken(before, before**0.8)
    assert curved < INCOHERENT / 2
    assert _taken(before, before * np.float32([1.1, 1, 0.85])) > curved + 1
    assert _taken(before, before[..., ::-1]) > curved + 1


def test_it_names_what_is_seen_most(photo):
    before = photo(PHOTO)
    around = ndimage.gaussian_filter(before.mean(axis=2), 6)[..., None]
    lifted = np.clip(before * np.where(around < 0.35, 1.6, 1), 0, 1).astype(np.float32)
    assert "tones" in seen_most(*_pair(before, lifted), {}) or "edges" in seen_most(*_pair(before, lifted), {})
    assert "light turned" in seen_most(*_pair(before, np.clip(before * np.float32([1.2, 1, 0.75]), 0, 1)), {})


def test_what_somebody_asks_for_is_not_held_against_the_change(photo, ask):
    before = photo(PHOTO)
    for control, spared in (("shadows", "tones"), ("temperature", "cast hue"), ("exposure", "")):
        probes = MeasuredReward().rubric(before, ask(control))._probes
        (probe,) = [probe for probe in probes if probe.criterion.measure == "incoherence"]
        assert probe.options["spared"] == spared


def test_the_preference_model_finds_out_what_tells_a_fault(photo):
    draw = np.random.default_rng(0)
    worse = np.column_stack([draw.normal(1, 1, 400), draw.normal(0, 1, 400)])
    weights = _preference(worse)
    assert weights[0] > 5 * max(weights[1], 0.01)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_makes_another_picture_both_ways(photo, fault):
    before = photo(PHOTO)
    for way in (-1, 1):
        after = fault(before, way * FAULTS[fault])
        assert after.shape == before.shape
        assert after.dtype == np.float32
        assert np.abs(after - before).mean() > 0.004


def _pair(before, after):
    scenes = [Scene(picture, picture) for picture in (before, np.ascontiguousarray(after, np.float32))]
    return Pair(*scenes), np.ones(before.shape[:2], np.float32)


def _taken(before, after):
    return incoherence(*_pair(before, np.clip(after, 0, 1)), {})
