"""From few samples to what is done in which light: neither what chance did, nor more than was ever done."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from retouchiq.style.model import fit

FACTS = np.random.default_rng(3).normal(size=(20, 8))
UNSEEN = np.random.default_rng(4).normal(size=(50, 8))
NOISE = np.random.default_rng(5).normal(size=20) * 0.05


def test_what_was_never_done_is_not_done():
    assert fit(FACTS, np.zeros(20)).predict(UNSEEN).tolist() == [0.0] * 50


def test_what_was_always_done_is_done_everywhere():
    found = fit(FACTS, 0.8 + NOISE)
    assert found.kind == "constant"
    assert found.predict(UNSEEN) == pytest.approx([0.8] * 50, abs=0.03)


def test_more_of_it_in_dark_pictures_is_learnt():
    taste = lambda facts: 0.5 - 0.6 * facts[:, 0]  # noqa: E731
    found = fit(FACTS, taste(FACTS) + NOISE).predict(UNSEEN)
    assert np.abs(found - taste(UNSEEN)).mean() < 0.4 * np.abs(taste(UNSEEN) - 0.5).mean()


def test_chance_alone_is_taken_for_no_habit():
    chance = np.random.default_rng(6).normal(size=(30, 20))
    kinds = [fit(FACTS, amounts).kind for amounts in chance]
    assert kinds.count("none") + kinds.count("constant") > 24


@settings(max_examples=40, deadline=None)
@given(
    arrays.arrays(float, st.tuples(st.integers(5, 25), st.just(8)), elements=st.floats(-3, 3)),
    st.data(),
)
def test_no_prediction_goes_far_beyond_what_was_done(facts, data):
    amounts = data.draw(arrays.arrays(float, len(facts), elements=st.floats(-4, 4)))
    found = fit(facts, amounts).predict(UNSEEN)
    spare = 0.25 * np.ptp(amounts) + 1e-9
    assert np.isfinite(found).all()
    assert min(0.0, amounts.min()) - spare <= found.min()
    assert found.max() <= max(0.0, amounts.max()) + spare
