"""Looks found by description.

All were written before the search was first run on them. How the search ranks, and what the looks say about themselves,
was improved with `TUNED` in view; then `HELD` was written, and nothing was changed after it.
"""

import pytest

from retouchiq.looks import looks
from retouchiq.looks.nearest import nearest

TUNED = {
    "like a detective story from the forties": "noir",
    "warm light just before the sun goes down": "golden hour",
    "a gloomy wood full of moss": "moody forest",
    "my grandparents' wedding album": "old print",
    "delicate powdery colours": "pastel",
    "washed out colours like a holiday by the sea": "faded summer",
    "make my soup look tasty for a cookbook": "fresh food",
    "a bride in a sunny garden, bright and soft": "wedding airy",
    "a sleeping baby on a blanket, soft skin": "newborn soft",
    "grainy monochrome like a jazz club": "pushed mono",
    "black and white with dramatic clouds and a black sky": "bold mono",
    "flattering black and white for a face": "portrait mono",
    "blue prints made with sunlight, prussian blue": "cyanotype",
    "brown toned picture from the nineteenth century": "sepia",
    "a house for sale, bright rooms": "interior",
    "snow and ice, cold": "winter",
    "leaves turning red and gold": "autumn",
    "blossoms and fresh green": "spring",
    "beach holiday with turquoise water": "summer",
    "heavy clouds before rain": "stormy",
    "scary movie in an abandoned house": "horror",
    "futuristic city with pink neon": "cyberpunk",
    "cowboys and dust": "western",
    "action movie poster colours": "teal and orange",
    "like a scene from a feature film": "cinematic",
    "a dark film scene at night with street lamps": "cinema night",
    "red glow around the lights on tungsten film": "night film",
    "fujifilm with green shadows": "cool film",
    "soft skin tones like professional portrait negative": "portrait film",
    "vivid transparency for landscapes": "slide film",
    "cheap holiday camera snapshots": "consumer film",
    "square instant camera picture with a white frame": "instant film",
    "film developed in the wrong chemicals": "cross processed",
    "metallic hard war movie without much colour": "bleach bypass",
    "brown and orange from the disco years": "seventies",
    "fog over a river early in the day": "misty morning",
    "pink sky at daybreak": "pastel dawn",
    "deep blue evening after sunset": "blue hour",
    "a person lit by one lamp, the rest is black": "low key",
    "everything bright on a white background": "high key",
    "glowing soft focus": "dreamy",
    "fashion magazine cover": "editorial",
    "news photograph, sober": "documentary",
    "mountains with lots of depth": "grand landscape",
    "sharp feathers of a bird": "wildlife",
    "minimal scandinavian room": "nordic",
    "sitting by the fire with tea": "cosy",
    "tone down what looks over-processed": "natural",
    "packshot for an online shop": "clean",
    "nostalgic photo from a family album": "old print",
    "polaroids from a party": "instant film",
    "moonlit street, cool and dim": "blue hour",
    "soft romantic bloom": "dreamy",
    "rough faces and rusty machines": "gritty",
    "concert in a dark club with lots of grain": "pushed film",
    "milky blacks and muted tones for a fashion blog": "matte",
    "light and bright kitchen for an estate agent": "interior",
    "lonely and sad, rain on the window": "moody",
    "christmas evening with candles": "cosy",
    "dry hot desert road": "western",
    "steel grey sea under a threatening sky": "stormy",
    "delicious cake": "fresh food",
    "zombie film": "horror",
    "the colours of old hollywood musicals": "three strip",
    "wet city at night full of advertising lights": "neon city",
    "faint grey black and white without hard blacks": "soft mono",
    "violet tinted archival black and white": "selenium print",
    "warm ivory black and white on matte paper": "platinum print",
    "timeless monochrome with rich greys": "silver print",
    "strong contrast and vivid colours that jump out": "punchy",
    "retro summer from an old magazine": "vintage",
    "candid people in the city": "street",
    "lion on the savanna": "wildlife",
    "film that was forgotten in a drawer for years": "expired film",
    "both the window and the dark room visible": "hdr",
}

HELD = {
    "humphrey bogart in the fog": "noir",
    "late afternoon sun on her hair": "golden hour",
    "dark pine trees after rain": "moody forest",
    "found in grandma's attic, yellow and pale": "old print",
    "easter egg colours": "pastel",
    "a burger that makes you hungry": "fresh food",
    "just married, soft and light": "wedding airy",
    "our new baby, tender and gentle": "newborn soft",
    "white sky turned black, stark monochrome": "bold mono",
    "monochrome headshot of an actor": "portrait mono",
    "victorian brown tint": "sepia",
    "airbnb listing, bright flat": "interior",
    "frosty morning, icy tones": "winter",
    "october colours": "autumn",
    "lightning over the sea": "stormy",
    "haunted house": "horror",
    "sci-fi metropolis in pink and cyan": "cyberpunk",
    "a cowboy at noon in the prairie": "western",
    "michael bay film": "teal and orange",
    "chemically wrong colours, blue shadows and yellow lights": "cross processed",
    "saving private ryan, drained and hard": "bleach bypass",
    "the decade of disco and brown wallpaper": "seventies",
    "the sun has set, everything is blue": "blue hour",
    "one candle in a black room, caravaggio": "low key",
    "white on white, very bright": "high key",
    "fairy tale glow": "dreamy",
    "war reporter": "documentary",
    "yosemite like ansel adams but in colour": "grand landscape",
    "an owl with every feather sharp": "wildlife",
    "ikea catalogue, pale and cool": "nordic",
    "winter evening with a blanket and cocoa": "cosy",
    "less edited, as it was": "natural",
    "product on amazon": "clean",
    "dull picture needs impact": "punchy",
    "pub gig with grainy high iso": "pushed film",
    "dreary rainy day, depressed": "moody",
    "botanical sun print": "cyanotype",
    "cherry trees in april": "spring",
    "palm beach in july": "summer",
    "fog hanging over the meadow": "misty morning",
}


@pytest.mark.parametrize("described", [TUNED, HELD], ids=["tuned", "held"])
def test_a_description_finds_its_look_among_the_five_shown(described: dict[str, str]) -> None:
    assert set(described.values()) <= set(looks())
    missed = [text for text, name in described.items() if name not in [look.name for look in nearest(text)]]
    assert len(missed) <= 0.1 * len(described), missed


def test_a_name_or_a_word_of_a_look_finds_it_first() -> None:
    for name in ("film", "cool film", "cinema night", "soft mono", "airy"):
        assert nearest(name, 1)[0].name == name
    assert nearest("PORTRA", 1)[0].name == "portrait film"
