"""What a user would lose: telling two pictures apart would turn the wish around."""

import pytest

from retouchiq.language import read

COMPARED = {
    "the input image lacks contrast": "contrast+",
    "the input image has too much contrast": "contrast-",
    "the input image has less contrast than the desired image": "contrast+",
    "the original picture is too dark, the second one is brighter": "exposure+",
    "the photo on the right is lighter than the left one": "exposure+",
    "the left photo is darker and less saturated than the right": "exposure+ saturation+",
    "image on the right has more vibrant colours and is sharper than the one on the left": "vibrance+ sharpness+",
    "for the left image turn down the brightness then add more saturation": "exposure- saturation+",
    "make it darker than the foreground": "exposure-",
    # what is wrong, told in other words
    "it does not have enough contrast": "contrast+",
    "i can't see the faces": "exposure+",
    "it is not very sharp": "sharpness+",
    "fix this dark photo": "exposure+",
    "no flash please": "highlights-",
    "get rid of the dullness": "vibrance+ contrast+",
    "take the blurry-ness out": "sharpness+",
    "increase the exposure with minimal noise": "exposure+ denoise+",
    "its kinda dark can u make it brighter n sharp pls": "exposure+ sharpness+",
    "wash out the image": "vibrance- contrast-",
    # what is told, not wished
    "the flash did not go off": "",
    "they were attached to the fence, sharpen it": "sharpness+",
    "i cannot see a difference": "",
    "it would be cool if you sharpen it": "sharpness+",
    "this is hard to do but brighten it": "exposure+",
}


@pytest.mark.parametrize(("instruction", "wishes"), COMPARED.items())
def test_comparisons_and_complaints_point_the_right_way(instruction: str, wishes: str) -> None:
    found = [f"{wish.control}{'+' if wish.direction > 0 else '-'}" for wish in read(instruction).wishes]
    assert sorted(found) == sorted(wishes.split())


IMPOSSIBLE = {
    "remove the man and his shadow": True,
    "remove the person's shadow": True,
    "remove the shadow from her face": False,
    "remove the color spot": True,
    "remove the color cast": False,
    "Remove, the woman on the right": True,
    "emove the man": True,
    "change this sofa to black": True,
    "make the photo in color": True,
    "turn this pic into 1920x1080": True,
    "add a filter to make it look like a pencil drawing": True,
    "enlarging": True,
    "add emphasis and brighten it": False,
    "can a photoshop expert make it pop": False,
    "just photoshop it like a pro": False,
    "i only have this photo, sharpen it": False,
    "expand the dynamic range": False,
}


@pytest.mark.parametrize(("instruction", "impossible"), IMPOSSIBLE.items())
def test_things_are_told_from_qualities(instruction: str, impossible: bool) -> None:
    assert bool(read(instruction).unsupported) == impossible


OTHER_SCRIPTS = ["сделай ярче", "もっと明るく", "أكثر سطوعا", "🙂🌅" * 5000, "plus lumineux", "\u0000\u202e%s{}"]


@pytest.mark.parametrize("text", OTHER_SCRIPTS)
def test_other_scripts_are_no_wishes_and_no_error(text: str) -> None:
    assert not read(text).wishes
