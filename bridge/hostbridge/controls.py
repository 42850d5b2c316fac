"""The host-neutral vocabulary of photographic controls, and the edits made of them.

An edit is one control, an amount in the control's unit, and the region it applies to. Zero changes nothing and
positive is the direction the control names. A control may be a module field of the host (``colorbalancergb.vibrance``):
such an edit is validated by the host's schema, not by this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from hostbridge import UnknownControl


@dataclass(frozen=True)
class Control:
    """One row of the vocabulary: ``low``…``high`` in ``unit``; ``more`` and ``less`` say what + and − do."""

    name: str
    group: str
    unit: str
    low: float
    high: float
    more: str
    less: str


BANDS = ("red", "orange", "yellow", "green", "aqua", "blue", "purple", "magenta")

_ROWS: list[tuple[str, str, str, float, float, str, str]] = [
    ("exposure", "tone", "EV", -5, 5, "brighter", "darker"),
    ("contrast", "tone", "%", -100, 100, "more contrast", "less contrast"),
    ("highlights", "tone", "%", -100, 100, "brighter highlights", "darker highlights"),
    ("shadows", "tone", "%", -100, 100, "lighter shadows", "deeper shadows"),
    ("whites", "tone", "%", -100, 100, "brighter whites", "darker whites"),
    ("blacks", "tone", "%", -100, 100, "lighter blacks", "deeper blacks"),
    ("temperature", "colour", "mired", -150, 150, "warmer", "cooler"),
    ("tint", "colour", "", -150, 150, "more magenta", "greener"),
    ("saturation", "colour", "%", -100, 100, "more saturated", "less saturated"),
    ("vibrance", "colour", "%", -100, 100, "more vibrant", "more muted"),
    ("hue", "colour", "°", -180, 180, "hues turned towards yellow-green", "hues turned towards magenta-blue"),
    *(
        row
        for band in BANDS
        for row in (
            (
                f"{band}.hue",
                "bands",
                "°",
                -60.0,
                60.0,
                f"{band}s turned up the hue circle",
                f"{band}s turned down the hue circle",
            ),
            (
                f"{band}.saturation",
                "bands",
                "%",
                -100.0,
                100.0,
                f"more saturated {band}s",
                f"less saturated {band}s",
            ),
            (f"{band}.lightness", "bands", "%", -100.0, 100.0, f"lighter {band}s", f"darker {band}s"),
        )
    ),
    ("shadows_color", "grading", "%", 0, 100, "coloured shadows", ""),
    ("midtones_color", "grading", "%", 0, 100, "coloured midtones", ""),
    ("highlights_color", "grading", "%", 0, 100, "coloured highlights", ""),
    ("clarity", "detail", "%", -100, 100, "more local contrast", "softer local contrast"),
    ("texture", "detail", "%", -100, 100, "more texture", "smoother texture"),
    ("dehaze", "detail", "%", -100, 100, "less haze", "more haze"),
    ("sharpness", "detail", "%", -100, 100, "sharper", "blurred"),
    ("denoise", "detail", "%", 0, 100, "less noise", ""),
    ("vignette", "effects", "%", -100, 100, "darker edges", "lighter edges"),
    ("grain", "effects", "%", 0, 100, "more grain", ""),
    ("fade", "effects", "%", 0, 100, "faded", ""),
    ("glow", "effects", "%", 0, 100, "glowing highlights", ""),
    ("monochrome", "conversion", "%", 0, 100, "black and white", ""),
    ("crop", "geometry", "%", 0, 90, "trimmed", ""),
    ("rotate", "geometry", "°", -180, 180, "turned clockwise", "turned anticlockwise"),
    (
        "perspective",
        "geometry",
        "%",
        -100,
        100,
        "verticals spread at the top",
        "verticals narrowed at the top",
    ),
    ("flip", "geometry", "", 0, 1, "mirrored", ""),
    ("lens_correction", "optics", "%", 0, 100, "lens corrected (any amount turns it on)", ""),
]

CONTROLS: dict[str, Control] = {row[0]: Control(*row) for row in _ROWS}

FITTED: dict[str, Control] = {
    "color_map": Control("color_map", "colour", "%", 0, 150, "colours mapped as in the finished version", "")
}
"""Controls that are fitted to a finished picture, never asked for in words: no language and no rubric knows them."""


def control_named(name: str) -> Control | None:
    """The row of a control, fitted ones included; None for a module field."""
    return CONTROLS.get(name) or FITTED.get(name)


class Gradient(BaseModel):
    """A straight transition over the picture.

    The edit acts fully on the side that ``direction`` points at and not at all on the other. ``x``, ``y``: a point of
    the middle line, 0…1 from the left and from the top of the displayed picture. ``direction``: degrees, 0 = towards
    the right, 90 = towards the top. ``softness``: width of the transition as a fraction of the picture's short side.
    """

    model_config = ConfigDict(frozen=True)
    x: float = Field(ge=-1, le=2)
    y: float = Field(ge=-1, le=2)
    direction: float
    softness: float = Field(0.3, gt=0, le=2)


class Ellipse(BaseModel):
    """An ellipse: centre 0…1, radii as fractions of the picture's width and height, feather as a share of the radii."""

    model_config = ConfigDict(frozen=True)
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
    radius_x: float = Field(gt=0, le=1)
    radius_y: float = Field(gt=0, le=1)
    rotation: float = 0.0
    feather: float = Field(0.5, ge=0, le=2)


