"""The server as its clients see it from outside: find it, start it, stop it."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import filelock
import psutil

from hostbridge import HostFailed
from retouchiq import __version__
from retouchiq.api import place

START = 30.0  # seconds a server may take to answer
STOP = 15.0  # seconds it may take to end before it is killed
_ANSWER = 8.0  # seconds a running server may take to say that it is well
_POLL = 0.05


def ensure(port: int, idle: float) -> dict[str, Any]:
    """The running server, started if need be: ``url``, ``token_file``, ``curl_config``, ``pid``, ``version``.

    Any number of callers at once get the same one. One that hangs or has another version is replaced; its jobs go on in
    the new one. Raises `HostFailed` where it does not answer within `START` seconds, with what it said.
    """
    deadline = time.monotonic() + START
    with _starting(deadline):
        health = _wait_for(place.running, time.monotonic() + _ANSWER)
        if health is None or health["version"] != __version__:
            stop()
            server = _start(port, idle)
            health = _wait_for(lambda: server.poll() is None, deadline)
        if health is None:
            raise HostFailed(f"the server did not start: {_last_words()}")
        return _described(health)


def stop() -> bool:
    """End the running server, by force if it does not answer to SIGTERM; whether there was one."""
    if not place.running():
        place.withdraw()
        return False
    process = _process()
    if process is not None:
        process.terminate()
        if not _ended(STOP):
            process.kill()
    if not _ended(STOP):
        raise HostFailed(f"the server holds {place.state()}/server.lock and does not end: end it yourself")
    place.withdraw()
    return True


def health(timeout: float = _ANSWER) -> dict[str, Any] | None:
    """What the running server says of itself; None where there is none, or it does not answer."""
    address = place.url()
    if address is None:
        return None
    # http.client, since it knows no proxies
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=timeout)
    try:
        connection.request("GET", "/v1/health")
        answer = json.loads(connection.getresponse().read(65536))
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer if isinstance(answer, dict) and "version" in answer and "pid" in answer else None


@contextlib.contextmanager
def _starting(deadline: float) -> Iterator[None]:
    """Entered by the one client that may start a server now; the others wait and find it started."""
    lock = filelock.FileLock(place.state() / "start.lock", timeout=deadline - time.monotonic())
    try:
        lock.acquire()
    except filelock.Timeout:
        raise HostFailed("another program is starting the server and does not get it done: try again") from None
    try:
        yield
    finally:
        lock.release()


def _wait_for(alive: Callable[[], bool], deadline: float) -> dict[str, Any] | None:
    """The server's health, as soon as it answers, while it is ``alive``."""
    while alive() and time.monotonic() < deadline:
        found = health(max(_POLL, deadline - time.monotonic()))
        if found is not None:
            return found
        time.sleep(_POLL)
    return None


def _command(port: int, idle: float) -> list[str]:
    return [sys.executable, "-m", "retouchiq", "serve", "--port", str(port), "--idle", f"{idle:g}", "--quiet"]


def _start(port: int, idle: float) -> subprocess.Popen[bytes]:
    with (place.state() / "server.err").open("wb") as errors:
        return subprocess.Popen(
            _command(port, idle),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            cwd="/",
            start_new_session=True,
            close_fds=True,
        )


def _process() -> psutil.Process | None:
    """The server's process; None where the number it left belongs to something else by now."""
    with contextlib.suppress(psutil.Error, FileNotFoundError):
        number = place.pid()
        process = psutil.Process(number) if number else None
        # what has the number of a server that is gone was started after that server wrote it down
        if process and process.create_time() <= (place.state() / "pid").stat().st_mtime:
            return process
    return None


def _ended(seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while place.running():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


def _last_words() -> str:
    text = (place.state() / "server.err").read_text(encoding="utf-8", errors="replace").strip()
    return text.splitlines()[-1] if text else f"it said nothing; see {place.state() / 'server.log'}"


def _described(health: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": place.url(),
        "token_file": str(place.token_file()),
        "curl_config": str(place.curl_config()),
        "pid": health["pid"],
        "version": health["version"],
    }
