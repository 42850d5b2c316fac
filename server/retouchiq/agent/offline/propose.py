"""The first plan: amounts from the words and from the picture, with the reasons written down."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from hostbridge.controls import CONTROLS, Edit, Region, Trapezoid
from retouchiq.agent.offline.facts import Facts
from retouchiq.language.request import Limit, Request, Wish
from retouchiq.plan import Plan
from retouchiq.reward.measured.table import ROWS

PLAIN: dict[str, float] = {control: row.amount for control, row in ROWS.items()}
"""The amount of a plain word ("warmer") in the control's unit. Words of amount scale it."""

SWITCHES = {"monochrome", "flip", "lens_correction"}
"""Done or not done: words of amount do not scale these."""

DARKENING = {"exposure"}
"""Controls that make grey of white where they darken a part of a picture."""

TINTING = {"temperature", "tint"}
"""Controls that give burnt-out white a colour, which no light does: a sky turns to cream."""

STEEPENING = {"contrast", "exposure"}
"""Controls that make white of all that is nearly so: a plain step of either blows out half of it and more."""

NEARLY_WHITE = (92.0, 98.5)  # L*
WHITE = (98.5, 101.0)  # L*
WHITES = 0.003  # share of the picture from which its white is seen
BURNT = 0.03  # from which a whole picture is not tinted without sparing it
BELOW_WHITE = (-1.0, 0.0, 80.0, 97.0)
"""L*: the tones that are darkened. What is white has no detail to show, and white turned grey looks like a hole."""
SHOULDER = (-1.0, 0.0, 50.0, 99.0)
"""L*: the tones that contrast and exposure act on where much is nearly white: the curve bends back. No tone overtakes
another up to contrast +50 (a ramp in darktable 4.2.1; at +80 by 0.2 L*). For exposure that is not measured."""

UNMASKABLE = {"crop", "rotate", "perspective", "flip", "lens_correction"}
"""Geometry moves the whole picture; a region cannot limit it."""


FARTHEST = 4.0
"""EV beyond which exposure only brings noise or black: nothing but a number asks for more."""

LEAST_FAULT = 6.7
"""Steps of L* that a complaint about the exposure is about at least, however near the picture is to the middle."""


def _part(strength: float) -> float:
    """How much of a fault a complaint wants gone: "slightly" 0.4, plain 0.6, "extremely" 0.9; never all of it."""
    return 1 - math.exp(-0.92 * strength)


def _within(rise: float, seen: Facts) -> float:
    """A rise of L* that the picture has room for: small ones as they are, large ones nearing white or black."""
    room = max(1.0, 100 - seen.mean if rise > 0 else seen.mean)
    return math.copysign(room * (1 - math.exp(-abs(rise) / room)), rise)


def _exposure(wish: Wish, seen: Facts) -> tuple[float, str]:
    if wish.complaint:
        fault = max(LEAST_FAULT, seen.short * wish.direction / _part(1.0))
        rise = fault * _part(wish.strength) * wish.direction
    else:
        rise = _within(7.0 * wish.strength * wish.direction, seen)
    needed = seen.exposure_for(rise) if wish.region.everywhere else rise / 14
    amount = max(-FARTHEST, min(FARTHEST, needed))
    return amount, f"the picture's mean lightness is {seen.mean:.0f} of 100 and should move by about {rise:+.0f}"


def _cast(neutral: float, unit_per_lab: float) -> Callable[[Wish], float]:
    """All of the cast at the plain word, and up to twice as much: greys are not the only sign of one."""
    return lambda wish: (
        max(8.0, abs(neutral) * unit_per_lab) * 2 * (1 - math.exp(-0.7 * wish.strength)) * wish.direction
    )


def _temperature(wish: Wish, seen: Facts) -> tuple[float, str]:
    if wish.complaint:
        amount = _cast(seen.neutral_b, 4.0)(wish)
        return amount, f"greys lean {seen.neutral_b:+.1f} on the blue–yellow axis"
    return PLAIN["temperature"] * wish.strength * wish.direction, "a step the eye sees without losing whites"


