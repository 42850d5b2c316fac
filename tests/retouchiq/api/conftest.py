"""A real server on loopback, in this process, without darktable, and a real HTTP client."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import plain_server
import pytest
from PIL import Image

from hostbridge import HostMissing
from retouchiq.api import place, serving
from retouchiq.api.app import create_app
from retouchiq.api.engine import Engine, Host
from retouchiq.api.security import Guard
from retouchiq.cli.host import open_agent, open_reward
from retouchiq.jobs import open_jobs


def no_darktable():
    raise HostMissing("darktable is not installed: install it")


def without_darktable() -> Host:
    return Host(find=no_darktable, open_renderer=no_darktable)


@dataclass
class Running:
    """A server that answers: its port, its token, its guard, a client that has the token."""

    port: int
    token: str
    guard: Guard
    engine: Engine
    state: Path
    http: httpx.Client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def bare(self, **headers: str) -> httpx.Client:
        """A client that sends nothing but these headers of its own."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=20, verify=False)

    def upload(self, path: Path) -> str:
        answer = self.http.post("/v1/uploads", params={"name": path.name}, content=path.read_bytes())
        assert answer.status_code == 201, answer.text
        return answer.json()["upload"]


@contextmanager
def running(host: Host, **limits) -> Iterator[Running]:
    """A server on the state folder; ``limits`` are those of `Guard`."""
    state = place.state()
    engine = Engine(state, open_jobs(state, host, open_agent, open_reward), host)
    listener = serving.listen(0)
    port = listener.getsockname()[1]
    guard = Guard(create_app(engine), place.token(), port, **limits)
    ready = threading.Event()
    server = serving.Server(guard, ready.set, lambda: False)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    assert ready.wait(20)
    headers = {"Authorization": f"Bearer {place.token()}"}
    # certificates are not loaded, which takes longer than most tests
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30, verify=False) as http:
        yield Running(port, place.token(), guard, engine, state, http)
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests of a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RETOUCHIQ_STATE", str(tmp_path_factory.mktemp("api") / "state"))
        with running(without_darktable()) as found:
            yield found


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory):
    """Starts a server with this host, for all tests of a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RETOUCHIQ_STATE", str(tmp_path_factory.mktemp("api") / "state"))
        yield running


@pytest.fixture(scope="module")
def plain(serve):
    """A client of a server that edits, with a plain renderer in place of darktable; one for all tests of a file."""
    with pytest.MonkeyPatch.context() as patch:
        plain_server.two_workers(patch)
        with serve(plain_server.host()) as found:
            client = plain_server.Client(found.http, found.state)
            client.jobs = found.engine.jobs
            yield client


@pytest.fixture
def again(monkeypatch: pytest.MonkeyPatch):
    """Starts the server that comes after one that was ended, on its state folder, in this process: that is quicker."""

    @contextmanager
    def start(state: Path) -> Iterator[plain_server.Client]:
        monkeypatch.setenv("RETOUCHIQ_STATE", str(state))
        plain_server.two_workers(monkeypatch)
        with running(plain_server.host()) as found:
            yield plain_server.Client(found.http, found.state)

    return start


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Starts a server of its own, with other limits."""
    monkeypatch.setenv("RETOUCHIQ_STATE", str(tmp_path / "state"))
    return lambda **limits: running(without_darktable(), **limits)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small picture with light, shadow and colour."""
    across, down = np.meshgrid(np.linspace(0, 1, 96), np.linspace(0, 1, 64))
    pixels = np.stack([0.15 + 0.6 * across, 0.1 + 0.6 * down, 0.5 - 0.4 * across * down], axis=2)
    path = tmp_path / "photo.png"
    Image.fromarray((pixels * 255).astype(np.uint8)).save(path)
    return path
