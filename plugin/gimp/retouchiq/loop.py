"""One verified edit: the server plans and judges, whoever holds the picture renders."""

from collections.abc import Callable
from dataclasses import dataclass

from client import Client
from failures import Failure
from texts import _

Render = Callable[[list[dict]], bytes]
"""The picture, as a PNG file, with these filters applied to it and no others of ours."""


@dataclass(frozen=True)
class Answer:
    """How an edit ended. ``filters``: [] where nothing is to be changed. ``score``: 0…10 or None."""

    variant: str
    filters: list[dict]
    score: float | None
    baseline: float | None
    applied: bool
    notes: list[str]

    @property
    def sentence(self) -> str:
        """What happened, for a message."""
        if self.applied:
            said = _("Retouched: {score:.1f} of 10 (unchanged: {baseline:.1f}).")
            return said.format(score=self.score or 0, baseline=self.baseline or 0)
        return " ".join([_("Nothing was better than leaving the picture as it is."), *self.notes])


def edit(client: Client, request: dict, render: Render, say: Callable[[str], None]) -> Answer:
    """Run one session to its end; ``request``: the body of POST /v1/sessions without its picture.

    The session is deleted on the server however this ends. Raises what `Client` and ``render`` raise.
    """
    say(_("looking at the picture"))
    upload = client.picture("/v1/uploads?name=layer.png", render([]))["upload"]
    step = client.post("/v1/sessions", {**request, "picture": upload})
    path = f"/v1/sessions/{step['id']}"
    try:
        while step["step"] == "try":
            say(_progress(step))
            step = client.picture(f"{path}/renders", render(step["filters"]))
    finally:
        _forget(client, path)
    return _answer(request["variant"], step)


def _progress(step: dict) -> str:
    verdict = step.get("verdict")
    if not verdict:
        return _("render {number}").format(number=step["renders"] + 1)
    return _("render {number} scores {score:.1f} of 10").format(number=step["renders"], score=verdict["score"])


def _answer(variant: str, step: dict) -> Answer:
    verdict = step.get("verdict") or {}
    return Answer(
        variant=variant,
        filters=step["filters"],
        score=verdict.get("score"),
        baseline=verdict.get("baseline"),
        applied=bool(step.get("applied")),
        notes=step["notes"],
    )


def _forget(client: Client, path: str) -> None:
    try:
        client.delete(path)
    except Failure:
        pass  # it expires by itself; what ended the loop matters more
