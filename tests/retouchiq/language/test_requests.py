"""How well real people's requests are understood: against labels made by hand, by id.

``labels.jsonl`` holds for each id the signed controls that the request asks for, whether it asks for something that no
parameter can do, and whether it leaves everything to the picture. ``half`` is ``tuned`` where the words of the lexicon
were chosen with the request in view, ``held`` where they were not.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from retouchiq.language import read

LABELS = [json.loads(line) for line in Path(__file__).with_name("labels.jsonl").read_text().splitlines()]
REQUESTS = ("gier.jsonl", "fivekreq.jsonl")


def _requests(data: Path) -> Iterator[dict]:
    for name in REQUESTS:
        for line in (data / "requests" / name).read_text().splitlines():
            yield json.loads(line)


@pytest.fixture(scope="module")
def texts(data: Path) -> dict[str, str]:
    wanted = {label["id"] for label in LABELS}
    return {request["id"]: request["text"] for request in _requests(data) if request["id"] in wanted}


def _signed(text: str) -> set[str]:
    return {f"{wish.control}{'+' if wish.direction > 0 else '-'}" for wish in read(text).wishes}


@pytest.mark.parametrize(("half", "floor"), [("tuned", 0.95), ("held", 0.92)])
def test_real_requests_are_answered_with_the_controls_people_asked_for(
    texts: dict[str, str], half: str, floor: float
) -> None:
    right = wrong = missed = 0
    for label in (label for label in LABELS if label["half"] == half):
        found, wanted = _signed(texts[label["id"]]), set(label["controls"])
        right += len(found & wanted)
        wrong += len(found - wanted)
        missed += len(wanted - found)
    assert 2 * right / (2 * right + wrong + missed) >= floor


def test_real_requests_for_the_impossible_are_reported(texts: dict[str, str]) -> None:
    wanted = [label for label in LABELS if label["unsupported"]]
    reported = [label for label in wanted if read(texts[label["id"]]).unsupported]
    assert len(reported) >= 0.95 * len(wanted)


def test_real_requests_that_can_be_done_are_not_called_impossible(texts: dict[str, str]) -> None:
    possible = [label for label in LABELS if not label["unsupported"]]
    refused = [label["id"] for label in possible if read(texts[label["id"]]).unsupported]
    assert len(refused) <= 0.02 * len(possible)


def test_requests_to_remove_things_are_reported(data: Path) -> None:
    """Experts saw nothing but things taken out; about one in fifty of the texts is about something else."""
    removals = [r for r in _requests(data) if r.get("edit_operators") == ["inpaint_obj@region"]][::9]
    reported = [r for r in removals if read(r["text"]).unsupported]
    assert len(reported) >= 0.95 * len(removals)
