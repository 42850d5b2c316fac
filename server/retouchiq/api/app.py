"""The application: routes, errors and guard put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from retouchiq import __version__
from retouchiq.api import batches, documentation, edits, errors, health, scores, sending, sessions, vocabulary
from retouchiq.api.engine import Engine

PUBLIC = (health, documentation)
PRIVATE = (vocabulary, sending, scores, edits, batches, sessions)

# for the documentation only: `Guard` has looked at it before
_TOKEN = HTTPBearer(auto_error=False, description="The user's token, from the file `token` of the state folder.")

_ABOUT = """
Type what you want; the editor does it, verified on its own render, reversible and local.

Every request but `GET /v1/health`, `/docs` and `/openapi.json` needs the header `Authorization: Bearer TOKEN`;
`retouchiq serve --background --json` says which file the token is in, and which curl configuration sends it.

An **image name** is an absolute path on this machine, or `upload:ID` of an upload.

Whatever is refused is refused in one form: `{"error": {"kind", "message", "way_out"}}`.
"""


def create_app(engine: Engine) -> FastAPI:
    """The routes on ``engine``, which starts and ends with the application. `Guard` goes around it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(engine.start)
        yield
        await run_in_threadpool(engine.close)

    app = FastAPI(
        title="RetouchIQ",
        version=__version__,
        description=_ABOUT,
        license_info={"name": "GPL-3.0-or-later"},
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    app.state.engine = engine
    errors.install(app)
    for routes in PUBLIC:
        app.include_router(routes.router)
    for routes in PRIVATE:
        app.include_router(routes.router, dependencies=[Depends(_TOKEN)])
    return app
