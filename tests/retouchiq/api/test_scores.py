"""Any edit can be judged over HTTP as it is on the command line."""

import threading
from pathlib import Path

import pytest
from PIL import Image

from retouchiq.api import scores
from retouchiq.cli.score import score
from retouchiq.reward.measured import MeasuredReward


@pytest.fixture
def pair(photo: Path) -> dict[str, str]:
    after = photo.with_name("after.png")
    Image.open(photo).point(lambda level: min(255, int(level * 1.2))).save(after)
    return {"before": str(photo), "after": str(after), "instruction": "brighter"}


def test_the_verdict_is_that_of_the_command_line(server, pair: dict[str, str]) -> None:
    answer = server.http.post("/v1/scores", json=pair).json()
    verdict = score(MeasuredReward(), Path(pair["before"]), Path(pair["after"]), "brighter")
    assert answer["score"] == pytest.approx(verdict.score, abs=1e-3)
    assert answer["score"] > answer["baseline"]
    assert {metric["name"] for metric in answer["metrics"]} == {metric.criterion.name for metric in verdict.metrics}


@pytest.mark.parametrize(
    "change",
    [
        {"instruction": ""},
        {"instruction": "x" * 2001},
        {"reward": "generous"},
        {"after": None},
        {"more": 1},
        {"before": 5},
    ],
)
def test_what_is_no_request_is_refused_with_the_field_named(server, pair: dict[str, str], change: dict) -> None:
    answer = server.http.post("/v1/scores", json={**pair, **change})
    assert (answer.status_code, answer.json()["error"]["kind"]) == (422, "InvalidRequest")
    assert next(iter(change)) in answer.json()["error"]["message"]


def test_no_more_pictures_are_in_memory_than_fit(server, pair: dict[str, str], monkeypatch) -> None:
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(scores, "_AT_ONCE", full)
    monkeypatch.setattr(scores, "_PATIENCE", 0.05)
    answer = server.http.post("/v1/scores", json=pair)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (429, "Busy")
    full.release()
    assert server.http.post("/v1/scores", json=pair).status_code == 200
