"""The wishes of one clause: heads (what), signs (which way), amounts (how much), regions (where)."""

from __future__ import annotations

from dataclasses import dataclass, field

from hostbridge.controls import CONTROLS, EVERYWHERE, Region
from retouchiq.language.amounts import Amount, amount, converted, negative
from retouchiq.language.clauses import COLOURS, MOVES, SHIFTS, Clause, Item
from retouchiq.language.lexicon import Effect, Meaning, lexicon
from retouchiq.language.places import BAND_PART, is_band, located, settled
from retouchiq.language.request import Wish


@dataclass
class Context:
    """What a clause may take over from the clauses before it in its sentence.

    ``away``: the kind of impossible thing asked for just before ("remove the man and" the dog). ``amount`` and
    ``region``: of the last wish. ``wished``: something was. ``source``: it tells what the picture is like, not what it
    shall be. ``colour_sign``: +1 or −1 of the last colour. ``making``: "make it" was said. ``chained``: the clause
    before had wishes; ``closed``: and an object, so that no amount said later is about them. ``complained``: it was a
    complaint. ``worn``: it told the clothes of who is to be taken away. ``toned``: it was a verb and the tones or
    colours it is for.
    """

    away: str = ""
    amount: Amount = field(default_factory=Amount)
    region: Region = EVERYWHERE
    wished: bool = False
    source: bool = False
    colour_sign: int = 0
    making: bool = False
    chained: bool = False
    closed: bool = False
    complained: bool = False
    worn: bool = False
    toned: bool = False


def wishes(
    effects: tuple[Effect, ...], sign: int, said: Amount, region: Region, words: str, complaint: bool = False
) -> list[Wish]:
    """Wishes of effects that are all turned by ``sign``."""
    result = []
    for effect in effects:
        control, where = settled(effect, region)
        direction = effect.direction * sign
        size = converted(said, CONTROLS[control].unit)
        result.append(
            Wish(
                control=control,
                direction=direction,
                strength=round(effect.weight * (said.strength or 1.0), 3),
                exact=None if size is None else round(direction * size, 3),
                region=where,
                located=located(where),
                words=words,
                complaint=complaint,
                options=dict(effect.options),
            )
        )
    return result


def _belongs(clause: Clause, shift: int, noun: int) -> bool:
    """Whether a noun is what a shift before it is said of ("sharper detail") and no wish of its own."""
    between = clause.items[shift + 1 : noun]
    return clause.items[shift].has(*SHIFTS) and all(item.has("transparent", "degree", *COLOURS) for item in between)


def _is_object(clause: Clause, at: int, found: list[int]) -> bool:
    """Whether a word that can be both is the noun that a verb is about: "soften the light"."""
    item = clause.items[at]
    both = item.has("noun") and item.has("adjective", "verb") and at > 0 and clause.items[at - 1].text == "the"
    return both and bool(found) and _belongs(clause, found[-1], at)


def _is_black_and_white(clause: Clause, at: int) -> bool:
    """Whether black and white is what the picture is, not what it shall be: "fix this black and white photo"."""
    shown = clause.items[at].meanings["noun"].name == "monochrome" and clause.has("movers_free", "open:verbs")
    asked = clause.last_before(at, "makers") is not None
    return shown and not asked and any(item.has("pictures") for item in clause.items[at + 1 : at + 2])


def _of_what(clause: Clause, at: int, found: list[int]) -> bool:
    """Whether the colours are only what a quality before is one of: "take some vibrancy out of the colors"."""
    nouns = [other for other in found if clause.items[other].has("noun")]
    between = clause.items[nouns[-1] + 1 : at] if nouns else ()
    linked = any(item.has("prepositions") or item.text == "of" for item in between)
    return clause.items[at].meanings["noun"].name == "color" and linked


MODIFIERS = ("color", "exposure", "cast")


def _says_head(clause: Clause, at: int, found: list[int]) -> bool:
    """Whether the item at ``at`` says what is to change; ``found`` are the heads before it."""
    items, item = clause.items, clause.items[at]
    if item.has("casts", "band_nouns") and at and items[at - 1].has(*COLOURS, *SHIFTS, "noun"):
        return False
    plain = item.has("adjective", "fault") and not item.has("verb", "noun")
    attribute = _names_effect(items, at) or (plain and _names_thing(clause, at)) or _is_object(clause, at, found)
    if item.has(*SHIFTS) and not attribute:
        return True
    if not item.has("noun") or _of_what(clause, at, found) or _is_black_and_white(clause, at):
        return False
    converted = item.meanings["noun"].name == "monochrome" and not any(
        other.has("pictures") for other in items[at + 1 :]
    )
    if found and _belongs(clause, found[-1], at) and not converted:
        return False
    modifier = item.meanings["noun"].name in MODIFIERS and any(other.has("noun") for other in items[at + 1 : at + 2])
    return not modifier


