"""One plug-in folder in an editor's settings: our files in it, and nothing else, by a manifest.

The manifest (``manifest.json``) names our version, our files, and what we made to put them there. It is written before
the files and again after them, so that an interrupted run is finished, or taken away whole, by the next.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from hostbridge import NotWritable, UnusableInput
from hostbridge.darktable.writing import replace

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class File:
    """What a file of ours holds, and whether it is a program."""

    data: bytes
    program: bool = False

    @property
    def mode(self) -> int:
        return 0o755 if self.program else 0o644


@dataclass(frozen=True)
class Manifest:
    """What of ours is there: version ("" while it is being written), files, and the paths that we made for them.

    Names are relative to the folder where they lie in it.
    """

    version: str = ""
    files: tuple[str, ...] = ()
    made: tuple[str, ...] = ()


def manifest(folder: Path) -> Manifest:
    """What of ours is in it; the empty manifest where nothing is, or nothing that we know of."""
    try:
        said = json.loads((folder / MANIFEST).read_text("utf-8"))
        return Manifest(str(said["version"]), tuple(map(str, said["files"])), tuple(map(str, said["made"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Manifest()


def is_current(folder: Path, files: Mapping[str, File]) -> bool:
    """Whether exactly these files of ours are there, byte for byte."""
    there = manifest(folder)
    same_names = bool(there.version) and set(there.files) == set(files)
    return same_names and all(_holds(folder / name, file) for name, file in files.items())


def fill(folder: Path, files: Mapping[str, File], version: str, made: Iterable[Path] = ()) -> None:
    """Make these the files of ours in ``folder``; files of ours that are no longer among them go.

    ``made``: what the caller makes besides. Files that are not ours stay; one in the way raises `UnusableInput`.
    Raises `NotWritable` where the folder cannot be written.
    """
    there = manifest(folder)
    _refuse_foreign(folder, files, there)
    with _explained(folder):
        ours = tuple(dict.fromkeys([*there.made, *map(str, made), *_make_folders(folder, files)]))
        _write(folder, Manifest("", tuple({*there.files, *files}), ours))
        for name, file in files.items():
            if not _holds(folder / name, file):
                replace(folder / name, file.data)
                (folder / name).chmod(file.mode)
        _delete(folder, set(there.files) - set(files))
        _write(folder, Manifest(version, tuple(sorted(files)), ours))


def empty(folder: Path) -> None:
    """Take away our files, and the folders we made as far as nothing else is in them."""
    there = manifest(folder)
    with _explained(folder):
        _delete(folder, there.files)
        (folder / MANIFEST).unlink(missing_ok=True)
    # the folder itself, too: a GIMP that takes over the settings of an older one copies ours with them
    made = {folder / name for name in (*there.made, *("." for _ in there.files))}
    for path in sorted(made, key=lambda path: len(path.parts), reverse=True):
        with contextlib.suppress(OSError):  # not empty: something of the user's is in it
            path.rmdir()


def _refuse_foreign(folder: Path, files: Mapping[str, File], there: Manifest) -> None:
    if folder.is_symlink():
        raise UnusableInput(f"{folder} is a link to {os.readlink(folder)}: delete the link, then run this again")
    for name in set(files) - set(there.files):
        if os.path.lexists(folder / name) and not _holds(folder / name, files[name]):
            raise UnusableInput(f"{folder / name} is there and not ours: move it away, then run this again")


def _holds(path: Path, file: File) -> bool:
    try:
        return path.read_bytes() == file.data and path.stat().st_mode & 0o777 == file.mode
    except OSError:
        return False


def _make_folders(folder: Path, files: Iterable[str]) -> Iterator[str]:
    """Make the folders these files need; yields those that were not there."""
    for needed in sorted({folder, *((folder / name).parent for name in files)}):
        for place in reversed((needed, *needed.parents)):
            if not place.is_dir():
                place.mkdir()
                yield str(place.relative_to(folder) if place.is_relative_to(folder) else place)


def _write(folder: Path, there: Manifest) -> None:
    replace(folder / MANIFEST, json.dumps(asdict(there), indent=1).encode())


def _delete(folder: Path, names: Iterable[str]) -> None:
    """Delete these files, what Python compiled from them, and folders that are empty then."""
    for name in names:
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            continue  # a manifest that was tampered with
        path.unlink(missing_ok=True)
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()
        with contextlib.suppress(OSError):
            os.rmdir(path.parent / "__pycache__")


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, NotWritable) as error:
        why = getattr(error.__cause__ or error, "strerror", None) or error
        raise NotWritable(f"{folder} cannot be written: {why}; see whose folder it is (`ls -ld`)") from error
