"""A request's named regions, looked up in its picture."""

from __future__ import annotations

from typing import TypeVar

from hostbridge.controls import Region
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.regions.finding import FINDERS, find
from retouchiq.regions.found import Found
from retouchiq.reward import Picture

Part = TypeVar("Part", Wish, Limit)


def locate(request: Request, picture: Picture) -> Request:
    """``request`` with every named region looked up in ``picture``.

    A wish whose region is not found is moved to ``unsupported`` with the reason; a limit likewise.
    """
    parts: list[Wish | Limit] = [*request.wishes, *request.limits]
    unplaced = [part for part in parts if not part.located]
    names = {part.region.name for part in unplaced}
    found = {name: find(name.removeprefix("not "), picture) for name in names}
    lost = tuple(_not_found(part) for part in unplaced if found[part.region.name] is None)
    return request.model_copy(
        update={
            "wishes": tuple(w for w in (_placed(w, found) for w in request.wishes) if w is not None),
            "limits": tuple(k for k in (_placed(k, found) for k in request.limits) if k is not None),
            "unsupported": request.unsupported + lost,
        }
    )


def _placed(part: Part, found: dict[str, Found | None]) -> Part | None:
    if part.located:
        return part
    place = found[part.region.name]
    if place is None:
        return None
    inverted = part.region.name.startswith("not ")
    region = Region(name=part.region.name, shape=place.shape, inverted=inverted)
    return part.model_copy(update={"region": region, "located": True})


def _not_found(part: Wish | Limit) -> str:
    name = part.region.name.removeprefix("not ")
    if name in FINDERS:
        return f"“{part.words or name}”: no {name} was recognised in this picture."
    return f"“{part.words or name}”: finding the {name} in a picture is not possible yet."
