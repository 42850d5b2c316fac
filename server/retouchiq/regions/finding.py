"""Who finds which region in a picture: finders that other packages bring, then our own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.metadata import entry_points
from typing import Protocol

from retouchiq.regions.face import face
from retouchiq.regions.found import Found
from retouchiq.regions.grounds import background, foreground
from retouchiq.regions.scene import Scene, seen
from retouchiq.regions.sky import sky
from retouchiq.regions.subject import subject
from retouchiq.reward import Picture

SURE = 0.5  # confidence from which a region counts as found
GROUP = "retouchiq.regions"  # entry points: a callable without arguments that makes a finder
KEPT = 16  # answers: a picture is asked for the same regions by the session, the reward and the agent

log = logging.getLogger(__name__)


class Finder(Protocol):
    """Finds regions in pictures.

    ``names``: the regions it knows (``sky``, ``subject``, …, or others). `find` is given one of these and a picture,
    float32 (height, width, 3), sRGB-encoded, 0…1, and answers None where the region is not there.
    """

    @property
    def names(self) -> frozenset[str]: ...

    def find(self, name: str, picture: Picture) -> Found | None: ...


OWN: dict[str, Callable[[Scene], Found | None]] = {
    "sky": sky,
    "subject": subject,
    "face": face,
    "background": background,
    "foreground": foreground,
}


def names() -> frozenset[str]:
    """All regions that somebody knows how to find."""
    return frozenset(OWN).union(*(finder.names for finder in brought()))


def find(name: str, picture: Picture) -> Found | None:
    """The region called ``name``, or None where it is not there, not sure, or nobody knows how to find it.

    Finders of other packages (entry points `GROUP`) are asked first, by name; one that fails or is not sure leaves the
    answer to the next.
    """
    return remembered(name, seen(picture))


@lru_cache(maxsize=KEPT)
def remembered(name: str, scene: Scene) -> Found | None:
    """What `find` answers, kept for the next time."""
    answers = (found for found in _answers(name, scene) if found is not None and found.confidence >= SURE)
    return next(answers, None)


def _answers(name: str, scene: Scene) -> Iterator[Found | None]:
    for finder in brought():
        if name in finder.names:
            yield _attempt(finder, name, scene.picture)
    if name in OWN:
        yield OWN[name](scene)


def _attempt(finder: Finder, name: str, picture: Picture) -> Found | None:
    try:
        return finder.find(name, picture)
    except Exception:  # whatever another package does, the edit goes on
        log.warning("%s could not look for the %s; going on without it", type(finder).__name__, name, exc_info=True)
        return None


@cache
def brought() -> tuple[Finder, ...]:
    """The finders that other installed packages bring."""
    return tuple(_loaded())


def _loaded() -> Iterator[Finder]:
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            yield entry.load()()
        except Exception:
            log.warning("the finder %s does not load; going on without it", entry.name, exc_info=True)
