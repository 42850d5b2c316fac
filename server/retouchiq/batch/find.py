"""Which photos are meant by the folders and files a user names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from retouchiq.batch.journal import NAME
from retouchiq.endings import PHOTOS

_OUTPUT = {"darktable_exported"}  # where darktable's own exports go


@dataclass(frozen=True)
class Found:
    """``photos`` in the order they were named, folders sorted; ``skipped``: what is not one, and why."""

    photos: list[Path]
    skipped: list[tuple[Path, str]]


def find(named: Iterable[Path], out: Path | None = None) -> Found:
    """The photos of ``named``: of a folder all in it and in its subfolders.

    Left out are hidden files and folders, sidecars and whatever darktable does not open, the results of batches
    (``out`` among them) and of darktable's own export. A file that is named is taken as it is, unless it is a sidecar;
    what cannot be read fails when its turn comes. A photo that is reached twice counts once.
    """
    photos: dict[Path, Path] = {}
    skipped: list[tuple[Path, str]] = []
    for path in named:
        for file, why in _walk(path, out.resolve() if out else None) if path.is_dir() else [(path, _is_sidecar(path))]:
            if why:
                skipped.append((file, why))
            else:
                photos.setdefault(file.resolve(), Path(os.path.abspath(file)))
    return Found(list(photos.values()), skipped)


def _walk(folder: Path, out: Path | None) -> Iterator[tuple[Path, str]]:
    for place, folders, files in os.walk(folder):
        reasons = {name: _no_folder(Path(place, name), out) for name in folders}
        yield from ((Path(place, name), why) for name, why in sorted(reasons.items()) if why)
        folders[:] = sorted(name for name, why in reasons.items() if not why)
        for name in sorted(files):
            yield Path(place, name), _no_photo(Path(place, name))


def _no_folder(folder: Path, out: Path | None) -> str:
    if folder.name.startswith("."):
        return "hidden"
    if folder.resolve() == out or (folder / NAME).exists():
        return "results of a batch"
    return "exports of darktable" if folder.name in _OUTPUT else ""


def _no_photo(file: Path) -> str:
    if file.name.startswith("."):
        return "hidden"
    if _is_sidecar(file):
        return "a sidecar"
    return "" if file.suffix.lower() in PHOTOS else "not an image that darktable opens"


def _is_sidecar(file: Path) -> str:
    return "a sidecar: name the photo it belongs to" if file.suffix.lower() == ".xmp" else ""
