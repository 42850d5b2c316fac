"""What a user would lose: "a hair" that is more than "slightly", "extremely" that is no more than "a lot"."""

from itertools import pairwise

import numpy as np
import pytest

from hostbridge.controls import CONTROLS
from retouchiq.agent.offline import OfflineAgent
from retouchiq.agent.offline.propose import FARTHEST
from retouchiq.language import read
from retouchiq.language.request import Request, Wish

ORDERED = ("a hair", "slightly", "", "clearly", "a lot", "extremely")

ALIKE = (
    ("a smidge", "a tad", "a little", "fairly", "warmer", "noticeably", "significantly", "hugely", "infinitely"),
    ("imperceptibly", "a touch", "somewhat", "moderately", "warmer", "appreciably", "heaps", "way", "utterly"),
    ("just barely", "marginally", "a bit", "reasonably", "warmer", "quite a bit", "far", "enormously", "totally"),
)

SAID = {
    "exposure": ("more exposure", "less exposure", "brighter", "darker", "brighten it"),
    "contrast": ("more contrast", "less contrast"),
    "highlights": ("brighter highlights", "darker highlights"),
    "shadows": ("brighter shadows", "darker shadows"),
    "whites": ("brighter whites", "darker whites"),
    "blacks": ("brighter blacks", "darker blacks"),
    "temperature": ("warmer", "cooler"),
    "tint": ("more magenta tint", "more green tint"),
    "saturation": ("more saturation", "less saturation"),
    "vibrance": ("more vibrance", "less vibrance"),
    "shadows_color": ("more blue in the shadows",),
    "midtones_color": ("more blue in the midtones",),
    "highlights_color": ("more yellow in the highlights",),
    "clarity": ("more clarity", "less clarity"),
    "texture": ("more texture", "smoother"),
    "dehaze": ("dehaze", "more haze"),
    "sharpness": ("sharper", "blurrier"),
    "denoise": ("more noise reduction",),
    "vignette": ("more vignette", "less vignette"),
    "grain": ("more grain",),
    "fade": ("more fade",),
    "glow": ("more glow",),
    **{
        f"{hue}.saturation": (f"more saturation in the {hue}s",) for hue in ("red", "green", "blue", "orange", "yellow")
    },
    **{f"{hue}.lightness": (f"brighter {hue}s", f"darker {hue}s") for hue in ("red", "green", "blue", "magenta")},
}


def _picture(level: float) -> np.ndarray:
    """float32 (48, 64, 3): a ramp with some colour around a level."""
    y, x = np.mgrid[0:48, 0:64].astype(np.float32)
    ramp = level + 0.3 * level * (1 - level) * (x / 32 - 1)
    return np.clip(np.dstack([ramp * 1.1, ramp, ramp * (0.8 + 0.3 * y / 48)]), 0, 1).astype(np.float32)


PICTURES = {"dark": _picture(0.12), "middling": _picture(0.45), "bright": _picture(0.85)}


def _wish(text: str, control: str) -> Wish:
    return next(wish for wish in read(text).wishes if wish.control == control)


@pytest.mark.parametrize(("control", "text"), [(control, text) for control in SAID for text in SAID[control]])
def test_amounts_are_read_in_their_order(control: str, text: str) -> None:
    strengths = [_wish(f"{degree} {text}".strip(), control).strength for degree in ORDERED]
    assert all(less < more for less, more in pairwise(strengths))


@pytest.mark.parametrize("words", ALIKE)
def test_other_words_of_amount_are_in_order_too(words: tuple[str, ...]) -> None:
    said = [word if word == "warmer" else f"{word} warmer" for word in words]
    strengths = [_wish(text, "temperature").strength for text in said]
    assert all(less < more for less, more in pairwise(strengths))


SWITCHES = {"monochrome", "flip", "lens_correction", "color_map"}
"""Done or not done."""


@pytest.mark.parametrize("light", PICTURES)
@pytest.mark.parametrize("complaint", [False, True])
@pytest.mark.parametrize("direction", [1, -1])
def test_more_is_proposed_where_more_is_asked_on_every_picture(light: str, complaint: bool, direction: int) -> None:
    """For every control; equal only where the control's range ends."""
    strengths = [_wish(f"{degree} warmer".strip(), "temperature").strength for degree in ORDERED]
    agent = OfflineAgent()
    for name, control in CONTROLS.items():
        sizes = []
        for strength in strengths if name not in SWITCHES else ():
            wish = Wish(control=name, direction=direction, strength=strength, complaint=complaint)
            plan = agent.propose(PICTURES[light], Request(instruction="", wishes=(wish,)))
            sizes += [abs(edit.amount) for edit in plan.edits]
        ends = (abs(control.low), abs(control.high), FARTHEST if name == "exposure" else 0)
        assert all(less < more or more in ends for less, more in pairwise(sizes)), (name, sizes)


@pytest.mark.parametrize(
    ("text", "control", "direction", "exact"),
    [
        ("twice as bright", "exposure", 1, 1.0),
        ("half as bright", "exposure", -1, -1.0),
        ("a third of a stop brighter", "exposure", 1, 0.333),
        ("half as much contrast", "contrast", -1, None),
        ("halve the saturation", "saturation", -1, None),
        ("cut the contrast in half", "contrast", -1, None),
        ("30% as much contrast", "contrast", -1, None),
        ("three times as sharp", "sharpness", 1, None),
    ],
)
def test_times_are_of_what_is_there(text: str, control: str, direction: int, exact: float | None) -> None:
    wish = _wish(text, control)
    assert (wish.direction, wish.exact) == (direction, exact)
    assert exact == 0.333 or wish.strength >= 2
