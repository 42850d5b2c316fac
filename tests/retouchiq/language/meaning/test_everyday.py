"""What a user would lose: words of their own for light, colour and mood; and that other words change nothing."""

import tomllib
from pathlib import Path

import pytest

from retouchiq.language import read

WORDS = tomllib.loads(Path(__file__).with_name("everyday.toml").read_text("utf-8"))


def _signed(text: str) -> set[str]:
    return {f"{wish.control}{'+' if wish.direction > 0 else '-'}" for wish in read(text).wishes}


def _opposites(signed: set[str]) -> set[str]:
    return {name[:-1] + ("-" if name.endswith("+") else "+") for name in signed} - signed


def _outcome(word: str, accepted: str) -> str:
    found, wanted = _signed(f"make the photo more {word}"), set(accepted.split())
    if not found:
        return "unread"
    return "sensible" if len(found & wanted) > len(found & _opposites(wanted)) else "wild"


@pytest.mark.parametrize(("half", "sensible", "wild"), [("tuned", 0.5, 0.06), ("held", 0.45, 0.1)])
def test_words_nobody_listed_are_read_sensibly_or_not_at_all(half: str, sensible: float, wild: float) -> None:
    outcomes = [_outcome(word, accepted) for word, accepted in WORDS[half].items()]
    assert outcomes.count("sensible") >= sensible * len(outcomes)
    assert outcomes.count("wild") <= wild * len(outcomes)


@pytest.mark.parametrize("half", ["tuned", "held"])
def test_words_about_other_things_change_nothing(half: str) -> None:
    moved = [word for word in WORDS["others"][half] if _signed(word)]
    assert len(moved) <= 0.05 * len(WORDS["others"][half])


def test_the_reading_says_what_a_word_was_taken_for() -> None:
    (wish,) = read("make it look wintertime").wishes
    assert (wish.control, wish.direction) == ("temperature", -1)
    assert "wintertime (taken as cold)" in wish.words


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("less theatrical please", {"contrast-", "clarity-", "exposure+"}),
        ("it looks too wintertime", {"temperature+"}),
        ("a bit more gleaming", {"glow+"}),
        ("warmer and gleaming", {"temperature+", "glow+"}),
    ],
)
def test_the_grammar_holds_for_words_taken_for_others(text: str, signed: set[str]) -> None:
    assert _signed(text) == signed


@pytest.mark.parametrize("text", ["remove the wintertime sign", "put a thunderous cloud there", "the frozen lake"])
def test_things_are_not_taken_for_qualities(text: str) -> None:
    assert _signed(text) == set()
