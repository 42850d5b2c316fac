"""What happens to a job as server-sent events: from the first, or from where a client was cut off, to the last.

The format is that of https://html.spec.whatwg.org/multipage/server-sent-events.html. Events are numbered within a job
and kept with it, so a stream may be taken up again with ``Last-Event-ID``, also after a restart of the server.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Header, Response
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from retouchiq.jobs.runner import Runner
from retouchiq.jobs.store import FINISHED, Event, Job

PING = 10  # seconds between comments that keep the connection open
FAREWELL = 1.0  # seconds a stream may take to end when the server stops
STUCK = 60.0  # seconds a client may leave its end of the connection unread

LastEvent = Annotated[
    int,
    Header(
        alias="Last-Event-ID",
        ge=0,
        lt=2**53,
        description="Go on after this event; the number of the last one you have got.",
    ),
]

DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The stream; it ends after the final event.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "Nothing is left to come: the job has ended, and you have its last event."},
}
"""What a route with events answers, for the OpenAPI page."""


def stream(jobs: Runner, name: str, last: int, shown: Callable[[Job], str]) -> Response:
    """The events of job ``name`` after number ``last``; the final one carries ``shown``: the job as JSON.

    204, which tells a browser not to come again, where the client has them all. Raises `KeyError`.
    """
    job = jobs.store.get(name)
    if not job.active and last is not None and last >= job.events:
        return Response(status_code=204)
    closing: Any = Closing()
    events = _follow(jobs, name, last or 0, shown, closing)
    return EventSourceResponse(
        events, ping=PING, send_timeout=STUCK, shutdown_event=closing, shutdown_grace_period=FAREWELL
    )


class Closing:
    """Set by sse-starlette when the server stops: the stream then ends whole, and its client comes again."""

    def __init__(self) -> None:
        self.closed = False
        self.rung = asyncio.Event()

    def set(self) -> None:
        self.closed = True
        self.rung.set()


async def _follow(
    jobs: Runner, name: str, last: int, shown: Callable[[Job], str], closing: Closing
) -> AsyncIterator[ServerSentEvent]:
    with jobs.bell.heard(name, closing.rung):
        while not closing.closed:
            closing.rung.clear()
            for event in await run_in_threadpool(jobs.store.events, name, last):
                last = event.number
                if (sent := await run_in_threadpool(_sent, jobs, name, event, shown)) is not None:
                    yield sent
                if sent is None or event.name in FINISHED:
                    return
            if not jobs.store.knows(name):
                return
            if not closing.closed:
                await closing.rung.wait()


def _sent(jobs: Runner, name: str, event: Event, shown: Callable[[Job], str]) -> ServerSentEvent | None:
    """The event as it is sent; None where the job was removed in this moment."""
    try:
        data = shown(jobs.store.get(name)) if event.name in FINISHED else json.dumps(event.data, ensure_ascii=False)
    except KeyError:
        return None
    return ServerSentEvent(data, event=event.name, id=str(event.number))
