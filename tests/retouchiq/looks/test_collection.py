"""Looks by name: the program's and the user's own, at more or less strength."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostbridge import UnusableInput
from retouchiq.language import read
from retouchiq.language.turns import read_turn
from retouchiq.looks import collection, find, looks, with_look
from retouchiq.looks.look import read as read_look

MINE = """
name = "my harbour"
description = "Salt and rust."
when = "Boats."
words = ["harbour morning"]
edits = [{ control = "contrast", amount = 20 }, { control = "highlights_color", amount = 10, hue = 60 }]
rubric = [{ measure = "spread", change = 2, why = "clear air has contrast" }]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with monkeypatch.context() as here:
        here.setattr(collection, "own_folder", lambda: tmp_path)
        yield tmp_path
    looks()


def write(folder: Path, text: str) -> Path:
    file = folder / "my-harbour.toml"
    file.write_text(text)
    return file


def test_a_look_of_the_users_own_is_there_as_soon_as_it_is_written(own: Path) -> None:
    before = set(looks())
    write(own, MINE)
    assert set(looks()) - before == {"my harbour"}
    assert find("My Harbour").edits[1].hue == 60
    assert read(with_look("my harbour", "")).looks == ("my harbour",)
    assert read("harbour morning please").looks == ("my harbour",)


def test_a_broken_look_of_the_users_own_takes_no_other_away(own: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(own, MINE.replace("= 20", '= "much"'))
    assert "cinematic" in looks()
    assert "my-harbour.toml" in caplog.text


BROKEN = {
    'control = "contrast"': ('control = "contrst"', r"edits\.0.*'contrst'.*schema --controls"),
    "amount = 20": ("amount = 2000", r"edits\.0.*contrast = 2000 is outside -100…100 %"),
    "amount = 10": ("amount = 0", r"edits\.1.*leave it out"),
    "hue = 60": ("hue = 400", r"edits\.1\.hue"),
    'measure = "spread"': ('measure = "feeling"', r"rubric\.0\.measure.*no measure is called 'feeling'"),
    'why = "clear air has contrast"': ('region = "sky", why = "x"', r"rubric\.0\.region.*'sky'"),
    'when = "Boats."': ("", "when: Field required"),
    'name = "my harbour"': ('name = "another"', "must be called so"),
    'words = ["harbour morning"]': ('words = ["x"]\nadapts = ["exposure"]', "adapts exposure"),
}


@pytest.mark.parametrize("right", BROKEN)
def test_what_is_wrong_with_a_look_is_said_with_its_place(right: str, tmp_path: Path) -> None:
    wrong, message = BROKEN[right]
    file = write(tmp_path, MINE.replace(right, wrong))
    with pytest.raises(UnusableInput, match=message) as refused:
        read_look(file)
    assert str(file) in str(refused.value)


def test_an_unknown_look_is_answered_with_the_nearest_ones() -> None:
    with pytest.raises(UnusableInput, match=r"'golden sunset'.*golden hour"):
        find("golden sunset")


@pytest.mark.parametrize(("words", "share"), [("slightly", 0.5), ("clearly", 1.4), ("", 1.0)])
def test_words_of_amount_scale_the_whole_look_and_what_it_is_judged_by(words: str, share: float) -> None:
    plain, said = read("cinematic"), read(f"{words} cinematic")
    for wish, scaled in zip(plain.wishes, said.wishes, strict=True):
        assert scaled.start == pytest.approx(wish.start * share, rel=0.01)
        assert scaled.strength == pytest.approx(wish.strength * share, rel=0.01)
    for aim, scaled in zip(plain.aims, said.aims, strict=True):
        assert scaled.change == pytest.approx(aim.change * share, rel=0.01)


def test_half_a_look_can_be_said_in_percent() -> None:
    assert read("cinematic 50%").wishes[0].start == read("cinematic").wishes[0].start / 2


def test_less_of_it_in_the_next_turn_is_less_of_everything() -> None:
    first = read("cinematic")
    then = read_turn("a bit less", first).request
    for before, after in zip(first.wishes, then.wishes, strict=True):
        assert 0 < after.start / before.start < 1
    assert all(abs(after.change) < abs(before.change) for before, after in zip(first.aims, then.aims, strict=True))


def test_what_is_said_beats_what_the_look_would_bring() -> None:
    request = read("high key, but darker")
    assert [(wish.control, wish.direction) for wish in request.wishes if wish.control == "exposure"] == [
        ("exposure", -1)
    ]
    assert "lightness" not in {aim.measure for aim in request.aims}
