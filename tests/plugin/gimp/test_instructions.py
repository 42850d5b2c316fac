"""What was typed before is offered again, the newest first."""

import instructions
import pytest


def test_the_newest_comes_first_and_nothing_twice(tmp_path):
    file = tmp_path / "memory"
    for line in ("warmer", "kühler", "warmer"):
        instructions.remember(file, line)
    assert instructions.load(file) == ["warmer", "kühler"]


def test_only_so_many_are_kept(tmp_path):
    file = tmp_path / "memory"
    for number in range(instructions.LENGTH + 5):
        instructions.remember(file, str(number))
    assert len(instructions.load(file)) == instructions.LENGTH


@pytest.mark.parametrize("content", ["", "nonsense", "{}", "[1, 2]", '"text"'])
def test_a_broken_memory_is_an_empty_one(tmp_path, content):
    (tmp_path / "memory").write_text(content)
    assert instructions.load(tmp_path / "memory") == []


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path):
    instructions.remember(tmp_path / "no such folder" / "memory", "warmer")
