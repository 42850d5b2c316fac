"""What a request may name: modules, controls, looks, variants."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hostbridge.controls import CONTROLS
from retouchiq import looks as known
from retouchiq.answers import schema_answer
from retouchiq.api.engine import Shared
from retouchiq.api.errors import NotFound, responses
from retouchiq.variants import NAMES

router = APIRouter(prefix="/v1", tags=["vocabulary"])

Operation = Annotated[str | None, Query(max_length=64, description="One module only.", examples=["exposure"])]


class Schema(BaseModel):
    """The modules of the installed darktable, as it describes itself."""

    version: str = Field(description="Of darktable.", examples=["5.4.1"])
    modules: list[dict[str, Any]] = Field(
        description="operation, version, size, one_instance, maskable, deprecated, and fields with kind and range."
    )


class Control(BaseModel):
    """A host-neutral photographic adjustment; 0 changes nothing."""

    name: str = Field(examples=["exposure"])
    group: str = Field(examples=["tone"])
    unit: str = Field(examples=["EV"])
    low: float = Field(examples=[-5])
    high: float = Field(examples=[5])
    more: str = Field(description="What + does.", examples=["brighter"])
    less: str = Field(description="What − does.", examples=["darker"])


class Look(BaseModel):
    """A named style an edit may start from."""

    name: str = Field(examples=["film"])
    description: str
    when: str = Field(description="What it is for.")
    words: list[str] = Field(description="How people ask for it.", examples=[["film look", "shot on film"]])
    strength: float = Field(
        description="Percent of its amounts that it comes at unless told otherwise.", examples=[100]
    )


@router.get("/schema", responses=responses(404, 503), summary="The installed darktable's modules and fields")
def schema(engine: Shared, operation: Operation = None) -> Schema:
    """503 where no darktable is installed, 404 where it has no such module."""
    found = engine.host.schema()
    if operation is not None and operation not in found.modules:
        raise NotFound(f"darktable {found.version} has no module {operation!r}", "GET /v1/schema lists all")
    modules = [found.modules[operation]] if operation is not None else found.modules.values()
    return Schema(version=found.version, modules=[schema_answer(module) for module in modules])


@router.get("/controls", responses=responses(), summary="The controls that plans are made of")
def controls() -> list[Control]:
    """The same for every host."""
    return [Control(**vars(control)) for control in CONTROLS.values()]


@router.get("/looks", responses=responses(), summary="The looks that can be named")
def looks() -> list[Look]:
    """In alphabetical order, the user's own among them."""
    return [Look(**look.model_dump(include=set(Look.model_fields))) for look in known.looks().values()]


@router.get("/variants", responses=responses(), summary="The kinds of answer to choose from")
def variants() -> list[str]:
    """The first is what was asked, plainly."""
    return list(NAMES)
