"""The words of the language as one table: phrase → what it may mean, compiled from the TOML files beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from retouchiq.language.tokens import normalised, tokens

if TYPE_CHECKING:
    from retouchiq.looks import Look

VOWELS = "aeiou"


@dataclass(frozen=True)
class Effect:
    """What a word does to one control: ``direction`` ±1, ``weight`` relative to the plain wish, options, region."""

    control: str
    direction: int
    weight: float = 1.0
    options: tuple[tuple[str, float | str], ...] = ()
    region: str = ""

    @classmethod
    def parse(cls, text: str) -> Effect:
        """``contrast +0.6``, ``shadows_color + hue=200``, ``exposure - in midtones``."""
        head, _, region = text.partition(" in ")
        control, sign, *rest = head.split()
        options = tuple((key, float(value)) for key, _, value in (word.partition("=") for word in rest))
        return cls(control, 1 if sign[0] == "+" else -1, float(sign[1:] or 1), options, region)


@dataclass(frozen=True)
class Meaning:
    """One thing a phrase may mean. ``role`` is its part in the grammar, the rest depends on the role.

    ``effects`` is what more of it does and ``less`` what less of it does where that is not just the opposite;
    ``leaves`` are the controls left to the picture where no direction is said; ``unwanted`` things are faults when
    merely named ("noise").
    """

    role: str
    name: str = ""
    value: float = 0.0
    effects: tuple[Effect, ...] = ()
    less: tuple[Effect, ...] = ()
    leaves: tuple[str, ...] = ()
    unwanted: bool = False


Meanings = dict[str, Meaning]
"""What a phrase may mean, by role."""


HEADS = ("noun", "verb", "adjective", "comparative", "fault", "movers", "colour", "refused")


@dataclass
class Lexicon:
    """Phrases (tuples of words) and their meanings; ``heads`` are the single words that most instructions turn on."""

    phrases: dict[tuple[str, ...], Meanings] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    objects: dict[tuple[str, str], tuple[Effect, ...]] = field(default_factory=dict)
    moves: dict[tuple[str, str], int] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    colours: dict[str, dict[str, Any]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    _initials: dict[str, list[str]] = field(default_factory=dict)

    def add(self, phrase: str, meaning: Meaning) -> None:
        """Let ``phrase`` mean ``meaning`` too; the first meaning of a role stays."""
        key = tuple(phrase.split())
        self.phrases.setdefault(key, {}).setdefault(meaning.role, meaning)
        self.longest[key[0]] = max(self.longest.get(key[0], 1), len(key))
        self.words.update(key)
        if len(key) == 1 and meaning.role.partition(":")[0] in HEADS:
            self.heads.update(key)

    def by_first_letter(self, letter: str) -> list[str]:
        """The words that begin so, in order."""
        if not self._initials:
            for word in sorted(self.words):
                self._initials.setdefault(word[0], []).append(word)
        return self._initials.get(letter, [])

    def longest_match(self, words: list[str], start: int, role: str = "") -> tuple[int, Meanings]:
        """The number of words of the longest phrase (with ``role``) from ``start``, and its meanings; 0 for none."""
        for length in range(min(self.longest.get(words[start], 0), len(words) - start), 0, -1):
            meanings = self.phrases.get(tuple(words[start : start + length]))
            if meanings and (not role or role in meanings):
                return length, meanings
        return 0, {}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def _doubles(word: str) -> bool:
    """Whether the last consonant is doubled before an ending: dim, dimmer."""
    return len(word) <= 4 and word[-1] not in VOWELS + "wxy" and word[-2] in VOWELS and word[-3:-2] not in tuple(VOWELS)


def _stem(word: str, ending: str) -> str:
    if word.endswith("e") and ending[0] in "ei":
        return word[:-1]
    if word.endswith("y") and word[-2] not in VOWELS and ending != "ing":
        return word[:-1] + "i"
    return word + word[-1] if _doubles(word) and ending != "s" else word


def inflected(phrase: str, endings: Iterable[str]) -> Iterator[str]:
    """The phrase with each ending on its first word: ``warm up`` gives ``warms up``, ``warmed up``, ``warming up``."""
    first, _, rest = phrase.partition(" ")
    for ending in endings:
        yield f"{_stem(first, ending)}{ending} {rest}".strip()


def _compares(adjective: str) -> bool:
    """Whether it has forms in -er and -est: short, and no participle or the like."""
    return len(adjective) <= 7 and not adjective.endswith(("ed", "ful", "ous")) and " " not in adjective


def _effects(texts: Iterable[str]) -> tuple[Effect, ...]:
    return tuple(Effect.parse(text) for text in texts)


def _add_qualities(lexicon: Lexicon) -> None:
    for name, row in _table("qualities").items():
        effects = _effects(row["effects"])
        meaning = Meaning(
            role="noun",
            name=name,
            effects=effects,
            less=_effects(row.get("less", ())),
            leaves=tuple(row.get("leaves", dict.fromkeys(effect.control for effect in effects))),
            unwanted=row.get("unwanted", False),
        )
        for role in ("noun", "verb", "adjective", "fault", "phrase"):
            for phrase in row.get(f"{role}s", ()):
                lexicon.add(phrase, replace(meaning, role=role))
        for phrase in row.get("verbs", ()):
            for form in inflected(phrase, ("s", "ed", "ing")):
                lexicon.add(form, replace(meaning, role="verb"))
        for phrase in row.get("adjectives", ()):
            for form in inflected(phrase, ("er", "est")) if _compares(phrase) else ():
                lexicon.add(form, replace(meaning, role="comparative"))
        for object_name, texts in row.get("with", {}).items():
            lexicon.objects[name, object_name] = _effects(texts)


def _add_states(lexicon: Lexicon) -> None:
    """Nouns of adjectives: "dullness". What complains as an adjective is unwanted as a noun."""
    for (word, *more), meanings in list(lexicon.phrases.items()):
        meaning = meanings.get("fault") or meanings.get("adjective")
        if meaning and not more and len(word) > 2:
            for form in inflected(word, ("ness",)):
                if (form,) not in lexicon.phrases:
                    lexicon.add(form, replace(meaning, role="noun", unwanted=meaning.role == "fault"))


def _add_colours(lexicon: Lexicon) -> None:
    for name, row in _table("colours").items():
        lexicon.colours[name] = row
        effects = tuple(Effect.parse(text) for text in row["cast"])
        for word in row["words"]:
            lexicon.add(word, Meaning("colour", name, effects=effects))
            lexicon.add(word + "s", Meaning("colours", name, effects=effects))
            for form in (*inflected(word, ("er", "ish", "ness")), word + "ish", word + "y", word + "ness"):
                lexicon.add(form, Meaning("tinged", name, effects=effects))


def _add_rows(lexicon: Lexicon, file: str, role: str) -> None:
    """Tables of ``[name] words = […]``: the name is the meaning."""
    for name, row in _table(file).items():
        for phrase in row["words"]:
            lexicon.add(phrase, Meaning(role, name))


def _add_looks(lexicon: Lexicon) -> None:
    from retouchiq.looks import looks  # which needs the language's own types first

    lexicon.looks = looks()
    for name, look in lexicon.looks.items():
        for phrase in (*look.words, f"{name} look"):
            lexicon.add(" ".join(token.text for token in tokens(normalised(phrase))), Meaning("look", name))
        for phrase in look.words:
            for form in inflected(phrase, ("er",)) if phrase.endswith("y") and _compares(phrase) else ():
                lexicon.add(form, Meaning("look", name))


def _add_amounts(lexicon: Lexicon) -> None:
    amounts = _table("amounts")
    for role, table in (("degree", amounts["degrees"]), ("number", amounts["numbers"])):
        for value, phrases in table.items():
            for phrase in phrases:
                lexicon.add(phrase, Meaning(role, value=float(value)))
    for value, phrases in amounts["stops"].items():
        for phrase in phrases:
            lexicon.add(phrase, Meaning("number", "EV", float(value)))
    for value, phrases in amounts["halving"].items():
        for phrase in phrases:
            lexicon.add(phrase, Meaning("multiple", value=float(value)))
    _add_multiples(lexicon, amounts)
    for name, phrases in amounts["units"].items():
        for phrase in phrases:
            lexicon.add(phrase, Meaning("unit", name))


def _add_multiples(lexicon: Lexicon, amounts: dict[str, Any]) -> None:
    """Words that say how many times as much there shall be, and with it the direction."""
    for table, name in (("multiples", ""), ("percents", "of the number")):
        for value, phrases in amounts[table].items():
            moves = "up" if float(value) > 1 else "down"
            for phrase in phrases:
                lexicon.add(phrase, Meaning("multiple", name, float(value)))
                lexicon.add(phrase, Meaning(f"movers:{moves}", moves, MOVES[moves]))


def _add_regions(lexicon: Lexicon) -> None:
    regions = _table("regions")
    for role, table in (("region", regions["named"]), ("found", regions["found"])):
        for name, phrases in table.items():
            for phrase in phrases:
                lexicon.add(phrase, Meaning(role, name))
    for phrase in regions["objects"]["words"]:
        lexicon.add(phrase, Meaning("object", phrase))


MOVES = {"up": 1.0, "down": -1.0, "off": -1.0}


INFLECTED = ("movers", "refused", "movers_free", "separable", "alone")
UNINFLECTED = ("more", "less", "much", "many", "need", "down", "plus", "good", "nice", "high", "there", "better")


def _add_words(lexicon: Lexicon) -> None:
    for role, table in _table("words").items():
        for name, phrases in table.items():
            meaning = Meaning(role if name == "words" else f"{role}:{name}", name, MOVES.get(name, 0.0))
            for phrase in phrases:
                lexicon.add(phrase, meaning)
            for phrase in phrases if role in INFLECTED or name == "verbs" else ():
                first = phrase.split()[0]
                if len(first) >= 4 and not first.startswith(UNINFLECTED):
                    for form in inflected(phrase, ("s", "ed", "ing")):
                        lexicon.add(form, meaning)


def _add_moves(lexicon: Lexicon) -> None:
    for noun, row in _table("moves").items():
        for direction, words in row.items():
            lexicon.moves.update({(noun, word): int(MOVES[direction]) for word in words})


def _add_impossible(lexicon: Lexicon) -> None:
    for name, row in _table("impossible").items():
        lexicon.reasons[name] = row["why"]
        verbs = row.get("verbs", ())
        forms = [form for verb in verbs for form in inflected(verb, ("s", "ed", "ing"))]
        for phrase in (*row["phrases"], *verbs, *forms):
            lexicon.add(phrase, Meaning("impossible", name))


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once per process."""
    built = Lexicon()
    _add_qualities(built)
    _add_states(built)
    _add_colours(built)
    _add_looks(built)
    _add_amounts(built)
    _add_regions(built)
    _add_rows(built, "geometry", "geometry")
    _add_words(built)
    _add_moves(built)
    _add_impossible(built)
    return built


@cache
def ordinary() -> frozenset[str]:
    """Everyday words that lie within a slip of a word of the lexicon and must not be taken for it."""
    text = resources.files(__package__).joinpath("ordinary.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)["words"].split())
