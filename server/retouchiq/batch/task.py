"""What a batch is to do, and what became of each of its photos."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

Stamp = list[int]  # size and time of change in ns of a photo and of the sidecar beside it; -1 where there is no file

FINISHED = ("edited", "unchanged", "failed", "rejected")


@dataclass(frozen=True)
class Source:
    """A photo. ``base``: a file that holds its present history, in place of the sidecar beside it."""

    image: Path
    base: Path | None = None


@dataclass(frozen=True)
class Batch:
    """What to do.

    ``out``: the folder of the results, the batch's own. ``in_place``: sidecars are also written beside the photos.
    ``exports``: the ending of a format that darktable exports to (``jpg``), None for no exports. ``consistent``: the
    others are brought to the result of the first photo that is edited, or of the photo named here. The rest as in
    `retouchiq.edit.Job`.
    """

    photos: tuple[Source, ...]
    instruction: str
    out: Path
    look: str | None = None
    reference: Path | None = None
    budget: int | None = None
    size: int = 1024
    strength: float = 100.0
    in_place: bool = False
    exports: str | None = None
    consistent: bool | Path = False

    def settings(self, agent: str, reward: str) -> dict[str, Any]:
        """What must be the same for a batch to be resumed."""
        return {
            "instruction": self.instruction,
            "look": self.look,
            "reference": str(self.reference) if self.reference else None,
            "budget": self.budget,
            "size": self.size,
            "strength": self.strength,
            "in_place": self.in_place,
            "exports": self.exports,
            "consistent": str(self.consistent) if isinstance(self.consistent, Path) else self.consistent,
            "agent": agent,
            "reward": reward,
        }


@dataclass(frozen=True)
class Placed:
    """A sidecar that was written beside a photo: the SHA-256 of what was there (None: nothing) and of what is now.

    ``kept``: where what was there lies beside the photo, if it had to be kept.
    """

    sidecar: Path
    had: str | None
    gives: str
    kept: Path | None = None


@dataclass(frozen=True)
class Result:
    """What became of a photo. ``base`` as in `Source`: duplicates of a photo differ in it alone.

    ``state``: waiting, running, edited, unchanged (no render scored better than leaving it), failed or rejected.
    ``score`` and ``baseline`` (of doing nothing) are 0…10. ``error`` is a sentence and ``kind`` the name of the error.
    ``did``: the accepted edits in words. ``files``: name → path: ``before``, ``after``, ``sidecar``, ``style``,
    ``report``, ``export``. ``stamp``: of the photo's files when it was done.
    """

    image: Path
    name: str
    state: str = "waiting"
    score: float | None = None
    baseline: float | None = None
    error: str | None = None
    kind: str | None = None
    did: str = ""
    notes: list[str] = field(default_factory=list)
    renders: int = 0
    seconds: float = 0.0
    files: dict[str, Path] = field(default_factory=dict)
    stamp: Stamp = field(default_factory=list)
    placed: Placed | None = None
    base: Path | None = None

    @property
    def source(self) -> Source:
        return Source(self.image, self.base)

    @property
    def finished(self) -> bool:
        return self.state in FINISHED

    def answer(self) -> dict[str, Any]:
        """The photo as ``batch --json`` and the HTTP API tell of it."""
        return {
            "image": str(self.image),
            "name": self.name,
            "state": self.state,
            "score": self.score,
            "baseline": self.baseline,
            "error": self.error,
            "kind": self.kind,
            "did": self.did,
            "notes": self.notes,
            "renders": self.renders,
            "seconds": self.seconds,
            "files": {name: str(path) for name, path in self.files.items()},
        }

    def saved(self, out: Path) -> dict[str, Any]:
        """As plain data for the journal, paths in ``out`` relative to it: the folder can be moved."""
        data = {each.name: getattr(self, each.name) for each in fields(self)}
        data["image"], data["base"] = str(self.image), str(self.base) if self.base else None
        data["files"] = {name: str(_relative(path, out)) for name, path in self.files.items()}
        if self.placed:
            kept = str(self.placed.kept) if self.placed.kept else None
            data["placed"] = vars(self.placed) | {"sidecar": str(self.placed.sidecar), "kept": kept}
        return data

    @classmethod
    def load(cls, data: dict[str, Any], out: Path) -> Self:
        """The result that `saved` made. Raises `KeyError`, `TypeError` and `ValueError` for anything else."""
        files = {name: out / path for name, path in data["files"].items()}
        base = Path(data["base"]) if data.get("base") else None
        placed = load_placed(data["placed"]) if data["placed"] else None
        return cls(**data | {"image": Path(data["image"]), "base": base, "files": files, "placed": placed})

    def with_state(self, state: str) -> Self:
        return replace(self, state=state)


def load_placed(data: dict[str, Any]) -> Placed:
    """The other way round. Raises `KeyError` and `TypeError`."""
    kept = Path(data["kept"]) if data.get("kept") else None
    return Placed(Path(data["sidecar"]), data["had"], data["gives"], kept)


@dataclass(frozen=True)
class Progress:
    """Something that happened: in words, how many photos of how many are finished, and the photo whose state it is."""

    says: str
    done: int
    total: int
    photo: Result | None = None


Listen = Callable[[Progress], None]


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def _relative(path: Path, folder: Path) -> Path:
    return path.relative_to(folder) if path.is_relative_to(folder) else path
