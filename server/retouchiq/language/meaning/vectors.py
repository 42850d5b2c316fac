"""Texts as vectors: static embeddings, distilled from a sentence encoder (`distil.py`), looked up and averaged.

No model runs here: a text is cut into the pieces of a table, and their vectors are averaged. Reading the table takes
some tens of milliseconds once per process, a phrase some tens of microseconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

WORD = re.compile(r"\w+|[^\w\s]")
LONGEST_WORD = 40


@dataclass(frozen=True)
class Table:
    """``rows``: piece → row; ``vectors``: int8 (pieces, dimensions), of which a row times its ``scale`` is the vector.

    Pieces that go on with a word begin with ``##``, as in BERT's WordPiece.
    """

    rows: dict[str, int]
    vectors: NDArray[np.int8]
    scales: Vectors


@cache
def table() -> Table:
    """The table of the package, read at first use."""
    with resources.files(__package__).joinpath("vectors.npz").open("rb") as file, np.load(file) as stored:
        pieces = stored["pieces"].tobytes().decode("utf-8").split("\n")
        return Table({piece: row for row, piece in enumerate(pieces)}, stored["vectors"], stored["scales"])


def _plain(text: str) -> str:
    """Lower case without accents: the distilled encoder knows no others."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")


def _pieces_of(word: str, known: dict[str, int]) -> Iterator[str]:
    """WordPiece: the longest known beginning, then the longest known going-on; nothing where a rest is unknown."""
    found: list[str] = []
    at = 0
    while at < len(word):
        lead = "##" if at else ""
        end = next((end for end in range(len(word), at, -1) if lead + word[at:end] in known), at)
        if end == at:
            return
        found.append(lead + word[at:end])
        at = end
    yield from found


def pieces(text: str) -> list[str]:
    """The pieces of the table that ``text`` is made of."""
    known = table().rows
    words = (word for word in WORD.findall(_plain(text)) if len(word) <= LONGEST_WORD)
    return [piece for word in words for piece in _pieces_of(word, known)]


def sure(text: str) -> bool:
    """Whether the pieces can be trusted to mean the words: the first of each word is at least half of it."""
    known = table().rows
    words = WORD.findall(_plain(text))
    return all(2 * len(next(_pieces_of(word, known), "")) >= len(word) for word in words)


@lru_cache(maxsize=8192)
def _vector(text: str) -> Vectors:
    stored = table()
    rows = [stored.rows[piece] for piece in pieces(text)]
    if not rows:
        return np.zeros(stored.vectors.shape[1], np.float32)
    mean: Vectors = (stored.vectors[rows] * stored.scales[rows, None]).mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length else mean


def vectors(texts: Sequence[str]) -> Vectors:
    """float32 (texts, dimensions), each of length 1; zeros for a text without a known piece."""
    return np.stack([_vector(text) for text in texts])


def similarity(text: str, texts: Sequence[str]) -> Vectors:
    """float32 (texts): cosine of ``text`` with each of ``texts``, −1…1; 0 where nothing is known of one."""
    return vectors(texts) @ _vector(text)