def _tint(wish: Wish, seen: Facts) -> tuple[float, str]:
    if wish.complaint:
        amount = _cast(seen.neutral_a, 4.0)(wish)
        return amount, f"greys lean {seen.neutral_a:+.1f} on the green–magenta axis"
    return PLAIN["tint"] * wish.strength * wish.direction, "a step the eye sees without a cast on greys"


def _tonal(low: float, high: float) -> Callable[[Wish, Facts], tuple[float, str]]:
    def amount(wish: Wish, seen: Facts) -> tuple[float, str]:
        share = seen.share(low, high)
        where = f"{share:.0%} of the picture lies between L* {low:.0f} and {high:.0f}"
        return PLAIN[wish.control] * wish.strength * wish.direction, where

    return amount


def _contrast(wish: Wish, seen: Facts) -> tuple[float, str]:
    spread = seen.percentile(95) - seen.percentile(5)
    room = min(1.3, max(0.6, 70 / max(spread, 20.0))) if wish.direction > 0 else 1.0
    return (
        PLAIN["contrast"] * wish.strength * wish.direction * room,
        f"90 % of its tones span {spread:.0f} of 100",
    )


def _saturation(wish: Wish, seen: Facts) -> tuple[float, str]:
    room = min(1.2, max(0.6, 22 / max(seen.chroma, 8.0))) if wish.direction > 0 else 1.0
    return PLAIN[wish.control] * wish.strength * wish.direction * room, f"its mean chroma is {seen.chroma:.0f}"


def _plain(wish: Wish, _: Facts) -> tuple[float, str]:
    strength = 1.0 if wish.control in SWITCHES else wish.strength
    return PLAIN[wish.control] * strength * wish.direction, ""


CHOOSE: dict[str, Callable[[Wish, Facts], tuple[float, str]]] = {
    "exposure": _exposure,
    "temperature": _temperature,
    "tint": _tint,
    "contrast": _contrast,
    "saturation": _saturation,
    "vibrance": _saturation,
    "blacks": _tonal(0, 15),
    "shadows": _tonal(0, 35),
    "highlights": _tonal(65, 100),
    "whites": _tonal(85, 100),
}
"""Amount and reason for controls whose amount depends on the picture; the others take `PLAIN`."""


TOE = 0.4
"""Of an amount of contrast, what ``blacks`` are raised by where there is much to lose: the foot of the curve bent
back, as a photographer draws it. Contrast alone is a power, which makes black of all that is nearly so."""

NEARLY_BLACK = (0.5, 6.0)  # L*
MUCH = 0.02  # of the picture that is nearly black
DEEPENING = {"blacks", "shadows", "fade"}  # where the user speaks of the dark tones, nothing is added to it


def _toe(request: Request, edits: Sequence[Edit], seen: Facts) -> tuple[Edit, ...]:
    """What goes with contrast so that dark tones stay apart; a look, a style and numbers know what they do to them."""
    wishes = zip(request.wishes, edits, strict=True)
    free = [edit for wish, edit in wishes if wish.control == "contrast" and wish.start is None and wish.exact is None]
    steep = [edit for edit in free if edit.amount > 0 and edit.region.shape is None and edit.region.hues is None]
    if not steep or DEEPENING & {edit.control for edit in edits} or seen.share(*NEARLY_BLACK) < MUCH:
        return ()
    return (Edit(control="blacks", amount=_tidy(TOE * steep[0].amount)),)


def with_toe(plan: Plan) -> Plan:
    """``plan`` with what goes with its contrast brought to the contrast's amount."""
    contrast = next((edit.amount for edit in plan.edits if edit.control == "contrast"), 0.0)
    edits = [
        edit.model_copy(update={"amount": _tidy(TOE * contrast)}) if edit.control in plan.held else edit
        for edit in plan.edits
    ]
    return plan.model_copy(update={"edits": tuple(edits)})


def _first(wish: Wish, seen: Facts) -> tuple[float, str]:
    """The signed amount to begin with, and why: what was named, what something else knows, or what the words say."""
    if wish.exact is not None:
        return wish.exact, "as named"
    if wish.start is not None:
        return wish.start, "where it starts from"
    return CHOOSE.get(wish.control, _plain)(wish, seen)


