"""Instructions cut into clauses of known phrases: one clause, one thing asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from retouchiq.language.lexicon import Meaning, Meanings, lexicon
from retouchiq.language.spelling import corrected
from retouchiq.language.tokens import Token, normalised, tokens

MOVES = ("movers:up", "movers:down", "movers:off")
SHIFTS = ("phrase", "verb", "comparative", "adjective", "fault")
PARTICLES = ("up", "down")


@dataclass(frozen=True)
class Item:
    """A phrase of the text with all it may mean; ``kind`` is ``phrase``, ``word`` (unknown), ``number``, ``ratio``."""

    kind: str
    text: str
    meanings: Meanings

    def get(self, *roles: str) -> Meaning | None:
        """The meaning in the first of these roles that it has."""
        return next((self.meanings[role] for role in roles if role in self.meanings), None)

    def has(self, *roles: str) -> bool:
        """Whether it may play one of these roles."""
        return any(role in self.meanings for role in roles)


@dataclass
class Clause:
    """Items that belong together. ``joined``: it goes on from the clause before it in the same sentence."""

    items: list[Item] = field(default_factory=list)
    joined: bool = False
    strong: bool = False

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(item.text for item in self.items)

    def positions(self, *roles: str) -> Iterator[int]:
        """Where items with one of these roles are."""
        return (at for at, item in enumerate(self.items) if item.has(*roles))

    def first(self, *roles: str) -> int | None:
        """Where the first such item is."""
        return next(self.positions(*roles), None)

    def has(self, *roles: str) -> bool:
        """Whether there is such an item."""
        return self.first(*roles) is not None


def _items(found: list[Token]) -> Iterator[Item]:
    words = [corrected(token.text) if token.kind == "word" else token.text for token in found]
    table = lexicon()
    at = 0
    while at < len(words):
        length, meanings = table.longest_match(words, at) if found[at].kind == "word" else (0, {})
        kind = "phrase" if length else found[at].kind
        length = length or 1
        yield Item(kind, " ".join(words[at : at + length]), meanings)
        at += length


def _complete(clause: Clause) -> bool:
    """Whether the clause says all that a wish needs, so that a further verb begins another."""
    return clause.has("verb", "comparative", "phrase") or (clause.has(*MOVES) and clause.has("noun", "colour", "colours", "found", "region", "object"))


def _begins(clause: Clause, item: Item) -> bool:
    """Whether a verb in a run-on sentence starts a new clause."""
    if item.text in PARTICLES or not _complete(clause):
        return False
    previous = clause.items[-1]
    if item.has("makers") and item.text in ("make", "making", "makes", "turn", "give"):
        return True
    if previous.has("degree", "transparent", *MOVES, "makers", "negations") and not previous.has("noun", "untouched"):
        return False
    return item.has("verb") and not item.has("noun", "adjective") or (
        item.has(*MOVES) and item.text not in ("more", "less", "low", "high", "so much", "good", "plus", "better")
    )


def clauses(text: str) -> list[Clause]:
    """The clauses of an instruction, in order."""
    result: list[Clause] = []
    current = Clause()
    joined = False

    def close(strong: bool = False) -> None:
        nonlocal current
        if current.items:
            result.append(current)
        current = Clause(joined=joined, strong=strong)

    for item in _items(tokens(normalised(text))):
        if item.kind in ("stop", "comma") or item.has("breaks", "breaks:strong"):
            joined = item.kind != "stop"
            close(item.has("breaks:strong"))
        elif item.has("except", "keepers") or _begins(current, item):
            joined = True
            close()
            current.items.append(item)
        else:
            current.items.append(item)
    close()
    return result
