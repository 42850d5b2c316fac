"""The server process: one for each user, on loopback, until it is told to stop or nobody needs it any more."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler

import filelock
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from hostbridge import UnusableInput
from retouchiq.api import place
from retouchiq.api.security import Guard

ADDRESS = "127.0.0.1"
HEAD = 10.0  # seconds in which the head of a request must arrive
CONNECTIONS = 256
GRACE = 3  # seconds that requests under way get when the server stops

_log = logging.getLogger(__name__)
_LOG_SIZE = 1_000_000  # bytes; one older file of this size is kept


class Patient(H11Protocol):
    """uvicorn's strict HTTP/1.1 (h11), with an end to its patience for requests whose head never comes."""

    _until: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._until = None
        elif self.timeout_keep_alive_task is None:
            self._wait_for_head()

    def _wait_for_head(self) -> None:
        self._until = self._until or self.loop.time() + HEAD
        self.timeout_keep_alive_task = self.loop.call_at(self._until, self.timeout_keep_alive_handler)


class Server(uvicorn.Server):
    """Serves ``app`` on a socket that is bound already; ``ready`` is called when it answers."""

    def __init__(self, app: Guard, ready: Callable[[], None], idle: Callable[[], bool]) -> None:
        self._ready = ready
        self._idle = idle
        config = uvicorn.Config(
            app,
            http=Patient,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=GRACE,
            callback_notify=self._look,
            timeout_notify=1,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def _look(self) -> None:
        self.should_exit = self.should_exit or self._idle()


def serve(create: Callable[[], FastAPI], port: int, idle: float, say: Callable[[str], None]) -> None:
    """Serve what ``create`` makes until a signal comes, or nobody asked for anything in ``idle`` minutes (0: never).

    ``port`` is taken if it is free, else any. ``say`` is told the address. Raises `UnusableInput` where a server of
    this user runs already.
    """
    lock = place.lock()
    try:
        lock.acquire()
    except filelock.Timeout:
        raise UnusableInput(f"a server runs already, at {place.url()}: `retouchiq serve --stop` ends it") from None
    try:
        place.withdraw()
        place.claim()
        _serve(create(), listen(port), idle, say)
    finally:
        place.withdraw()
        lock.release()


def _serve(app: FastAPI, listener: socket.socket, idle: float, say: Callable[[str], None]) -> None:
    port = listener.getsockname()[1]
    guard = Guard(app, place.token(), port)
    engine = app.state.engine

    def ready() -> None:
        place.announce(f"http://{ADDRESS}:{port}")
        _log.info("serving at %s:%d", ADDRESS, port)
        say(f"http://{ADDRESS}:{port}")

    def unneeded() -> bool:
        quiet = time.monotonic() - guard.last > idle * 60 and not guard.active
        return bool(idle and quiet and not any(engine.jobs.counts().values()))

    with suppress(KeyboardInterrupt):  # uvicorn raises the signal again after it has shut down
        Server(guard, ready, unneeded).run([listener])
    _log.info("stopped")


def listen(port: int) -> socket.socket:
    """A socket on loopback at ``port``, or at a free one if that is taken by another program."""
    # asyncio turns off Nagle's algorithm, which costs 40 ms a request, only where the protocol is named
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
    except OSError:
        listener.bind((ADDRESS, 0))
    return listener


class OneLine(logging.Formatter):
    """Records as one line each, whatever a request had in it; tracebacks follow on lines of their own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = record.message.encode("unicode_escape").decode()
        return super().formatMessage(record)


def log_to_file(also_here: bool) -> None:
    """Log into ``server.log`` of the state folder, of bounded size; ``also_here``: and on standard error."""
    handlers: list[logging.Handler] = [
        RotatingFileHandler(place.state() / "server.log", maxBytes=_LOG_SIZE, backupCount=1, encoding="utf-8")
    ]
    if also_here:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=handlers)
