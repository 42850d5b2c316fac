"""What a user would lose: an instruction understood as something else."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostbridge.controls import CONTROLS
from retouchiq.language import Request, Wish, read
from retouchiq.language.lexicon import lexicon


def _wish(wish: Wish) -> str:
    sign = "+" if wish.direction > 0 else "-"
    exact = "" if wish.exact is None else f"={wish.exact:g}"
    strength = "" if wish.strength == 1 or exact else f"{wish.strength:g}"
    region = "" if wish.region.name == "everywhere" else f"@{wish.region.name}"
    options = "".join(f" {key}={value}" for key, value in wish.options.items())
    return f"{wish.control}{sign}{strength}{exact}{region}{options}"


def told(request: Request) -> str:
    """The wishes: ``exposure+0.5@sky``; ``=`` before exact amounts."""
    return ", ".join(_wish(wish) for wish in request.wishes)


def kept(request: Request) -> str:
    """The limits: ``region@sky``."""
    return ", ".join(f"{limit.keep}@{limit.region.name}" for limit in request.limits)


WISHES = {
    # several wishes, each with its own amount
    "warmer, and lift the shadows a little": "temperature+, shadows+0.5",
    "warmer and slightly brighter": "temperature+, exposure+0.5",
    "a bit warmer and brighter": "temperature+0.5, exposure+0.5",
    "slightly increase contrast and saturation": "contrast+0.5, saturation+0.5",
    "increase contrast and saturation a bit": "contrast+0.5, saturation+0.5",
    "increase brightness decrease contrast sharpen a bit": "exposure+, contrast-, sharpness+0.5",
    "shadows up a bit, highlights down": "shadows+0.5, highlights-",
    "contrast and brightness up": "contrast+, exposure+",
    "turn the brightness up and the saturation down": "exposure+, saturation-",
    "brighten the greens and whites slightly": "green.lightness+0.5, whites+0.5",
    "darken the blues, the reds and shadows": "blue.lightness-, red.lightness-, shadows-",
    "darken the shadows and highlights": "shadows-, highlights-",
    "darken the sky and lift the shadows": "exposure-@sky, shadows+",
    # amounts
    "a hair brighter": "exposure+0.25",
    "a touch more contrast": "contrast+0.35",
    "noticeably warmer": "temperature+1.4",
    "much more saturated": "saturation+1.8",
    "extremely sharp": "sharpness+2.5",
    "brighten by two thirds of a stop": "exposure+=0.667",
    "+0.7 EV": "exposure+=0.7",
    "half a stop darker": "exposure-=-0.5",
    "a stop and a half brighter": "exposure+=1.5",
    "raise the contrast by 20 percent": "contrast+=20",
    "turn saturation down by 15%": "saturation-=-15",
    "cooler by 300 K": "temperature-=-9.404",
    # less, not, no
    "less warm": "temperature-",
    "not so warm": "temperature-",
    "not so dark and blurry": "exposure+, sharpness+",
    "make it a lot less bright": "exposure-1.8",
    # complaints
    "too dark": "exposure+",
    "it looks hazy": "dehaze+",
    "it's a bit too warm and flat": "temperature-0.5, contrast+0.5",
    "too much noise": "denoise+",
    "there is a green cast": "tint+",
    "looks yellowish": "temperature-",
    "the highlights are too bright": "highlights-",
    "the contrast is too low": "contrast+",
    "the sky is boring": "contrast+@sky, vibrance+0.8@sky, exposure-0.6@sky, dehaze+0.6@sky",
    "the image on the left is darker": "exposure+",
    "make it look washed out": "vibrance-, contrast-0.6",
    # what comes last holds
    "darker. no, actually brighter": "exposure+",
    "it's too dark, brighten it a touch": "exposure+0.35",
    # what it is for is no further wish
    "brighten it so that the faces are sharp": "exposure+",
    # typing slips
    "incrase the saturaton": "saturation+",
    "brigher and more contarst": "exposure+, contrast+",
    "colorfull": "saturation+",
}


@pytest.mark.parametrize(("instruction", "wishes"), WISHES.items())
def test_wishes_and_their_amounts(instruction: str, wishes: str) -> None:
    assert told(read(instruction)) == wishes


PLACES = {
    "make the sky darker and more saturated": "exposure-@sky, saturation+@sky",
    "brighten only the sky": "exposure+@sky",
    "darken the sky and the sea": "exposure-@sky, exposure-@blue",
    "make the sky and the sea bluer": "blue.saturation+@sky, blue.saturation+",
    "her face is too dark": "exposure+@face",
    "blur the background": "sharpness-@background",
    "smooth the skin": "texture-@orange",
    "brighten the shadows": "shadows+",
    "deeper blacks": "blacks-",
    "cooler shadows": "temperature-@shadows",
    "i want the left side a little brighter": "exposure+0.5@left",
    "brighten this photo of my daughter": "exposure+",
    "make the grass greener": "green.saturation+",
    "skin is too red": "red.saturation-",
    "darker blues": "blue.lightness-",
    "make the greens less saturated": "green.saturation-",
    "brighten the whites and the greens a bit": "whites+0.5, green.lightness+0.5",
    "shift the greens towards yellow": "green.hue-",
    "teal shadows, orange highlights": "shadows_color+ hue=200.0, highlights_color+ hue=65.0",
    "add a blue tint": "temperature-",
    "less magenta": "tint-",
    "make the reds pop": "red.saturation+0.8",
    "bolder colours": "vibrance+",
    "muted greens, warmer highlights and a soft vignette": "green.saturation-, temperature+@highlights, vignette+",
}


@pytest.mark.parametrize(("instruction", "wishes"), PLACES.items())
def test_places_and_colours(instruction: str, wishes: str) -> None:
    assert told(read(instruction)) == wishes


def test_a_place_that_must_be_found_says_so() -> None:
    sky, shadows = read("darken the sky, cooler shadows").wishes
    assert not sky.located
    assert sky.region.everywhere
    assert shadows.located


GEOMETRY = {
    "rotate 2 degrees clockwise": "rotate+=2",
    "rotate 90 degrees counter-clockwise": "rotate-=-90",
    "turn it upside down": "rotate+=180",
    "crop to 16:9": "crop+=0 aspect=16:9",
    "crop to a square": "crop+=0 aspect=1:1",
    "crop 10% off the left": "crop+=10 left=10.0",
    "remove the black borders": "crop+",
    "flip vertically": "flip+=1 axis=vertical",
    "mirror it": "flip+=1 axis=horizontal",
    "fix the converging verticals": "perspective+ axis=vertical",
    "correct the lens distortion": "lens_correction+",
    "black and white with a red filter": "monochrome+ filter=red",
}


@pytest.mark.parametrize(("instruction", "wishes"), GEOMETRY.items())
def test_geometry_and_conversion(instruction: str, wishes: str) -> None:
    assert told(read(instruction)) == wishes


FREE = {
    "fix the white balance": ("temperature", "tint"),
    "straighten the horizon": ("rotate",),
    "it's crooked": ("rotate",),
    "adjust the exposure and contrast": ("exposure", "contrast"),
}


@pytest.mark.parametrize(("instruction", "free"), FREE.items())
def test_what_is_named_without_a_direction_is_left_to_the_picture(instruction: str, free: tuple[str, ...]) -> None:
    request = read(instruction)
    assert request.free == free
    assert not request.wishes


@pytest.mark.parametrize(
    "instruction", ["enhance", "improve this photo", "make it look better", "can you fix this photo?"]
)
def test_open_ended(instruction: str) -> None:
    request = read(instruction)
    assert request.open_ended
    assert not request.wishes


LIMITS = {
    "warmer, but keep the sky": "region@sky",
    "darker but leave the sky alone": "region@sky",
    "everything darker except the face": "region@face",
    "warmer, but not the sky": "region@sky",
    "brighten, without blowing the highlights": "highlights@everywhere",
    "more contrast but don't crush the blacks": "shadows@everywhere",
    "don't touch the colours, just brighten it": "colour@everywhere",
    "sharpen it but don't change the exposure": "exposure@everywhere",
    "brighten it and keep skin natural": "skin@orange",
    "desaturate everything except the reds": "region@red",
    "the foreground is too dark but the sky is fine": "region@sky",
}


@pytest.mark.parametrize(("instruction", "limits"), LIMITS.items())
def test_limits(instruction: str, limits: str) -> None:
    request = read(instruction)
    assert kept(request) == limits
    assert len(request.wishes) == 1


def test_what_a_look_would_bring_can_be_refused_and_outvoted() -> None:
    controls = {wish.control: wish.direction for wish in read("cinematic, but no vignette and more saturated").wishes}
    assert "vignette" not in controls
    assert controls["saturation"] == 1
    assert controls["contrast"] == 1


LOOKS = {
    "cinematic teal and orange": "teal and orange",
    "make it airy": "airy",
    "like an old print": "old print",
    "slightly moody": "moody",
    "golden hour feel": "golden hour",
    "low-key portrait": "low key",
    "make it look like it was shot on film": "film",
    "autumn mood": "autumn",
}


@pytest.mark.parametrize(("instruction", "look"), LOOKS.items())
def test_looks_by_description(instruction: str, look: str) -> None:
    request = read(instruction)
    assert request.looks == (look,)
    assert len(request.wishes) >= 4


def test_a_weaker_look_is_weaker_in_everything() -> None:
    plain, slight = read("moody"), read("slightly moody")
    for wish, weaker in zip(plain.wishes, slight.wishes, strict=True):
        assert weaker.strength == pytest.approx(wish.strength / 2)


UNSUPPORTED = {
    "remove the man on the left and brighten the rest": "exposure+",
    "erase the power lines, then warm it up": "temperature+",
    "add a bird in the sky. sharpen it too": "sharpness+",
    "replace the sky with a sunset and add contrast": "contrast+",
    "make her slimmer; less contrast": "contrast-",
    "open his eyes and brighten the face": "exposure+@face",
    "get rid of the red sign": "",
    "take the guy out of the background": "",
    "make the background white": "",
    "change her shirt to red": "",
    "make her smile": "",
    "add text saying hello": "",
    "turn this into a painting": "",
    "colorize it": "",
    "make the picture bigger": "",
    "i want the lamp removed": "",
    "remove everyone except the bride": "",
}


@pytest.mark.parametrize(("instruction", "rest"), UNSUPPORTED.items())
def test_what_cannot_be_done_is_said_and_the_rest_is_done(instruction: str, rest: str) -> None:
    request = read(instruction)
    assert request.unsupported
    assert told(request) == rest


def test_what_cannot_be_done_is_named_in_the_user_s_words() -> None:
    (sentence,) = read("warmer, and erase the lamp post").unsupported
    assert "erase the lamp post" in sentence


@pytest.mark.parametrize(
    "instruction",
    [
        "remove the noise",
        "remove the haze",
        "get rid of the green cast",
        "add contrast",
        "remove the yellow tint",
        "add a vignette",
        "replace a bit of red",
        "remove the shadows on her face",
    ],
)
def test_taking_away_a_fault_is_not_taking_away_a_thing(instruction: str) -> None:
    request = read(instruction)
    assert not request.unsupported
    assert request.wishes


@pytest.mark.parametrize("nonsense", ["qwertz blorf zap", "lorem ipsum dolor", "the mouse was eaten yesterday", ""])
def test_nonsense_is_not_read_as_a_wish(nonsense: str) -> None:
    request = read(nonsense)
    assert request == Request(instruction=nonsense, unread=request.unread)


def test_words_not_understood_are_told() -> None:
    assert read("warmer. flumph the borogoves").unread == ("flumph", "borogoves")


SETTINGS = "exposure +0.5; contrast -20; colorbalancergb.vibrance = 0.2, green.saturation: -30"


def test_settings_written_out_are_taken_exactly() -> None:
    assert told(read(SETTINGS)) == (
        "exposure+=0.5, contrast-=-20, colorbalancergb.vibrance+=0.2, green.saturation-=-30"
    )


WORDINGS = {
    # control: wordings for more, wordings for less
    "exposure": ("brighter; lift the exposure; it's underexposed", "darken; turn the brightness down; overexposed"),
    "contrast": ("add contrast; too flat; contrastier", "less contrast; too contrasty; reduce the contrast"),
    "highlights": ("lift the highlights; brighter highlights", "recover the highlights; blown out; tame highlights"),
    "shadows": ("open the shadows; fill the shadows; shadows up", "deepen the shadows; darker shadows; shadows down"),
    "whites": ("raise the whites; brighter whites", "lower the whites; whites down"),
    "blacks": ("lift the blacks; blacks up", "crush the blacks; richer blacks; lower the blacks"),
    "temperature": ("warmer; warm it up; it feels cold; add warmth", "cool it down; too warm; cooler"),
    "tint": ("more magenta; there is a green cast", "add a green tint; too pink; less magenta"),
    "saturation": ("saturate it; more colour; colourful", "desaturate; tone down the colours; oversaturated"),
    "vibrance": ("more vibrance; make the colours pop; livelier", "more muted; less vibrant; mute it"),
    "hue": ("shift all hues towards green; hue +10 degrees", "rotate the hues towards magenta; hue -10 degrees"),
    "clarity": ("more clarity; clearer", "soften it; less clarity"),
    "texture": ("more texture; texture up", "smooth it; less texture"),
    "dehaze": ("dehaze; cut through the haze; too foggy", "add some mist; make it hazy"),
    "sharpness": ("sharpen; crisper; it's blurry; more detail", "blur it; too sharp; add blur"),
    "denoise": ("reduce the noise; denoise; too grainy; less grain", ""),
    "vignette": ("darken the corners; add a vignette", "brighter corners; remove the vignette"),
    "grain": ("add film grain; more grain", ""),
    "fade": ("fade it; a matte look", ""),
    "glow": ("add a glow; make the lights glow; more bloom", ""),
    "monochrome": ("black and white; convert it to monochrome; b&w please", ""),
    "crop": ("crop it tighter; zoom in a little; trim the top", ""),
    "rotate": ("rotate it 3 degrees; turn it 90 degrees clockwise", "rotate left; tilt it 2 degrees to the left"),
    "perspective": ("correct the perspective; fix the keystone; the building leans backwards", ""),
    "flip": ("flip it; mirror it", ""),
    "lens_correction": ("correct the lens; remove the chromatic aberration", ""),
    "shadows_color": ("teal shadows; add blue to the shadows", ""),
    "midtones_color": ("add some gold to the midtones; tint the midtones orange", ""),
    "highlights_color": ("orange highlights; make the highlights yellow", ""),
    **{
        f"{band}.{part}": (more.format(plural), less.format(plural))
        for band, plural in {
            "red": "reds", "orange": "oranges", "yellow": "yellows", "green": "greens",
            "aqua": "teals", "blue": "blues", "purple": "purples", "magenta": "pinks",
        }.items()
        for part, more, less in (
            ("saturation", "more saturated {0}; boost the {0}; vivid {0}", "desaturate the {0}; reduce the {0}"),
            ("lightness", "lighten the {0}; brighter {0}", "darken the {0}; the {0} are too bright"),
        )
    },
    "red.hue": ("shift the reds towards orange", "make the reds more magenta"),
    "orange.hue": ("make the oranges more yellow", "shift the oranges towards red"),
    "yellow.hue": ("shift the yellows towards green", "make the yellows more orange"),
    "green.hue": ("make the greens more blue", "shift the greens towards yellow"),
    "aqua.hue": ("shift the teals towards blue", "make the teals more green"),
    "blue.hue": ("make the blues more purple", "shift the blues towards teal"),
    "purple.hue": ("shift the purples towards pink", "make the purples more blue"),
    "magenta.hue": ("make the pinks more red", "shift the pinks towards purple"),
}  # fmt: skip


def test_the_whole_vocabulary_has_words() -> None:
    assert set(WORDINGS) == set(CONTROLS)


@pytest.mark.parametrize("control", WORDINGS)
def test_every_control_answers_to_its_words(control: str) -> None:
    for direction, wordings in zip((1, -1), WORDINGS[control], strict=True):
        for wording in filter(None, wordings.split("; ")):
            found = {wish.control: wish.direction for wish in read(wording).wishes}
            assert found.get(control) == direction, wording


def test_the_words_for_amounts_are_ordered() -> None:
    words = ["a hair", "a touch", "slightly", "", "clearly", "a lot", "extremely"]
    strengths = [read(f"{word} warmer").wishes[0].strength for word in words]
    assert strengths == sorted(set(strengths))


def test_every_effect_of_a_word_names_a_control() -> None:
    for meanings in lexicon().phrases.values():
        for meaning in meanings.values():
            assert all(effect.control in CONTROLS for effect in meaning.effects + meaning.less)


PIECES = st.sampled_from([" ".join(phrase) for phrase in sorted(lexicon().phrases)])


@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=25).map(" ".join)))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_and_always_the_same(text: str) -> None:
    request = read(text)
    assert isinstance(request, Request)
    assert request == read(text)
    for wish in request.wishes:
        assert wish.direction in (1, -1)
        assert wish.exact is None or wish.exact * wish.direction >= 0
        assert wish.control in CONTROLS or "." in wish.control


@pytest.mark.parametrize(
    "text", ["warmer and " * 20_000, "zqxv " * 40_000, "1/0 " * 20_000, "(" * 100_000, "9" * 100_000]
)
def test_endless_text_is_bounded(text: str) -> None:
    assert len(read(text).wishes) <= len(CONTROLS)


def test_reading_takes_no_time_worth_noticing() -> None:
    read("warm up")
    long = ("make it warmer and sharpen the sky a bit, " * 60)[:2000]
    start = time.process_time()
    read(long)
    assert time.process_time() - start < 0.2


UP = [
    "increase the", "raise the", "boost the", "bump up the", "kick up the", "push the", "turn up the", "dial up the",
    "more", "could use more", "not enough",
]  # fmt: skip
DOWN = [
    "decrease the", "reduce the", "bring down the", "take down the", "pull back the", "dial back the", "tone down the",
    "cut back on the", "go easy on the", "take some of the", "rein in the", "kill some of the", "mute the",
    "soften the", "less", "too much", "lay off the",
]  # fmt: skip
MOVED = {"contrast": "contrast", "saturation": "saturation", "warmth": "temperature", "clarity": "clarity"}


@pytest.mark.parametrize("noun", MOVED)
@pytest.mark.parametrize(("sign", "mover"), [*(("+", each) for each in UP), *(("-", each) for each in DOWN)])
def test_every_verb_moves_every_quality_its_way(sign, mover, noun):
    assert told(read(f"{mover} {noun}")) == MOVED[noun] + sign


@pytest.mark.parametrize(
    ("instruction", "wishes", "limits"),
    [
        ("everything but the sky a little darker", "exposure-0.5", "region@sky"),
        ("more vibrant colors but natural skin", "vibrance+", "skin@orange"),
        ("sharper but no halos", "sharpness+", ""),
        ("enhance the blue color", "blue.saturation+", ""),
        ("add a blue color", "temperature-", ""),
        ("the blacks look washed out", "blacks-", ""),
        ("reduce the wrinkles", "texture-", ""),
        ("fix the grain", "denoise+", ""),
        ("more shadow detail", "shadows+", ""),
        ("recover detail in the highlights", "highlights-", ""),
        ("brighter, keep highlight detail", "exposure+", "highlights@everywhere"),
        ("the highlights are too hot", "highlights-", ""),
        ("softer contrast", "contrast-", ""),
        ("remove the extra space around", "crop+", ""),
    ],
)
def test_what_is_said_of_a_thing_is_meant_of_it(instruction, wishes, limits):
    assert (told(read(instruction)), kept(read(instruction))) == (wishes, limits)
