"""Colours in a clause: casts over the picture, toned shadows, bands turned or strengthened."""

from __future__ import annotations

from collections.abc import Callable

from hostbridge.controls import EVERYWHERE, HUES, Region
from retouchiq.language.amounts import amount
from retouchiq.language.clauses import COLOURS, MOVES, PLACES, SHIFTS, Clause
from retouchiq.language.lexicon import Effect, Meaning, lexicon
from retouchiq.language.places import NATIVE, band, region_in, region_of
from retouchiq.language.request import Wish
from retouchiq.language.wishing import Context, mover_of, wishes

FILTERS = ("red", "orange", "yellow", "green", "blue")
GRADED = ("shadows", "midtones", "highlights")
TURNERS = (
    "shift",
    "turn",
    "move",
    "push",
    "towards",
    "toward",
    "into",
    "to",
    "more",
    "rotate",
    "change",
    "steer",
    "lean",
    "bring",
    "adjust",
)
STRENGTHENERS = (
    "enhance", "enhancing", "intensify", "strengthen", "bring out", "deepen", "amplify", "accentuate", "emphasize",
    "emphasise", "enrich", "stronger", "richer", "heighten",
)  # fmt: skip
"""Movers that presuppose the colour: a photo gets more of what it has, not a tint."""
TINTS = ("tint", "tints", "cast", "casts", "undertone", "undertones", "tinge", "hue")
QUALITIES = (
    "exposure",
    "exposure, less",
    "saturation",
    "saturation, less",
    "vibrance",
    "vibrance, less",
    "color",
    "depth",
    "hue",
    "dull",
    "contrast",
    "punch",
    "soft",
    "clarity",
)


def _meaning(clause: Clause, at: int) -> Meaning:
    meaning = clause.items[at].get(*COLOURS)
    assert meaning is not None
    return meaning


def _band_name(meaning: Meaning) -> str:
    return str(lexicon().colours[meaning.name]["band"])


def _describes(clause: Clause, at: int) -> bool:
    """Whether the colour only tells which thing is meant: "the red car"."""
    following = clause.items[at + 1 : at + 2]
    if (
        following
        and (following[0].has("object", "found") or following[0].kind == "word")
        and not following[0].has("casts")
    ):
        return True
    worn = (
        at > 1
        and clause.items[at - 1].text in ("in", "with")
        and any(item.has("found", "object") for item in clause.items[: at - 1])
    )
    return worn and not clause.has("movers:up")


def _is_band(clause: Clause, at: int) -> bool:
    """Whether the colour stands for the things of that colour: "the greens", "green tones", "enhance the blue"."""
    item = clause.items[at]
    following = clause.items[at + 1 : at + 2]
    plural = bool(following) and following[0].has("band_nouns") and following[0].text.endswith("s")
    return item.has("colours") or plural or _is_strengthened(clause, at)


def _is_strengthened(clause: Clause, at: int) -> bool:
    mover = mover_of(clause, at)
    tint = any(item.text in TINTS for item in clause.items[at + 1 : at + 2])
    return mover is not None and clause.items[mover].text in STRENGTHENERS and not tint


def colours_in(clause: Clause) -> list[int]:
    """Where colours are named that are more than a description of a thing."""
    return [at for at in clause.positions(*COLOURS) if not _describes(clause, at)]


def bands_in(clause: Clause) -> list[Region]:
    """The bands a clause names as things of a colour: "the greens and blues"."""
    return [band(_band_name(_meaning(clause, at))) for at in colours_in(clause) if _is_band(clause, at)]


def band_in(clause: Clause, heads: list[int]) -> Region | None:
    """The band a clause is about where its head is a quality that bands have: "darker blues"."""
    colours = [
        at
        for at in colours_in(clause)
        if not clause.items[at + 1 : at + 2] or not clause.items[at + 1].has("casts") or _is_band(clause, at)
    ]
    names = [meaning.name for head in heads if (meaning := clause.items[head].get(*SHIFTS, "noun"))]
    if not colours or not any(name in QUALITIES for name in names):
        return None
    if colours[0] and clause.items[colours[0] - 1].text in ("to", "into", "from"):
        return None
    if names == ["hue"] and not _is_band(clause, colours[0]):
        return None
    return band(_band_name(_meaning(clause, colours[0])))


def _sign(clause: Clause, at: int, context: Context) -> int:
    """+1 more of the colour, −1 less, 0 where nothing is asked of it."""
    item = clause.items[at]
    comparative = item.has("tinged") and item.text.endswith("er")
    sign = -1 if context.source else 1
    mover = mover_of(clause, at)
    if mover is not None:
        meaning = clause.items[mover].get(*MOVES)
        assert meaning is not None
        sign *= int(meaning.value)
    elif any(other.text == "too" for other in clause.items[:at]):
        sign = -sign
    elif (
        comparative
        or clause.has("movers_free")
        or clause.last_before(at, "makers") is not None
        or (clause.joined and context.making)
    ):
        pass
    elif clause.last_before(at, "complaints") is not None and not clause.purpose:
        sign = -sign
    elif context.colour_sign:
        sign = context.colour_sign
    elif item.has("tinged"):
        sign = -1
    elif not clause.purpose and not clause.items[at + 1 : at + 2]:
        return 0
    if clause.last_before(at, "negations") is not None:
        sign = -sign
    return sign


