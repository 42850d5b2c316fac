"""The whole job on an image: an edit for every selected layer, then one undo step that applies them all."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import applying
import area
import filters
import hidden
import loop
import operations
import server
import small
from failures import ServerGone
from gi.repository import Gimp
from loop import Answer
from small import Small
from texts import _
from waiting import Patient, PatientClient

VARIANTS = ("as asked", "softer", "crisper")
CHOOSE = "choose"


@dataclass(frozen=True)
class Wish:
    """What the user asked for. ``look``: "" for none; ``strength``: 0…150 %; ``variant``: of `VARIANTS` or `CHOOSE`."""

    instruction: str
    look: str
    strength: float
    variant: str

    @property
    def variants(self) -> tuple[str, ...]:
        return VARIANTS if self.variant == CHOOSE else (self.variant,)


Choose = Callable[[Small, list[Answer]], Answer]
"""Which of several answers is taken; raises `Cancelled` where none is."""


def best(_small: Small, answers: list[Answer]) -> Answer:
    """The answer with the highest score."""
    return max(answers, key=lambda answer: (answer.applied, answer.score or 0))


def retouch(
    image: Gimp.Image, layers: list[Gimp.Layer], wish: Wish, patient: Patient, say: Callable, choose: Choose
) -> list[Answer]:
    """Retouch ``layers``: a verified edit each, applied together as one undo step.

    Raises what is in `failures`; the image is then as it was.
    """
    area.check(image, layers)
    hidden.sweep()
    areas = [area.visible_area(image, layer) for layer in layers]
    answers = [_answer(image, *part, wish, patient, say, choose) for part in zip(layers, areas)]
    if any(answer.applied for answer in answers):
        with one_undo_step(image):
            for layer, place, answer in zip(layers, areas, answers):
                _apply(image, layer, place, answer)
    return answers


def remove(image: Gimp.Image, drawables: list[Gimp.Drawable]) -> int:
    """Take our filters off ``drawables`` as one undo step; answers how many there were."""
    with one_undo_step(image):
        return sum(filters.remove(drawable) for drawable in drawables)


@contextlib.contextmanager
def one_undo_step(image: Gimp.Image) -> Iterator[None]:
    """All that happens inside is undone at once."""
    image.undo_group_start()
    try:
        yield
    finally:
        image.undo_group_end()
        Gimp.displays_flush()


def _apply(image: Gimp.Image, layer: Gimp.Layer, place: area.Area, answer: Answer) -> None:
    if answer.applied:
        filters.remove(layer)
        applying.apply(image, layer, place, answer.filters)


def _answer(
    image: Gimp.Image, layer: Gimp.Layer, place: area.Area, wish: Wish, patient: Patient, say: Callable, choose: Choose
) -> Answer:
    say(_("looking at the picture"))
    copy = small.take(image, layer, place)
    request = _request(image, place, wish)

    def tried(client: PatientClient, variant: str) -> Answer:
        def told(step: str) -> None:
            say(step if len(wish.variants) == 1 else f"{_(variant)}: {step}")

        return loop.edit(
            client, {**request, "variant": variant}, lambda chosen: _patiently(patient, copy, chosen), told
        )

    answers = [_twice(tried, variant, patient) for variant in wish.variants]
    return choose(copy, answers) if len(answers) > 1 else answers[0]


def _patiently(patient: Patient, copy: Small, chosen: list[dict]) -> bytes:
    patient.check()
    pixels = copy.pixels_with(chosen)
    return patient.run(lambda: small.png.encode(*pixels))


def _twice(tried: Callable, variant: str, patient: Patient) -> Answer:
    """A server that died in the middle is started again, once."""
    try:
        return tried(PatientClient(patient.run(server.connect), patient), variant)
    except ServerGone:
        return tried(PatientClient(patient.run(server.connect), patient), variant)


def _request(image: Gimp.Image, place: area.Area, wish: Wish) -> dict:
    asked = {
        "instruction": wish.instruction,
        "host": {"name": "gimp", "version": Gimp.version()},
        "operations": operations.installed(),
        "full_size": [place.width, place.height],
        "strength": wish.strength,
        "selection": not area.is_whole(image, place),
    }
    return asked | ({"look": wish.look} if wish.look else {})
