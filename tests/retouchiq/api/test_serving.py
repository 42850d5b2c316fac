"""Clients find one server, start it when it is not there, and get over one that was killed or hangs."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from hostbridge import HostFailed
from retouchiq import __version__
from retouchiq.api import background, place, serving

COMMAND = [sys.executable, "-m", "retouchiq", "serve"]


@pytest.fixture(scope="module", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory):
    """A state folder for the file; no darktable, so that none is started."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("serving") / "state"
        patch.setenv("RETOUCHIQ_STATE", str(folder))
        patch.setenv("RETOUCHIQ_DARKTABLE", "/nowhere")
        yield folder
        background.stop()


def starting(*more: str) -> subprocess.Popen[str]:
    command = [*COMMAND, "--background", "--json", "--port", "0", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def started(client: subprocess.Popen[str]) -> dict:
    out, err = client.communicate(timeout=60)
    assert client.returncode == 0, err
    return json.loads(out)


def test_clients_that_start_it_at_once_get_the_same_server(state: Path) -> None:
    answers = [started(client) for client in [starting() for _ in range(3)]]
    assert answers[0] == answers[1] == answers[2]
    (answer, *_) = answers
    assert set(answer) == {"url", "token_file", "curl_config", "pid", "version"}
    assert (state / "url").read_text() == f"{answer['url']}\n"
    token = Path(answer["token_file"]).read_text().strip()
    health = httpx.get(f"{answer['url']}/v1/health").json()
    assert (health["pid"], health["version"], health["host"]) == (answer["pid"], __version__, None)
    assert httpx.get(f"{answer['url']}/v1/looks", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_token_is_on_no_command_line_and_in_no_log(state: Path) -> None:
    server = background.ensure(0, 15)
    token = place.token()
    seen = [*psutil.Process(server["pid"]).cmdline(), *psutil.Process(server["pid"]).environ().values()]
    assert not [text for text in seen if token in text]
    assert token not in (state / "server.log").read_text() + (state / "server.err").read_text()


def test_a_second_server_is_refused(state: Path) -> None:
    url = background.ensure(0, 15)["url"]
    second = subprocess.run(COMMAND, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 2
    assert url in second.stderr


SMALL = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from retouchiq.api import place

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"version": sys.argv[1], "pid": os.getpid()}).encode())

with place.lock():
    place.claim()
    server = HTTPServer(("127.0.0.1", 0), Health)
    place.announce(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()
"""


@pytest.fixture
def small(monkeypatch):
    """Clients start a small program that behaves like the server, since the real one takes a second to load."""
    background.stop()
    monkeypatch.setattr(background, "_command", lambda *_: [sys.executable, "-c", SMALL, __version__])
    yield background.ensure(0, 15)
    background.stop()


def test_a_server_that_was_killed_is_replaced_and_its_address_not_used(small) -> None:
    os.kill(small["pid"], signal.SIGKILL)
    while place.running():
        pass
    assert place.url() is None
    assert background.health() is None
    after = background.ensure(0, 15)
    assert after["pid"] != small["pid"]
    assert httpx.get(f"{after['url']}/v1/health").status_code == 200


def test_a_server_of_another_version_is_replaced(small, monkeypatch) -> None:
    assert background.ensure(0, 15) == small
    monkeypatch.setattr(background, "__version__", "99.0")
    assert background.ensure(0, 15)["pid"] != small["pid"]


def test_a_server_that_hangs_is_replaced(small, monkeypatch) -> None:
    os.kill(small["pid"], signal.SIGSTOP)
    monkeypatch.setattr(background, "_ANSWER", 0.3)
    monkeypatch.setattr(background, "STOP", 0.5)
    assert background.ensure(0, 15)["pid"] != small["pid"]


def test_what_has_taken_over_the_servers_number_is_not_ended(state: Path, monkeypatch) -> None:
    background.stop()
    innocent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with place.lock():
        place.write_private(state / "pid", f"{innocent.pid}\n")
        os.utime(state / "pid", (0, 1000000000))  # by a server of long ago
        monkeypatch.setattr(background, "STOP", 0.1)
        with pytest.raises(HostFailed, match="does not end"):
            background.stop()
    assert innocent.poll() is None
    innocent.kill()
    innocent.wait()


def test_a_signal_ends_it_cleanly_even_while_a_client_is_connected(state: Path) -> None:
    background.stop()
    server = subprocess.Popen([*COMMAND, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))):
        server.terminate()
        assert server.wait(20) == 0
    assert not (state / "url").exists()
    assert not (state / "pid").exists()


def test_a_server_that_nobody_needs_ends_by_itself(state: Path) -> None:
    background.stop()
    server = subprocess.Popen([*COMMAND, "--port", "0", "--idle", "0.01", "--quiet"])
    assert server.wait(30) == 0
    assert not (state / "url").exists()


def test_stopping_what_does_not_run_is_no_error(state: Path) -> None:
    background.stop()
    done = subprocess.run([*COMMAND, "--stop", "--json"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"stopped": False})


def test_a_server_that_cannot_start_says_why(monkeypatch) -> None:
    background.stop()
    monkeypatch.setattr(
        background, "_command", lambda port, idle: [sys.executable, "-c", "raise SystemExit('no disk')"]
    )
    with pytest.raises(HostFailed, match="no disk"):
        background.ensure(0, 15)


def test_a_port_that_another_program_has_is_left_to_it() -> None:
    taken = serving.listen(0)
    taken.listen()
    other = serving.listen(taken.getsockname()[1])
    assert other.getsockname()[0] == "127.0.0.1"
    assert other.getsockname()[1] != taken.getsockname()[1]
    taken.close()
    other.close()


def test_the_log_stays_small(state: Path, monkeypatch) -> None:
    import logging

    monkeypatch.setattr(serving, "_LOG_SIZE", 2000)
    monkeypatch.setattr(logging.root, "handlers", [])
    serving.log_to_file(also_here=False)
    for _ in range(200):
        logging.getLogger("test").warning("x" * 100)
    logging.root.handlers[0].close()
    logs = list(state.glob("server.log*"))
    assert len(logs) == 2
    assert sum(log.stat().st_size for log in logs) < 5000
