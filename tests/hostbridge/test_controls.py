"""The vocabulary: what is not in it is refused by name, and what is in it has a range."""

import pytest

from hostbridge import UnknownControl
from hostbridge.controls import CONTROLS, HUES, PLACES, TONES, Edit, Region


def test_a_control_that_is_none_is_refused_with_the_way_out():
    with pytest.raises(UnknownControl, match=r"brightnes.*retouchiq schema --controls"):
        Edit(control="brightnes", amount=1)


def test_an_option_that_would_be_ignored_is_refused():
    with pytest.raises(UnknownControl, match="crop has no option 'ratio': it takes aspect"):
        Edit(control="crop", amount=0, options={"ratio": "16:9"})
    with pytest.raises(UnknownControl, match="exposure has no option 'hue': it takes none"):
        Edit(control="exposure", amount=1, options={"hue": 30})


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_s_amount_is_brought_into_its_range(name):
    control = CONTROLS[name]
    assert Edit(control=name, amount=1e6).clamped().amount == control.high
    assert "outside" in (Edit(control=name, amount=1e6).out_of_range() or "")
    assert Edit(control=name, amount=control.low).out_of_range() is None


@pytest.mark.parametrize("name", [*TONES, *HUES, *PLACES, "edges"])
def test_a_named_region_and_what_is_outside_it_are_opposites(name):
    region, outside = Region.named(name), Region.named(f"not {name}")
    assert region.inverted != outside.inverted
    assert (region.tones, region.hues, region.shape) == (outside.tones, outside.hues, outside.shape)


def test_a_region_nobody_knows_is_refused_with_the_known_ones():
    with pytest.raises(UnknownControl, match="midtones"):
        Region.named("left ear")
