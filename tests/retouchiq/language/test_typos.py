"""What a user would lose: an instruction typed in a hurry."""

import random

import pytest

from retouchiq.language import read
from retouchiq.language.request import Request

PLAIN = (
    "make it warmer",
    "a bit brighter please",
    "increase the contrast slightly",
    "reduce the saturation",
    "sharpen the image",
    "darken the background",
    "lift the shadows and recover the highlights",
    "remove the noise",
    "add a subtle vignette",
    "convert to black and white",
    "straighten the horizon",
    "more vibrant colours",
    "blur the background",
    "the photo is too dark",
    "it looks overexposed",
    "increase the exposure by half a stop",
    "less saturated greens",
    "remove the person on the left",
    "give it a vintage look",
    "make the colors more vivid and increase clarity",
    "brighten the shadows without changing the highlights",
    "cooler temperature and more texture",
    "crop to square",
    "dehaze the landscape",
    "soften the skin",
    "improve the white balance",
    "make the sky bluer",
    "moody and cinematic with grain",
    "extremely bright highlights",
    "decrease brightness moderately",
)
RUN_ON = (
    ("make it brighter increase the contrast", "make it brighter, increase the contrast"),
    ("warmer and sharpen it please also add a vignette", "warmer. sharpen it. add a vignette"),
    ("brighten the photo reduce noise make colors pop", "brighten the photo. reduce noise. make colors pop"),
    ("crop to square then make it black and white add grain", "crop to square. black and white. add grain"),
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SEEDS = 2


def _slipped(word: str, chance: random.Random) -> str:
    """One letter missing, doubled, another, or two swapped; the first stays, as people seldom miss it."""
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice(LETTERS) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


def _typed_in_a_hurry(text: str, chance: random.Random) -> str:
    """The text with one slip in one word of five letters and more."""
    words = text.split()
    at = chance.choice([at for at, word in enumerate(words) if len(word) >= 5])
    words[at] = _slipped(words[at], chance)
    return " ".join(words)


def _meaning(request: Request) -> tuple[object, ...]:
    wishes = {(wish.control, wish.direction, wish.strength, wish.exact, wish.region.name) for wish in request.wishes}
    return wishes, {limit.keep for limit in request.limits}, set(request.free), bool(request.unsupported)


def _share(seeds: range) -> float:
    same = [
        _meaning(read(_typed_in_a_hurry(text, random.Random(f"{seed} {text}")))) == _meaning(read(text))
        for seed in seeds
        for text in PLAIN
    ]
    return sum(same) / len(same)


def test_nine_in_ten_slips_change_nothing() -> None:
    assert _share(range(SEEDS)) >= 0.9


@pytest.mark.parametrize(("run_on", "apart"), RUN_ON)
def test_sentences_without_punctuation_are_read_like_those_with_it(run_on: str, apart: str) -> None:
    assert _meaning(read(run_on))[0] == _meaning(read(apart))[0]