def _spoken_of(clause: Clause, at: int, found: list[int]) -> bool:
    """Whether a word that can be both is the noun that a later one describes: "make the light less harsh"."""
    noun = clause.items[at].has("noun") and at > 0 and clause.items[at - 1].text in ("the", "my")
    return noun and any(other > at and clause.items[other].has(*SHIFTS) for other in found)


def heads(clause: Clause) -> list[int]:
    """Where the words are that say what is to change."""
    found: list[int] = []
    for at in range(len(clause.items)):
        if _says_head(clause, at, found):
            found.append(at)
    shifts = [at for at in found if clause.items[at].has(*SHIFTS) and not _spoken_of(clause, at, found)]
    if shifts and clause.last_before(shifts[-1], *MOVES) in (None, shifts[-1] - 1):
        found = [at for at in found if at >= shifts[0]]
    if len(found) > 1 or clause.has(*COLOURS):
        return [at for at in found if at in shifts or not clause.items[at].has("region")] or found
    return found


EFFECTS = ("vignette", "grain", "glow", "fade", "haze", "drama", "punch")


def _names_effect(items: tuple[Item, ...], at: int) -> bool:
    """Whether the next word is an effect that the adjective only describes: "a soft vignette"."""
    noun = items[at + 1].get("noun") if at + 1 < len(items) else None
    return noun is not None and noun.name in EFFECTS and items[at].has("adjective", "comparative")


def _names_thing(clause: Clause, at: int) -> bool:
    """Whether the next word is a thing that the adjective only describes: "the dark spots"."""
    following = [item for item in clause.items[at + 1 : at + 3] if not item.has(*COLOURS)]
    return (
        bool(following)
        and (following[0].has("object") or following[0].kind == "word")
        and not clause.has("makers", "complaints")
    )


def mover_of(clause: Clause, head: int) -> int | None:
    """Where the mover is that governs a head: the nearest before it, else the first after it."""
    before = clause.last_before(head, *MOVES)
    after = (at for at in clause.positions(*MOVES) if at > head)
    return before if before is not None else next(after, None)


def _poor(clause: Clause, head: int) -> bool:
    """Whether a word only says what is wrong with the picture at hand: "fix this dark photo"."""
    item, following = clause.items[head], clause.items[head + 1 : head + 2]
    faulty = item.has("fault") or (item.has("adjective") and item.meanings["adjective"].name == "exposure, less")
    return faulty and bool(following) and following[0].has("pictures") and head > 0


SEEMING = ("look", "looking", "appear", "feel", "seem")


def stance(clause: Clause, head: int, context: Context) -> str:
    """``wished``, ``complained`` or ``plain``: what the words before the head say about it.

    "too warm and flat": what goes on from a complaint complains.
    """
    before = max((at for at in clause.positions(*SHIFTS) if at < head), default=-1)
    complaint = clause.last_before(head, "complaints")
    wish = clause.last_before(head, "makers", "movers:up")
    again = before > -1 and complaint is not None and before < complaint and (wish is None or wish < before)
    if any(item.text == "too" for item in clause.items[:head]) and not any(
        item.text in ("should be", "must be") for item in clause.items[:head]
    ):
        return "complained"
    if not again and (clause.purpose or clause.has("sources:targets") or wish is not None):
        return "wished"
    if clause.last_before(head, "complaints") is not None:
        seeming = clause.items[clause.last_before(head, "complaints") or 0].text in SEEMING
        return "wished" if clause.joined and context.making and seeming else "complained"
    going_on = clause.joined and context.complained and not clause.has(*MOVES)
    return "complained" if going_on or _poor(clause, head) else "plain"


NAMING = ("has a", "there is", "there are", "there was")
"""Movers that only name what is there: a brighter sky that a picture has is no less bright one."""


def _less(clause: Clause, head: int) -> bool:
    """Whether the word before a shift turns it around: "less bright", "reduce the darkness"."""
    at = clause.last_before(head, *MOVES)
    return at is not None and not clause.items[at].has("movers:up") and clause.items[at].text not in NAMING


def _negated(clause: Clause, head: int) -> bool:
    return clause.last_before(head, "negations") is not None


