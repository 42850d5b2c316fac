"""What a learnt style wishes for one picture."""

from __future__ import annotations

import numpy as np

from retouchiq.agent.offline.propose import PLAIN
from retouchiq.language.looking import outvoted
from retouchiq.language.request import Aim, Request, Wish
from retouchiq.reward import Picture
from retouchiq.reward.measured.prior import SEEN, facts
from retouchiq.reward.measured.scene import Pair, Scene, same
from retouchiq.reward.measured.table import MEASURES
from retouchiq.style.place import names
from retouchiq.style.taste import SHOWN, Style, find

LEAST = 0.7  # in the unit of a measure, L* or the like: less is not seen


def changed(before: Picture, after: Picture) -> dict[str, float]:
    """What the measures of `SHOWN` say an edit changed."""
    first, second = Scene.of(before), Scene.of(after)
    whole = np.ones(first.lightness.shape, np.float32)
    was, now = same(first, 1.0), Pair(first, second)
    return {name: MEASURES[name].take(now, whole, {}) - MEASURES[name].take(was, whole, {}) for name in SHOWN}


def seen(before: Picture) -> dict[str, float]:
    """The facts of `SEEN` in ``before``."""
    return dict(zip(SEEN, facts(Scene.of(np.asarray(before, np.float32))).tolist(), strict=True))


def styled(request: Request, before: Picture) -> Request:
    """``request`` with every learnt style it names (`Request.looks`) carried out on ``before``."""
    known = set(names()) if request.looks else set()
    for name in request.looks:
        if name in known:
            request = with_style(request, before, find(name))
    return request


def with_style(request: Request, before: Picture, style: Style) -> Request:
    """``request`` with what ``style`` does to a picture like ``before``, for controls it does not name itself.

    The amounts are the user's own: they are taken as they are, not trimmed to what a plain word means. Judged is what
    they do together, for one may make up for another.
    """
    facts = seen(before)
    spoken = {wish.control for wish in request.wishes}
    named = {wish.control for wish in request.wishes if wish.region.everywhere}
    wishes = [_wish(*done, style.name) for done in style.amounts(facts).items() if done[0] not in named]
    aims = [_aim(*change, style.name) for change in style.changes(facts).items() if abs(change[1]) > LEAST]
    return request.model_copy(
        update={
            "wishes": (*wishes, *request.wishes),
            "aims": (*outvoted(aims, spoken), *request.aims) if wishes else request.aims,
            "open_ended": False,
        }
    )


def _aim(measure: str, change: float, name: str) -> Aim:
    return Aim(measure=measure, change=change, why=f"{measure} as in your style {name}")


def _wish(control: str, amount: float, name: str) -> Wish:
    return Wish(
        control=control,
        direction=1 if amount > 0 else -1,
        strength=abs(amount) / PLAIN[control],
        exact=float(f"{amount:.3g}"),
        judged=False,
        words=f"as in your style {name}",
    )
