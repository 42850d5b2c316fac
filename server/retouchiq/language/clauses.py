"""Instructions cut into clauses of known phrases: one clause, one thing asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from retouchiq.language.lexicon import Meaning, Meanings, lexicon
from retouchiq.language.spelling import corrected
from retouchiq.language.tokens import Token, normalised, tokens

MOVES = ("movers:up", "movers:down", "movers:off")
SHIFTS = ("phrase", "verb", "comparative", "adjective", "fault")
COLOURS = ("colour", "colours", "tinged")
PLACES = ("found", "region", "object")


@dataclass(frozen=True)
class Item:
    """A phrase of the text and all it may mean: ``text`` as corrected, ``said`` as typed.

    ``kind`` is ``phrase``, ``word`` (unknown), ``number``, ``ratio``, ``stop`` or ``comma``.
    """

    kind: str
    text: str
    said: str
    meanings: Meanings

    def get(self, *roles: str) -> Meaning | None:
        """The meaning in the first of these roles that it has."""
        return next((self.meanings[role] for role in roles if role in self.meanings), None)

    def has(self, *roles: str) -> bool:
        """Whether it may play one of these roles."""
        return not self.meanings.keys().isdisjoint(roles)


@dataclass(frozen=True)
class Clause:
    """Items that belong together.

    ``joined``: it goes on from the clause before it in the same sentence. ``purpose``: it says what the rest is for.
    ``run_on``: nothing but its own verb separates it from the clause before.
    ``lent``: some of its words were said once, for it and a neighbour.
    """

    items: tuple[Item, ...]
    joined: bool = False
    purpose: bool = False
    run_on: bool = False
    lent: bool = False

    @property
    def said(self) -> str:
        """Its words as typed."""
        return " ".join(item.said for item in self.items)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role that one of its items may play."""
        return frozenset().union(*(item.meanings for item in self.items))

    def positions(self, *roles: str) -> list[int]:
        """Where items with one of these roles are."""
        if self.roles.isdisjoint(roles):
            return []
        return [at for at, item in enumerate(self.items) if not item.meanings.keys().isdisjoint(roles)]

    def first(self, *roles: str) -> int | None:
        """Where the first such item is."""
        return next(iter(self.positions(*roles)), None)

    def last_before(self, end: int, *roles: str) -> int | None:
        """Where the last such item before ``end`` is."""
        return max((at for at in self.positions(*roles) if at < end), default=None)

    def has(self, *roles: str) -> bool:
        """Whether there is such an item."""
        return not self.roles.isdisjoint(roles)

    def starts(self, *roles: str) -> bool:
        """Whether its first item that says anything has one of these roles."""
        first = next((item for item in self.items if not _empty(item)), None)
        return first is not None and first.has(*roles)


EMPTY = frozenset({"transparent", "degree", "prepositions", "complaints", "pictures", "pronouns"})


def _empty(item: Item) -> bool:
    """Whether an item says nothing by itself: articles, politeness, amounts."""
    return bool(item.meanings) and item.meanings.keys() <= EMPTY


DETERMINERS = ("the", "this", "that", "any", "some", "all")


def _match(words: list[str], at: int) -> tuple[int, Meanings]:
    """The longest phrase from ``at``, but "take the | blur | out" and "remove the | color cast": a particle belongs to
    the verb before, and the last word of a wish to a longer name.
    """
    table = lexicon()
    length, meanings = table.longest_match(words, at)
    named = at > 0 and words[at - 1] in DETERMINERS and "noun" in table.phrases.get((words[at],), {})
    if length == 2 and named and "separable:particles" in table.phrases.get((words[at + 1],), {}):
        return table.longest_match(words[: at + 1], at)
    if length > 1 and "phrase" in meanings and table.longest_match(words, at + length - 1, "noun")[0] > 1:
        return table.longest_match(words[: at + length - 1], at)
    return length, meanings


def _items(found: list[Token]) -> Iterator[Item]:
    words = [corrected(token.text) if token.kind == "word" else token.text for token in found]
    at = 0
    while at < len(words):
        length, meanings = _match(words, at) if found[at].kind == "word" else (0, {})
        kind = "phrase" if length else found[at].kind
        end = at + (length or 1)
        yield Item(kind, " ".join(words[at:end]), " ".join(token.text for token in found[at:end]), meanings)
        at = end


def _rejoined(items: list[Item]) -> tuple[Item, ...]:
    """The items with separated verbs put together: "take the man out" is "take out the man"."""
    phrases = lexicon().phrases
    for at, item in enumerate(items):
        if not item.has("separable:verbs"):
            continue
        for later in range(at + 2, len(items)):
            if not items[later].has("separable:particles", "refused:gone"):
                continue
            whole = f"{item.text} {items[later].text.split()[0]}"
            meanings = phrases.get(tuple(whole.split()))
            if meanings:
                verb = replace(item, text=whole, meanings=meanings)
                # "take the glare off the glasses": what comes after is no part of the object
                taken = (
                    [replace(items[later], text="from", meanings=phrases["from",])] if verb.has("refused:away") else []
                )
                return (*items[:at], verb, *items[at + 1 : later], *taken, *items[later + 1 :])
    return tuple(items)


