"""What a user would lose: a follow-up taken for a new wish, or a new wish for a follow-up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouchiq.language import read
from retouchiq.language.turns import KINDS, read_turn

BEFORE = read("warmer, and brighten by half a stop")

FACTORS = {
    "a bit less": 0.825,
    "less": 0.65,
    "make it less strong": 0.65,
    "that's too much": 0.65,
    "slightly too strong": 0.825,
    "20% less": 0.8,
    "half of that": 0.5,
    "more of that": 1.5,
    "a bit more": 1.25,
    "a lot more": 1.9,
    "not enough": 1.5,
    "stronger please": 1.5,
    "twice as strong": 2.0,
}


@pytest.mark.parametrize(("text", "factor"), FACTORS.items())
def test_less_and_more_scale_the_last_request(text: str, factor: float) -> None:
    turn = read_turn(text, BEFORE)
    assert (turn.kind, turn.factor) == ("scale", factor)
    assert turn.request is not None
    warmer, brighter = turn.request.wishes
    assert warmer.strength == pytest.approx(factor)
    assert brighter.exact == pytest.approx(0.5 * factor, abs=1e-3)


STEPS = {
    "undo": "undo",
    "undo the last step": "undo",
    "go back": "undo",
    "start over": "reset",
    "back to the original": "reset",
    "undo everything": "reset",
    "back to the first one": "first",
    "i liked the first one better": "first",
}


@pytest.mark.parametrize(("text", "kind"), STEPS.items())
def test_steps_back(text: str, kind: str) -> None:
    assert read_turn(text, BEFORE).kind == kind


@pytest.mark.parametrize("text", ["no, the other way", "the opposite", "wrong direction"])
def test_the_other_way_turns_every_wish_around(text: str) -> None:
    turn = read_turn(text, BEFORE)
    assert turn.kind == "invert"
    assert turn.request is not None
    assert [(wish.direction, wish.exact) for wish in turn.request.wishes] == [(-1, None), (-1, -0.5)]


def test_only_a_place_moves_the_last_request_there() -> None:
    turn = read_turn("only the sky", BEFORE)
    assert turn.kind == "place"
    assert turn.request is not None
    assert [(wish.control, wish.region.name) for wish in turn.request.wishes] == [
        ("temperature", "sky"),
        ("exposure", "sky"),
    ]


@pytest.mark.parametrize(
    "text",
    ["now cooler shadows", "less contrast", "a bit warmer", "even brighter", "undo the vignette", "crop to square"],
)
def test_what_names_something_is_a_new_wish(text: str) -> None:
    turn = read_turn(text, BEFORE)
    assert turn.kind == "new"
    assert turn.request == read(text)


@pytest.mark.parametrize("text", ["less", "undo", "the other way", "start over"])
def test_with_nothing_before_there_is_nothing_to_go_back_to(text: str) -> None:
    assert read_turn(text, None).kind == "new"


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_is_some_turn(text: str) -> None:
    assert read_turn(text, BEFORE).kind in KINDS
