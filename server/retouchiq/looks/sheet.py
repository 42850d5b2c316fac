"""Looks on photos, side by side: what they are chosen and corrected by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path

from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.agent.offline import OfflineAgent
from retouchiq.contact import Cell
from retouchiq.grounding import ground
from retouchiq.language import read
from retouchiq.looks.collection import with_look
from retouchiq.looks.look import Look
from retouchiq.photo import Photo

SAMPLES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
"""Free pictures that come with scikit-image: NASA, Stéfan van der Walt (CC0), Rachel Michetti (CC0), SpaceX (CC0)."""


def samples() -> list[Path]:
    """The pictures a sheet is made of where no photos are named."""
    return [Path(str(resources.files("skimage.data") / name)) for name in SAMPLES]


def rows(
    looks: Sequence[Look],
    paths: Sequence[Path],
    renderer: Renderer,
    schema: Schema,
    side: int,
    say: Callable[[str], None],
) -> Iterator[list[Cell]]:
    """A row of the photos as they are, then one for each look: the first plan, rendered at ``side`` px."""
    photos = [Photo(path, renderer, schema, side) for path in paths]
    agents = [OfflineAgent() for _ in photos]
    yield [(photo.observe(), photo.path.stem) for photo in photos]
    for look in looks:
        say(look.name)
        request = read(with_look(look.name, ""))
        plans = [
            agent.propose(photo.before, ground(request, photo.before))
            for agent, photo in zip(agents, photos, strict=True)
        ]
        yield [(photo.render(plan.edits), look.name) for photo, plan in zip(photos, plans, strict=True)]
