"""Words that no table lists, taken for the phrase of the lexicon that is described most like them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from retouchiq.language.meaning.vectors import similarity, sure

NEAR = 0.35
"""How alike a word and the descriptions of a sense must be: on one half of 100 everyday words and 80 words about
other things, of those taken at this likeness nine in ten were taken sensibly, and one of the others was taken."""

CLEAR = 0.02
"""How much nearer the nearest sense must be than the next."""


@dataclass(frozen=True)
class Sense:
    """What a word was taken for: a phrase of the lexicon, and how alike the two are (cosine)."""

    phrase: str
    likeness: float


@cache
def _senses() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The phrase that each description is about, and the descriptions."""
    table = tomllib.loads(resources.files(__package__).joinpath("senses.toml").read_text("utf-8"))
    pairs = [(phrase, described) for phrase, descriptions in table.items() for described in descriptions]
    return tuple(phrase for phrase, _ in pairs), tuple(described for _, described in pairs)


def scores(text: str) -> dict[str, float]:
    """How near ``text`` is to each phrase: the mean of its two nearest descriptions."""
    names, described = _senses()
    by: dict[str, list[float]] = {}
    for name, value in zip(names, similarity(text, described).tolist(), strict=True):
        by.setdefault(name, []).append(value)
    return {name: float(np.mean(sorted(values)[-2:])) for name, values in by.items()}


def sense(text: str) -> Sense | None:
    """What ``text`` is taken for; None where nothing is near, or something else is nearer or as near."""
    if not sure(text):
        return None
    (phrase, likeness), (_, next_best) = sorted(scores(text).items(), key=lambda item: -item[1])[:2]
    taken = bool(phrase) and likeness >= NEAR and likeness - next_best >= CLEAR
    return Sense(phrase, likeness) if taken else None
