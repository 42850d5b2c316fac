"""The looks that come with the program: whole, told apart, found by every word they are known by."""

from collections import Counter
from importlib import resources
from pathlib import Path

import pytest

from retouchiq.language import read
from retouchiq.looks import looks, with_look
from retouchiq.looks.look import read as read_look

PRESETS = Path(__file__).parents[3] / "presets"
FILES = sorted(PRESETS.glob("*.toml"))
NAMES = [read_look(file).name for file in FILES]


def phrases() -> list[tuple[str, str]]:
    return [(word, name) for name in NAMES for word in looks()[name].words]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_look_says_what_it_is_for_and_what_its_result_shows(file: Path) -> None:
    look = read_look(file)
    assert look.description.endswith(".")
    assert look.when.endswith(".")
    assert len({goal.measure for goal in look.rubric}) >= 2
    assert len({goal.why for goal in look.rubric}) == len(look.rubric)


def test_the_program_brings_every_look_and_style_along() -> None:
    """In a checkout by a link; where it is installed, as files of the package."""
    brought = resources.files("retouchiq.looks") / "presets"
    assert {file.name for file in brought.iterdir() if file.name.endswith(".toml")} == {file.name for file in FILES}
    assert {file.name for file in (brought / "styles").iterdir()} == {f"{file.stem}.dtstyle" for file in FILES}


def test_there_are_looks_for_every_kind_of_picture() -> None:
    assert len(FILES) >= 44


def test_no_two_looks_are_the_same() -> None:
    assert len({tuple(sorted((e.control, e.amount) for e in looks()[name].edits)) for name in NAMES}) == len(NAMES)


def test_no_word_belongs_to_two_looks() -> None:
    assert [word for word, times in Counter(word for word, _ in phrases()).items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_word_finds_its_look(name: str) -> None:
    for word in looks()[name].words:
        for instruction in (word, f"make it {word}", f"give it a {word} feel"):
            assert read(instruction).looks == (name,), instruction


@pytest.mark.parametrize("name", NAMES)
def test_a_look_chosen_by_name_is_begun_with_as_it_is_written(name: str) -> None:
    look, request = looks()[name], read(with_look(name, ""))
    assert request.looks == (name,)
    assert [(wish.control, wish.options) for wish in request.wishes] == [(e.control, e.options) for e in look.edits]
    starts = {wish.control: wish.start for wish in request.wishes}
    assert starts == {
        e.control: None if e.control in look.adapts else e.edit(look.strength / 100).amount for e in look.edits
    }
    assert [aim.measure for aim in request.aims] == [goal.measure for goal in look.rubric]


@pytest.mark.parametrize("name", NAMES)
def test_every_look_has_a_style_for_darktable(name: str) -> None:
    text = (PRESETS / "styles" / f"{name.replace(' ', '-')}.dtstyle").read_text()
    assert f"<name>RetouchIQ|{name}</name>" in text
    assert text.count("<plugin>") >= 1


def test_no_style_is_left_of_a_look_that_is_gone() -> None:
    assert {file.stem for file in (PRESETS / "styles").iterdir()} == {file.stem for file in FILES}
