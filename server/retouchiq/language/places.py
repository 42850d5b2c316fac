"""Where a clause applies, and what a control becomes there."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from hostbridge import controls
from hostbridge.controls import EVERYWHERE, HUES, TONES, Region
from retouchiq.language.clauses import PLACES, Clause, Item
from retouchiq.language.lexicon import Effect, lexicon
from retouchiq.language.request import Wish

TONAL = ("shadows", "highlights", "whites", "blacks")
BAND_PART = {"exposure": "lightness", "saturation": "saturation", "vibrance": "saturation", "hue": "hue"}
NATIVE = {
    # colours that a thing has by nature: "a bluer sky" is about its blue, "a pink sky" about a cast over it
    "sky": ("blue", "aqua"),
    "blue": ("blue", "aqua"),
    "green": ("green", "yellow"),
    "orange": ("red", "magenta"),
    "face": ("red", "magenta"),
}


PICTURELESS = frozenset({"everywhere", "edges", "not", *TONES, *HUES, *(f"{hue}s" for hue in HUES), *controls.PLACES})
"""Words of region names that need no picture to be found."""


def thing(name: str) -> str:
    """What has to be found of a region's name: "car" of "not red car"; empty where nothing has."""
    words = name.split()
    while words and words[0] in PICTURELESS:
        words.pop(0)
    return " ".join(words)


def located(region: Region) -> bool:
    """Whether the region needs no picture to be found."""
    return not thing(region.name)


def region_of(item: Item) -> Region:
    """The region an item names."""
    named = item.get("region")
    if named:
        return Region.named(named.name)
    place = item.get("found", "object")
    return Region(name=place.name if place else item.text)


def inverted(region: Region) -> Region:
    """Everything but the region."""
    return region.model_copy(update={"name": f"not {region.name}", "inverted": not region.inverted})


def together(regions: Iterable[Region]) -> Region:
    """The intersection of the first two regions, at most one of which has to be found: "left sky", "top midtones"."""
    parts = [region for region in regions if region.name != "everywhere"]
    found = sorted((region for region in parts if not located(region)), key=lambda region: region.hues is None)
    named = [region for region in parts if located(region)]
    if any(part.inverted for part in named) or len(found) + len(named) < 2:
        return (found or parts or [EVERYWHERE])[0]
    if found:
        return _both(named[0], found[0]) if named else found[0]
    return _both(*named[:2])


def _both(first: Region, second: Region) -> Region:
    return Region(
        name=f"{first.name} {second.name}",
        tones=first.tones or second.tones,
        hues=first.hues or second.hues,
        shape=first.shape or second.shape,
    )


def _shown(clause: Clause, at: int) -> bool:
    """Whether a place is only what the picture shows: "this photo of my daughter"."""
    before = [
        item for item in clause.items[:at] if item.text == "of" or item.has("pictures") or not item.has("transparent")
    ]
    return any(first.has("pictures") and second.text == "of" for first, second in pairwise(before))


def regions_in(clause: Clause, heads: Iterable[int] = ()) -> list[int]:
    """Where a clause names regions outside of its heads."""
    skipped = set(heads)
    places = [at for at in clause.positions(*PLACES) if at not in skipped]
    return [at for at in places if at + 1 not in places and not _shown(clause, at)]


def region_in(clause: Clause, heads: Iterable[int] = ()) -> Region:
    """The region a clause names outside of its heads."""
    at = regions_in(clause, heads)
    places = [_described(clause, one) for one in at]
    things = [place for place in places if not located(place)]
    # "the sky on the left" is one place, "the sky and the shadows" are two and the thing is meant
    apart = len(at) > 1 and not any(
        item.has("prepositions") or item.text == "of" for item in clause.items[at[0] : at[1]]
    )
    return together(things if things and apart else places)


def _described(clause: Clause, at: int) -> Region:
    """The region an item names, with the colour said of a thing: "the red car"."""
    region = region_of(clause.items[at])
    colour = clause.items[at - 1].get("colour") if at and clause.items[at].has("object") else None
    if colour is None or region.name in PICTURELESS:
        return region
    band = str(lexicon().colours[colour.name]["band"])
    return Region(name=f"{band} {region.name}", hues=Region.named(band).hues)


def band(name: str) -> Region:
    """The region of a colour that was named as a colour ("the greens"): its edits have controls of their own."""
    return Region.named(name).model_copy(update={"name": f"{name}s"})


def is_band(region: Region) -> bool:
    """Whether the region is a colour that was named as a colour."""
    return region.hues is not None and region.name not in HUES and region.name.removesuffix("s") in HUES


def settled(effect: Effect, region: Region) -> tuple[str, Region]:
    """The control and region of an effect wished in a region: lighter shadows are the shadows control, everywhere."""
    if effect.region:
        region = Region.named(effect.region)
    if effect.control == region.name:
        return effect.control, EVERYWHERE
    if effect.control == "glow" and region.name in ("highlights", "whites"):  # where glow comes from, not where it goes
        return effect.control, EVERYWHERE
    if region.name.startswith(f"{effect.control} "):  # the shadows control knows its tones: only the place is left
        region = region.model_copy(update={"name": region.name.removeprefix(f"{effect.control} "), "tones": None})
    if region.inverted:
        return effect.control, region
    if effect.control == "exposure" and region.name in TONAL and region.name in TONES:
        return region.name, EVERYWHERE
    hue = region.name.removesuffix("s")
    if is_band(region):
        if effect.control in BAND_PART and region.shape is None:
            return f"{hue}.{BAND_PART[effect.control]}", EVERYWHERE
        region = region.model_copy(update={"name": hue})
    return effect.control, region


def settled_again(wish: Wish, region: Region) -> Wish | None:
    """The same wish for another region; None where the control knows no regions."""
    tonal = wish.control in TONAL and (region.name in TONES or is_band(region))
    base = "exposure" if tonal else wish.control
    part = wish.control.partition(".")[2]
    base = next((control for control, name in BAND_PART.items() if name == part), base)
    if "." in base:
        return None
    control, where = settled(Effect(base, wish.direction), region)
    return wish.model_copy(update={"control": control, "region": where, "located": located(where)})
