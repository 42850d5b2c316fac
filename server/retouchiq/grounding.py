"""A request in the light of the picture: where its regions are, and what was left for the picture to decide."""

from __future__ import annotations

from retouchiq.faults import faults
from retouchiq.language.request import Request
from retouchiq.regions import locate
from retouchiq.reward import Picture


def ground(request: Request, picture: Picture, alone: bool = True) -> Request:
    """``request`` with its regions found in ``picture`` and its open parts settled by the picture's own faults.

    "Make it better" takes every fault as a wish, and so does an empty instruction where it stands ``alone`` (no
    reference says what is wanted); "fix the white balance" only those of the controls it names. What no fault answers
    is moved to ``unsupported`` with the way out.
    """
    located = locate(request, picture)
    if alone and not request.instruction.strip() and not request.wishes:
        located = located.model_copy(update={"open_ended": True})
    once = tuple(dict.fromkeys(located.unsupported))  # one sentence for the several wishes of one complaint
    located = located.model_copy(update={"unsupported": once})
    if not located.open_ended and not located.free:
        return located
    found = faults(picture, located.free)
    named = {wish.control for wish in located.wishes}
    wishes = tuple(
        wish for wish in found if wish.control not in named and (located.open_ended or wish.control in located.free)
    )
    decidable = {"exposure", "contrast", "saturation", "temperature", "tint"}
    unsure = tuple(
        f"“{control}” was left open and cannot be told from the picture: say which way, and how much"
        for control in located.free
        if control not in decidable
    )
    return located.model_copy(update={"wishes": located.wishes + wishes, "unsupported": located.unsupported + unsure})
