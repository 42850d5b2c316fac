"""What one part of a further turn remarks on the turn before: "a bit less", "only the sky", "without the vignette"."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from hostbridge.controls import CONTROLS, EVERYWHERE, Region
from retouchiq.language.clauses import PLACES, clauses
from retouchiq.language.lexicon import Meaning, lexicon
from retouchiq.language.places import region_in
from retouchiq.language.spelling import corrected
from retouchiq.language.tinting import bands_in
from retouchiq.language.tokens import Token, normalised, number, tokens

LONGEST_PART = 12
SPLIT = re.compile(r"[,;.!?\n]+|(?<!black)\band\b(?! white)|(?<!everything )(?<!all )(?<!nothing )\bbut\b|\bthen\b")
NAMED = ("noun", "verb", "geometry", "colour")
WHOLE_GROUPS = {"color": ("colour", "bands", "grading")}
"""Nouns that stand for whole groups of controls."""


@dataclass
class Remark:
    """``kinds`` of phrases of turns.toml in the order said, the ``degree`` and the number (``size``) with them.

    ``controls``: what is named ("the vignette"). ``looks``: names of looks. ``region``: the place named, ``placed``
    where a preposition led to it.
    """

    kinds: list[str] = field(default_factory=list)
    degree: float = 1.0
    size: float | None = None
    controls: set[str] = field(default_factory=set)
    looks: set[str] = field(default_factory=set)
    region: Region = EVERYWHERE
    placed: bool = False

    @property
    def silent(self) -> bool:
        """Whether it says nothing: "no", "perfect", "and now please"."""
        said = any(kind not in CONTEXTUAL for kind in self.kinds)
        return not (said or self.controls or self.looks or self.size) and self.region.name == "everywhere"


CONTEXTUAL = ("drop", "keep", "only", "except", "same")
"""Kinds that mean something only with what they are said of."""


@cache
def phrases() -> dict[tuple[str, ...], str]:
    """Phrase → kind; fillers are a kind of their own."""
    text = resources.files(__package__).joinpath("turns.toml").read_text("utf-8")
    return {tuple(phrase.split()): kind for kind, phrases in tomllib.loads(text).items() for phrase in phrases}


def parts(text: str) -> list[str]:
    """A turn cut at punctuation and conjunctions."""
    return [part.strip() for part in SPLIT.split(normalised(text)) if part.strip()]


def _longest(words: list[str], at: int) -> int:
    """Where the longest phrase of a kind from ``at`` ends, ``at`` itself where there is none."""
    return next(
        (end for end in range(len(words), at, -1) if phrases().get(tuple(words[at:end]), "fillers") != "fillers"), at
    )


def controls_of(meaning: Meaning) -> set[str]:
    """The controls that a word stands for when it is named: "the contrast", "the colour", "the crop"."""
    groups = WHOLE_GROUPS.get(meaning.name, ())
    named = {effect.control for effect in meaning.effects} | set(meaning.leaves)
    whole = {name for name, control in CONTROLS.items() if control.group in groups}
    alike = {"level": {"rotate"}, "aspect": {"crop"}}.get(meaning.name, {meaning.name} & CONTROLS.keys())
    return named | whole | alike


def _leads(word: str) -> bool:
    """Whether a word leads to a place: "in", "on"."""
    return "prepositions" in lexicon().phrases.get((word,), {})


class _Reader:
    """Reads one part, a phrase at a time; each method returns where its phrase ends, or where it began."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.words = [corrected(token.text) for token in found]
        self.remark = Remark()

    def kind(self, at: int) -> int:
        end = _longest(self.words, at)
        if end > at:
            self.remark.kinds.append(phrases()[tuple(self.words[at:end])])
        return end

    def degree(self, at: int) -> int:
        length, meanings = lexicon().longest_match(self.words, at, "degree")
        if length:
            self.remark.degree = meanings["degree"].value
        return at + length

    def size(self, at: int) -> int:
        length, meanings = lexicon().longest_match(self.words, at, "number")
        if self.tokens[at].kind == "number":
            self.remark.size, length = number(self.words[at]), 1
        elif length:
            self.remark.size = meanings["number"].value
        return at + length

    def place(self, at: int) -> int:
        length = max(lexicon().longest_match(self.words, at, role)[0] for role in (*PLACES, "colours"))
        if length:
            self.remark.placed = any(_leads(word) for word in self.words[max(0, at - 2) : at])
            self.remark.region = Region(name=" ".join(self.words[at : at + length]))
        return at + length

    def named(self, at: int) -> int:
        asked = {"drop", "keep", "only", "except", "undo", "reset"} & {*self.remark.kinds}
        best = max((lexicon().longest_match(self.words, at, role) for role in (*NAMED, "look")), key=lambda m: m[0])
        if not asked or not best[0]:
            return at
        meanings = best[1]
        if "look" in meanings:
            self.remark.looks.add(meanings["look"].name)
        for role in NAMED:
            self.remark.controls |= controls_of(meanings[role]) if role in meanings else set()
        return at + best[0]

    def filler(self, at: int) -> int:
        known = self.words[at] in ("%", "percent") or (self.words[at],) in phrases()
        return at + (known or _leads(self.words[at]))

    def read(self) -> Remark | None:
        at = 0
        while at < len(self.words):
            steps = (self.kind, self.degree, self.size, self.named, self.place, self.filler)
            end = next((end for step in steps if (end := step(at)) > at), at)
            if end == at:
                return None
            at = end
        return self.remark


def remark(text: str) -> Remark | None:
    """What a part of a turn remarks; None where it says anything else, so that it is a wish of its own."""
    found = [token for token in tokens(text) if token.kind in ("word", "number")]
    if not found or len(found) > LONGEST_PART:
        return None
    made = _Reader(found).read()
    if made is not None and made.region.name != "everywhere":
        regions = [region for clause in clauses(text) for region in (region_in(clause), *bands_in(clause))]
        made.region = next((region for region in regions if region.name != "everywhere"), made.region)
    return made
