"""Typing slips: a word nobody knows becomes the vocabulary's nearest, if it is near enough and no ordinary word."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retouchiq.language.lexicon import lexicon, ordinary

SHORTEST = 5


@lru_cache(maxsize=4096)
def corrected(word: str) -> str:
    """The word of the lexicon that ``word`` was meant to be, or ``word`` itself.

    One slip (a letter more, less, other, or two swapped) in words of five letters and more, two in words of nine and
    more. The first letter is trusted unless the two first are swapped or it was left out.
    """
    known = lexicon()
    if word in known.words or len(word) < SHORTEST or len(word) > 20 or word in ordinary() or not word.isascii():
        return word
    slips = 2 if len(word) >= 9 else 1
    candidates = [
        other for other in known.by_first_letter(word[0]) if abs(len(other) - len(word)) <= slips and len(other) >= 4
    ]
    near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=8)
    if near:
        return min(
            (distance, other not in known.heads, abs(len(other) - len(word)), other) for other, distance, _ in near
        )[3]
    swapped = word[1] + word[0] + word[2:]
    if swapped in known.words:
        return swapped
    return next((other for other in sorted(known.heads) if other[1:] == word), word)
