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
import reference
import server
import small
import tiff
from failures import ServerGone
from gi.repository import Gimp, Gio
from loop import Answer
from small import Small
from texts import _
from waiting import Patient, PatientClient

VARIANTS = ("as asked", "softer", "crisper")
CHOOSE = "choose"


@dataclass(frozen=True)
class Wish:
    """What the user asked for.

    ``look``: "" for none; ``reference``: a photo to come close to; ``strength``: 0…150 %; ``variant``: of `VARIANTS` or
    `CHOOSE`.
    """

    instruction: str
    look: str
    reference: Gio.File | None
    strength: float
    variant: str

    @property
    def variants(self) -> tuple[str, ...]:
        return VARIANTS if self.variant == CHOOSE else (self.variant,)


Choose = Callable[[Small, list[Answer]], Answer]
"""Which of several answers is taken; raises `Cancelled` where none is."""


def best(_small: Small, answers: list[Answer]) -> Answer:
    """The answer with the highest score."""
    return max(answers, key=lambda answer: (answer.applied, answer.score))


@dataclass(frozen=True)
class Job:
    """What is asked of ``image``, and who waits: ``say`` hears every step, ``choose`` takes one of several answers."""

    image: Gimp.Image
    wish: Wish
    patient: Patient
    say: Callable[[str], None]
    choose: Choose = best

    def run(self, layers: list[Gimp.Layer]) -> list[Answer]:
        """Retouch ``layers``: a verified edit each, applied together as one undo step.

        Raises what is in `failures`; the image is then as it was.
        """
        area.check(self.image, layers)
        hidden.sweep()
        areas = [area.visible_area(self.image, layer) for layer in layers]
        whole = len(layers) == 1 and area.is_whole(self.image, areas[0])
        like = reference.read(self.wish.reference) if self.wish.reference else None
        edits = [_Edit(self, layer, place, whole, like) for layer, place in zip(layers, areas, strict=True)]
        answers = [edit.answer() for edit in edits]
        if any(answer.applied for answer in answers):
            with one_undo_step(self.image):
                for edit, answer in zip(edits, answers, strict=True):
                    edit.apply(answer)
        return answers


@dataclass(frozen=True)
class _Edit:
    """The job on one layer.

    ``place``: the part that is retouched; ``whole``: that is all there is of the image; ``like``: the photo to come
    close to, as a TIFF file.
    """

    job: Job
    layer: Gimp.Layer
    place: area.Area
    whole: bool
    like: bytes | None

    def answer(self) -> Answer:
        """The verified edit; of several variants, the chosen one."""
        self.job.say(_("looking at the picture"))
        copy = small.take(self.job.image, self.layer, self.place, self.whole)
        answers = [self._variant(copy, variant) for variant in self.job.wish.variants]
        return self.job.choose(copy, answers) if len(answers) > 1 else answers[0]

    def apply(self, answer: Answer) -> None:
        """Replace our filters on the real layer by those of ``answer``."""
        if answer.applied:
            filters.remove(self.layer)
            applying.apply(self.job.image, self.layer, self.place, applying.possible(answer.filters, self.whole))

    def _variant(self, copy: Small, variant: str) -> Answer:
        """One session; a server that died in the middle is started again, once."""
        try:
            return self._session(copy, variant)
        except ServerGone:
            return self._session(copy, variant)

    def _session(self, copy: Small, variant: str) -> Answer:
        patient = self.job.patient

        def render(chosen: list[dict]) -> bytes:
            patient.check()
            pixels = copy.pixels_with(chosen)
            return patient.run(lambda: tiff.encode(*pixels))

        def say(step: str) -> None:
            self.job.say(step if variant == VARIANTS[0] else f"{_(variant)}: {step}")

        client = PatientClient(patient.run(server.connect), patient)
        return loop.edit(client, self._request(variant), render, say, self.like)

    def _request(self, variant: str) -> dict:
        wish = self.job.wish
        asked = {
            "instruction": wish.instruction,
            "host": {"name": "gimp", "version": Gimp.version()},
            "operations": operations.installed(),
            "full_size": [self.place.width, self.place.height],
            "strength": wish.strength,
            "variant": variant,
            "selection": not self.whole,
        }
        return asked | ({"look": wish.look} if wish.look else {})


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
