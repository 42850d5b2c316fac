"""Lists of settings: ``exposure +0.5; contrast -20``, ``colorbalancergb.vibrance = 0.2``."""

from __future__ import annotations

import re

from hostbridge.controls import CONTROLS
from retouchiq.language.request import Wish

_NAME = r"[a-z][a-z_]*(?:\.[a-z][a-z_0-9]*)*"
_NUMBER = r"[+\-−]?\s?\d+(?:\.\d+)?"
_SETTING = re.compile(rf"(?<![\w.])({_NAME})\s*(=|:|(?=[+\-−]))\s*({_NUMBER})\s*(?:ev\b|%|°|mired\b)?", re.IGNORECASE)


def _value(text: str) -> float:
    return float(text.replace("−", "-").replace(" ", ""))


def settings(text: str) -> tuple[list[Wish], str]:
    """The exact wishes of settings written out, and the text without them.

    A name with a dot is a module field of the host or a band; others must be controls. Zero is no wish.
    """
    found: list[Wish] = []

    def take(match: re.Match[str]) -> str:
        name, equals, value = match.group(1).lower(), match.group(2), _value(match.group(3))
        if name not in CONTROLS and not ("." in name and equals):
            return match.group()
        if value:
            found.append(Wish(control=name, direction=1 if value > 0 else -1, exact=value, words=match.group().strip()))
        return "\n"

    return found, _SETTING.sub(take, text)
