"""What a user would lose: a verb that says all ("lift the foreground") would do nothing."""

import pytest

from retouchiq.language import read

ALONE = {
    "lift the foreground": "exposure+@foreground",
    "tone down the sky a little": "exposure-@sky",
    "bring the background down": "exposure-@background",
    "tone down the yellow lamps": "yellow.saturation-",
    "can you clear this up": "clarity+",
    # with a quality named, the verb is about that
    "tone down the contrast": "contrast-",
    "lift the shadows": "shadows+",
    "clear up the haze": "dehaze+",
    "tone down": "",
}


@pytest.mark.parametrize(("instruction", "wish"), ALONE.items())
def test_a_verb_without_a_quality_is_still_a_wish(instruction: str, wish: str) -> None:
    found = [
        f"{it.control}{'+' if it.direction > 0 else '-'}" + f"@{it.region.name}" * (it.region.name != "everywhere")
        for it in read(instruction).wishes
    ]
    assert [name.partition("@yellow")[0] for name in found] == [wish] * bool(wish)
