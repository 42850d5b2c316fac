"""How well real people's requests are understood, against labels made by hand from the text alone.

A label (a line of JSON) has ``id``; ``half`` (``tuned``: words and rules were chosen with the request in view, or could
have been; ``held``: nobody looked at how it is read); ``controls``: the signed controls that the text asks for,
``exposure+``; ``unsupported``: whether it also, or only, asks for what no parameter can do, and ``kind`` of that;
``open``: whether it leaves everything to the picture; ``free``: controls left to the picture; ``stratum``: how it was
drawn. The texts stay where they are: labels name them by id.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from hostbridge import UnusableInput
from hostbridge.controls import CONTROLS, HUES
from retouchiq.language import Request, read
from retouchiq.language.lexicon import lexicon
from retouchiq.language.places import BAND_PART
from retouchiq.language.request import Wish

FILES = ("gier.jsonl", "fivekreq.jsonl")
LABELS = Path(__file__).parents[3] / "tests" / "retouchiq" / "language" / "labels.jsonl"
"""The project's own labels, in a source tree."""
HALVES = ("tuned", "held")

Reader = Callable[[str], Request]


class Label(BaseModel):
    """What one request asks for; see the module."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    half: str
    controls: tuple[str, ...]
    unsupported: bool
    open: bool
    free: tuple[str, ...] = ()
    kind: str = ""
    stratum: str = "first"


@dataclass
class Count:
    """Answers that were right, wrong (given, not wanted) and missed (wanted, not given)."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, right: int, wrong: int, missed: int) -> None:
        """Count some more."""
        self.right, self.wrong, self.missed = self.right + right, self.wrong + wrong, self.missed + missed

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0..1; 1 where nothing was asked and nothing answered."""
        told = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / told if told else 1.0

    @property
    def recall(self) -> float:
        """Share of what was wanted that was answered."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def precision(self) -> float:
        """Share of the answers that were wanted."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    try:
        yield from map(json.loads, file.read_text("utf-8").splitlines())
    except OSError as error:
        raise UnusableInput(f"{file} cannot be read ({error.strerror}): name it by --labels or --data") from None
    except ValueError as error:
        raise UnusableInput(f"{file} has a line that is no JSON ({error}): see retouchiq.bench.language") from None


def labels(file: Path = LABELS) -> list[Label]:
    """The labels in ``file``. Raises `UnusableInput` where it cannot be read or holds something else."""
    try:
        return [Label.model_validate(row) for row in _lines(file)]
    except ValidationError as error:
        raise UnusableInput(f"{file} holds something else than labels: {error}") from None


def texts(data: Path, wanted: Iterable[Label]) -> dict[str, str]:
    """The labelled requests of ``data``/requests by id. Raises `UnusableInput` where one is missing."""
    left = {label.id for label in wanted}
    rows = (row for name in FILES for row in _lines(data / "requests" / name))
    found = {row["id"]: row["text"] for row in rows if row["id"] in left}
    if missing := left - found.keys():
        raise UnusableInput(f"{data / 'requests'} lacks {len(missing)} labelled requests, {min(missing)} among them")
    return found


def _signed(control: str, wish: Wish) -> str:
    return f"{control}{'+' if wish.direction > 0 else '-'}"


def names(wish: Wish) -> frozenset[str]:
    """What a wish may be called: more saturated grass (things of a hue) is a more saturated green, too."""
    hues = [hue for word in wish.region.name.split() if (hue := word.removesuffix("s")) in HUES]
    bands = {_signed(f"{hue}.{BAND_PART[wish.control]}", wish) for hue in hues if wish.control in BAND_PART}
    return frozenset({_signed(wish.control, wish), *bands})


def _asked(request: Request, wanted: set[str]) -> set[frozenset[str]]:
    """The wishes by name; what a look brings beside what was said is no answer to anything."""
    brought = {move.control for look in request.looks for move in lexicon().looks[look].edits}
    return {name for wish in request.wishes if (name := names(wish)) & wanted or wish.control not in brought}


def compared(request: Request, label: Label) -> tuple[int, int, int]:
    """How many signed controls are right, wrong and missed."""
    wanted = set(label.controls)
    found = _asked(request, wanted)
    right = {name for name in wanted if any(name in group for group in found)}
    return len(right), sum(not group & wanted for group in found), len(wanted - right)


def _told(wanted: bool, answered: bool) -> tuple[int, int, int]:
    return int(wanted and answered), int(answered and not wanted), int(wanted and not answered)


@dataclass
class Table:
    """Everything counted over some labels."""

    requests: int
    controls: Count
    rest: Count
    unsupported: Count
    open: Count
    free: Count
    kinds: dict[str, Count]
    strata: dict[str, Count]
    groups: dict[str, Count]


def _grouped(request: Request, label: Label) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """The counts by the group of the control."""
    wanted = set(label.controls)
    found = _asked(request, wanted)
    for name in wanted:
        hit = any(name in group for group in found)
        yield CONTROLS[name[:-1]].group, (int(hit), 0, int(not hit))
    for group in found:
        if not group & wanted:
            yield CONTROLS[min(group, key=len)[:-1]].group, (0, 1, 0)


def tabled(chosen: Iterable[Label], requests: dict[str, str], reader: Reader = read) -> Table:
    """How ``reader`` reads the chosen labels' requests."""
    table = Table(0, Count(), Count(), Count(), Count(), Count(), {}, {}, {})
    for label in chosen:
        request = reader(requests[label.id])
        counts = compared(request, label)
        table.requests += 1
        table.controls.add(*counts)
        table.strata.setdefault(label.stratum, Count()).add(*counts)
        table.unsupported.add(*_told(label.unsupported, bool(request.unsupported)))
        table.open.add(*_told(label.open, request.open_ended))
        left = {*request.free, *(wish.control for wish in request.wishes)}
        table.free.add(len(set(label.free) & left), 0, len(set(label.free) - left))
        if label.unsupported:
            table.rest.add(*counts)
            table.kinds.setdefault(label.kind or "removing", Count()).add(*_told(True, bool(request.unsupported)))
        for group, more in _grouped(request, label):
            table.groups.setdefault(group, Count()).add(*more)
    return table


