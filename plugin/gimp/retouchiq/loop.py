"""One verified edit: the server plans and judges, whoever holds the picture renders."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from client import Client
from failures import Failure
from texts import _

Render = Callable[[list[dict]], bytes]
"""The picture, as a TIFF file, with these filters applied to it and no others of ours."""


@dataclass(frozen=True)
class Answer:
    """How an edit ended.

    ``filters``: what the layer is to have, [] where nothing is better. ``score`` and ``baseline`` (doing nothing):
    0…10. ``unsupported``: the parts of the instruction that no filter can do. ``notes``: what was done otherwise.
    """

    variant: str
    filters: list[dict]
    score: float
    baseline: float
    applied: bool
    unsupported: list[str]
    notes: list[str]

    @property
    def remarks(self) -> list[str]:
        """What the user should know, in sentences; [] where all went as asked."""
        said = [] if self.applied else [_("Nothing was better than leaving the picture as it is.")]
        said += [_("No filter can do this: {part}.").format(part=part) for part in self.unsupported]
        return said + self.notes


def edit(
    client: Client, request: dict, render: Render, say: Callable[[str], None], reference: bytes | None = None
) -> Answer:
    """Run one session to its end; ``request``: the body of POST /v1/sessions without its pictures.

    ``reference``: the picture to come close to, as a TIFF file.

    The session is deleted on the server however this ends. Raises what `Client` and ``render`` raise.
    """
    say(_("looking at the picture"))
    pictures = {"picture": _upload(client, "layer", render([]))}
    if reference:
        pictures["reference"] = _upload(client, "reference", reference)
    step = client.post("/v1/sessions", request | pictures)
    path = f"/v1/sessions/{step['id']}"
    try:
        while step["step"] == "try":
            say(_progress(step))
            step = client.picture(f"{path}/renders", render(step["filters"]))
    finally:
        _forget(client, path)
    return _answer(request["variant"], step)


def _upload(client: Client, name: str, tiff: bytes) -> str:
    return client.picture(f"/v1/uploads?name={name}.tif", tiff)["upload"]


def _progress(step: dict) -> str:
    if not step["verdict"]:
        return _("render {number}").format(number=step["renders"] + 1)
    said = _("render {number} scores {score:.1f} of 10")
    return said.format(number=step["renders"], score=step["verdict"]["score"])


def _answer(variant: str, step: dict) -> Answer:
    return Answer(
        variant=variant,
        filters=step["filters"],
        score=step["verdict"]["score"],
        baseline=step["verdict"]["baseline"],
        applied=step["applied"],
        unsupported=step["plan"]["unsupported"],
        notes=step["notes"],
    )


def _forget(client: Client, path: str) -> None:
    with contextlib.suppress(Failure):  # it expires by itself; what ended the loop matters more
        client.delete(path)
