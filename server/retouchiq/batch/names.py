"""A name of its own for each photo's results, and for its export: files of the same name come from many folders."""

from __future__ import annotations

from collections import Counter
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


def exports(names: Sequence[str], ending: str, taken: Iterable[str] = ()) -> list[str]:
    """For each photo's name the name of its export: ``IMG_1.jpg`` for ``IMG_1.NEF``.

    Where several photos share a stem it is ``IMG_1.NEF.jpg``; where a name is taken it gets a number.
    """
    stems = Counter(Path(name).stem.casefold() for name in names)
    used = {name.casefold() for name in taken}
    files = []
    for name in names:
        stem = name if stems[Path(name).stem.casefold()] > 1 else Path(name).stem
        candidates = (f"{stem}{number}.{ending}" for number in ("", *(f"-{n}" for n in range(2, len(names) + 3))))
        file = next(each for each in candidates if each.casefold() not in used)
        used.add(file.casefold())
        files.append(file)
    return files


def _candidates(photo: Path) -> Iterator[str]:
    yield photo.name
    yield f"{photo.parent.name}-{photo.name}"
    yield from (f"{photo.stem}-{number}{photo.suffix}" for number in count(2))
