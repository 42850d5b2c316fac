"""``/docs``: the API for people, made from the same description that programs get at ``/openapi.json``.

A page of our own, since the usual ones load their scripts from the network.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Needs no token and no network."""
    return HTMLResponse(page(json.dumps(request.app.openapi())))


@cache
def page(description: str) -> str:
    """The page for an OpenAPI description (JSON)."""
    loader = PackageLoader("retouchiq.api", "")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["kind"] = kind
    environment.filters["pretty"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2)
    return environment.get_template("docs.html").render(json.loads(description))


def kind(schema: dict[str, Any]) -> str:
    """What a schema allows, in a few words: ``Edit``, ``list of Look``, ``number 0…150 or null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(kind(each) for each in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    limits = (schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum"))
    suffix = f" {limits[0]}…{limits[1]}" if None not in limits else ""
    return str(schema.get("format") or schema.get("type", "anything")) + suffix
