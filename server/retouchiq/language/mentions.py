"""Whether the name of a look is a wish for it, or only mentioned: "watching the sunrise", "my vintage car"."""

from __future__ import annotations

from retouchiq.language.clauses import Clause, Item
from retouchiq.language.lexicon import lexicon
from retouchiq.language.wishing import Context

WISHING = ("makers", "movers:up", "movers:down", "likening", "degree")
SILENT = ("transparent", "degree", "pictures", "pronouns", "complaints", "breaks")
DEFINITE = ("the", "our", "this", "that", "my")
TIMES = ("day", "days", "morning", "afternoon", "evening", "night", "light")
WHEN = ("at", "in", "on", "during", "from", "by", "watching", "before", "after")


def _attribute(following: tuple[Item, ...]) -> bool:
    """Whether a look only tells which thing is meant: "a vintage car", unlike "a vintage fashion photo"."""
    if not following or any(item.has("likening", "pictures") or item.text in TIMES for item in following):
        return False
    return following[0].kind == "word" or following[0].has("object")


def _likened(item: Item) -> bool:
    """Whether an item says that a look is meant, be it in its own name: "the foggy look"."""
    words = (lexicon().phrases.get((word,), {}) for word in item.text.split())
    return item.has("likening") or any("likening" in meanings for meanings in words)


def unwanted(clause: Clause, at: int) -> bool:
    """Whether the look is to be taken away or made less: "remove the sepia tone", "less moody"."""
    return clause.last_before(at, "movers:down", "movers:off", "negations") is not None


def meant(clause: Clause, at: int) -> bool:
    """Whether the look that item number ``at`` names is asked for."""
    if _attribute(clause.items[at + 1 : at + 3]):
        return False
    before, after = clause.items[:at], clause.items[at + 1 :]
    if before and before[-1].text in DEFINITE and not (_likened(clause.items[at]) or any(map(_likened, after))):
        return False
    if clause.has(*WISHING):
        return True
    if any(item.text in WHEN for item in before):
        return False
    others = [item for item in (*before, *after) if not item.has(*SILENT, "unit") and item.kind != "number"]
    return len(others) <= 1


def excessive(clause: Clause, at: int, context: Context) -> bool:
    """Whether the look is complained of: "it is too gritty"."""
    too = any(item.text in ("too", "overly") for item in clause.items[:at])
    return too or (clause.joined and context.complained and not clause.has("makers"))
