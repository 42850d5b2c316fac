"""Who finds which region in a picture."""

from __future__ import annotations

from collections.abc import Callable

from retouchiq.regions.found import Found
from retouchiq.regions.sky import sky
from retouchiq.reward import Picture

SURE = 0.5  # confidence from which a region counts as found

FINDERS: dict[str, Callable[[Picture], Found | None]] = {"sky": sky}


def find(name: str, picture: Picture) -> Found | None:
    """The region called ``name`` (``sky``), or None where it is not there, not sure, or nobody knows how to find it."""
    finder = FINDERS.get(name)
    found = finder(picture) if finder else None
    return found if found is not None and found.confidence >= SURE else None
