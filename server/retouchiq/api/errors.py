"""How the API says no: one form for every refusal, whoever refuses.

``{"error": {"kind": "UnreadableImage", "message": "…", "way_out": "…" | null}}``, with a status. Routes raise
a `Refusal`, or let the errors of `hostbridge` through: both become this form, as do FastAPI's own.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from hostbridge import Cancelled, HostBridgeError, HostFailed, HostMissing, NotWritable, UnusableInput

_log = logging.getLogger(__name__)


class ErrorText(BaseModel):
    """What was refused and why."""

    kind: str = Field(description="What kind of error, for programs.", examples=["UnreadableImage"])
    message: str = Field(description="A sentence for the user that names the thing and the value.")
    way_out: str | None = Field(None, description="What to do about it, where the message does not say it already.")


class Error(BaseModel):
    """The form of every refusal."""

    error: ErrorText


class Refusal(HTTPException):
    """A request that is refused; its class name is the ``kind`` of the error."""

    status = 400

    def __init__(self, message: str, way_out: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(self.status, message, headers)
        self.way_out = way_out


class BadRequest(Refusal):
    """Not what this protocol or JSON looks like."""


class Unauthorized(Refusal):
    """No token, or not the user's."""

    status = 401


class Forbidden(Refusal):
    """Another host name, a web page, or a file that is none of the API's business."""

    status = 403


class NotFound(Refusal):
    """No such edit, batch, session, upload or file; it may have expired."""

    status = 404


class TooSlow(Refusal):
    """The body did not arrive in time."""

    status = 408


class Conflict(Refusal):
    """Not now: it is active, or already over."""

    status = 409


class TooLarge(Refusal):
    """More bytes or pixels than allowed."""

    status = 413


class WrongMediaType(Refusal):
    """A body that is neither JSON nor, where one is expected, a picture."""

    status = 415


class Busy(Refusal):
    """Too much at once; ``Retry-After`` says when to come again."""

    status = 429

    def __init__(self, message: str, seconds: int = 5) -> None:
        super().__init__(message, f"try again in {seconds} s", {"Retry-After": str(seconds)})


_STATUS: dict[type[HostBridgeError], int] = {
    HostMissing: 503,
    HostFailed: 503,
    NotWritable: 409,
    Cancelled: 409,
    UnusableInput: 422,
}


_ANY = (400, 401, 403, 408, 413, 415, 422, 429)


def answer(
    status: int, kind: str, message: str, way_out: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """A refusal in the one form."""
    return JSONResponse({"error": {"kind": kind, "message": message, "way_out": way_out}}, status, headers)


def refused(refusal: Refusal) -> JSONResponse:
    return answer(
        refusal.status, type(refusal).__name__, refusal.detail, refusal.way_out, dict(refusal.headers or {}) or None
    )


def status_of(error: HostBridgeError) -> int:
    """The status of an error of `hostbridge`: that of the nearest class in the table."""
    return next(_STATUS[kind] for kind in type(error).mro() if kind in _STATUS)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of refusals: ``statuses``, and those that any request may get."""
    return {status: {"model": Error, "description": HTTPStatus(status).phrase} for status in sorted({*_ANY, *statuses})}


def install(app: FastAPI) -> None:
    """Give every error the one form."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(HostBridgeError, _host)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


async def _http(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, Refusal):
        return refused(error)
    assert isinstance(error, HTTPException)
    kind = HTTPStatus(error.status_code).phrase.title().replace(" ", "").replace("-", "")
    headers = _allowed(request) if error.status_code == 405 else dict(error.headers or {})
    return answer(error.status_code, kind, str(error.detail), None, headers or None)


def _allowed(request: Request) -> dict[str, str]:
    """What RFC 9110 15.5.6 asks for; the router knows only of the first route of a path."""
    paths = request.app.openapi()["paths"]
    matching = [paths[path] for path in paths if compile_path(path)[0].match(request.url.path)]
    return {"Allow": ", ".join(sorted({method.upper() for methods in matching for method in methods}))}


async def _host(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HostBridgeError)
    return answer(status_of(error), type(error).__name__, str(error))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    said = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5])
    return answer(422, "InvalidRequest", said, "the fields and their ranges are on the page /docs of this server")


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %r failed", request.method, request.url.path, exc_info=error)
    return answer(500, "Unexpected", "the server failed at this request", "the reason is in its server.log")
