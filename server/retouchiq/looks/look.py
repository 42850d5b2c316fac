"""One look: what its file says, validated."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from hostbridge import UnknownControl, UnusableInput
from hostbridge.controls import CONTROLS, HUES, TONES, Edit, Region
from hostbridge.mixing import FILTERS
from retouchiq.language.request import Aim

REGIONS = ("everywhere", *TONES, *HUES)
"""Where a look may act: ranges of tone and colour. Drawn shapes are of one picture, and styles cannot hold them."""

OF_ONE_PICTURE = {"geometry", "optics"}
"""Groups of controls that no look may use."""


def _region(name: str) -> str:
    if name not in REGIONS:
        raise ValueError(f"a look acts in one of {', '.join(REGIONS)}, not in {name!r}")
    return name


def _measure(name: str, info: ValidationInfo) -> str:
    if not info.context:  # those that come with the program are tested: they must not load the reward, which takes long
        return name
    from retouchiq.reward.measured.table import MEASURES

    if name not in MEASURES:
        raise ValueError(f"no measure is called {name!r}: there are {', '.join(MEASURES)}")
    return name


RegionName = Annotated[str, AfterValidator(_region)]
Words = Annotated[str, Field(pattern=r"^[a-z0-9&']+( [a-z0-9&']+)*$")]


class Move(BaseModel):
    """What a look does with one control: ``amount`` in its unit at 100 %, with ``hue`` or ``filter`` where it has one.

    Raises as `hostbridge.controls.Edit` does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    control: str
    amount: float
    region: RegionName = "everywhere"
    hue: float | None = Field(None, ge=0, lt=360)
    filter: str | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Move:
        control = CONTROLS.get(self.control)
        if control is None or control.group in OF_ONE_PICTURE:
            raise ValueError(f"a look cannot use {self.control!r}: `retouchiq schema --controls` lists what there is")
        if self.amount == 0:
            raise ValueError(f"{self.control} = 0 changes nothing: leave it out")
        if outside := self.edit().out_of_range():
            raise ValueError(outside)
        if self.filter is not None and self.filter not in FILTERS:
            raise ValueError(f"no colour filter is called {self.filter!r}: use one of {', '.join(FILTERS)}")
        return self

    @property
    def options(self) -> dict[str, float | str]:
        """As in `hostbridge.controls.OPTIONS`."""
        return {name: value for name, value in (("hue", self.hue), ("filter", self.filter)) if value is not None}

    def edit(self, factor: float = 1.0) -> Edit:
        """The edit at ``factor`` times the amount, inside the control's range if that is above 1."""
        amount = float(f"{self.amount * factor:.4g}")
        made = Edit(control=self.control, amount=amount, region=Region.named(self.region), options=self.options)
        return made.clamped() if factor > 1 else made


class Goal(BaseModel):
    """A row of a look's rubric: ``change`` of ``measure`` in its unit at 100 %; see `Aim`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    measure: Annotated[str, AfterValidator(_measure)]
    change: float
    region: RegionName = "everywhere"
    weight: float = Field(1.0, gt=0, le=5)
    why: str = Field(min_length=1)

    def aim(self, factor: float) -> Aim:
        """What to see in the picture at ``factor`` times the look."""
        region = Region.named(self.region)
        change = round(self.change * factor, 3)
        return Aim(measure=self.measure, change=change, region=region, weight=self.weight, why=self.why)


class Look(BaseModel):
    """A named style.

    ``when`` says what it is for, ``words`` how people ask for it, in lower case. ``strength``: percent of the amounts
    that a plain "make it …" means. ``adapts``: controls of ``edits`` whose amount the picture decides, so that the
    agent chooses it; a style of darktable takes the amount written. ``rubric``: what the result should show.
    ``learnt``: the user's own style (`retouchiq.style`), which decides picture by picture instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Words
    description: str = Field(min_length=1)
    when: str = Field(min_length=1)
    words: tuple[Words, ...] = ()
    strength: float = Field(100.0, gt=0, le=150)
    adapts: tuple[str, ...] = ()
    edits: tuple[Move, ...] = ()
    rubric: tuple[Goal, ...] = ()
    learnt: bool = False

    @model_validator(mode="after")
    def _says_what_it_does(self) -> Look:
        if not self.learnt and not (self.edits and self.rubric):
            raise ValueError("a look needs edits, and a rubric to measure its result by")
        return self

    @model_validator(mode="after")
    def _adapts_what_it_moves(self) -> Look:
        moved = {move.control for move in self.edits}
        if strange := set(self.adapts) - moved:
            raise ValueError(f"adapts {', '.join(sorted(strange))}: name controls that the look's edits use")
        return self

    def plain(self) -> tuple[Edit, ...]:
        """The edits at the look's own strength, the same for every picture."""
        return tuple(move.edit(self.strength / 100) for move in self.edits)

    def described(self) -> str:
        """What is said about it, in one text."""
        return f"{self.name}. {self.description} {self.when}"


def read(path: Path, *, own: bool = True) -> Look:
    """The look in a TOML file, of the user's ``own`` or of the program's.

    Raises `UnusableInput` that names the file, the entry and what is wrong with it.
    """
    try:
        look = Look.model_validate(tomllib.loads(path.read_text("utf-8")), context={"own": True} if own else None)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnusableInput(f"{path} is not a look that can be read: {error}") from error
    except (ValidationError, UnknownControl) as error:
        raise UnusableInput(f"{path} is not a look: {_in_words(error)}") from error
    if look.name.replace(" ", "-") != path.stem:
        raise UnusableInput(
            f"{path} is not a look: its name is {look.name!r}, so the file must be called so, with hyphens"
        )
    return look


def _in_words(error: ValidationError | UnknownControl) -> str:
    if isinstance(error, UnknownControl):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}" for one in error.errors())
