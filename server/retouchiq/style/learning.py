"""Learning a style from a folder of photos that the user has edited in darktable."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hostbridge import HostFailed, MalformedSidecar, UnusableInput
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.batch.find import find as find_photos
from retouchiq.photo import Photo, sidecar_path
from retouchiq.reward import Picture
from retouchiq.style.fitting import fit
from retouchiq.style.taste import FEWEST, Sample, Style
from retouchiq.style.wishing import changed, seen

SIZE = 320  # px of the long side of what is rendered
FRAMING = ("crop", "clipping", "ashift", "lens", "liquify", "borders", "watermark")
"""Modules of the user's that move or frame the picture: not what is learnt, and in the way of comparing pixels."""
AS_SHOT = b"\xff\xff\xff\xff"  # of darktable's flip (src/iop/flip.c): turned as the camera says, not by hand

Say = Callable[[str], None]


@dataclass(frozen=True)
class Learnt:
    """The style, and the photos that taught nothing, with the reason."""

    style: Style
    left_out: list[tuple[Path, str]]


def learn(folder: Path, name: str, renderer: Renderer, schema: Schema, say: Say = lambda text: None) -> Learnt:
    """The style called ``name`` of all edited photos in ``folder`` and its subfolders.

    Photos without a sidecar, or whose sidecar changes nothing that is seen or is not for this darktable, are left out.
    Nothing is written. Raises `UnusableInput` where fewer than `FEWEST` remain.
    """
    photos = find_photos([folder]).photos
    edited = [photo for photo in photos if sidecar_path(photo).exists()]
    _enough(len(edited), len(photos), folder)
    samples, left_out = [], []
    for number, photo in enumerate(edited, 1):
        say(f"{number} of {len(edited)}: {photo.name}")
        try:
            samples.append(_sample(photo, renderer, schema))
        except (UnusableInput, HostFailed) as error:  # one edit by a newer darktable must not cost all the others
            left_out.append((photo, str(error)))
    _enough(len(samples), len(photos), folder, [f"{photo.name}: {why}" for photo, why in left_out])
    return Learnt(Style(name=name, host=f"darktable {schema.version}", samples=tuple(samples)), left_out)


def _enough(count: int, photos: int, folder: Path, reasons: Sequence[str] = ()) -> None:
    if count < FEWEST:
        because = f" ({'; '.join(reasons[:3])}{'; …' if len(reasons) > 3 else ''})" if reasons else ""
        raise UnusableInput(
            f"{folder} holds {photos} photos, {count} of them with an edit of yours in a sidecar that can be learnt "
            f"from{because}; {FEWEST} or more are needed: switch sidecars on in darktable's preferences, "
            "or name another folder"
        )


def _sample(path: Path, renderer: Renderer, schema: Schema) -> Sample:
    own = Sidecar.read(sidecar_path(path))
    with _alone(path) as copy:
        photo = Photo(copy, renderer, schema, SIZE)
        before = photo.observe()
        if not _edits(own, photo.base):
            raise MalformedSidecar("its sidecar holds no edit")
        after = _after(copy, own, renderer, schema)
        if after.shape != before.shape:
            raise UnusableInput("its edit changes the shape of the picture, which cannot be compared")
        amounts = fit(before, after, photo.render)
    changes = _rounded(changed(before, after))
    return Sample(photo=path.name, facts=_rounded(seen(before)), amounts=_rounded(amounts), changes=changes)


@contextmanager
def _alone(path: Path) -> Iterator[Path]:
    """The photo in a folder without a sidecar: darktable reads one that lies beside it by itself."""
    with tempfile.TemporaryDirectory(prefix="retouchiq-style-") as folder:
        copy = Path(folder) / path.name
        try:
            os.link(path.resolve(), copy)
        except OSError:  # on another disk
            shutil.copyfile(path, copy)
        yield copy


def _after(path: Path, own: Sidecar, renderer: Renderer, schema: Schema) -> Picture:
    """The photo as the user finished it, but for its framing."""
    render = renderer.render(path, own, SIZE)
    whole = own if own.complete else own.adopt_history(Sidecar.parse(render.packet))
    unframed = _unframed(whole, schema)
    return (renderer.render(path, unframed, SIZE) if unframed else render).pixels


def _edits(own: Sidecar, base: Sidecar) -> bool:
    """Whether ``own`` has a step in effect that darktable did not make by itself."""
    by_itself = {(entry.operation, entry.params) for entry in base.history}
    steps = own.history[: own.history_end]
    return any((step.operation, step.params) not in by_itself for step in steps)


def _unframed(own: Sidecar, schema: Schema) -> Sidecar | None:
    """``own`` with everything of `FRAMING` switched off and turned as shot; None where nothing of it is on."""
    last = {(step.operation, step.priority): step for step in own.history[: own.history_end]}
    on = [step for step in last.values() if step.enabled]
    framing = [replace(step, enabled=False, element=None) for step in on if step.operation in FRAMING]
    turned = [step for step in on if step.operation == "flip" and step.params != AS_SHOT]
    undone = framing + [replace(step, params=AS_SHOT, element=None) for step in turned]
    return own.with_style(undone, schema) if undone else None


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.4g}") for name, value in values.items()}
