"""`retouchiq bench serve` measures every kind of request, against the server it is given."""

from contextlib import contextmanager

from retouchiq.bench import serve as bench


def test_every_kind_of_request_is_measured_and_leaves_nothing_behind(plain, monkeypatch) -> None:
    token = plain.http.headers["authorization"].removeprefix("Bearer ")

    @contextmanager
    def running(state):
        yield bench.Client(str(plain.http.base_url), token)

    monkeypatch.setattr(bench, "_server", running)
    monkeypatch.setattr(bench, "_SIZE", (96, 144))  # the times are not what is tested
    said: list[str] = []
    answer = bench.measure(3, said.append)
    assert list(answer["requests"]) == said
    assert {name.split()[1].split("/")[2] for name in said} == {"health", "controls", "uploads", "edits", "sessions"}
    assert all(request["runs"] == 3 for request in answer["requests"].values())
    assert answer["ok"] == all(request["median_ms"] < answer["bar_ms"] for request in answer["requests"].values())
    assert plain.http.get("/v1/health").json()["jobs"] == {"running": 0, "queued": 0}
    assert len(plain.http.get("/v1/edits").json()) == 1