def _graded(clause: Clause, found: list[int], context: Context) -> list[Wish]:
    """Coloured tonal ranges: "teal shadows", "orange in the highlights"."""
    tonal = [at for at in clause.positions("region") if clause.items[at].meanings["region"].name in GRADED]
    if not tonal or _sign(clause, found[0], context) < 0:
        return []
    name = clause.items[tonal[0]].meanings["region"].name
    hue = float(lexicon().colours[_meaning(clause, found[0]).name]["hue"])
    effect = Effect(f"{name}_color", 1, options=(("hue", hue),))
    return wishes((effect,), 1, amount(clause, found[0]), EVERYWHERE, clause.said)


def _turn(start: float, target: float) -> int:
    """+1 where the shorter way from one hue to another goes up the hue circle, −1 where down."""
    return 1 if (target - start) % 360 <= 180 else -1


def _turned(clause: Clause, found: list[int], context: Context) -> list[Wish]:
    """A band, or a thing with a colour of its own, turned towards another colour."""
    if not any(item.text in TURNERS for item in clause.items):
        return []
    named = [_band_name(_meaning(clause, at)) for at in found]
    if len(found) > 1 and (_is_band(clause, found[0]) or clause.has("noun")) and named[0] != named[1]:
        source, target = named[0], named[1]
    elif (
        len(found) == 1
        and clause.has("noun")
        and clause.items[clause.first("noun") or 0].meanings["noun"].name == "hue"
        and any(item.text in ("towards", "toward") for item in clause.items)
    ):
        sign = 1 if named[0] in ("yellow", "green") else -1
        return wishes((Effect("hue", sign),), 1, amount(clause, found[0]), region_in(clause), clause.said)
    else:
        return []
    effect = Effect(f"{source}.hue", _turn(HUES[source], HUES[target]))
    return wishes((effect,), 1, amount(clause, found[1]), EVERYWHERE, clause.said)


def _strengthened(clause: Clause, found: list[int], context: Context) -> list[Wish]:
    """The things of a colour made more or less of it: "reduce the yellows", "a bluer sky"."""
    sign = _sign(clause, found[0], context)
    name = _band_name(_meaning(clause, found[0]))
    places = list(clause.positions(*PLACES))
    region = region_of(clause.items[places[0]]) if places else context.region
    native = name in NATIVE.get(region.name, ())
    if not sign or not (native or _is_band(clause, found[0])):
        return []
    if (
        clause.items[found[0] + 1 : found[0] + 2]
        and clause.items[found[0] + 1].has("casts")
        and not native
        and not _is_band(clause, found[0])
    ):
        return []
    where = region if region.name == "sky" else EVERYWHERE
    bands = dict.fromkeys(_band_name(_meaning(clause, at)) for at in found)
    effects = tuple(Effect(f"{band_name}.saturation", 1) for band_name in bands)
    return wishes(effects, sign, amount(clause, found[0]), where, clause.said, sign < 0 and clause.has("complaints"))


def _cast(clause: Clause, found: list[int], context: Context) -> list[Wish]:
    """A colour over the whole picture or a region: "add a blue tint", "too green"."""
    region = region_in(clause)
    region = region if region.name != "everywhere" else context.region
    result = []
    for at in found:
        sign = context.colour_sign = _sign(clause, at, context)
        complained = sign < 0 and clause.has("complaints")
        if sign:
            result += wishes(_meaning(clause, at).effects, sign, amount(clause, at), region, clause.said, complained)
    return result


def filter_wish(clause: Clause, last: list[Wish]) -> list[Wish]:
    """The black and white of the clause before, with the filter that this one names: "with a red filter"."""
    found = colours_in(clause)
    if (
        not found
        or not last
        or last[-1].control != "monochrome"
        or not any("filter" in item.text for item in clause.items)
    ):
        return []
    name = _meaning(clause, found[0]).name
    colour = name if name in FILTERS else "none"
    return [last[-1].model_copy(update={"options": {"filter": colour}})]


READINGS: tuple[Callable[[Clause, list[int], Context], list[Wish]], ...] = (_graded, _turned, _strengthened, _cast)


def _target(clause: Clause, found: list[int]) -> list[int]:
    """The colours without the one that a thing has so far: "change the water from green to blue"."""
    given = len(found) > 1 and clause.items[found[0] - 1].text == "from" and clause.has(*PLACES)
    return found[1:] if given else found


def colour_wishes(clause: Clause, context: Context) -> list[Wish]:
    """The wishes of the colours of a clause, by the first reading that fits."""
    found = _target(clause, colours_in(clause))
    if not found:
        return []
    return next((made for reading in READINGS if (made := reading(clause, found, context))), [])
