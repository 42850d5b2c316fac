"""Variants: different answers that all do what was asked."""

import pytest

from hostbridge.controls import CONTROLS, Edit, Region
from retouchiq.language import read
from retouchiq.variants import LEANINGS, NAMES, leaning

WARMER = (Edit(control="temperature", amount=20),)


def controls(edits):
    return {edit.control for edit in edits}


def test_the_first_variant_is_what_was_asked_and_nothing_else():
    assert leaning(NAMES[0], read("warmer"), WARMER) == ()


def test_the_three_variants_differ():
    answers = [leaning(name, read("warmer"), WARMER) for name in NAMES]
    assert len({str(answer) for answer in answers}) == 3


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize("control", ["contrast", "clarity", "highlights", "vibrance", "texture"])
def test_a_variant_never_touches_a_control_the_user_spoke_of(name, control):
    edits = (*WARMER, Edit(control=control, amount=-10))
    assert control not in controls(leaning(name, read("warmer"), edits))


def test_a_variant_keeps_what_the_user_wants_kept():
    assert not {"contrast", "clarity"} & controls(leaning("crisper", read("warmer, keep the contrast"), WARMER))
    assert "vibrance" not in controls(leaning("crisper", read("brighter but keep the colours"), WARMER))


def test_a_local_edit_is_varied_where_it_acts():
    shadows = Region.named("shadows")
    edits = (Edit(control="exposure", amount=0.5, region=shadows),)
    assert {edit.region for edit in leaning("softer", read("brighten the shadows only"), edits)} == {shadows}


def test_nothing_is_added_where_nothing_could_be_done():
    assert leaning("softer", read("remove the people"), ()) == ()


def test_every_leaning_is_inside_its_control():
    for candidates in LEANINGS.values():
        for control, amount in candidates:
            assert CONTROLS[control].low <= amount <= CONTROLS[control].high