def propose(seen: Facts, request: Request) -> Plan:
    """A plan for ``request`` on the picture that ``seen`` was learnt from.

    Exact amounts are taken as they are, clamped to the control's range with a note. A region that must stay as it is
    limits every edit that would reach it.
    """
    edits: list[Edit] = []
    notes: list[str] = list(request.notes)
    reasons: list[str] = []
    for wish in request.wishes:
        amount, reason = _first(wish, seen)
        edit = Edit(
            control=wish.control,
            amount=_tidy(amount),
            region=_below_white(_outside(wish.region, request.limits, wish.control), wish, amount, seen),
            options=wish.options,
        )
        if outside := edit.out_of_range():
            notes.append(outside + ", taken as the nearest end")
        edits.append(edit.clamped())
        reasons.append(_sentence(wish, edits[-1], reason))
    toe = _toe(request, edits, seen)
    reasons += [f"blacks {edit.amount:+g} %, so that contrast leaves what is to be seen in them." for edit in toe]
    return Plan(
        reasoning=_reasoning(request, reasons),
        edits=(*edits, *toe),
        unsupported=request.unsupported,
        notes=tuple(notes),
        exact=tuple(wish.control for wish in request.wishes if wish.exact is not None),
        begun=tuple(wish.control for wish in request.wishes if wish.start is not None),
        held=tuple(edit.control for edit in toe),
    )


def _outside(region: Region, limits: tuple[Limit, ...], control: str) -> Region:
    """``region`` without what must stay as it is, as far as one mask can say it."""
    kept = [limit.region for limit in limits if limit.keep == "region" and limit.located]
    if not kept or not region.everywhere or control in UNMASKABLE or kept[0].everywhere:
        return region
    keep = kept[0]
    name = keep.name[4:] if keep.inverted and keep.name.startswith("not ") else f"not {keep.name}"
    return keep.model_copy(update={"name": name, "inverted": not keep.inverted})


def _below_white(region: Region, wish: Wish, amount: float, seen: Facts) -> Region:
    """``region`` without what is white already, for a control that would make it grey or cream, or all white.

    Whole pictures are darkened as they are, and tinted as they are where little is burnt out.
    """
    limited = region.tones is not None or region.inverted or wish.exact is not None
    if wish.control in STEEPENING and amount > 0 and not limited and wish.start is None:
        return _but_white(region, SHOULDER) if seen.share(*NEARLY_WHITE) >= BURNT else region
    darkens = wish.control in DARKENING and amount < 0 and not region.everywhere
    tints = wish.control in TINTING
    enough = BURNT if region.everywhere else WHITES
    if limited or not (darkens or tints) or seen.share(*WHITE) < enough:
        return region
    return _but_white(region, BELOW_WHITE)


def _but_white(region: Region, tones: Trapezoid) -> Region:
    name = "all but white" if region.everywhere else region.name
    return region.model_copy(update={"name": name, "tones": tones})


def _tidy(amount: float) -> float:
    """Three significant digits: nobody means more."""
    return float(f"{amount:.3g}")


def _sentence(wish: Wish, edit: Edit, reason: str) -> str:
    control = CONTROLS.get(wish.control)
    does = edit.control if control is None else (control.more if edit.amount >= 0 else control.less)
    unit = f" {control.unit}" if control and control.unit else ""
    where = "" if edit.region.name == "everywhere" else f" ({edit.region.name})"
    why = f": {reason}" if reason else ""
    return f"“{wish.words or wish.control}” – {does}{where}, {edit.control} {edit.amount:+g}{unit}{why}."


def _reasoning(request: Request, reasons: list[str]) -> str:
    parts = list(reasons)
    if request.looks:
        parts.insert(0, f"Read as the look {', '.join(request.looks)}.")
    if (request.open_ended or request.free) and not reasons:
        parts.append("Nothing is plainly off in the picture, so it is left alone.")
    elif request.open_ended:
        parts.insert(0, "No control was named, so the picture's own faults decide.")
    parts += [f"“{limit.words}” is kept as it is." for limit in request.limits if limit.words]
    if not parts:
        parts.append("Nothing in the instruction names something a parameter can do.")
    return " ".join(parts)
