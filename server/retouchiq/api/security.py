"""Who may speak to the server, decided before anything of a request's body is read.

Any web page that is open in a browser on this machine can reach a server on loopback, by a name that resolves to
127.0.0.1 (DNS rebinding) or with a form. And other users of the machine can. So a request is answered only if its

1. ``Host`` is a loopback name with the server's own port,
2. ``Origin`` and ``Sec-Fetch-Site``, which browsers add and pages cannot forge, do not tell of another site,
3. ``Authorization`` carries the user's token, except for `PUBLIC`,
4. body is of a kind, size and speed that the route takes.

No CORS headers are ever sent. What is refused here is answered and its connection closed, with the body unread.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from dataclasses import dataclass
from itertools import accumulate

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retouchiq.api import uploads
from retouchiq.api.errors import (
    BadRequest,
    Busy,
    Forbidden,
    Refusal,
    TooLarge,
    TooSlow,
    Unauthorized,
    WrongMediaType,
    refused,
)

PUBLIC = frozenset(("/v1/health", "/docs", "/openapi.json"))
NAMES = ("127.0.0.1", "localhost", "[::1]")
NESTING = 32  # objects and arrays in one another that JSON may have
REQUESTS = 64  # answered at the same time

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
)
"""Sent with every answer, so that a browser that got hold of one makes as little as possible of it."""

_CLOSE = {"Connection": "close"}  # the rest of the body is not waited for

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")


@dataclass(frozen=True)
class Body:
    """What a route takes: ``largest`` in bytes, ``idle`` and ``whole`` in seconds; ``json`` or a file."""

    largest: int
    json: bool = True
    idle: float = 10.0
    whole: float = 30.0


_PICTURE = Body(100 * 1000**2, json=False, idle=20.0, whole=300.0)
BODIES: tuple[tuple[re.Pattern[str], Body], ...] = (
    (re.compile(r"/v1/uploads"), Body(uploads.LARGEST, json=False, idle=20.0, whole=900.0)),
    (re.compile(r"/v1/sessions/[^/]+/renders"), _PICTURE),
    (re.compile(r"/v1/sessions"), Body(4 * 1000**2)),
    (re.compile(r".*", re.DOTALL), Body(1000**2)),
)
"""Paths and what they take; the first that matches counts."""


class Guard:
    """ASGI middleware around the whole application.

    ``token``: the user's. ``port``: the server's own. ``bodies`` and ``requests`` are as the constants above.
    ``active`` is how many requests are being answered, ``last`` when one was last let in (`time.monotonic`).
    """

    def __init__(
        self,
        app: ASGIApp,
        token: str,
        port: int,
        bodies: tuple[tuple[re.Pattern[str], Body], ...] = BODIES,
        requests: int = REQUESTS,
    ) -> None:
        self._app = app
        self._token = token.encode()
        self._port = port
        self._bodies = bodies
        self._limit = requests
        self.active = 0
        self.last = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        self.active += 1
        answered = _Answered(send)
        try:
            await self._app(_whole(scope), await self._let_in(scope, receive), answered)
        except Refusal as refusal:
            if answered.begun:
                raise
            refusal.headers = {**(refusal.headers or {}), **_CLOSE}
            await refused(refusal)(scope, receive, answered)
        finally:
            self.active -= 1

    async def _let_in(self, scope: Scope, receive: Receive) -> Receive:
        """Raise a `Refusal`, or answer how the application gets the body."""
        headers = Headers(scope=scope)
        self._check_host(headers)
        self._check_site(headers)
        if not (scope["path"] in PUBLIC and scope["method"] in ("GET", "HEAD")):
            self._check_token(headers)
        if self.active > self._limit:
            raise Busy(f"{self._limit} requests are being answered already", seconds=1)
        self.last = time.monotonic()
        body = next(body for path, body in self._bodies if path.fullmatch(scope["path"]))
        _check_announced(headers, body)
        limited = _limited(receive, body)
        return _replayed(await _whole_json(limited, headers), receive) if body.json else limited

    def _check_host(self, headers: Headers) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._own():
            here = f"ask http://{NAMES[0]}:{self._port}"
            raise Forbidden(f"Host: {', '.join(hosts)[:100]!r} is not this server", here)

    def _check_site(self, headers: Headers) -> None:
        own = {f"http://{name}" for name in self._own()}
        strange = [origin for origin in headers.getlist("origin") if origin.lower() not in own]
        if strange:
            raise Forbidden(f"Origin: {strange[0][:100]!r} may not use this server: web pages are kept out")
        if not set(headers.getlist("sec-fetch-site")) <= {"none", "same-origin"}:
            raise Forbidden("a request that another site caused: web pages are kept out")

    def _own(self) -> set[str]:
        return {f"{name}:{self._port}" for name in NAMES}

    def _check_token(self, headers: Headers) -> None:
        sent = headers.getlist("authorization")
        scheme, _, token = sent[0].partition(" ") if len(sent) == 1 else ("", "", "")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token):
            raise Unauthorized(
                "the token is missing or is not yours",
                "send `Authorization: Bearer TOKEN`; `retouchiq serve --background --json` names the file it is in",
                {"WWW-Authenticate": "Bearer"},
            )


def _whole(scope: Scope) -> Scope:
    """A request for the whole of what it asks for: parts of files are of no use here, and costly to get right."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}


