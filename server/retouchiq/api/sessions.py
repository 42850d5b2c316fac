"""``/v1/sessions``: edits in an editor that renders by itself, such as GIMP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from pkgutil import resolve_name
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from hostbridge.controls import CONTROLS, Edit
from hostbridge.gegl.operations import Operations
from retouchiq.answers import plan_answer, verdict_answer
from retouchiq.api import images, pixels, place
from retouchiq.api.engine import Shared
from retouchiq.api.errors import WrongMediaType, responses
from retouchiq.api.hosted import Compile, Hosted, Told
from retouchiq.api.wishes import AgentName, Budget, Instruction, LookName, RewardName, Spoken, Strength, VariantName
from retouchiq.auto import or_auto
from retouchiq.looks import with_look
from retouchiq.pictures import read_picture
from retouchiq.reward import Picture
from retouchiq.session import Session

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

COMPILERS = {"gimp": "hostbridge.gegl.compile:compile"}
"""Editors that render by themselves, and what speaks their language."""

KINDS = {"image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tif"}
LIMIT = 16_000_000  # pixels of a session's pictures: a small copy is meant

Side = Annotated[int, Field(ge=1, le=524_288)]
Name = Annotated[str, InPath(alias="id", max_length=64, description="The session's id.", examples=["5f0c3b1e9a7d2468"])]


class EditorName(BaseModel):
    """The editor that renders."""

    model_config = ConfigDict(extra="forbid")
    name: Literal["gimp"]
    version: str = Field(max_length=64, examples=["3.0.4"])


class Property(BaseModel):
    """One property of an operation, as the running editor describes it."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(max_length=100, description="As GObject calls it.", examples=["gdouble"])
    min: float | int | None = Field(None, examples=[-10])
    max: float | int | None = Field(None, examples=[10])
    default: float | int | str | bool | None = None
    values: list[str] | None = Field(None, description="Of an enumeration.")


class Operation(BaseModel):
    """One operation of the running editor."""

    model_config = ConfigDict(extra="allow")
    properties: dict[str, Property]


class SessionRequest(BaseModel):
    """A picture, what to do with it, and the editor that will do it."""

    model_config = ConfigDict(extra="forbid")
    picture: str = Field(
        description="A small picture of the layer (or of its selected part) without filters of ours, as an image name.",
        examples=["upload:1f0c3b1e9a7d2468"],
    )
    instruction: Spoken = ""
    host: EditorName
    operations: dict[str, Operation] = Field(
        description="What the running editor offers. Nothing else is ever asked of it.",
        examples=[{"gegl:exposure": {"properties": {"exposure": {"type": "gdouble", "min": -10, "max": 10}}}}],
    )
    full_size: tuple[Side, Side] = Field(
        description="Width and height of the layer in pixels.", examples=[[6000, 4000]]
    )
    look: LookName | None = None
    reference: str | None = Field(None, description="A finished picture to come close to, as an image name.")
    agent: AgentName = "offline"
    reward: RewardName = "measured"
    budget: Budget | None = None
    strength: Strength = 100
    variant: VariantName = "as asked"
    selection: bool = Field(
        False, description="Whether the picture is a selected part of the layer: its shape then stays as it is."
    )


class SentFilter(BaseModel):
    """A non-destructive filter, or a change of shape (``destructive``), to apply in the order given."""

    operation: str = Field(examples=["gegl:exposure"])
    properties: dict[str, float | int | bool | str] = Field(examples=[{"exposure": 0.5}])
    name: str = Field(description="Begins with retouchiq: that is how it is found again.")
    opacity: float = Field(description="0…1")
    blend: str = Field(examples=["normal"])
    mask: str | None = Field(description="A base64 PNG of 8-bit grey, the size of the picture; null: everywhere.")
    pixels: list[str] = Field(description="Properties that are lengths in pixels of the full-size layer.")
    destructive: bool


class Step(BaseModel):
    """What to do next: ``try`` these filters and send the picture, or ``finished``: keep them."""

    id: str = Field(examples=["5f0c3b1e9a7d2468"])
    step: Literal["try", "finished"]
    filters: list[SentFilter] = Field(description="All of ours, instead of earlier ones; none where none apply.")
    plan: dict[str, Any] = Field(description="reasoning, edits, unsupported, notes.")
    notes: list[str] = Field(description="What the editor cannot do as planned.")
    verdict: dict[str, Any] | None = Field(None, description="score, baseline and metrics of the last render.")
    applied: bool | None = Field(None, description="When finished: whether it is better than doing nothing.")
    renders: int
    says: str = Field(description="The step, in words.", examples=["render 1 scores 8.4 of 10"])