def _compared(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items without what they are compared to: "darker than the desired image"; a source before it makes it one."""
    at = next((at for at, item in enumerate(items) if item.text == "than" and at), None)
    if at is None:
        return items
    told = any(item.has("sources", "sources:targets") for item in items[:at])
    target = next((item for item in items[at:] if item.has("sources:targets")), None)
    described = [replace(target, text="input image", meanings={"sources": Meaning("sources")})] if target else []
    return (*(() if told else described), *items[:at])


LONGEST = 40
"""Items of a clause; nobody says more in one, and reading stays bounded."""
OPENERS = ("except", "keepers", "reasons", "openers")
WISHED = ("verb", "comparative", "phrase", "look", "impossible", "geometry")
THINGS = ("noun", *COLOURS, *PLACES)


def _complete(items: list[Item]) -> bool:
    """Whether the items say all that a wish needs, so that a further verb begins another."""
    if any(item.has(*WISHED) for item in items):
        return True
    described = any(item.has("adjective", "fault") for item in items)
    if any(item.has(*MOVES, "movers_free", "makers", "keepers") for item in items):
        return described or any(item.has(*THINGS) or item.kind == "word" for item in items)
    return described and any(item.has(*THINGS, "complaints") for item in items)


WANTING = ("want", "need", "needs", "would like", "like", "want it", "should", "prefer")
STARTERS = ("make", "making", "makes", "turn", "give", "please", "can", "could", "would")
CARRIERS = (
    "degree",
    "transparent",
    "negations",
    "makers",
    "prepositions",
    *MOVES,
    "complaints",
    "movers_free",
    "only",
    "pronouns",
)


def _opens(items: list[Item], item: Item) -> bool:
    """Whether an item always starts a new clause: "keep", "except", "without", or one that grew too long."""
    if not items:
        return False
    taking = item.has("except") and items[-1].has("refused:away")
    return (item.has(*OPENERS) and not taking) or len(items) >= LONGEST


def _begins(items: list[Item], item: Item) -> bool:
    """Whether a verb in a run-on sentence starts a new clause."""
    starter = item.text.split()[0] in STARTERS
    verb = item.has("verb") and not item.has("noun", "adjective", "fault")
    mover = item.has(*MOVES) and not item.has("comparing", "refused:gone_after")
    if not items or not (starter or verb or mover) or not _complete(items):
        return False
    previous = items[-1]
    carried = previous.has(*CARRIERS) and not previous.has("noun", "untouched", *WISHED, *PLACES, "pictures")
    return starter or not carried


LINKING = ("to look", "to appear", "to be")


def _purpose(items: list[Item], item: Item, following: Item | None, joined: bool) -> bool:
    """Whether an item opens the part of a sentence that says what the wish is for."""
    if not items or not (item.has("purpose") or item.text == "to" or item.text in LINKING):
        return False
    if not _complete(items) and not (joined and any(other.has("noun") for other in items)):
        return False
    if item.has("purpose"):
        return not (item.text == "so" and following is not None and following.has("adjective", "fault"))
    if item.text in LINKING:
        moved = any(other.has(*MOVES) for other in items) and any(other.has("noun") for other in items)
        return moved or any(other.has(*WISHED) for other in items)
    acts = following is not None and following.has("verb", "makers", *MOVES, "geometry")
    wanted = any(other.text in WANTING for other in items) or items[-1].has("makers", "movers:up")
    return acts and not wanted


ACTING = ("verb", "makers", *MOVES, "movers_free", "geometry", "impossible", "keepers")
EXCHANGING = ("replac", "swap", "substitut", "exchang", "chang")
ASKING = ("can", "could", "would", "please")
JOINING = ("and", ",", "&")


def _paired(before: list[Item], after: list[Item]) -> bool:
    """Whether "and" stands between two colours or sides of one thing: "the red and yellow crane"."""
    if not before or len(after) < 2:
        return False
    thing = after[1].kind == "word" or after[1].has("object", "found")
    kinds = ((*COLOURS, "recolours"), ("region",))
    return thing and any(before[-1].has(*kind) and after[0].has(*kind) for kind in kinds)


def _resumes(item: Item, following: Item | None) -> bool:
    """Whether wishes go on after a separator: what was said before it was for has ended."""
    acts = following is not None and (following.has(*ACTING) or following.text.split()[0] in ASKING)
    return item.kind == "stop" or item.has("breaks:strong") or acts


def _separates(items: list[Item], item: Item) -> bool:
    """Whether an item is punctuation or a conjunction; "with" in "replace it with" is none."""
    exchanged = item.text == "with" and any(other.text.startswith(EXCHANGING) for other in items)
    hanging = item.kind == "comma" and bool(items) and items[-1].has("refused:away") and not items[-1].has("open:verbs")
    return not (exchanged or hanging) and (item.kind in ("stop", "comma") or item.has("breaks", "breaks:strong"))


def clauses(text: str) -> list[Clause]:
    """The clauses of an instruction, in order."""
    result: list[Clause] = []
    current: list[Item] = []
    joined = purpose = run_on = False

    def close() -> None:
        if current:
            result.append(Clause(_compared(_rejoined(current)), joined, purpose, run_on))
        current.clear()

    items = list(_items(tokens(normalised(text))))
    for at, item in enumerate(items):
        following = items[at + 1] if at + 1 < len(items) else None
        if item.text in JOINING and _paired(current, items[at + 1 : at + 3]):
            continue
        if _separates(current, item):
            close()
            joined, run_on = item.kind != "stop", False
            purpose = purpose and not _resumes(item, following)
            continue
        aim = _purpose(current, item, following, joined)
        if aim or _opens(current, item) or _begins(current, item):
            close()
            joined, purpose, run_on = True, purpose or aim, run_on or not aim
        current.append(item)
    close()
    return result
