"""What a request costs beyond the work it asks for: the server's own overhead, renders excluded.

A real server process runs on a state folder of its own, as it does for users. Each request is timed as a plug-in would
feel it: a new connection on loopback, the whole request sent, the whole answer read, JSON parsed. What is in the time
is all that the server adds: connection, guard, validation, database, threads, answer.

Renders are kept out of it like this. An edit is timed until it is accepted (202), which comes before its first render;
it is cancelled and waited for before the next request is timed, so that no render runs meanwhile. A session's render is
made by the client, so the server only judges it and plans: the same judging and planning, on the same picture file, is
done in this process right after each request, and its time is taken off. The difference can be negative, since both
vary. Every request is made once before it is counted.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from hostbridge import HostFailed
from hostbridge.gegl.compile import compile
from hostbridge.gegl.operations import Operations
from retouchiq.agent.offline import OfflineAgent
from retouchiq.api.hosted import Hosted
from retouchiq.pictures import encode, read_picture
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Session

BAR = 10.0  # ms, the median of every kind of request
_OPERATIONS: dict[str, Any] = {
    "gegl:exposure": {"properties": {"exposure": {"type": "gdouble", "min": -10, "max": 10}}}
}
_SIZE = (682, 1024)


class Client:
    """Sends requests with the token, each on a connection of its own."""

    def __init__(self, url: str, token: str) -> None:
        self._address = urlsplit(url).netloc
        self._token = token

    def ask(self, method: str, path: str, body: dict[str, Any] | bytes | None = None) -> Any:
        """The JSON of the answer. Raises `HostFailed` for a refusal."""
        connection = http.client.HTTPConnection(self._address, timeout=60)
        sent = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = {"Authorization": f"Bearer {self._token}"}
        if sent is not None:
            headers["Content-Type"] = "application/json" if isinstance(body, dict) else "image/png"
        with contextlib.closing(connection):
            connection.request(method, path, sent, headers)
            answer = connection.getresponse()
            text = answer.read()
        if answer.status >= 400:
            raise HostFailed(f"{method} {path} was refused: {text[:300].decode(errors='replace')}")
        return json.loads(text or "null")


def measure(repeat: int, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """``requests``: each kind's ``median_ms``, ``p95_ms`` and ``runs``; ``bar_ms``; ``ok``: all medians are below it.

    ``say`` is told how far it is. Raises `HostMissing` and `HostFailed`.
    """
    with TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.png"
        photo.write_bytes(encode(_picture(), ".png"))
        with _server(Path(folder) / "state") as client:
            kinds = _kinds(client, photo)
            requests = {name: _summary(_timed(name, kind, repeat, say)) for name, kind in kinds.items()}
    ok = all(request["median_ms"] < BAR for request in requests.values())
    return {"requests": requests, "bar_ms": BAR, "ok": ok}


def _timed(name: str, kind: Callable[[], float], repeat: int, say: Callable[[str], None]) -> list[float]:
    say(name)
    return [kind() for _ in range(repeat + 1)][1:]


def _summary(runs: list[float]) -> dict[str, Any]:
    ms = sorted(1000 * seconds for seconds in runs)
    high = quantiles(ms, n=20)[-1] if len(ms) > 1 else ms[0]
    return {"median_ms": round(median(ms), 2), "p95_ms": round(high, 2), "runs": len(ms)}


def _kinds(client: Client, photo: Path) -> dict[str, Callable[[], float]]:
    """What is timed, by name; each answers seconds."""
    upload = client.ask("POST", "/v1/uploads?name=photo.png", photo.read_bytes())["upload"]
    known = _ended(client, client.ask("POST", "/v1/edits", _edit(photo))["id"])  # everything is loaded after it
    return {
        "GET /v1/health": lambda: _seconds(lambda: client.ask("GET", "/v1/health")),
        "GET /v1/controls": lambda: _seconds(lambda: client.ask("GET", "/v1/controls")),
        "POST /v1/uploads": lambda: _seconds(
            lambda: client.ask("POST", "/v1/uploads?name=photo.png", photo.read_bytes())
        ),
        "POST /v1/edits": lambda: _accepting(client, photo),
        "GET /v1/edits/ID": lambda: _seconds(lambda: client.ask("GET", f"/v1/edits/{known}")),
        "POST /v1/sessions": lambda: _beginning(client, photo, upload),
        "POST /v1/sessions/ID/renders": lambda: _judging(client, photo, upload),
    }


def _accepting(client: Client, photo: Path) -> float:
    began = time.perf_counter()
    name = client.ask("POST", "/v1/edits", _edit(photo))["id"]
    taken = time.perf_counter() - began
    client.ask("DELETE", f"/v1/edits/{name}")  # cancels
    client.ask("DELETE", f"/v1/edits/{_ended(client, name)}")  # removes
    return taken


def _ended(client: Client, name: str) -> str:
    while client.ask("GET", f"/v1/edits/{name}")["state"] in ("queued", "running"):
        time.sleep(0.02)
    return name


def _beginning(client: Client, photo: Path, upload: str) -> float:
    began = time.perf_counter()
    step = client.ask("POST", "/v1/sessions", _request(upload))
    taken = time.perf_counter() - began
    client.ask("DELETE", f"/v1/sessions/{step['id']}")
    hosted = _hosted()
    return taken - _seconds(lambda: hosted.begin(read_picture(photo), "brighter"))


def _judging(client: Client, photo: Path, upload: str) -> float:
    step = client.ask("POST", "/v1/sessions", _request(upload))
    png = photo.read_bytes()
    began = time.perf_counter()
    client.ask("POST", f"/v1/sessions/{step['id']}/renders", png)
    taken = time.perf_counter() - began
    client.ask("DELETE", f"/v1/sessions/{step['id']}")
    hosted = _hosted()
    hosted.begin(read_picture(photo), "brighter")
    return taken - _seconds(lambda: hosted.rendered(read_picture(photo)))


def _hosted() -> Hosted:
    operations = Operations.parse(_OPERATIONS)
    session = Session(OfflineAgent(), MeasuredReward())
    return Hosted(session, lambda edits, picture: compile(edits, operations, picture, (6000, 4000)))


def _edit(photo: Path) -> dict[str, Any]:
    return {"image": str(photo), "instruction": "brighter"}


def _request(upload: str) -> dict[str, Any]:
    return {
        "picture": upload,
        "instruction": "brighter",
        "host": {"name": "gimp", "version": "3.0.4"},
        "operations": _OPERATIONS,
        "full_size": [6000, 4000],
    }


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _picture() -> np.ndarray:
    """Light, shadow and colour, and a little grain so that the file has the size of a photo's."""
    height, width = _SIZE
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    smooth = np.stack([0.15 + 0.6 * across, 0.1 + 0.6 * down, 0.5 - 0.4 * across * down], axis=2)
    grain = np.random.default_rng(1).normal(0, 0.01, smooth.shape)
    return np.clip(smooth + grain, 0, 1).astype(np.float32)


@contextlib.contextmanager
def _server(state: Path) -> Iterator[Client]:
    """A server of its own, warm: darktable is there when it has rendered once."""
    command = [sys.executable, "-m", "retouchiq", "serve", "--port", "0"]
    environment = {**os.environ, "RETOUCHIQ_STATE": str(state)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().decode().strip()
            if not url:
                raise HostFailed(f"the server did not start: see `retouchiq serve` with RETOUCHIQ_STATE={state}")
            client = Client(url, (state / "token").read_text().strip())
            client.ask("GET", "/v1/schema?operation=exposure")
            yield client
        finally:
            process.terminate()
