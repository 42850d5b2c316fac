"""``/v1/uploads``: photos that are not on this machine's disk, or that another user owns."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from retouchiq.api import uploads
from retouchiq.api.errors import responses
from retouchiq.endings import BASES, PHOTOS

router = APIRouter(prefix="/v1", tags=["uploads"])

Name = Annotated[
    str, Query(max_length=200, description="The file's name, with its ending, without a folder.", examples=["IMG.NEF"])
]
_BODY = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}


class Upload(BaseModel):
    """What an upload is called from now on."""

    upload: str = Field(description="The image name to use in requests.", examples=["upload:1f0c3b1e9a7d2468"])
    bytes: int


@router.post("/uploads", status_code=201, responses=responses(409), openapi_extra=_BODY, summary="Send a photo")
async def upload(name: Name, request: Request) -> Upload:
    """The body is the file itself: an image, or a sidecar; up to 300 MB and 200 megapixels. It is kept for a day."""
    sent, count = await uploads.keep(name, PHOTOS | BASES, request.stream())
    return Upload(upload=sent, bytes=count)