Ring = tuple[tuple[float, float], ...]
"""The corners (x, y) of a closed polygon, 0…1 of the displayed picture, three or more, no corner twice."""


class Outline(BaseModel):
    """What was found in a picture, as polygons: inside any of ``rings`` and inside none of ``holes``.

    ``feather``: width of the transition, which lies half inside and half outside, as a fraction of the picture's short
    side.
    """

    model_config = ConfigDict(frozen=True)
    rings: tuple[Ring, ...] = Field(min_length=1)
    holes: tuple[Ring, ...] = ()
    feather: float = Field(0.02, ge=0, le=1)


Trapezoid = tuple[float, float, float, float]
"""Where a range starts, is full, starts to end, is over: ascending."""

TONES: dict[str, Trapezoid] = {
    # CIE L* of the picture as displayed, 0…100
    "blacks": (-1.0, 0.0, 8.0, 22.0),
    "shadows": (-1.0, 0.0, 25.0, 45.0),
    "midtones": (20.0, 40.0, 60.0, 80.0),
    "highlights": (55.0, 75.0, 100.0, 101.0),
    "whites": (78.0, 92.0, 100.0, 101.0),
}

HUES: dict[str, float] = {
    # centre of each band in degrees of CIE LCh(ab) hue; green lies between leaves (110…130) and sRGB green (136)
    "red": 35.0,
    "orange": 65.0,
    "yellow": 96.0,
    "green": 130.0,
    "aqua": 200.0,
    "blue": 275.0,
    "purple": 310.0,
    "magenta": 345.0,
}

PLACES: dict[str, Gradient | Ellipse] = {
    "top": Gradient(x=0.5, y=0.45, direction=90, softness=0.5),
    "bottom": Gradient(x=0.5, y=0.55, direction=270, softness=0.5),
    "left": Gradient(x=0.45, y=0.5, direction=180, softness=0.5),
    "right": Gradient(x=0.55, y=0.5, direction=0, softness=0.5),
    "centre": Ellipse(x=0.5, y=0.5, radius_x=0.3, radius_y=0.3, feather=0.6),
}


