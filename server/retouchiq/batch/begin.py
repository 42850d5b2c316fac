"""What is to be done at the start of a batch: whether it can begin, which photos are waiting, where results go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hostbridge import UnusableInput
from retouchiq.batch import beside, names
from retouchiq.batch.journal import Journal
from retouchiq.batch.one import Item
from retouchiq.batch.task import Batch, Result
from retouchiq.looks import check_look

_STEADY = {"UnreadableImage", "MalformedSidecar"}  # failures that come again unless the photo's files change


def check(batch: Batch) -> None:
    """Raises `UnusableInput` for what can be known to be wrong before any photo is touched."""
    if not batch.photos:
        raise UnusableInput("there is no photo to edit: name photos, or a folder that holds some")
    if batch.in_place and len(_resolved(batch)) < len(set(batch.photos)):
        raise UnusableInput("a photo is named twice, and has only one sidecar beside it: name it once")
    if batch.look:
        check_look(batch.look)
    if isinstance(batch.consistent, Path) and batch.consistent.resolve() not in _resolved(batch):
        raise UnusableInput(
            f"{batch.consistent} is not one of the photos of this batch: name one that is, or use it as the reference"
        )


def _resolved(batch: Batch) -> set[Path]:
    return {source.image.resolve() for source in batch.photos}


def open_journal(out: Path, settings: dict[str, Any], resume: bool) -> Journal:
    """The journal in ``out``, not begun where there is none. Raises `UnusableInput` as `run` does."""
    journal = Journal(out)
    if journal.settings is None:
        if out.is_dir() and any(path.name != journal.path.name for path in out.iterdir()):
            raise UnusableInput(f"{out} holds other files: name a new or an empty folder with --out")
    elif not resume:
        raise UnusableInput(
            f"{out} holds a batch with {len(journal.results)} finished photos: "
            "go on with it with --resume, or name another folder with --out"
        )
    elif different := [name for name, value in settings.items() if journal.settings.get(name) != value]:
        told = "; ".join(f"{name} was {journal.settings.get(name)!r}, not {settings[name]!r}" for name in different)
        raise UnusableInput(f"{out} holds another batch ({told}): name another folder with --out")
    return journal


def items(batch: Batch, journal: Journal) -> list[Item]:
    """The photos with their places; those the journal knows keep theirs."""
    known = {result.source: result.name for result in journal.results.values()}
    sources = list(dict.fromkeys(batch.photos))
    new = [source for source in sources if source not in known]
    known |= dict(zip(new, names.unique([source.image for source in new], known.values()), strict=True))
    exports = _exports(batch, journal, [known[source] for source in sources])
    return [Item(each, known[each], batch.out / "photos" / known[each], exports.get(known[each])) for each in sources]


def _exports(batch: Batch, journal: Journal, named: list[str]) -> dict[str, Path]:
    """Where the photos of these names are exported to; those that were keep their file."""
    if batch.exports is None:
        return {}
    there = {name: result.files["export"] for name, result in journal.results.items() if "export" in result.files}
    new = [name for name in named if name not in there]
    files = names.exports(new, batch.exports, (path.name for path in there.values()))
    return there | {name: batch.out / "exports" / file for name, file in zip(new, files, strict=True)}


def again(results: Iterable[Result]) -> set[str]:
    """The names of the photos that are done again by ``resume``: failed ones, if their files or the host changed."""
    return {
        result.name
        for result in results
        if result.state == "failed" and not (result.kind in _STEADY and result.stamp == beside.stamp(result.image))
    }
