"""Reads a further turn on an image in the light of the one before: "a bit less", "undo", "no, the other way"."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hostbridge.controls import Region
from retouchiq.language.clauses import PLACES, Clause, clauses
from retouchiq.language.lexicon import lexicon
from retouchiq.language.places import region_in, settled_again
from retouchiq.language.reader import read
from retouchiq.language.request import Request
from retouchiq.language.spelling import corrected
from retouchiq.language.tokens import normalised, number, tokens

LEAST = 0.15
"""The smallest factor of "less": it never takes everything away, "undo" does."""


KINDS = ("new", "scale", "invert", "place", "undo", "first", "reset")


@dataclass(frozen=True)
class Turn:
    """What a further instruction is.

    ``kind``: ``new`` (its own request, on top of what is there), ``scale`` (the last one times ``factor``), ``invert``
    (the last one the other way), ``place`` (the last one, but only there: "only the sky"), ``undo`` (the last one taken
    back), ``first`` (back to the first result), ``reset`` (back to the untouched image).
    ``request``: what then holds in place of the last request for ``scale``, ``invert`` and ``place``, the request
    itself for ``new``, else None.
    """

    kind: str
    factor: float = 1.0
    request: Request | None = None


@cache
def _phrases() -> dict[tuple[str, ...], str]:
    """Phrase → kind; fillers are a kind of their own."""
    text = resources.files(__package__).joinpath("turns.toml").read_text("utf-8")
    return {tuple(phrase.split()): kind for kind, phrases in tomllib.loads(text).items() for phrase in phrases}


LONGEST_TURN = 12


def _parts(text: str) -> tuple[list[str], float, float | None] | None:
    """The kinds of phrases a turn is made of, its degree and its number; None where it says anything else."""
    found = tokens(normalised(text))
    spoken = [token for token in found if token.kind in ("word", "number")]
    words = [corrected(token.text) for token in spoken]
    if not words or len(words) > LONGEST_TURN:
        return None
    kinds: list[str] = []
    degree, size = 1.0, None
    at = 0
    while at < len(words):
        said = next(
            (end for end in range(len(words), at, -1) if _phrases().get(tuple(words[at:end]), "fillers") != "fillers"),
            at,
        )
        length, meanings = lexicon().longest_match(words, at, "degree")
        if said > at:
            kinds.append(_phrases()[tuple(words[at:said])])
        elif length:
            degree, said = meanings["degree"].value, at + length
        elif spoken[at].kind == "number":
            size, said = number(words[at]), at + 1
        elif words[at] in ("%", "percent") or (words[at],) in _phrases():
            said = at + 1
        else:
            return None
        at = said
    return kinds, degree, size


def _factor(kind: str, degree: float, size: float | None) -> float:
    """How much of the last request is meant: "a bit less" 0.83, "less" 0.65, "more" 1.5, "a lot more" 1.9."""
    if kind in ("half", "double"):
        return {"half": 0.5, "double": 2.0}[kind]
    if size is not None and size <= 100:
        return 1 + size / 100 if kind == "more" else max(LEAST, 1 - size / 100)
    return 1 + 0.5 * degree if kind == "more" else max(LEAST, 1 - 0.35 * degree)


def scaled(request: Request, factor: float) -> Request:
    """The request with every wish so many times as strong; a negative factor turns it around."""
    wishes = tuple(
        wish.model_copy(
            update={
                "direction": wish.direction if factor >= 0 else -wish.direction,
                "strength": round(wish.strength * abs(factor), 3),
                "exact": None if wish.exact is None else round(wish.exact * factor, 3),
                "start": None if wish.start is None else round(wish.start * factor, 3),
            }
        )
        for wish in request.wishes
    )
    aims = tuple(aim.model_copy(update={"change": round(aim.change * factor, 3)}) for aim in request.aims)
    return request.model_copy(update={"wishes": wishes, "aims": aims})


def _placed(request: Request, region: Region) -> Request:
    moved = tuple(placed for wish in request.wishes if (placed := settled_again(wish, region)) is not None)
    return request.model_copy(update={"wishes": moved})


def _only_a_place(found: list[Clause]) -> Region | None:
    """The region of "only the sky"; None where the text says anything else."""
    if len(found) != 1 or not found[0].has("only"):
        return None
    known = all(
        item.has("only", "transparent", "prepositions", "pronouns", "makers", *PLACES) for item in found[0].items
    )
    return region_in(found[0]) if known and found[0].has(*PLACES) else None


def read_turn(text: str, previous: Request | None) -> Turn:
    """What ``text`` means after ``previous`` (None where nothing came before, then it is always ``new``).

    Never raises.
    """
    new = Turn("new", request=read(text))
    if previous is None:
        return new
    parts = _parts(text)
    kinds = list(dict.fromkeys(parts[0])) if parts else []
    if parts and kinds:
        kind = kinds[-1] if kinds[-1] in ("half", "double") else kinds[0]
        if kind in ("undo", "reset", "first"):
            return Turn(kind)
        factor = -1.0 if kind == "invert" else round(_factor(kind, parts[1], parts[2]), 3)
        return Turn("invert" if kind == "invert" else "scale", factor, scaled(previous, factor))
    region = _only_a_place(clauses(text))
    if region is not None and region.name != "everywhere":
        return Turn("place", request=_placed(previous, region))
    return new
