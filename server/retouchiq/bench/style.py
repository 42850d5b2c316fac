"""What a learnt style is worth: simulated photographers, and how near their edits of unseen photos come.

A photographer is a hidden taste: how far he goes with some modules depends on what is in a picture, in ways the learner
does not know (its facts are others). He edits some photos; the style is learnt from their sidecars, and used on others.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any
from unittest import mock

import numpy as np
from skimage.color import deltaE_ciede2000, rgb2hsv, rgb2lab

from hostbridge.controls import Edit
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.agent.offline import OfflineAgent
from retouchiq.edit import drive
from retouchiq.photo import Photo, sidecar_path
from retouchiq.reward import Picture
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Session
from retouchiq.style.learning import learn
from retouchiq.style.taste import Style

SIZE = 320
TESTED = 12  # photos
SEED = 4
METHODS = ("do nothing", "auto", "the same for all", "style")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Light:
    """What a simulated photographer looks at in a photo, each about −1…1."""

    dark: float
    flat: float
    red: float
    grey: float
    sky: float

    @classmethod
    def of(cls, picture: Picture) -> Light:
        """Plain statistics of the sRGB values, none of them what the learner measures."""
        luma = picture @ np.array([0.299, 0.587, 0.114], np.float32)
        hsv = rgb2hsv(picture)
        return cls(
            dark=float(1 - 2 * np.median(luma)),
            flat=float(1 - 4 * luma.std()),
            red=float(np.clip(4 * (picture[..., 0].mean() - picture[..., 2].mean()), -1, 1)),
            grey=float(1 - 3 * hsv[..., 1].mean()),
            sky=float(np.clip(3 * (luma[: len(luma) // 3].mean() - luma[len(luma) // 3 :].mean()), -1, 1)),
        )


@dataclass(frozen=True)
class Unseen:
    """A photo that is tested, and what no photographer changes: it ``before``, and edited without a style."""

    photo: Photo
    before: Picture
    auto: Picture


PHOTOGRAPHERS: dict[str, Callable[[Light], dict[str, float]]] = {
    "bright and warm": lambda see: {
        "exposure": 0.5 + 0.6 * see.dark,
        "temperature": 22 - 18 * see.red,
        "shadows": 25 + 25 * see.dark,
        "saturation": -8,
    },
    "punchy": lambda see: {
        "contrast": 30 + 25 * see.flat,
        "saturation": 25 + 20 * see.grey,
        "clarity": 25,
        "exposure": 0.35 * max(see.dark, 0),
        "vignette": 20,
    },
    "dark and cool": lambda see: {
        "exposure": -0.5 + 0.35 * see.dark,
        "temperature": -25 - 10 * see.red,
        "saturation": -25 - 15 * see.sky,
        "highlights": -35 * max(see.sky, 0),
        "vignette": 30,
    },
    "modules of his own": lambda see: {
        "colorbalancergb.contrast": 0.15 + 0.1 * see.flat,
        "colorbalancergb.saturation_global": 0.2 + 0.15 * see.grey,
        "colorbalancergb.brilliance_global": 0.1 * see.dark,
        "exposure.exposure": 0.45 + 0.5 * np.tanh(2 * see.dark),
    },
    "black and white at night": lambda see: {
        "contrast": 25,
        "exposure": 0.2,
        **({"monochrome": 100.0} if see.dark > 0.35 else {"saturation": 15.0}),
    },
}


def measure(
    photos: Sequence[Path], renderer: Renderer, schema: Schema, taught: int, say: Say = lambda text: None
) -> dict[str, Any]:
    """For each of `PHOTOGRAPHERS` the mean ΔE00 to his edit of `TESTED` unseen photos, by method, and ``gain``: how
    much lower it is with the style than with the best of the others, as a share.

    ``photos``: at least ``taught`` + 1; which are taught and which tested is drawn with `SEED`.
    """
    with (
        tempfile.TemporaryDirectory(prefix="retouchiq-config-") as own,
        mock.patch.dict(os.environ, XDG_CONFIG_HOME=own),
    ):
        return _measured(photos, renderer, schema, taught, say)


def _measured(photos: Sequence[Path], renderer: Renderer, schema: Schema, taught: int, say: Say) -> dict[str, Any]:
    drawn = random.Random(SEED).sample(sorted(photos), min(len(photos), taught + TESTED))
    say("without a style")
    tested = [_unseen(path, renderer, schema) for path in drawn[taught:]]
    rows = {}
    for name, taste in PHOTOGRAPHERS.items():
        say(f"{name}: teaching with {taught} photos")
        rows[name] = _photographer(taste, drawn[:taught], tested, renderer, schema)
    means = {method: mean(row[method] for row in rows.values()) for method in METHODS}
    return {"taught": taught, "tested": len(drawn) - taught, "photographers": rows, "mean": means | _gain(means)}


def _unseen(path: Path, renderer: Renderer, schema: Schema) -> Unseen:
    photo = Photo(path, renderer, schema, SIZE)
    return Unseen(photo, photo.observe(), _edited(photo, ""))


def _photographer(
    taste: Callable[[Light], dict[str, float]],
    taught: Sequence[Path],
    tested: Sequence[Unseen],
    renderer: Renderer,
    schema: Schema,
) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="retouchiq-style-") as folder:
        for path in taught:
            own = Path(folder) / path.name
            os.symlink(path, own)
            photo = Photo(own, renderer, schema, SIZE)
            photo.observe()
            photo.sidecar(_edits(taste, photo)).write(sidecar_path(own))
        style = learn(Path(folder), "simulated", renderer, schema).style
    style.save()
    _constant(style).save()
    errors: dict[str, list[float]] = {method: [] for method in METHODS}
    for one in tested:
        target = one.photo.render(_edits(taste, one.photo))
        results = {
            "do nothing": one.before,
            "auto": one.auto,
            "the same for all": _edited(one.photo, "constant look"),
            "style": _edited(one.photo, "simulated look"),
        }
        for method, result in results.items():
            errors[method].append(float(deltaE_ciede2000(rgb2lab(target), rgb2lab(result)).mean()))
    means = {method: round(mean(found), 3) for method, found in errors.items()}
    return means | _gain(means)


def written(answer: dict[str, Any]) -> str:
    """The table of an answer of `measure`, as Markdown."""
    rows = (answer["photographers"] | {"mean": answer["mean"]}).items()
    tested, taught = answer["tested"], answer["taught"]
    return "\n".join(
        [
            f"Mean ΔE00 to the photographer's own edit of {tested} unseen photos, {taught} taught.\n",
            "| photographer | " + " | ".join(METHODS) + " | lower with the style by |",
            "| --- " * (len(METHODS) + 2) + "|",
            *(
                f"| {name} | " + " | ".join(f"{row[method]:.2f}" for method in METHODS) + f" | {row['gain']:.0%} |"
                for name, row in rows
            ),
        ]
    )


def _gain(means: dict[str, float]) -> dict[str, float]:
    without = min(means["do nothing"], means["auto"])
    return {"gain": round(1 - means["style"] / without, 3)}


def _edits(taste: Callable[[Light], dict[str, float]], photo: Photo) -> list[Edit]:
    amounts = taste(Light.of(photo.before))
    return [Edit(control=control, amount=float(amount)) for control, amount in amounts.items() if amount]


def _edited(photo: Photo, instruction: str) -> Picture:
    session = Session(OfflineAgent(), MeasuredReward())
    outcome = drive(session, session.instruct(instruction), photo, lambda progress: None)
    return photo.before if outcome.after is None else outcome.after


def _constant(style: Style) -> Style:
    """``style`` if it saw the same in every picture: it always does its mean."""
    facts = style.samples[0].facts
    return style.model_copy(
        update={"name": "constant", "samples": tuple(s.model_copy(update={"facts": facts}) for s in style.samples)}
    )
