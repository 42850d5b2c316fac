"""What must not happen: "keep the sky", "don't touch the colours", "without blowing the highlights"."""

from __future__ import annotations

from hostbridge.controls import EVERYWHERE, Region
from retouchiq.language.clauses import PLACES, SHIFTS, Clause
from retouchiq.language.lexicon import lexicon
from retouchiq.language.places import located, region_in, regions_in
from retouchiq.language.request import Limit, Wish

KEPT = {
    # control or quality named → what of the picture stays
    "exposure": "exposure",
    "exposure, less": "exposure",
    "contrast": "contrast",
    "clarity": "contrast",
    "saturation": "saturation",
    "vibrance": "saturation",
    "saturation, less": "saturation",
    "color": "colour",
    "hue": "colour",
    "white balance": "colour",
    "temperature": "colour",
    "temperature, less": "colour",
    "cast": "colour",
    "highlights": "highlights",
    "highlight detail": "highlights",
    "shadows": "shadows",
    "shadow detail": "shadows",
    "whites": "highlights",
    "blacks": "shadows",
}
CONTROLS_KEPT = {
    "exposure": "exposure",
    "temperature": "colour",
    "tint": "colour",
    "hue": "colour",
    "saturation": "saturation",
    "vibrance": "saturation",
    "contrast": "contrast",
    "clarity": "contrast",
}
GENTLE = (
    "keep",
    "keeping",
    "preserve",
    "preserving",
    "protect",
    "protecting",
    "retain",
    "retaining",
    "maintain",
    "maintaining",
    "hold on to",
    "respect",
    "do not lose",
    "without losing",
    "not losing",
)


def _limit(keep: str, region: Region, clause: Clause) -> Limit:
    return Limit(keep=keep, region=region, located=located(region), words=clause.said)


def _band(clause: Clause) -> Region | None:
    """The colour that a clause names, as a region: "except the reds"."""
    at = clause.first("colour", "colours")
    meaning = clause.items[at].get("colour", "colours") if at is not None else None
    return Region.named(str(lexicon().colours[meaning.name]["band"])) if meaning else None


def _kept(clause: Clause) -> list[Limit]:
    at = clause.first("keepers", "fine")
    if at is None:
        return []
    places = regions_in(clause)
    band = _band(clause)
    if band is not None and not places:
        return [_limit("region", band, clause)]
    nouns = [
        name for position in clause.positions("noun") if (name := clause.items[position].meanings["noun"].name) in KEPT
    ]
    gentle = clause.items[at].text in GENTLE
    region = region_in(clause)
    if region.name == "orange":
        return [_limit("skin", region, clause)]
    if nouns and (gentle or not places or not clause.items[places[0]].has("noun")):
        keep = KEPT[nouns[0]]
        where = EVERYWHERE if keep in ("highlights", "shadows") else region
        return [_limit(keep, where, clause)]
    return [_limit("region", region, clause)] if places and region.name != "everywhere" else []


def _unclipped(clause: Clause) -> list[Limit]:
    for end in ("highlights", "shadows"):
        at = clause.first(f"clippers:{end}")
        if at is not None and clause.last_before(at, "negations") is not None:
            dark = any(
                clause.items[place].meanings["region"].name in ("shadows", "blacks")
                for place in clause.positions("region")
            )
            return [_limit("shadows" if dark else end, EVERYWHERE, clause)]
    return []


def _excepted(clause: Clause) -> list[Limit]:
    bare = clause.starts("negations") and not clause.has(*SHIFTS, "makers", "verb")
    band = _band(clause)
    if clause.has("except") and band is not None and not regions_in(clause):
        return [_limit("region", band, clause)]
    if (clause.has("except") or bare) and regions_in(clause):
        region = region_in(clause)
        return [_limit("skin" if region.name == "orange" else "region", region, clause)]
    return []


def _natural(clause: Clause) -> list[Limit]:
    """ "but natural skin": what is natural already stays."""
    region = region_in(clause)
    told = clause.starts("untouched") and clause.items[0].text == "natural" and clause.joined
    return [_limit("skin", region, clause)] if told and region.name == "orange" else []


def limits(clause: Clause) -> list[Limit]:
    """The limits a clause sets, by the first reading that fits."""
    return _unclipped(clause) or _kept(clause) or _excepted(clause) or _natural(clause)


def forbids(clause: Clause) -> bool:
    """Whether the clause says what not to do: "don't sharpen", "do not make it darker"."""
    negation = clause.first("negations")
    if negation is None or clause.has("complaints"):
        return False
    between = ("transparent", "makers", "pronouns", "degree", "pictures", "prepositions", *PLACES)
    for item in clause.items[negation + 1 :]:
        if item.has("verb", "comparative") or (item.has("adjective") and clause.has("makers")):
            return clause.items[negation].text in ("not", "never", "without", "avoid", "stop")
        if not item.has(*between):
            return False
    return False


def forbidden(wishes: list[Wish], clause: Clause) -> list[Limit]:
    """The limits that stand for wishes that must not come true."""
    named = [wish for wish in wishes[:1] if wish.control in CONTROLS_KEPT]
    return [_limit(CONTROLS_KEPT[wish.control], wish.region, clause) for wish in named]


REFUSALS = ("no", "without", "not", "avoid", "minus")


def cancelled(clause: Clause, wishes: list[Wish]) -> set[str]:
    """The controls of effects a clause does not want ("no vignette"); empty where its negation says something else."""
    effects = {wish.control for wish in wishes} & {"vignette", "grain", "fade", "glow"}
    negation = clause.first("negations")
    bare = negation is not None and clause.items[negation].text in REFUSALS and not clause.has("complaints", "makers")
    return effects if bare else set()
