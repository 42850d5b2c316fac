"""Clauses that share a word said once: "increase contrast and saturation", "make the sky and the sea bluer"."""

from __future__ import annotations

from dataclasses import replace

from retouchiq.language.clauses import COLOURS, MOVES, PLACES, SHIFTS, Clause, Item

GOVERNING = (*MOVES, "movers_free")
SPEAKING = ("makers", "complaints", "negations", "keepers", "except", "look", "geometry", "impossible", "caps", "only")
OBJECTS = ("the", "this", "it", "my", "a", "her", "his", "their", "these")


def _has_object(rest: tuple[Item, ...]) -> bool:
    """Whether what follows a word is its object, so that it is a verb: "blur the background"."""
    said = [item for item in rest if not item.has("degree")]
    return bool(said) and (said[0].text in OBJECTS or said[0].has("pictures", *PLACES))


def _quiet(item: Item, rest: tuple[Item, ...]) -> bool:
    """Whether an item is a noun or colour that waits for a verb."""
    if item.has(*GOVERNING, *SPEAKING):
        return item.has(*PLACES)
    if item.has("noun") and item.has(*SHIFTS):
        return not _has_object(rest)
    if item.has("adjective", "fault") and rest and rest[0].has(*PLACES):
        return True
    return not item.has(*SHIFTS)


def _bare(clause: Clause) -> bool:
    """Whether a clause names nouns or colours and nothing that moves them."""
    quiet = all(_quiet(item, clause.items[at + 1 :]) for at, item in enumerate(clause.items))
    return quiet and clause.has("noun", *COLOURS)


def _is_thing(clause: Clause) -> bool:
    """Whether a clause only names a thing: "remove the noise and" the blurred dog."""
    return clause.has(*PLACES) and all(_quiet(item, clause.items[at + 1 :]) for at, item in enumerate(clause.items))


def _mover_said_after(clause: Clause, following: Clause) -> int | None:
    """Where the mover is that a noun shares with the next one: "contrast and brightness up"."""
    at, noun = following.first(*GOVERNING), following.first("noun")
    return at if at is not None and noun is not None and noun < at and _bare(clause) else None


def _head_said_after(clause: Clause, following: Clause) -> int | None:
    """Where what a place shares with the next one starts: "make the sky and the sea bluer"."""
    speaking = (*MOVES, "movers_free", *SPEAKING[1:], "degree", *SHIFTS, *COLOURS, "noun")
    at, place = following.first(*SHIFTS, *COLOURS), following.first(*PLACES)
    if not clause.has(*PLACES) or clause.has(*speaking) or following.has(*MOVES, "verb"):
        return None
    return place + 1 if at is not None and place is not None and place < at else None


def _lent_back(clauses: list[Clause]) -> list[Clause]:
    result = list(clauses)
    for at in range(len(result) - 2, -1, -1):
        clause, following = result[at], result[at + 1]
        if not following.joined or clause.purpose:
            continue
        start = _mover_said_after(clause, following)
        start = _head_said_after(clause, following) if start is None else start
        if start is not None:
            result[at] = replace(clause, items=(*clause.items, *following.items[start:]), lent=True)
    return result


def _mover(clause: Clause) -> tuple[Item, ...]:
    """The mover of a clause with the amount said right before it: "slightly increase"."""
    at = clause.first(*GOVERNING)
    if at is None or not clause.has("noun", *COLOURS, *PLACES, "object"):
        return ()
    start = at - 1 if at and clause.items[at - 1].has("degree") else at
    return clause.items[start : at + 1]


def _comparison(clause: Clause) -> tuple[Item, ...]:
    """What turns an adjective around in a clause: the "not so" of "not so dark and blurry"."""
    at = clause.first("adjective", "fault", *COLOURS)
    before = clause.items[at - 1 : at] if at else ()
    return before if before and before[0].has("movers:down") else ()


def _topic(clause: Clause) -> tuple[Item, ...]:
    """The colours that a clause is about: "the colours more vibrant" and brighter."""
    if not clause.has(*SHIFTS):
        return ()
    return tuple(item for item in clause.items if item.has("noun") and item.meanings["noun"].name == "color")[:1]


def _described(clause: Clause) -> bool:
    """Whether a clause is nothing but an adjective."""
    return clause.has("adjective", "fault") and all(
        item.has("adjective", "fault", "transparent") for item in clause.items
    )


def _wanted_less(clause: Clause, mover: tuple[Item, ...]) -> bool:
    """Whether a clause only names what nobody wants more of: "increase the exposure with minimal noise"."""
    nouns = [item.meanings["noun"] for item in clause.items if item.has("noun")]
    return mover[-1].has("movers:up") and bool(nouns) and all(noun.unwanted for noun in nouns)


def completed(clauses: list[Clause]) -> list[Clause]:
    """The clauses, each with the words it shares with its neighbours."""
    result: list[Clause] = []
    mover: tuple[Item, ...] = ()
    comparison: tuple[Item, ...] = ()
    topic: tuple[Item, ...] = ()
    places = False  # "remove the shadows on the face and the legs": what follows is a further place
    for clause in _lent_back(clauses):
        if not clause.joined:
            mover = comparison = topic = ()
        if clause.joined and comparison and _described(clause):
            clause = replace(clause, items=(*comparison, *clause.items), lent=True)
        elif clause.joined and topic and _described(clause):
            clause = replace(clause, items=(*clause.items, *topic), lent=True)
        shared = bool(mover) and (_bare(clause) or (mover[-1].has("refused:away") and _is_thing(clause) and not places))
        if clause.joined and shared and not clause.lent and not _wanted_less(clause, mover):
            clause = replace(clause, items=(*mover, *clause.items), lent=True)
        elif clause.has("makers", "complaints", "verb", "comparative", "phrase"):
            mover = ()
        if own := _mover(clause):
            mover, places = own, clause.has("noun") and clause.has(*PLACES) and clause.has("prepositions")
        comparison = _comparison(clause)
        topic = _topic(clause)
        result.append(clause)
    return result
