"""Where a clause applies, and what a control becomes there."""

from __future__ import annotations

from hostbridge.controls import EVERYWHERE, HUES, TONES, Region

from retouchiq.language.clauses import Clause, Item
from retouchiq.language.lexicon import Effect

PLACES_ROLES = ("found", "region", "object")

TONAL = {"shadows": "shadows", "highlights": "highlights", "whites": "whites", "blacks": "blacks"}
BAND_PART = {"exposure": "lightness", "saturation": "saturation", "vibrance": "saturation", "hue": "hue"}
NATIVE = {
    # colours a thing has by nature: "a bluer sky" is about its blue, "a pink sky" about a cast over it
    "sky": ("blue", "aqua"),
    "blue": ("blue", "aqua"),
    "green": ("green", "yellow"),
    "orange": ("red", "orange", "magenta", "yellow"),
    "face": ("red", "orange", "magenta"),
}


def located(region: Region) -> bool:
    """Whether the region needs no picture to be found."""
    return region.everywhere is False or region.name == "everywhere"


def region_of(item: Item) -> Region:
    """The region an item names."""
    named = item.get("region")
    if named:
        return Region.named(named.name)
    return Region(name=item.meanings["found"].name if item.has("found") else item.meanings["object"].name)


def inverted(region: Region) -> Region:
    """Everything but the region."""
    return region.model_copy(update={"name": f"not {region.name}", "inverted": not region.inverted})


def together(regions: list[Region]) -> Region:
    """The first region that has to be found, or else the intersection of the named ones."""
    regions = [region for region in regions if region.name != "everywhere"]
    found = [region for region in regions if not located(region)]
    if found or len(regions) < 2:
        return (found or regions or [EVERYWHERE])[0]
    first, second = regions[:2]
    if first.inverted or second.inverted:
        return first
    return Region(
        name=f"{first.name} {second.name}",
        tones=first.tones or second.tones,
        hues=first.hues or second.hues,
        shape=first.shape or second.shape,
    )


def region_in(clause: Clause, heads: tuple[int, ...] = ()) -> Region:
    """The region a clause names outside of its heads."""
    places = [at for at in clause.positions(*PLACES_ROLES) if at not in heads]
    return together([region_of(clause.items[at]) for at in places])


def settled(effect: Effect, region: Region) -> tuple[str, Region]:
    """The control and region of an effect wished in a region: lighter shadows are the shadows control, everywhere."""
    if effect.region:
        region = Region.named(effect.region)
    if region.inverted:
        return effect.control, region
    if effect.control == "exposure" and region.name in TONAL and region.name in TONES:
        return TONAL[region.name], EVERYWHERE
    if region.name in HUES and region.shape is None and effect.control in BAND_PART:
        return f"{region.name}.{BAND_PART[effect.control]}", EVERYWHERE
    return effect.control, region
