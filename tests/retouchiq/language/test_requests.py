"""How well real people's requests are understood: against labels made by hand, by id (see `retouchiq.bench.language`).

``draw.py`` beside this file drew them. The half ``tuned`` was looked at when words and rules were chosen; of the half
``held`` only the number of errors was ever looked at.
"""

import json
from pathlib import Path

import pytest

from retouchiq.bench.language import FILES, Label, Table, labels, silent, tabled, texts
from retouchiq.language import read

LABELS = labels(Path(__file__).with_name("labels.jsonl"))


@pytest.fixture(scope="module")
def requests(data: Path) -> dict[str, str]:
    return texts(data, LABELS)


@pytest.fixture(scope="module")
def tables(requests: dict[str, str]) -> dict[str, Table]:
    return {half: tabled([label for label in LABELS if label.half == half], requests) for half in ("tuned", "held")}


def _labels(half: str) -> list[Label]:
    return [label for label in LABELS if label.half == half]


@pytest.mark.parametrize(("half", "floor"), [("tuned", 0.93), ("held", 0.92)])
def test_real_requests_are_answered_with_the_controls_people_asked_for(
    tables: dict[str, Table], half: str, floor: float
) -> None:
    assert tables[half].controls.f1 >= floor


@pytest.mark.parametrize("half", ["tuned", "held"])
def test_real_requests_for_the_impossible_are_reported(tables: dict[str, Table], half: str) -> None:
    assert tables[half].unsupported.recall >= 0.95


@pytest.mark.parametrize("half", ["tuned", "held"])
def test_real_requests_that_can_be_done_are_not_called_impossible(tables: dict[str, Table], half: str) -> None:
    assert tables[half].unsupported.wrong <= 0.02 * sum(not label.unsupported for label in _labels(half))


@pytest.mark.parametrize(("half", "floor"), [("tuned", 0.83), ("held", 0.85)])
def test_the_rest_of_an_impossible_request_is_still_carried_out(
    tables: dict[str, Table], half: str, floor: float
) -> None:
    assert tables[half].rest.f1 >= floor


def test_what_is_left_to_the_picture_is_not_forgotten(tables: dict[str, Table]) -> None:
    assert tables["held"].open.recall >= 0.85
    assert tables["held"].free.recall >= 0.85


def test_a_reader_that_understands_nothing_passes_none_of_this(requests: dict[str, str]) -> None:
    nothing = tabled(_labels("held"), requests, silent)
    assert nothing.controls.f1 == nothing.unsupported.recall == nothing.open.recall == 0


def test_labels_are_many_and_no_request_is_in_both_halves() -> None:
    assert len({label.id for label in LABELS}) == len(LABELS) >= 450
    assert all(sum(label.unsupported for label in _labels(half)) >= 100 for half in ("tuned", "held"))


def test_requests_to_remove_things_are_reported(data: Path) -> None:
    """Experts saw nothing but things taken out; about one in fifty of the texts is about something else."""
    rows = (json.loads(line) for line in (data / "requests" / FILES[0]).read_text().splitlines())
    removals = [row for row in rows if row["edit_operators"] == ["inpaint_obj@region"]][::9]
    reported = [row for row in removals if read(row["text"]).unsupported]
    assert len(reported) >= 0.95 * len(removals)
