"""Giving up single results of a batch: what was there before is there again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hostbridge import UnusableInput
from hostbridge.darktable import writing
from retouchiq.batch import beside, sheet
from retouchiq.batch.journal import Journal
from retouchiq.batch.task import Result

_GIVEN_UP = ("sidecar", "style", "export")


def reject(out: Path, named: Sequence[str]) -> list[Result]:
    """Give up the results of the photos ``named``, by the contact sheet's names or the photos' paths.

    The sidecar beside the photo is again the one that was there, or none; export, sidecar and style in ``out`` are
    removed, the pictures stay. A photo that is rejected already is left alone. Raises `UnusableInput` before anything
    is done for an unknown name, for a photo that has no result, and where a sidecar was changed since the batch.
    """
    if not out.is_dir():
        raise UnusableInput(f"{out}: there is no such folder; name the one that --out named")
    with writing.locked(out, timeout=0):
        journal = Journal(out)
        if journal.settings is None:
            raise UnusableInput(f"{out} holds no batch: name the folder that --out named")
        wanted = [_find(journal, name) for name in dict.fromkeys(named)]
        for result in wanted:
            beside.check_unchanged(result.placed, out / "photos" / result.name)
        for result in wanted:
            _give_up(result, journal)
        sheet.write(out, str(journal.settings["instruction"]), list(journal.results.values()))
        return [journal.results[result.name] for result in wanted]


def _find(journal: Journal, name: str) -> Result:
    result = journal.results.get(name) or next(
        (each for each in journal.results.values() if each.image == Path(name).absolute()), None
    )
    if result is None:
        raise UnusableInput(f"{journal.out} has no result named {name!r}: the names are those in {sheet.NAME}")
    if result.state == "failed":
        raise UnusableInput(f"{name} failed and changed nothing: there is nothing to reject ({result.error})")
    return result


def _give_up(result: Result, journal: Journal) -> None:
    folder = journal.out / "photos" / result.name
    if result.state == "rejected":
        return
    if result.placed is not None:
        beside.take_back(result.placed, folder)
    for kind in _GIVEN_UP:
        if kind in result.files:
            result.files[kind].unlink(missing_ok=True)
    journal.rejected(result.name)
