"""What a user would lose: telling about the picture would put a look over it."""

import pytest

from retouchiq.language import read


@pytest.mark.parametrize(
    "instruction",
    [
        "we were watching the sunrise here, more contrast please",
        "this is my vintage car, make it brighter",
        "a cool picture of me and the sunset, please brighten it",
        "this was taken in winter. sharpen it",
        "it is too gritty",
    ],
)
def test_a_look_that_is_only_mentioned_is_not_put_on(instruction: str) -> None:
    assert not read(instruction).looks


@pytest.mark.parametrize(
    ("instruction", "look"),
    [
        ("make it look like a sunset", "golden hour"),
        ("i want a vintage feel for this one", "vintage"),
        ("film noir", "noir"),
        ("slightly moody", "moody"),
        ("sepia tones please", "sepia"),
    ],
)
def test_a_look_that_is_asked_for_is_put_on(instruction: str, look: str) -> None:
    assert look in read(instruction).looks
