"""What all requests share: the editor that renders, who plans and judges, the jobs, the sessions.

One `Engine` hangs on the application (``app.state.engine``); a route asks for it by the type `Shared`.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol

from fastapi import Depends, Request

from hostbridge import HostBridgeError
from hostbridge.darktable import install, schema
from hostbridge.darktable.install import Darktable
from hostbridge.darktable.render import Renderer, open_renderer
from hostbridge.darktable.schema import Schema
from retouchiq.agent import Agent
from retouchiq.api.hosted import Sessions
from retouchiq.cli.host import open_agent, open_reward
from retouchiq.reward import Reward

_log = logging.getLogger(__name__)
_HEAVY = ("retouchiq.edit", "retouchiq.agent.offline", "retouchiq.reward.measured")


class Jobs(Protocol):
    """Edits and batches, waiting and running: what the server needs of `retouchiq.jobs`."""

    def start(self) -> None:
        """Go on with what was waiting or running when the last server ended."""
        ...

    def counts(self) -> dict[str, int]:
        """``running`` and ``queued``: how many jobs."""
        ...

    def close(self) -> None:
        """Stop within seconds; what is not finished stays in the database and goes on next time."""
        ...


class Host:
    """The installed darktable: found, opened and warmed in the background, so that the server is there at once.

    Where it is missing, the server still serves editors that render by themselves; `renderer` and `schema` then raise
    `HostMissing`, and look for it again at each call, so that it may be installed meanwhile.
    """

    def __init__(
        self,
        find: Callable[[], Darktable] = install.find,
        open_renderer: Callable[[], Renderer] = open_renderer,
        load_schema: Callable[[Darktable], Schema] = schema.load,
    ) -> None:
        self._find = find
        self._open_renderer = open_renderer
        self._load_schema = load_schema
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "host")
        self._renderer: Future[Renderer] | None = None
        self._schema: Future[Schema] | None = None

    def warm(self) -> None:
        """Begin to open darktable and to load what edits need; returns at once."""
        self._opening()
        self._reading()
        self._thread.submit(lambda: [importlib.import_module(name) for name in _HEAVY])

    @property
    def installed(self) -> Darktable | None:
        """What is installed; None where nothing is."""
        try:
            return self._find()
        except HostBridgeError:
            return None

    def require(self) -> Darktable:
        """What is installed; raises `HostMissing`, which becomes 503 with the way out."""
        return self._find()

    def renderer(self) -> Renderer:
        """The one renderer of this server, for any number of threads. Raises `HostMissing` and `HostFailed`."""
        return self._opening().result()

    def schema(self) -> Schema:
        """The modules of the installed darktable. Raises `HostMissing` and `HostFailed`."""
        return self._reading().result()

    def close(self) -> None:
        """End darktable; nothing may be rendered any more."""
        with self._lock:
            opened = self._renderer
        self._thread.shutdown(cancel_futures=True)
        if opened and not opened.cancelled() and not opened.exception():
            opened.result().close()

    def _opening(self) -> Future[Renderer]:
        with self._lock:
            if self._renderer is None or _failed(self._renderer):
                self._renderer = self._thread.submit(self._open_renderer)
            return self._renderer

    def _reading(self) -> Future[Schema]:
        with self._lock:
            if self._schema is None or _failed(self._schema):
                self._schema = self._thread.submit(lambda: self._load_schema(self._find()))
            return self._schema


def _failed(future: Future[Renderer] | Future[Schema]) -> bool:
    return future.done() and future.exception() is not None


@dataclass
class Engine:
    """``state``: the state folder. ``agent`` and ``reward`` open a new one by name: they are not shared by threads."""

    state: Path
    jobs: Jobs
    host: Host = field(default_factory=Host)
    agent: Callable[[str], Agent] = open_agent
    reward: Callable[[str], Reward] = open_reward
    sessions: Sessions = field(default_factory=Sessions)

    def start(self) -> None:
        """Warm the host and go on with unfinished jobs."""
        self.host.warm()
        self.jobs.start()

    def close(self) -> None:
        """Stop the jobs, then the host they render with."""
        for part in (self.jobs, self.host):
            try:
                part.close()
            except Exception:
                _log.exception("while closing")


def of(request: Request) -> Engine:
    """The engine of the application that got ``request``."""
    engine: Engine = request.app.state.engine
    return engine


Shared = Annotated[Engine, Depends(of)]
