"""What words mean beside the lexicon: texts compared by the vectors of a distilled sentence encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retouchiq.language.meaning.vectors import similarity

__all__ = ["closest", "similarity"]


def closest(text: str, candidates: Mapping[str, Sequence[str]]) -> list[tuple[str, float]]:
    """The names of ``candidates`` by how near one of their texts is to ``text``: nearest first, with its cosine."""
    names = [name for name, texts in candidates.items() for _ in texts]
    best: dict[str, float] = {}
    if names:
        scores = similarity(text, [each for texts in candidates.values() for each in texts]).tolist()
        for name, score in zip(names, scores, strict=True):
            best[name] = max(best.get(name, -1.0), score)
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))
