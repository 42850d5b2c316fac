"""The looks that can be named."""

from __future__ import annotations

from hostbridge import UnusableInput
from hostbridge.controls import CONTROLS
from retouchiq.language.lexicon import Effect, lexicon


def check_look(name: str) -> str:
    """``name`` as the language knows it; raises `UnusableInput` with the known ones."""
    looks = lexicon().looks
    if name.lower() not in looks:
        raise UnusableInput(f"no look is called {name!r}; there are {', '.join(sorted(looks))}")
    return name.lower()


def described(name: str) -> str:
    """What the look ``name`` does, in the words of the controls: "more contrast; cooler; vignette"."""
    return "; ".join(_effect(effect) for effect in lexicon().looks[check_look(name)])


def _effect(effect: Effect) -> str:
    control = CONTROLS[effect.control]
    words = control.more if effect.direction > 0 else control.less
    return f"{words} in {effect.region}" if effect.region else words
