"""The strength slider: what half of an edit is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostbridge.controls import CONTROLS, Edit
from retouchiq.strength import scaled

edits = st.builds(
    lambda control, share: Edit(control=control, amount=share * CONTROLS[control].high),
    st.sampled_from(sorted(CONTROLS)),
    st.floats(0, 1),
)


@given(st.lists(edits, max_size=5), st.floats(0, 150))
def test_every_strength_stays_inside_what_the_controls_take(some, percent):
    for edit in scaled(some, percent):
        assert edit.out_of_range() is None


def test_half_the_strength_is_half_of_every_amount_but_a_crop_stays_whole():
    some = (Edit(control="exposure", amount=0.8), Edit(control="crop", amount=10), Edit(control="flip", amount=1))
    half = scaled(some, 50)
    assert [edit.amount for edit in half] == [0.4, 10, 1]


def test_no_strength_is_no_edit_and_full_strength_the_same():
    some = (Edit(control="exposure", amount=0.8), Edit(control="crop", amount=10))
    assert scaled(some, 0) == ()
    assert scaled(some, 100) == some


@pytest.mark.parametrize("percent", [-1, 151, float("nan")])
def test_a_strength_outside_the_slider_is_refused(percent):
    with pytest.raises(ValueError, match="outside 0…150"):
        scaled((), percent)
