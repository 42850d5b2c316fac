"""``/v1/edits``: one photo edited by darktable, its further turns, strength, variants and files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hostbridge import UnusableInput
from retouchiq.api import events, images, uploads, wishes
from retouchiq.api import jobs as routes
from retouchiq.api.engine import Engine, Shared
from retouchiq.api.errors import Conflict, responses
from retouchiq.api.jobs import FILE, REMOVED, Failure, FileName, Jobs, Limit, Name, Wanted, find, moment
from retouchiq.auto import or_auto
from retouchiq.jobs import folders
from retouchiq.jobs.runner import Runner
from retouchiq.jobs.store import Data, Job, State, new_name

router = APIRouter(prefix="/v1/edits", tags=["edits"])

WAITING = {"says": "waiting", "renders": 0}
CHOICE = 30.0  # seconds a client waits for another variant to be the answer: for one render


class EditRequest(Wanted):
    """A photo and what to do with it."""

    image: str = Field(
        description="The photo: an absolute path, or upload:ID.", examples=["/home/ada/photos/IMG_0042.NEF"]
    )
    reference: str | None = Field(None, description="A finished picture to come close to in tone and colour.")
    base: str | None = Field(
        None,
        description="A sidecar, or an export of darktable, that holds the photo's present history. "
        "Without it, the sidecar beside the photo does.",
    )
    variants: int = Field(1, ge=1, le=3, description="How many different answers to make.")

    @model_validator(mode="after")
    def _auto(self) -> EditRequest:
        self.instruction = or_auto(self.instruction, self.look, self.reference)
        return self


class Progress(BaseModel):
    """How far an edit is."""

    says: str = Field(description="The step, in words.", examples=["render 2 scores 8.4 of 10"])
    renders: int = Field(description="Renders of the operation under way that were scored so far.")


class Edit(BaseModel):
    """An edit: what was asked, how far it is, what came of it.

    An edit that scored no better than doing nothing is done, with ``result.applied`` false.
    """

    id: str = Field(examples=["5f0c3b1e9a7d2468"])
    kind: Literal["edit"] = "edit"
    state: State
    created: datetime
    updated: datetime
    request: dict[str, Any] = Field(description="What was asked, with the defaults filled in.")
    progress: Progress
    result: dict[str, Any] | None = Field(
        description="What `retouchiq edit --json` prints: plan, modules, verdict, applied, files (absolute paths), "
        "variants, chosen, strength. It stays while a further turn is under way, and if that fails."
    )
    error: Failure | None = Field(description="Why the last operation failed; null unless the state is failed.")


class Turn(BaseModel):
    """A further instruction."""

    model_config = ConfigDict(extra="forbid")
    instruction: wishes.Instruction


class Strength(BaseModel):
    """How much of the accepted edit."""

    model_config = ConfigDict(extra="forbid")
    strength: wishes.Strength


class Choice(BaseModel):
    """Which variant is the answer."""

    model_config = ConfigDict(extra="forbid")
    variant: int = Field(ge=0, le=2, description="Its place in result.variants, from 0.", examples=[1])


VariantName = Annotated[
    str,
    Path(alias="variant", pattern="^variant-[123]$", description="One of several variants.", examples=["variant-2"]),
]


def shown(job: Job) -> Edit:
    """The job as clients see it."""
    return Edit(
        id=job.id,
        state=job.state,
        created=moment(job.created),
        updated=moment(job.updated),
        request=job.request["sent"],
        progress=Progress(**job.progress),
        result=job.result,
        error=Failure(**job.error) if job.error else None,
    )


@router.post("", status_code=202, responses=responses(404, 422, 503), summary="Edit a photo")
def post(request: EditRequest, engine: Shared, jobs: Jobs, response: Response) -> Edit:
    """Queue the edit of a photo; follow it with its events. 429 when too many wait."""
    engine.host.require()
    name, root = new_name(), jobs.kinds["edit"].root
    try:
        files = {
            "image": _image(root, name, request.image),
            "reference": routes.kept(root, name, request.reference, images.picture),
            "base": routes.kept(root, name, request.base, images.base),
        }
        kept = {"sent": request.model_dump(), "files": files}
        job = routes.queue(lambda: jobs.add(name, "edit", kept, {"do": "run"}, WAITING))
    except BaseException:
        folders.drop(root, name)
        raise
    response.headers["Location"] = f"/v1/edits/{job.id}"
    return shown(job)


@router.get("", responses=responses(422), summary="The latest edits")
def latest(jobs: Jobs, limit: Limit = 20) -> list[Edit]:
    """Newest first."""
    return [shown(job) for job in jobs.store.latest("edit", limit)]


@router.get("/{id}", responses=responses(404, 422), summary="One edit")
def get(name: Name, jobs: Jobs) -> Edit:
    """Its state, and its result once it is done."""
    return shown(find(jobs, "edit", name))


@router.get(
    "/{id}/events",
    responses={**responses(404, 422), **events.DOCUMENTED},
    response_class=Response,
    summary="Follow an edit",
)
def follow(name: Name, jobs: Jobs, last: events.LastEvent = 0) -> Response:
    """Server-sent events: ``progress`` {"says"}, ``render`` {"number", "variant", "score", "plan", "verdict"}, and in
    the end ``done``, ``failed`` or ``cancelled`` with the edit. After a further turn they are those of that turn."""
    find(jobs, "edit", name)
    return events.stream(jobs, name, last, lambda job: shown(job).model_dump_json())


@router.get(
    "/{id}/files/{file}", responses={**responses(404, 422), **FILE}, response_class=Response, summary="A result file"
)
def file(name: Name, file: FileName, jobs: Jobs) -> FileResponse:
    """before.jpg, after.jpg, the sidecar, style.dtstyle, recipe.json or report.html."""
    return routes.file(jobs, find(jobs, "edit", name), "", file)


@router.get(
    "/{id}/files/{variant}/{file}",
    responses={**responses(404, 422), **FILE},
    response_class=Response,
    summary="A file of a variant",
)
def variant_file(name: Name, variant: VariantName, file: FileName, jobs: Jobs) -> FileResponse:
    """after.jpg, the sidecar or style.dtstyle of one of several variants."""
    return routes.file(jobs, find(jobs, "edit", name), variant, file)


@router.delete(
    "/{id}", response_model=Edit, responses={**responses(404, 409, 422), **REMOVED}, summary="Cancel or remove an edit"
)
def delete(name: Name, jobs: Jobs) -> Edit | Response:
    """An edit that waits or runs is cancelled at once, in the middle of a render too; one that has ended is removed."""
    job = routes.end(jobs, find(jobs, "edit", name))
    return shown(job) if job else Response(status_code=204)


@router.post("/{id}/turns", status_code=202, responses=responses(404, 409, 422, 503), summary="A further turn")
def turn(name: Name, request: Turn, engine: Shared, jobs: Jobs) -> Edit:
    """Go on from the result: "a bit less", "now cooler shadows", "undo". 409 while the edit is under way."""
    return shown(_again(engine, jobs, name, {"do": "turn", **request.model_dump()}))


@router.put("/{id}/strength", status_code=202, responses=responses(404, 409, 422, 503), summary="Another strength")
def strength(name: Name, request: Strength, engine: Shared, jobs: Jobs) -> Edit:
    """Put the accepted edit at 0…150 % of its amounts, and judge that."""
    return shown(_again(engine, jobs, name, {"do": "strength", **request.model_dump()}))


@router.put("/{id}/choice", responses=responses(404, 409, 422, 503), summary="Another variant")
def choice(name: Name, request: Choice, engine: Shared, jobs: Jobs) -> Edit:
    """Make another of the variants the answer; further turns go on from it. Answers when it is, 30 s at most."""
    there = len((find(jobs, "edit", name).result or {}).get("variants", ()))
    if request.variant >= there:
        raise UnusableInput(f"there is no variant {request.variant}: this edit has {there}, counted from 0")
    job = _again(engine, jobs, name, {"do": "choice", **request.model_dump()})
    return shown(jobs.wait(job.id, CHOICE))


def _image(root: FilePath, name: str, sent: str) -> str:
    """The photo; an upload is kept with the edit, whose turns may come when the upload itself has expired."""
    if sent.startswith(uploads.PREFIX):
        return routes.kept(root, name, sent, images.photo)
    return str(images.photo(sent))


def _again(engine: Engine, jobs: Runner, name: str, operation: Data) -> Job:
    """Queue a further operation on an edit that has a result."""
    job = find(jobs, "edit", name)
    if not job.active and job.result is None:
        raise Conflict(f"edit {name} is {job.state} without a result: there is nothing to go on from")
    engine.host.require()
    return routes.queue(lambda: jobs.again(name, operation, WAITING))
