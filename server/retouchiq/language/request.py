"""The reading of an instruction: what is wished, what must stay, what cannot be done."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from hostbridge.controls import EVERYWHERE, Region


class Wish(BaseModel):
    """One thing asked for.

    ``control``: the name of a control of `hostbridge.controls.CONTROLS`, or a module field the user wrote
    (``colorbalancergb.vibrance``), then with ``exact``.
    ``direction``: +1 or −1 along that control.
    ``strength``: how much, relative to the plain word (1.0): "a hair" 0.25, "a touch" 0.35, "slightly" 0.5,
    "clearly" 1.4, "a lot" 1.8, "extremely" 2.5; looks and words that move several controls weigh them.
    ``exact``: the signed amount in the control's own unit where the user named one ("by two thirds of a stop" is 0.67,
    "−20 %" is −20), else None.
    ``start``: the signed amount to begin with, in the control's own unit, where something knows it before the picture
    is looked at (a look, the user's own style); unlike ``exact`` it is trimmed on the render.
    ``judged``: False where an aim of the request says what its result should show: it is no criterion of its own.
    ``located``: False where the region's name (``sky``, ``face``, …) has to be found in the picture first; the region
    then has a name and no parts.
    ``words``: the words of the instruction this was read from.
    ``complaint``: True where the user described a fault ("too dark", "it looks hazy") rather than a wish.
    ``options``: as in `hostbridge.controls.OPTIONS`.
    """

    model_config = ConfigDict(frozen=True)
    control: str
    direction: int
    strength: float = 1.0
    exact: float | None = None
    start: float | None = None
    judged: bool = True
    region: Region = EVERYWHERE
    located: bool = True
    words: str = ""
    complaint: bool = False
    options: dict[str, float | str] = Field(default_factory=dict)


class Limit(BaseModel):
    """Something that must not happen.

    ``keep`` is what stays as it is: ``region`` (nothing in the region changes: "keep the sky"), or one of
    ``exposure``, ``colour``, ``contrast``, ``saturation``, ``skin`` ("don't touch the colours") over the region,
    or ``highlights`` / ``shadows`` ("without blowing the highlights", "don't crush the blacks": no new clipping there).
    """

    model_config = ConfigDict(frozen=True)
    keep: str
    region: Region = EVERYWHERE
    located: bool = True
    words: str = ""


class Aim(BaseModel):
    """A change that a look, a reference or a style wants to see in the picture, whatever control brings it.

    ``measure``: one of `retouchiq.reward.measured.table.MEASURES`. ``change``: signed, in that measure's unit, from the
    picture before. ``weight``: relative to a wish (1.0). ``why``: for people ("the blacks of a faded print are grey").
    ``control``: the control of the request's wishes that brings it, where one does.
    """

    model_config = ConfigDict(frozen=True)
    measure: str
    change: float
    region: Region = EVERYWHERE
    weight: float = 1.0
    why: str = ""
    control: str | None = None


class Request(BaseModel):
    """An instruction, read.

    ``aims``: what the result should show beside the wishes; they become criteria of the rubric.
    ``looks``: names of looks described ("cinematic teal and orange"); their wishes are already in ``wishes``, so this
    is only for the explanation.
    ``free``: controls named without a direction ("fix the white balance", "straighten it"): the picture decides theirs.
    ``open_ended``: "make it better" and the like: no control named at all, the picture decides everything.
    ``unsupported``: parts no parameter can do, each a sentence that names the user's words.
    ``unread``: words that were not understood; for the explanation.
    ``notes``: what was made of the request in the light of its picture, for the user: what was taken for a region.
    """

    model_config = ConfigDict(frozen=True)
    instruction: str
    wishes: tuple[Wish, ...] = ()
    limits: tuple[Limit, ...] = ()
    aims: tuple[Aim, ...] = ()
    looks: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    open_ended: bool = False
    unsupported: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