def _of_object(clause: Clause, head: int, meaning: Meaning, region: Region) -> tuple[Effect, ...]:
    """The effects of a shift on what it is said of: "brighter colours" are not a brighter picture."""
    objects = lexicon().objects
    nouns = [item.meanings["noun"].name for item in clause.items if item.has("noun")]
    names = (*nouns, region.name)
    effects = next((objects[meaning.name, name] for name in names if (meaning.name, name) in objects), meaning.effects)
    if not is_band(region):
        return effects
    banded = tuple(effect for effect in effects if effect.control in BAND_PART)
    return banded or objects.get((meaning.name, "color"), effects)


def shift_wishes(clause: Clause, head: int, region: Region, context: Context) -> list[Wish]:
    """Wishes of a word that says its direction: "brighter", "sharpen", "too dark"."""
    item = clause.items[head]
    said = stance(clause, head, context)
    roles = ("phrase", "comparative", "adjective", "verb") if said != "complained" else ("phrase", "comparative")
    meaning = (
        item.get(*roles)
        or item.get(*(("fault", "adjective") if said == "complained" else ("adjective", "fault")))
        or item.get(*SHIFTS)
    )
    assert meaning is not None
    fault = meaning.role == "fault" and said != "wished"
    complained = fault or (meaning.role == "adjective" and said == "complained")
    sign = -1 if complained else 1
    if context.source and meaning.role in ("comparative", "adjective", "fault"):
        sign, complained = -1, True
        sign = 1 if _less(clause, head) else sign
    elif _less(clause, head):
        sign = -1
    if _negated(clause, head) and not fault:
        sign = -sign
    if sign < 0 and meaning.less:
        return wishes(meaning.less, 1, amount(clause, head), region, clause.said, complained)
    return wishes(
        _of_object(clause, head, meaning, region), sign, amount(clause, head), region, clause.said, complained
    )


def _direction(clause: Clause, head: int, meaning: Meaning, context: Context) -> int:
    """+1 more, −1 less of a noun."""
    at = mover_of(clause, head)
    if at is None:
        if negative(clause):
            return -1
        if clause.has("makers"):
            return 1
        return -1 if meaning.unwanted else 1
    item = clause.items[at]
    if (meaning.name, item.text) in lexicon().moves:
        return lexicon().moves[meaning.name, item.text]
    mover = item.get(*MOVES)
    assert mover is not None
    predicate = at > head and item.has("predicates") and clause.last_before(at, "complaints") is not None
    return int(-mover.value if predicate else mover.value)


JUDGED = ("exposure", "contrast", "color", "saturation", "temperature", "hue")
"""What people say is "off" or "weird" without saying which way."""


def is_free(clause: Clause, head: int, context: Context) -> bool:
    """Whether a noun is only to be put right, the picture deciding which way."""
    meaning = clause.items[head].meanings["noun"]
    if not meaning.leaves:
        return False
    if not meaning.effects:
        return meaning.name != "cast" or not clause.has("movers:up", "makers")
    at = clause.last_before(head, "movers_free", *MOVES)
    if at is None:
        after = clause.first("movers_free")
        if after is None:
            told = clause.has("complaints") and not clause.has("makers", "degree", *MOVES)
            return told and meaning.name in JUDGED
        moved = any(item.has(*MOVES) and not item.has("movers_free") for item in clause.items)
        return after > head and not meaning.unwanted and not moved
    item = clause.items[at]
    if (meaning.name, item.text) in lexicon().moves:
        return False
    if item.has("movers:up", "movers:down") or (item.has("movers:off") and meaning.unwanted):
        return False
    return item.has("movers_free")


def dimension_wishes(clause: Clause, head: int, region: Region, context: Context) -> list[Wish]:
    """Wishes of a noun that something else moves: "more contrast", "shadows up"."""
    meaning = clause.items[head].meanings["noun"]
    sign = _direction(clause, head, meaning, context)
    at = mover_of(clause, head)
    named = meaning.unwanted and at is None
    if _negated(clause, head) and not named:
        sign = -sign
    if context.source and not (named or (at is not None and clause.items[at].has("complaining"))):
        sign = -sign
    said = amount(clause, head)
    effects = meaning.effects
    if meaning.name == "hue" and said.value is not None:
        effects = (Effect("hue", 1),)
    if sign < 0 and meaning.less:
        effects, sign = meaning.less, 1
    return wishes(effects, sign, said, region, clause.said, clause.has("complaints") and sign < 0)
