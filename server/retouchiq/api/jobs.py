"""A job as a route meets it: wanted, found, queued, cancelled, removed, and its files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Annotated, Any, overload

from fastapi import Depends, Path, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from retouchiq.api import images, wishes
from retouchiq.api.engine import Shared
from retouchiq.api.errors import Busy, Conflict, NotFound
from retouchiq.jobs import folders
from retouchiq.jobs.runner import Runner
from retouchiq.jobs.store import Job, QueueFull, StillActive

PAUSE = 10  # seconds after which a client may try again when the queue is full


def _runner(engine: Shared) -> Runner:
    assert isinstance(engine.jobs, Runner)
    return engine.jobs


Jobs = Annotated[Runner, Depends(_runner)]
Name = Annotated[
    str, Path(alias="id", max_length=64, description="The id that POST answered.", examples=["5f0c3b1e9a7d2468"])
]
FileName = Annotated[str, Path(alias="file", max_length=255, description="A file's name.", examples=["after.jpg"])]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]

FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"application/octet-stream": {"schema": {"type": "string"}}}}
}
"""What a route with a file answers, for the OpenAPI page."""

REMOVED: dict[int | str, dict[str, Any]] = {204: {"description": "It had ended; it is removed, and its files."}}
"""What a route that removes answers, for the OpenAPI page."""


class Wanted(BaseModel):
    """What is wanted of one photo or of many, and of whom."""

    model_config = ConfigDict(extra="forbid")
    instruction: wishes.Spoken = ""
    look: wishes.LookName | None = None
    agent: wishes.AgentName = "offline"
    reward: wishes.RewardName = "measured"
    budget: wishes.Budget | None = None
    size: int = Field(1024, ge=64, le=4096, description="Long side of before.jpg and after.jpg, in pixels.")
    strength: wishes.Strength = 100


class Failure(BaseModel):
    """Why something failed."""

    kind: str = Field(description="What kind of error, for programs.", examples=["UnreadableImage"])
    message: str = Field(description="A sentence for the user.")


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a point in time, UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def find(jobs: Runner, kind: str, name: str) -> Job:
    """The job of that kind and name. Raises `NotFound`."""
    try:
        job = jobs.store.get(name)
    except KeyError:
        job = None
    if job is None or job.kind != kind:
        raise NotFound(f"there is no {kind} {name!r}", "finished ones are kept for a week; send it again")
    return job


@overload
def kept(root: FilePath, name: str, sent: str, check: Callable[[str], FilePath]) -> str: ...
@overload
def kept(root: FilePath, name: str, sent: None, check: Callable[[str], FilePath]) -> None: ...
def kept(root: FilePath, name: str, sent: str | None, check: Callable[[str], FilePath]) -> str | None:
    """A copy, kept with job ``name``, of what the client calls ``sent``: it may be gone when its turn comes."""
    return str(folders.keep(root, name, check(sent))) if sent else None


def queue(add: Callable[[], Job]) -> Job:
    """The job that ``add`` queues. Raises `Busy` when too many wait, `Conflict` while it is active, `NotFound`."""
    try:
        return add()
    except QueueFull as full:
        raise Busy(str(full), PAUSE) from None
    except StillActive as active:
        raise Conflict(str(active)) from None
    except KeyError:
        raise NotFound("it was removed in this moment") from None


def end(jobs: Runner, job: Job) -> Job | None:
    """Cancel an active job and answer it; remove one that has ended, and its files (None)."""
    if job.active:
        return jobs.cancel(job.id)
    try:
        jobs.remove(job.id)
    except StillActive as active:
        raise Conflict(str(active)) from None
    return None


def file(jobs: Runner, job: Job, folder: str, name: str) -> FileResponse:
    """The file ``name`` that the job wrote in ``folder`` of its own. Raises `NotFound`."""
    try:
        path = images.held(jobs.kinds[job.kind].root / job.id / folder, name)
    except (OSError, ValueError):
        raise NotFound(f"{job.kind} {job.id} has no file {name!r}") from None
    return FileResponse(path, headers={"X-Content-Type-Options": "nosniff"})