def silent(instruction: str) -> Request:
    """The reader that understands nothing."""
    return Request(instruction=instruction)


def measure(data: Path, file: Path = LABELS) -> dict[str, Table]:
    """The tables of both halves, and of the reader that understands nothing on the held-out one."""
    told = labels(file)
    found = texts(data, told)
    halves = {half: [label for label in told if label.half == half] for half in HALVES}
    tables = {half: tabled(chosen, found) for half, chosen in halves.items()}
    return {**tables, "nothing read": tabled(halves["held"], found, silent)}


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _row(name: str, table: Table) -> str:
    refused = table.unsupported
    cells = (
        name,
        table.requests,
        f"{table.controls.f1:.3f}",
        f"{table.rest.f1:.3f}",
        f"{refused.right}/{refused.right + refused.missed} ({_percent(refused.recall)})",
        _percent(refused.precision),
        f"{table.open.right}/{table.open.right + table.open.missed}",
        f"{table.free.right}/{table.free.right + table.free.missed}",
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


NAMES = {"tuned": "tuned on", "held": "held out"}
HEAD = ("requests", "signed F1", "F1 of the rest of impossible ones", "impossible: reported", "rightly", "open", "free")


def _classes(tables: dict[str, Table], what: str, score: Callable[[Count], str]) -> Iterator[str]:
    found: dict[str, dict[str, Count]] = {half: getattr(tables[half], what) for half in HALVES}
    yield from ("", f"| {what} | tuned on | held out |", "|---|---|---|")
    for name in sorted({*found["tuned"], *found["held"]}):
        cells = [score(found[half][name]) if name in found[half] else "" for half in HALVES]
        yield f"| {name} | {cells[0]} | {cells[1]} |"


def _share(count: Count) -> str:
    return f"{count.right}/{count.right + count.missed}"


def _score(count: Count) -> str:
    return f"{count.f1:.3f} ({count.right} right, {count.wrong} wrong, {count.missed} missed)"


TITLE = """# How requests of real people are understood

Written by `retouchiq bench language --data FOLDER`, against labels made by hand from the text alone. Tuned on: words
and rules were chosen with these in view. Held out: nobody looked at how these are read, only errors were counted.
Signed F1: the controls asked for, with their direction. The rest: what requests for something impossible ask for
besides. Nothing read: the same held-out requests, and a reader that understands nothing.
"""


def written(tables: dict[str, Table]) -> str:
    """The tables as Markdown, with what they mean."""
    lines = [TITLE]
    lines += ["| half | " + " | ".join(HEAD) + " |", "|---" * (len(HEAD) + 1) + "|"]
    lines += [_row(NAMES.get(name, name), table) for name, table in tables.items()]
    for what, score in (("groups", _score), ("strata", _score), ("kinds", _share)):
        lines += _classes(tables, what, score)
    return "\n".join(lines)


def answer(tables: dict[str, Table]) -> dict[str, Any]:
    """The tables' main numbers, for ``--json``."""
    return {
        name: {
            "requests": table.requests,
            "f1": round(table.controls.f1, 4),
            "rest_f1": round(table.rest.f1, 4),
            "unsupported_recall": round(table.unsupported.recall, 4),
            "unsupported_precision": round(table.unsupported.precision, 4),
            "open_recall": round(table.open.recall, 4),
            "free_recall": round(table.free.recall, 4),
        }
        for name, table in tables.items()
    }