class _Answered:
    """``send`` that adds `HEADERS` and remembers whether an answer was begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await self._send(message)


def _check_announced(headers: Headers, body: Body) -> None:
    length = headers.get("content-length", "0")
    if len(headers.getlist("content-length")) > 1 or not (length.isascii() and length.isdigit()):
        raise BadRequest(f"Content-Length: {length[:40]!r} is not one number")
    if int(length[:20]) > body.largest:
        raise _too_large(body)
    if headers.get("content-encoding", "identity") != "identity":
        raise WrongMediaType("compressed bodies are not taken", "send the body without Content-Encoding")


def _too_large(body: Body) -> TooLarge:
    return TooLarge(f"the body is larger than {body.largest / 1000**2:g} MB, the limit here", headers=_CLOSE)


def _limited(receive: Receive, body: Body) -> Receive:
    """``receive`` that raises `TooLarge` and `TooSlow` as soon as the body is."""
    count = 0
    loop = asyncio.get_running_loop()
    end = loop.time() + body.whole
    over = False

    async def limited() -> Message:
        nonlocal count, over
        if over:  # what comes after the body is the client's leaving, which may take as long as the answer
            return await receive()
        try:
            async with asyncio.timeout_at(min(end, loop.time() + body.idle)):
                message = await receive()
        except TimeoutError:
            limits = f"{body.idle:g} s a piece, {body.whole:g} s in all"
            raise TooSlow(f"the body did not arrive within {limits}", headers=_CLOSE) from None
        count += len(message.get("body", b""))
        over = not message.get("more_body", False)
        if count > body.largest:
            raise _too_large(body)
        return message

    return limited


async def _whole_json(receive: Receive, headers: Headers) -> bytes:
    """The body, after making sure that it is JSON by name and not nested without end."""
    parts = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("the client left before its body was there")
        parts += message.get("body", b"")
        if not message.get("more_body", False):
            break
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if parts and kind != "application/json":
        raise WrongMediaType(f"Content-Type: {kind[:60]!r} is not taken here", "send application/json")
    if _depth(bytes(parts)) > NESTING:
        raise BadRequest(f"the JSON is nested deeper than {NESTING}")
    return bytes(parts)


def _depth(text: bytes) -> int:
    brackets = _BRACKETS.findall(_STRINGS.sub(b"", text))
    return max(accumulate(1 if bracket in b"[{" else -1 for bracket in brackets), default=0)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """``receive`` that gives ``body`` in one piece, then what comes after it."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