class Region(BaseModel):
    """Where an edit applies; an absent part means "anywhere", present parts are intersected.

    ``name`` is what the user would call it (``everywhere``, ``sky``, ``shadows``, ``blue``, ``top``, ``not sky``);
    ``tones`` in L* 0…100, ``hues`` (centre, half width) in LCh(ab) degrees, ``shape`` in the displayed picture.
    ``inverted`` turns the whole intersection around.
    """

    model_config = ConfigDict(frozen=True)
    name: str = "everywhere"
    tones: Trapezoid | None = None
    hues: tuple[float, float] | None = None
    shape: Gradient | Ellipse | Outline | None = None
    inverted: bool = False

    @property
    def everywhere(self) -> bool:
        """True where nothing limits the region."""
        return self.tones is None and self.hues is None and self.shape is None

    @classmethod
    def named(cls, name: str) -> Region:
        """The region of a name that needs no picture to be found: a tonal range, a colour or a place.

        ``not NAME`` and ``edges`` (not centre) are inverted. Raises `UnknownControl` for other names (``sky``,
        ``subject``, …): those are found in the picture by whoever has one.
        """
        if name == "everywhere":
            return cls()
        if name == "edges":
            return cls(name=name, shape=PLACES["centre"], inverted=True)
        if name.startswith("not "):
            inner = cls.named(name[4:])
            return inner.model_copy(update={"name": name, "inverted": not inner.inverted})
        if name in TONES:
            return cls(name=name, tones=TONES[name])
        if name in HUES:
            return cls(name=name, hues=(HUES[name], 25.0))
        if name in PLACES:
            return cls(name=name, shape=PLACES[name])
        known = ", ".join(["everywhere", "edges", *TONES, *HUES, *PLACES])
        raise UnknownControl(f"no region is called {name!r}: use one of {known}")


EVERYWHERE = Region()

OPTIONS: dict[str, dict[str, str]] = {
    "shadows_color": {"hue": "degrees of LCh(ab) hue"},
    "midtones_color": {"hue": "degrees of LCh(ab) hue"},
    "highlights_color": {"hue": "degrees of LCh(ab) hue"},
    "monochrome": {"filter": "red, orange, yellow, green, blue or none"},
    "color_map": {"pairs": "L,a,b>L,a,b;… as in hostbridge.color_map"},
    "crop": {
        "aspect": "width:height, such as 16:9; amount 0 trims only what the aspect asks for",
        "left": "percent",
        "top": "percent",
        "right": "percent",
        "bottom": "percent",
    },
    "perspective": {"axis": "vertical or horizontal"},
    "flip": {"axis": "horizontal or vertical"},
}


class Edit(BaseModel):
    """One control, an amount in its unit, and where.

    ``options`` are the few words some controls need beside a number, listed in `OPTIONS`. Raises `UnknownControl` for
    a control or an option that is none; an amount may be out of range (`out_of_range`, `clamped`), the host's compiler
    decides.
    """

    model_config = ConfigDict(frozen=True)
    control: str
    amount: float = Field(allow_inf_nan=False)
    region: Region = EVERYWHERE
    options: dict[str, float | str] = Field(default_factory=dict)

    @field_validator("control")
    @classmethod
    def _known(cls, name: str) -> str:
        if control_named(name) is None and "." not in name:
            raise UnknownControl(f"no control is called {name!r}: `retouchiq schema --controls` lists them")
        return name

    @model_validator(mode="after")
    def _with_known_options(self) -> Edit:
        known = OPTIONS.get(self.control, {})
        for name in self.options:
            if name not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes none"
                raise UnknownControl(f"{self.control} has no option {name!r}: {takes}")
        return self

    def clamped(self) -> Edit:
        """This edit with its amount inside the control's range (module fields are left to the host's schema)."""
        control = control_named(self.control)
        if control is None:
            return self
        return self.model_copy(update={"amount": min(max(self.amount, control.low), control.high)})

    def out_of_range(self) -> str | None:
        """A sentence naming the control, the amount and the range; None where the amount is inside."""
        control = control_named(self.control)
        if control is None or control.low <= self.amount <= control.high:
            return None
        return f"{self.control} = {self.amount:g} is outside {control.low:g}…{control.high:g} {control.unit}".rstrip()
