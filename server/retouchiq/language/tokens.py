"""From text to words: contractions opened, numbers and punctuation kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

DECADES = {60: "sixties", 70: "seventies", 80: "eighties", 90: "nineties"}

_CONTRACTIONS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"[‘’`´]", "'"),
        (r"[–—]", "-"),
        (r"−", "-"),
        (r"\bcan'?t\b", "can not"),
        (r"\bwon'?t\b", "will not"),
        (r"\b(do|does|did|is|are|was|were|should|would|could|has|have|had)n'?t\b", r"\1 not"),
        (r"\bcannot\b", "can not"),
        (r"\b(it|that|there|what|he|she)'s\b", r"\1 is"),
        (r"\b(i|you|we|they)'(?:d|ll|ve|m|re)\b", r"\1"),
        *((rf"'?\b(?:19)?{digits}'?s\b", name) for digits, name in DECADES.items()),
        (r"'s\b|s'(?=\s)", ""),
        (r"\bw/o\b", "without"),
        (r"\bw/", "with "),
        (r"\bb\s?[&/+]\s?w\b|\bb\s?n\s?w\b", "bw"),
        (r"-(?=(?:ness|ish)\b)", ""),
        (r"(?<=[a-z])-(?=[a-z])", " "),
        (r"\b\d{3,5}\s?[x×*]\s?\d{3,5}\b", " resolution "),
        (r"\b(?:do|does|did|is|are|have|has) not (?:have |get |got )?(?:quite )?enough(?= \w)", "lacks"),
        (r"\bnot (?:very |quite |nearly |really )?(?!much\b)(\w+) enough\b", r"needs to be more \1"),
        (r"\b(in|de) (?=creas(?:e|ed|ing)\b)", r"\1"),
        (r"\b(?:image|photo|picture|photograph) (?=colou?rs?\b)", ""),
        (r"\b(colou?rs?) (?:(?:will|really|would|all|just|truly|can) )+(?=pop\b|stand\b)", r"\1 "),
        (r"½", "0.5"),
        (r"⅔", "0.667"),
        (r"⅓", "0.333"),
    )
]

_TOKEN = re.compile(
    r"(?P<ratio>\d{1,2}\s?[:x×]\s?\d{1,2}(?![\d.]))"
    r"|(?P<number>(?:(?<![\w.])[+-]\s?)?\d+(?:[.,]\d+)?(?:\s?/\s?\d+)?)"
    r"|(?P<word>[^\W\d_]+|[%°])"
    r"|(?P<stop>[.;!?\n:]+)"
    r"|(?P<comma>[,/&+()\-])"
)

LONGEST = 4000
"""Characters that are read of an instruction; nobody types more, and reading stays bounded."""


@dataclass(frozen=True)
class Token:
    """A word, a number, a ratio, or punctuation (``stop`` ends a sentence, ``comma`` a part of one)."""

    kind: str
    text: str


def normalised(text: str) -> str:
    """Lower case, apostrophes and contractions opened, at most `LONGEST` characters."""
    text = text[:LONGEST].lower()
    for pattern, replacement in _CONTRACTIONS:
        text = pattern.sub(replacement, text)
    return text


def tokens(text: str) -> list[Token]:
    """The tokens of normalised text."""
    return [Token(str(found.lastgroup), found.group()) for found in _TOKEN.finditer(text)]


def number(text: str) -> float:
    """The value of a number token: ``2/3``, ``+0,7``, ``1.5``; a division by zero counts as zero."""
    over, _, under = text.replace(" ", "").replace(",", ".").partition("/")
    divisor = float(under or 1)
    return float(over) / divisor if divisor else 0.0