class TurnRequest(BaseModel):
    """A further instruction."""

    model_config = ConfigDict(extra="forbid")
    instruction: Instruction


class StrengthRequest(BaseModel):
    """How much of the accepted edit."""

    model_config = ConfigDict(extra="forbid")
    strength: Strength


async def _sent_picture(request: Request) -> AsyncIterator[Path]:
    """The body in a file that is gone after the request."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise WrongMediaType(f"Content-Type: {kind[:60]!r} is no picture here", f"send {', '.join(KINDS)}")
    folder = await run_in_threadpool(place.folder, "sessions")
    with NamedTemporaryFile(dir=folder, suffix=KINDS[kind]) as file:
        async for chunk in request.stream():
            file.write(chunk)
        file.flush()
        yield Path(file.name)


SentPicture = Annotated[Path, Depends(_sent_picture)]
_BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS},
    }
}


@router.post("", status_code=201, responses=responses(404), summary="Begin an edit in another editor")
def begin(asked: SessionRequest, engine: Shared) -> Step:
    """The first plan, as filters to try. 422 where the editor lacks what the instruction needs."""
    engine.sessions.check_room()
    picture = _read(images.picture(asked.picture))
    reference = read_picture(images.picture(asked.reference)) if asked.reference else None
    session = Session(
        engine.agent(asked.agent),
        engine.reward(asked.reward),
        budget=asked.budget,
        reference=reference,
        variant=asked.variant,
    )
    hosted = Hosted(session, _compiler(asked), asked.strength)
    told = hosted.begin(picture, with_look(asked.look, or_auto(asked.instruction, asked.look, asked.reference)))
    return _step(engine.sessions.add(hosted), told)


@router.post("/{id}/renders", responses=responses(404, 409), openapi_extra=_BODY, summary="Send what came of it")
def rendered(name: Name, file: SentPicture, engine: Shared) -> Step:
    """The body is the picture with the last filters applied, as PNG, JPEG or TIFF."""
    with engine.sessions.using(name) as hosted:
        return _step(name, hosted.rendered(_read(file)))


@router.post("/{id}/turns", responses=responses(404, 409), summary="Give a further instruction")
def turn(name: Name, asked: TurnRequest, engine: Shared) -> Step:
    """As "a bit less" or "now cooler shadows", "undo" say it: on what the last turn ended with."""
    with engine.sessions.using(name) as hosted:
        return _step(name, hosted.turn(asked.instruction))


@router.put("/{id}/strength", responses=responses(404, 409), summary="Change the strength")
def strengthen(name: Name, asked: StrengthRequest, engine: Shared) -> Step:
    """The accepted edits at 0…150 % of their amounts."""
    with engine.sessions.using(name) as hosted:
        return _step(name, hosted.strengthen(asked.strength))


@router.delete("/{id}", status_code=204, responses=responses(404), summary="End a session")
def end(name: Name, engine: Shared) -> None:
    """What the editor has applied stays; the server forgets the picture."""
    engine.sessions.remove(name)


def _read(path: Path) -> Picture:
    pixels.check(path, LIMIT)
    return read_picture(path)


def _compiler(asked: SessionRequest) -> Compile:
    posted: Mapping[str, Any] = asked.model_dump(include={"operations"})["operations"]
    operations = Operations.parse(posted, f"GIMP {asked.host.version}")
    compiled = resolve_name(COMPILERS[asked.host.name])
    kept = _shapeless if asked.selection else tuple
    return lambda edits, picture: compiled(kept(edits), operations, picture, asked.full_size)


def _shapeless(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """What can be done to a part of a picture: nothing that crops, turns or bends it."""
    return tuple(edit for edit in edits if edit.control not in CONTROLS or CONTROLS[edit.control].group != "geometry")


def _step(name: str, told: Told) -> Step:
    return Step(
        id=name,
        step="finished" if told.finished else "try",
        filters=[SentFilter(**made.to_json()) for made in told.filters],
        plan=plan_answer(told.plan),
        notes=list(told.notes),
        verdict=verdict_answer(told.verdict) if told.verdict else None,
        applied=told.applied,
        renders=told.renders,
        says=told.says,
    )
