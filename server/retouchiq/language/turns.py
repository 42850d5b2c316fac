"""Reads a further turn on an image in the light of the one before: "a bit less", "undo", "no, the other way"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hostbridge.controls import Region
from retouchiq.language.places import inverted, settled_again
from retouchiq.language.reader import read
from retouchiq.language.remarks import Remark, parts, remark
from retouchiq.language.request import Request

LEAST = 0.15
"""The smallest factor of "less": it never takes everything away, "undo" does."""


KINDS = ("new", "scale", "invert", "place", "instead", "without", "undo", "first", "reset")
STEPS = ("reset", "first", "undo")


@dataclass(frozen=True)
class Turn:
    """What a further instruction is.

    ``kind``: ``new`` (a request on top of what is there), ``scale`` (the last one times ``factor``), ``invert`` (the
    last one the other way), ``place`` (the last one, but only there: "only the sky"), ``instead`` (another one in place
    of the last), ``without`` (what is there but for ``controls``), ``undo`` (the last ``steps`` taken back), ``first``
    (back to the first result), ``reset`` (back to the untouched image).
    ``request``: what then holds: in place of the last request for ``scale``, ``invert``, ``place`` and ``instead``, on
    top of what is there for ``new``, and after the step for the others, where more was said than the step, else None.
    """

    kind: str
    factor: float = 1.0
    request: Request | None = None
    controls: frozenset[str] = frozenset()
    steps: int = 1


def _factor(said: Remark) -> float:
    """How much of the last request is meant: "a bit less" 0.83, "less" 0.65, "more" 1.5, "a lot more" 1.9."""
    kinds = [kind for kind in said.kinds if kind in SCALING]
    if kinds[-1] in ("half", "double"):
        return {"half": 0.5, "double": 2.0}[kinds[-1]]
    more = kinds[0] == "more"
    if said.size is not None and said.size <= 100:
        part = said.size / 100 if said.size > 1 else said.size
        return 1 + part if more else max(LEAST, 1 - part)
    return 1 + 0.5 * said.degree if more else max(LEAST, 1 - 0.35 * said.degree)


SCALING = ("less", "more", "half", "double")


def scaled(request: Request, factor: float) -> Request:
    """The request with every wish so many times as strong; a negative factor turns it around."""
    wishes = tuple(
        wish.model_copy(
            update={
                "direction": wish.direction if factor >= 0 else -wish.direction,
                "strength": round(wish.strength * abs(factor), 3),
                "exact": None if wish.exact is None else round(wish.exact * factor, 3),
                "start": None if wish.start is None else round(wish.start * factor, 3),
            }
        )
        for wish in request.wishes
    )
    aims = tuple(aim.model_copy(update={"change": round(aim.change * factor, 3)}) for aim in request.aims)
    return request.model_copy(update={"wishes": wishes, "aims": aims})


def _placed(request: Request, region: Region) -> Request:
    moved = tuple(placed for wish in request.wishes if (placed := settled_again(wish, region)) is not None)
    aims = tuple(aim.model_copy(update={"region": region}) for aim in request.aims)
    return request.model_copy(update={"wishes": moved, "aims": aims})


def _together(first: Request | None, second: Request) -> Request:
    """Both requests as one."""
    if first is None:
        return second
    both = {name: (*getattr(first, name), *getattr(second, name)) for name in ADDED}
    return second.model_copy(update=both)


ADDED = ("wishes", "limits", "aims", "looks", "free", "unsupported", "unread")


def _joined(said: list[Remark]) -> Remark:
    """The remarks of one turn as one: "no, less", "keep the colour but undo the contrast"."""
    whole = Remark()
    for each in said:
        whole.kinds += each.kinds
        whole.degree = each.degree if each.degree != 1.0 else whole.degree
        whole.size = whole.size if each.size is None else each.size
        if not ({*each.kinds} == {"keep"} and each.controls):
            whole.controls |= each.controls
        whole.looks |= each.looks
        whole.placed = whole.placed or each.placed
        whole.region = whole.region if each.region.name == "everywhere" else each.region
    return whole


def _without(said: Remark, present: frozenset[str]) -> Turn | None:
    """What is there but for what is named, or for all else: "keep only the contrast"."""
    others = "only" in said.kinds or ("except" in said.kinds and "reset" in said.kinds)
    if not (said.controls & present) or not {"drop", "undo", "except", "only", "reset"} & {*said.kinds}:
        return None
    gone = present - said.controls if others else present & said.controls
    return Turn("without", controls=gone) if gone else None


def _step(said: Remark) -> Turn | None:
    kind = next((kind for kind in STEPS if kind in said.kinds), None)
    if kind != "undo":
        return Turn(kind) if kind else None
    twice = 2 if "double" in said.kinds else 1
    return Turn(kind, steps=int(said.size) if said.size and 1 <= said.size <= 20 else twice)


def _of_place(said: Remark, previous: Request) -> Turn | None:
    """A place with what is to happen there: only there, not there, less there, or the same there too."""
    kinds = {*said.kinds}
    if said.region.name == "everywhere":
        return None
    if kinds & {"except", "undo", "drop"}:
        return Turn("place", request=_placed(previous, inverted(said.region)))
    if "only" in kinds:
        return Turn("place", request=_placed(previous, said.region))
    if kinds & {*SCALING}:
        change = round(_factor(said) - 1, 3)
        return Turn("new", request=_placed(scaled(previous, change), said.region)) if said.placed else None
    return Turn("new", request=_placed(previous, said.region))


def _answered(said: Remark, previous: Request, present: frozenset[str]) -> Turn | None:
    """The turn that remarks on the last one make; None where they make none."""
    kinds = {*said.kinds}
    if said.looks:
        return Turn("undo") if said.looks & {*previous.looks} and kinds & {"drop", "undo"} else None
    if said.controls and (dropped := _without(said, present)):
        return dropped
    if said.controls:
        return None
    if said.region.name != "everywhere":
        return _of_place(said, previous)
    if step := _step(said):
        return step
    if "invert" in kinds:
        return Turn("invert", -1.0, scaled(previous, -1.0))
    if kinds & {*SCALING}:
        factor = round(_factor(said), 3)
        return Turn("scale", factor, scaled(previous, factor))
    return None


INSTEAD = ("instead", "i meant", "i wanted", "i said", "rather")


def _instead(text: str) -> Turn | None:
    """ "cooler instead", "no, I meant the contrast": another request in place of the last."""
    lowered = text.lower()
    if not any(f" {said} " in f" {lowered} " for said in INSTEAD):
        return None
    request = read(lowered.replace("instead", ""))
    return Turn("instead", request=request) if request.wishes or request.looks else None


def _more(turn: Turn, rest: str) -> Turn:
    """The turn with what was said after it: "a bit less, and sharpen it"."""
    if turn.kind in (*STEPS, "without"):
        return replace(turn, request=read(rest))
    return replace(turn, request=_together(turn.request, read(rest)))


def read_turn(text: str, previous: Request | None, present: Iterable[str] | None = None) -> Turn:
    """What ``text`` means after ``previous`` (None where nothing came before, then it is always ``new``).

    ``present``: the controls that the image's edits use, of earlier turns too; those of ``previous`` where not given.
    Never raises.
    """
    if previous is None:
        return Turn("new", request=read(text))
    there = frozenset(wish.control for wish in previous.wishes) if present is None else frozenset(present)
    said = parts(text)
    heard = [remark(part) for part in said]
    lead = next((at for at, each in enumerate(heard) if each is None), len(heard))
    told = [each for each in heard[:lead] if each is not None]
    turn = None
    if not all(each.silent for each in told):
        turn = _answered(_joined(told), previous, there)
    if turn is not None and lead < len(said):
        turn = _more(turn, ", ".join(said[lead:]))
    return turn or _instead(text) or Turn("new", request=read(text))
