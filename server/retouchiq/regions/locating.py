"""A request's named regions, looked up in its picture.

What is not found is never taken for the whole picture: another place stands for it where the user named one or a range
of tones or colours is a fair one, and the plan says so; else the wish is not carried out, and the user is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.ndimage import gaussian_gradient_magnitude

from hostbridge.controls import CONTROLS, PLACES, TONES, Region
from hostbridge.weights import drawn, weights
from retouchiq.language.places import thing
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.regions.coloured import patch
from retouchiq.regions.finding import find
from retouchiq.regions.outlining import outline
from retouchiq.regions.scene import seen
from retouchiq.reward import Picture

Part = TypeVar("Part", Wish, Limit)

PRESENT = 0.003  # share of the picture below which a range is not in it
INSIDE = 0.6  # share of a thing's colour that has to lie in the subject for the thing to be the subject's
BRIGHT_TOP = 0.6  # share of the uppermost tenth that has to be bright where highlights stand for a sky
ROUGH = 1.2  # L* per px of the small picture: half of a sky changes less, half of a cliff or of foliage more


@dataclass(frozen=True)
class Place:
    """Where a region is; ``note`` says what was taken for it where that is not plain."""

    region: Region
    note: str = ""


def locate(request: Request, picture: Picture) -> Request:
    """``request`` with every named region looked up in ``picture``.

    A wish whose region is not found is moved to ``unsupported`` with a question; a limit whose region is not found has
    nothing to spare and leaves a note. What was taken for a region is in ``notes``.
    """
    parts: list[Wish | Limit] = [*request.wishes, *request.limits]
    unplaced = [part for part in parts if not part.located]
    found = {region: place(region, picture) for region in dict.fromkeys(part.region for part in unplaced)}
    lost = [wish for wish in request.wishes if not wish.located and found[wish.region] is None]
    spared = [limit for limit in request.limits if not limit.located and found[limit.region] is None]
    notes = [what.note for what in found.values() if what is not None and what.note]
    limits = tuple(k for k in (_placed(k, found) for k in request.limits) if k is not None)
    kept = [limit.region for limit in limits if limit.keep == "region" and not limit.region.everywhere]
    wishes = tuple(w for w in (_placed(w, found) for w in request.wishes) if w is not None)
    return request.model_copy(
        update={
            "wishes": tuple(_sparing(wish, kept, picture) for wish in wishes),
            "limits": limits,
            "unsupported": request.unsupported + tuple(map(_question, lost)),
            "notes": (*request.notes, *notes, *map(_nothing_to_spare, spared)),
        }
    )


def place(region: Region, picture: Picture) -> Place | None:
    """Where a region that has to be found is in ``picture``; None where it is not, or nobody can tell."""
    ways = (_recognised, _by_colour, _part_named, _stand_in)
    return next((answer for way in ways if (answer := way(region, picture)) is not None), None)


def _recognised(region: Region, picture: Picture) -> Place | None:
    """What a finder knows, cut down to the part of it that was named ("the sky on the left")."""
    found = find(thing(region.name), picture)
    if found is None:
        return None
    shape = found.shape
    if region.shape is not None:
        cut = outline(found.weights * drawn(region.shape, *picture.shape[:2]))
        if cut is None:
            return None
        shape = cut
    return Place(_at(region, shape=shape))


def _by_colour(region: Region, picture: Picture) -> Place | None:
    """A thing of a colour: the colour within the subject, or where it lies together; else the colour anywhere."""
    if region.hues is None:
        return None
    within = None if region.shape is None else drawn(region.shape, *picture.shape[:2])
    found = patch(region.hues, picture, within)
    name = region.name.removeprefix("not ")
    if found is None:
        return None
    if not found.alone:
        colours = Region(hues=region.hues, shape=region.shape)
        return Place(_at(region, shape=region.shape), f"“{name}”: {_share(colours, picture)} of that colour is meant")
    subject = find("subject", picture)
    thing_ = found.place * found.colour
    if subject is not None and (thing_ * subject.weights).sum() >= INSIDE * thing_.sum():
        return Place(_at(region, shape=subject.shape), f"“{name}”: taken as the colour within the subject")
    shape = outline(found.place)
    if shape is None:
        return None
    there = _at(region, shape=shape)
    return Place(there, f"“{name}”: taken as where that colour lies together, {_share(there, picture)}")


def _part_named(region: Region, picture: Picture) -> Place | None:
    """The place or range that was named with a thing nobody recognises ("the car on the left")."""
    what = thing(region.name)
    part = Region(tones=region.tones, shape=region.shape)
    if part.everywhere or region.hues is not None or weights(part, picture).mean() < PRESENT:
        return None
    named = region.name.removeprefix("not ").removesuffix(what).strip()
    note = f"“{named} {what}”: the {what} could not be recognised, so “{named}” is meant as a whole"
    return Place(region.model_copy(update={"inverted": region.name.startswith("not ")}), note)


def _stand_in(region: Region, picture: Picture) -> Place | None:
    """A range that is a fair proxy for a thing that was not recognised."""
    proxy = STAND_INS.get(thing(region.name))
    return proxy(region, picture) if proxy else None


def _bright_top(region: Region, picture: Picture) -> Place | None:
    """For a sky: the highlights of the upper part, where the picture's upper edge is bright and even."""
    top = picture[: max(1, len(picture) // 10)]
    if weights(Region(tones=TONES["highlights"]), top).mean() < BRIGHT_TOP or _rough_top(picture) > ROUGH:
        return None
    there = Region(
        name=region.name,
        tones=TONES["highlights"],
        shape=PLACES["top"],
        inverted=region.name.startswith("not "),
    )
    return Place(there, "no sky was recognised with confidence: the highlights in the upper part stand for it")


def _rough_top(picture: Picture) -> float:
    """How much L* changes from px to px of the small picture in the middle of its uppermost tenth's pixels."""
    lightness = seen(picture).lab[..., 0]
    return float(np.median(gaussian_gradient_magnitude(lightness, 1.0)[: max(1, len(lightness) // 10)]))


STAND_INS: dict[str, Callable[[Region, Picture], Place | None]] = {"sky": _bright_top}


def _at(region: Region, **where: object) -> Region:
    return region.model_copy(update={"inverted": region.name.startswith("not "), **where})


def _share(region: Region, picture: Picture) -> str:
    return f"{100 * float(np.mean(weights(region, picture))):.0f} % of the picture"


def _placed(part: Part, found: dict[Region, Place | None]) -> Part | None:
    if part.located:
        return part
    where = found[part.region]
    return None if where is None else part.model_copy(update={"region": where.region, "located": True})


def _sparing(wish: Wish, kept: Sequence[Region], picture: Picture) -> Wish:
    """The wish without the places that must stay as they are: "brighten the left, but keep the sky".

    What one kept place leaves of the whole picture one mask says by itself: that is the agent's to do.
    """
    region = wish.region
    ranged = region.tones is not None or region.hues is not None
    if not kept or (region.everywhere and len(kept) < 2) or (region.inverted and ranged) or _moves(wish.control):
        return wish
    spared = np.prod([1 - weights(place, picture) for place in kept], axis=0)
    there = weights(Region(shape=region.shape, inverted=region.inverted), picture)
    if (there * (1 - spared)).mean() < PRESENT:
        return wish
    shape = outline(np.asarray(there * spared, np.float32))
    if shape is None:
        return wish
    name = "the rest" if region.everywhere else region.name
    where = region.model_copy(update={"name": name, "shape": shape, "inverted": False})
    return wish.model_copy(update={"region": where})


def _moves(control: str) -> bool:
    return control in CONTROLS and CONTROLS[control].group in ("geometry", "optics")


def _question(wish: Wish) -> str:
    what = thing(wish.region.name)
    return (
        f"“{wish.words or wish.region.name}”: the {what} could not be recognised in this picture. "
        f"Say where it is (“at the top”, “on the left”) or which colour it has (“the blues”)"
    )


def _nothing_to_spare(limit: Limit) -> str:
    what = thing(limit.region.name)
    return f"“{limit.words or limit.region.name}”: no {what} was recognised in this picture, so none is spared"
