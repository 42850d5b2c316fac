"""Reads an instruction: free English in, a `Request` out."""

from __future__ import annotations

from retouchiq.language.clauses import MOVES, Clause, clauses
from retouchiq.language.lexicon import lexicon
from retouchiq.language.places import PLACES_ROLES, region_in
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.language.wishing import Context, amount, dimension_wishes, heads, shift_wishes, wishes


class _Reading:
    """A request in the making."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self.limits: list[Limit] = []
        self.looks: list[str] = []
        self.free: list[str] = []
        self.unsupported: list[str] = []
        self.unread: list[str] = []
        self.open_ended = False
        self.context = Context()


def _look(clause: Clause, reading: _Reading) -> bool:
    at = clause.first("look")
    if at is None:
        return False
    name = clause.items[at].meanings["look"].name
    reading.looks.append(name)
    reading.wishes += wishes(lexicon().looks[name], 1, amount(clause, at), region_in(clause), clause.text)
    return True


def _adjust(clause: Clause, reading: _Reading) -> bool:
    found = heads(clause)
    if not found:
        return False
    source = clause.has("sources")
    region = region_in(clause, tuple(found))
    made: list[Wish] = []
    for head in found:
        item = clause.items[head]
        if item.has("phrase", "verb", "comparative", "adjective", "fault"):
            made += shift_wishes(clause, head, region, source)
        else:
            made += dimension_wishes(clause, head, region, reading.context)
    reading.wishes += made
    at = clause.first(*MOVES)
    if at is not None:
        meaning = clause.items[at].get(*MOVES)
        reading.context.mover = int(meaning.value) if meaning else 0
    return True


def _merged(found: list[Wish]) -> tuple[Wish, ...]:
    kept: dict[tuple[str, str], Wish] = {}
    for wish in found:
        key = (wish.control, wish.region.name)
        kept.pop(key, None)
        kept[key] = wish
    return tuple(kept.values())


READERS = (_look, _adjust)


def read(instruction: str) -> Request:
    """What ``instruction`` asks for. Never raises; anything not understood is in ``unread``."""
    reading = _Reading()
    for clause in clauses(instruction):
        if not clause.joined:
            reading.context = Context()
        if not any(reader(clause, reading) for reader in READERS):
            reading.unread += [item.text for item in clause.items if item.kind == "word"]
    return Request(
        instruction=instruction,
        wishes=_merged(reading.wishes),
        limits=tuple(reading.limits),
        looks=tuple(dict.fromkeys(reading.looks)),
        open_ended=reading.open_ended,
        unsupported=tuple(reading.unsupported),
        unread=tuple(dict.fromkeys(reading.unread)),
    )
