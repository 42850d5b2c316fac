"""A name of its own for each photo's results, and for its export: files of the same name come from many folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path


def unique(photos: Sequence[Path], taken: Iterable[str] = ()) -> list[str]:
    """For each photo its file name or, where that is taken, one with its folder's name before it, or a number.

    Names that differ only in case count as the same: not every file system tells them apart.
    """
    used = {name.casefold() for name in taken}
    names = []
    for photo in photos:
        name = next(each for each in _candidates(photo) if each.casefold() not in used)
        used.add(name.casefold())
        names.append(name)
    return names


def export(name: str, others: Iterable[str], ending: str) -> str:
    """``IMG_1.jpg`` for the photo named ``IMG_1.NEF``; ``IMG_1.NEF.jpg`` where another photo's name has that stem."""
    stem = Path(name).stem
    shared = sum(Path(other).stem.casefold() == stem.casefold() for other in others) > 1
    return f"{name if shared else stem}.{ending}"


def _candidates(photo: Path) -> Iterator[str]:
    yield photo.name
    yield f"{photo.parent.name}-{photo.name}"
    yield from (f"{photo.stem}-{number}{photo.suffix}" for number in count(2))
