"""What a user would lose: a conversation in which every turn is about the one before."""

import tomllib
from pathlib import Path

import pytest

from retouchiq.language import read
from retouchiq.language.request import Request, Wish
from retouchiq.language.turns import Turn, read_turn

DIALOGUES = tomllib.loads(Path(__file__).with_name("dialogues.toml").read_text("utf-8"))["dialogue"]


def _wish(wish: Wish) -> str:
    size = f"={wish.exact}" if wish.exact is not None else f"{'+' if wish.direction > 0 else '-'}{wish.strength:g}"
    place = "" if wish.region.name == "everywhere" else f"@{wish.region.name}"
    return f"{wish.control}{size}{place}"


def _told(turn: Turn) -> str:
    steps = f" {turn.steps}" if turn.kind == "undo" else ""
    wishes = " ".join(_wish(wish) for wish in turn.request.wishes) if turn.request else ""
    gone = " ".join(sorted(turn.controls))
    rest = " then ".join(part for part in (gone, wishes) if part)
    return f"{turn.kind}{steps}" + (f": {rest}" if rest else "")


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: " | ".join(dialogue["says"]))
def test_each_turn_is_understood_from_the_one_before(dialogue: dict[str, list[str]]) -> None:
    """As `Session` keeps them: the last request, and the controls of all edits there are."""
    first, *further = dialogue["says"]
    previous: Request = read(first)
    present = {wish.control for wish in previous.wishes}
    told = []
    for said in further:
        turn = read_turn(said, previous, present)
        told.append(_told(turn))
        previous = turn.request or previous
        present = (present | {wish.control for wish in previous.wishes}) - turn.controls
    assert told == dialogue["then"]
