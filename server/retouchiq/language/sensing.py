"""Clauses that nothing else could read, read again with their unknown words taken for what is most like them."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from retouchiq.language.clauses import MOVES, Clause, Item
from retouchiq.language.lexicon import lexicon
from retouchiq.language.meaning.senses import Sense, sense

MOST = 3
"""Unknown words of a clause: with more of them nobody knows what it is about."""

WISHING = ("makers", "complaints", *MOVES)
TELLING = frozenset({"was", "were", "had", "did", "when", "he", "she", "ago", "yesterday", "took", "live", "lives"})
"""Words of somebody who tells about the picture and asks for nothing."""

DETERMINERS = ("a", "an", "the", "my", "our", "your", "his", "her", "their", "this", "that", "some")
MANNERS = ("look", "feel", "vibe", "feeling", "mood", "tone", "style", "atmosphere", "effect", "appearance", "light")


def _describes(clause: Clause, run: list[Item]) -> bool:
    """Whether words say how something is to be, not what is there: no article before them but in "a … look"."""
    at = _position(clause, run)
    named = at > 0 and clause.items[at - 1].text in DETERMINERS
    after = clause.items[at + len(run)].text.split() if at + len(run) < len(clause.items) else [""]
    return not named or after[0] in MANNERS


def _position(clause: Clause, run: list[Item]) -> int:
    return next(at for at, item in enumerate(clause.items) if item is run[0])


def _taken(items: list[Item], found: Sense) -> Item:
    said = " ".join(item.said for item in items)
    meanings = lexicon().phrases[tuple(found.phrase.split())]
    return Item("phrase", found.phrase, f"{said} (taken as {found.phrase})", meanings)


def _runs(clause: Clause) -> list[list[Item]]:
    """Neighbouring unknown words, and each of them."""
    runs = [list(run) for unknown, run in groupby(clause.items, lambda item: item.kind == "word") if unknown]
    return runs + [[item] for run in runs if len(run) > 1 for item in run]


def sensed(clause: Clause, alone: bool) -> Clause | None:
    """The clause with its unknown words taken for what they are most like; None where they are like nothing known.

    What must not be ("no halos") is none of them: its opposite was not asked for.
    ``alone``: the words need no verb: they are all that was said, or go on from a wish.
    """
    unknown = sum(item.kind == "word" for item in clause.items)
    told = any(word in TELLING for item in clause.items for word in item.said.split())
    if told or clause.starts("negations") or not 0 < unknown <= MOST or not (alone or clause.has(*WISHING)):
        return None
    runs = [run for run in _runs(clause) if _describes(clause, run)]
    found = [(run, taken) for run in runs if (taken := sense(" ".join(item.text for item in run))) is not None]
    if not found:
        return None
    run, taken = max(found, key=lambda pair: pair[1].likeness)
    at = _position(clause, run)
    items = (*clause.items[:at], _taken(run, taken), *clause.items[at + len(run) :])
    return replace(clause, items=items)
