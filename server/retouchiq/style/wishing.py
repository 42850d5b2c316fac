"""What a learnt style wishes for one picture."""

from __future__ import annotations

import numpy as np

from retouchiq.agent.offline.propose import PLAIN
from retouchiq.language.request import Request, Wish
from retouchiq.reward import Picture
from retouchiq.reward.measured.prior import SEEN, facts
from retouchiq.reward.measured.scene import Scene
from retouchiq.style.place import names
from retouchiq.style.taste import Style, find


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

    The amounts are the user's own: they are taken as they are, not trimmed to what a plain word means.
    """
    named = {wish.control for wish in request.wishes if wish.region.everywhere}
    wishes = tuple(
        _wish(control, amount, style.name)
        for control, amount in style.amounts(seen(before)).items()
        if control not in named
    )
    return request.model_copy(update={"wishes": wishes + request.wishes, "open_ended": False})


def _wish(control: str, amount: float, name: str) -> Wish:
    return Wish(
        control=control,
        direction=1 if amount > 0 else -1,
        strength=abs(amount) / PLAIN[control],
        exact=float(f"{amount:.3g}"),
        words=f"as in your style {name}",
    )
