"""``/v1/batches``: many photos, each with its own verified edit, as one job."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hostbridge import HostBridgeError
from hostbridge.darktable.render import formats
from retouchiq.api import events, images, place
from retouchiq.api import jobs as routes
from retouchiq.api.engine import Shared
from retouchiq.api.errors import Forbidden, Refusal, responses
from retouchiq.api.jobs import REMOVED, Failure, Jobs, Limit, Name, Wanted, find, moment
from retouchiq.auto import or_auto
from retouchiq.jobs import batches, folders
from retouchiq.jobs.runner import Runner
from retouchiq.jobs.store import Data, Job, State, new_name

router = APIRouter(prefix="/v1/batches", tags=["batches"])

MOST = 5000  # photos of one batch


class Photo(BaseModel):
    """One photo of a batch. Duplicates of a photo share the file and differ in the base."""

    model_config = ConfigDict(extra="forbid")
    image: str = Field(description="An absolute path, or upload:ID.", examples=["/home/ada/photos/IMG_0042.NEF"])
    base: str | None = Field(
        None, description="A sidecar, or an export of darktable, that holds the photo's present history."
    )


class BatchRequest(Wanted):
    """Photos and what to do with each of them."""

    photos: list[Photo] = Field(min_length=1, max_length=MOST)
    reference: str | None = Field(None, description="A finished picture to come close to in tone and colour.")
    consistent: bool | str = Field(
        False,
        description="Whether the series is to look alike: the others are brought to the first accepted result, "
        "or to the result of the photo named here.",
    )
    out: str | None = Field(
        None,
        description="A new or empty folder for the results: an absolute path in a folder of the user's. "
        "Without it they are kept with the batch, for a week.",
    )
    in_place: bool = Field(False, description="Whether sidecars are also written beside the photos.")
    exports: str | None = Field(
        None,
        pattern="^[a-z0-9]{2,5}$",
        description="The ending of a format that darktable exports to in full size; null: no exports.",
        examples=["jpg"],
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> BatchRequest:
        self.instruction = or_auto(self.instruction, self.look, self.reference)
        named = {photo.image for photo in self.photos}
        alike = {(photo.image, photo.base) for photo in self.photos}
        if len(alike) < len(self.photos) or (self.in_place and len(named) < len(self.photos)):
            raise ValueError("a photo is named twice: name each once, or with another base where nothing is in place")
        if isinstance(self.consistent, str) and self.consistent not in named:
            raise ValueError(f"consistent: {self.consistent[:100]!r} is none of the photos; name one that is")
        return self


class Progress(BaseModel):
    """How far a batch is."""

    says: str = Field(description="The step, in words.", examples=["IMG_0042.NEF: edited"])
    done: int = Field(description="Photos that are finished.")
    total: int


class Outcome(BaseModel):
    """What became of a photo; a failed one costs only itself."""

    image: str = Field(description="As it was named in the request.")
    state: Literal["waiting", "running", "edited", "unchanged", "failed"] = Field(
        description="Unchanged: no render scored better than the photo as it is."
    )
    score: float | None = Field(description="Of the result, 0…10.")
    baseline: float | None = Field(description="Of doing nothing, 0…10.")
    error: Failure | None
    did: str = Field(description="The accepted edits in words.", examples=["exposure +0.4, shadows +20"])
    notes: list[str] = Field(description="What could not be done, and what to know about the rest.")
    files: dict[str, str] = Field(
        description="before, after, sidecar, style, report, export: name → absolute path, as far as it is there."
    )


class Summary(BaseModel):
    """What a batch came to."""

    counts: dict[str, int] = Field(description="How many photos are edited, unchanged, failed.")
    out: str = Field(description="The folder of the results.")
    sheet: str = Field(description="A page with all pictures before and after, sorted by score.")
    seconds: float


class Batch(BaseModel):
    """A batch: what was asked, how far it is, what became of each photo in the order they were named."""

    id: str = Field(examples=["5f0c3b1e9a7d2468"])
    kind: Literal["batch"] = "batch"
    state: State
    created: datetime
    updated: datetime
    request: dict[str, Any] = Field(description="What was asked, with the defaults filled in; photos are below.")
    progress: Progress
    photos: list[Outcome]
    counts: dict[str, int] = Field(description="How many photos are in which state.")
    result: Summary | None = Field(description="Once all photos are finished.")
    error: Failure | None = Field(description="Why the batch as a whole failed; null unless the state is failed.")


def shown(job: Job, photos: list[Data]) -> Batch:
    """The job as clients see it."""
    if not job.active:  # what was under way when it was cancelled is as it was
        photos = [photo | {"state": "waiting"} if photo["state"] == "running" else photo for photo in photos]
    return Batch(
        id=job.id,
        state=job.state,
        created=moment(job.created),
        updated=moment(job.updated),
        request=job.request["sent"],
        progress=Progress(**job.progress),
        photos=[Outcome(**photo) for photo in photos],
        counts=Counter(photo["state"] for photo in photos),
        result=Summary(**job.result) if job.result else None,
        error=Failure(**job.error) if job.error else None,
    )


def _with_photos(jobs: Runner, job: Job) -> Batch:
    return shown(job, jobs.store.photos(job.id))


@router.post("", status_code=202, responses=responses(404, 422, 503), summary="Edit many photos")
def post(request: BatchRequest, engine: Shared, jobs: Jobs, response: Response) -> Batch:
    """Queue a batch; follow it with its events. A photo that cannot be read fails by itself, in its turn."""
    darktable = engine.host.require()
    if request.exports:
        formats.module(darktable, request.exports)
    name, root = new_name(), jobs.kinds["batch"].root
    try:
        rows = [batches.waiting(photo.image) for photo in request.photos]
        kept = {"sent": request.model_dump(exclude={"photos"}), "files": _files(request, root, name, rows)}
        progress = {"says": "waiting", "done": 0, "total": len(rows)}
        job = routes.queue(lambda: jobs.add(name, "batch", kept, {"do": "run"}, progress, rows))
    except BaseException:
        folders.drop(root, name)
        raise
    response.headers["Location"] = f"/v1/batches/{job.id}"
    return _with_photos(jobs, job)


@router.get("", responses=responses(422), summary="The latest batches")
def latest(jobs: Jobs, limit: Limit = 20) -> list[Batch]:
    """Newest first."""
    return [_with_photos(jobs, job) for job in jobs.store.latest("batch", limit)]


@router.get("/{id}", responses=responses(404, 422), summary="One batch")
def get(name: Name, jobs: Jobs) -> Batch:
    """Its state, and what became of each photo so far."""
    return _with_photos(jobs, find(jobs, "batch", name))


@router.get(
    "/{id}/events",
    responses={**responses(404, 422), **events.DOCUMENTED},
    response_class=Response,
    summary="Follow a batch",
)
def follow(name: Name, jobs: Jobs, last: events.LastEvent = 0) -> Response:
    """Server-sent events: ``photo`` with what became of one as each is finished, ``progress`` {"says"}, and in the end
    ``done``, ``failed`` or ``cancelled`` with the batch."""
    find(jobs, "batch", name)
    return events.stream(jobs, name, last, lambda job: _with_photos(jobs, job).model_dump_json())


@router.delete(
    "/{id}",
    response_model=Batch,
    responses={**responses(404, 409, 422), **REMOVED},
    summary="Cancel or remove a batch",
)
def delete(name: Name, jobs: Jobs) -> Batch | Response:
    """A batch that waits or runs is cancelled at once; what is finished stays. One that has ended is removed; results
    in a folder that the request named stay where they are."""
    job = routes.end(jobs, find(jobs, "batch", name))
    return _with_photos(jobs, job) if job else Response(status_code=204)


def _files(request: BatchRequest, root: Path, name: str, rows: list[Data]) -> Data:
    """The paths that the names of the request stand for; a photo that cannot be used is marked as failed in ``rows``.

    Raises what is wrong with it where no photo can be used.
    """
    photos, wrong = [], None
    for number, photo in enumerate(request.photos):
        try:
            base = routes.kept(root, name, photo.base, images.base)
            photos.append([number, str(images.photo(photo.image)), base])
        except (Refusal, HostBridgeError) as error:
            wrong = error
            message = error.detail if isinstance(error, Refusal) else str(error)
            rows[number] |= {"state": "failed", "error": {"kind": type(error).__name__, "message": message}}
    if wrong and not photos:
        raise wrong
    return {
        "photos": photos,
        "reference": routes.kept(root, name, request.reference, images.picture),
        "consistent": str(images.photo(request.consistent)) if isinstance(request.consistent, str) else None,
        "out": str(_out(request.out)) if request.out else None,
    }


def _out(name: str) -> Path:
    """The folder ``name``, if it is the user's own to write in. Raises `Forbidden`."""
    if not Path(name).is_absolute() or not name.isprintable():
        raise Forbidden(f"{name[:200]!r} is no folder that can be written: send an absolute path")
    path = Path(name).resolve()
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    if not there.is_dir() or there.stat().st_uid != os.getuid():
        raise Forbidden(f"{there} is not a folder of yours: name one that is")
    if path.is_relative_to(place.state().resolve()):
        raise Forbidden(f"{path} is where the server keeps what is its own: name another folder")
    return path
