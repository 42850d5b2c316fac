"""Looks on photos, side by side: what they are chosen and corrected by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from itertools import chain
from pathlib import Path

from PIL import Image

from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.agent.offline import OfflineAgent
from retouchiq.contact import Cell, contact_sheet
from retouchiq.grounding import ground
from retouchiq.language import read
from retouchiq.looks.collection import with_look
from retouchiq.looks.look import Look
from retouchiq.photo import Photo

ABREAST = 8  # pictures in a row of a sheet

SAMPLES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
"""Free pictures that come with scikit-image: NASA, Stéfan van der Walt (CC0), Rachel Michetti (CC0), SpaceX (CC0)."""


def samples() -> list[Path]:
    """The pictures a sheet is made of where no photos are named."""
    return [Path(str(resources.files("skimage.data") / name)) for name in SAMPLES]


def sheet(
    looks: Sequence[Look],
    paths: Sequence[Path],
    renderer: Renderer,
    schema: Schema,
    side: int,
    say: Callable[[str], None],
) -> Image.Image:
    """The photos as they are and in each look, at ``side`` px; where they are few, several looks share a row.

    What is shown is the agent's first plan. ``say`` is told the names. Raises as `Renderer.render` does.
    """
    series = list(_series(looks, paths, renderer, schema, side, say))
    together = max(1, ABREAST // len(paths))
    starts = range(0, len(series), together)
    return contact_sheet([list(chain.from_iterable(series[at : at + together])) for at in starts], side)


def _series(
    looks: Sequence[Look],
    paths: Sequence[Path],
    renderer: Renderer,
    schema: Schema,
    side: int,
    say: Callable[[str], None],
) -> Iterator[list[Cell]]:
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
