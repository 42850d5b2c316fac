"""``/v1/health``: whether the server is there, which it is, and how busy."""

from __future__ import annotations

import os

from fastapi import APIRouter
from pydantic import BaseModel, Field

from retouchiq import __version__
from retouchiq.api.engine import Shared
from retouchiq.api.errors import responses

router = APIRouter(prefix="/v1", tags=["server"])


class HostName(BaseModel):
    """An editor."""

    name: str = Field(examples=["darktable"])
    version: str = Field(examples=["5.4.1"])


class Counts(BaseModel):
    """Jobs that are not over."""

    running: int
    queued: int


class Health(BaseModel):
    """The server and its host."""

    status: str = Field(examples=["ok"])
    version: str = Field(examples=[__version__])
    pid: int
    host: HostName | None = Field(description="The darktable that renders; null where none is installed.")
    jobs: Counts


@router.get("/health", responses=responses(), summary="Is the server there?")
def health(engine: Shared) -> Health:
    """Needs no token."""
    darktable = engine.host.installed
    return Health(
        status="ok",
        version=__version__,
        pid=os.getpid(),
        host=HostName(name="darktable", version=darktable.version) if darktable else None,
        jobs=Counts(**engine.jobs.counts()),
    )
