"""The looks that can be named."""

from __future__ import annotations

from hostbridge import UnusableInput
from retouchiq.language.lexicon import lexicon


def check_look(name: str) -> str:
    """``name`` as the language knows it; raises `UnusableInput` with the known ones."""
    looks = lexicon().looks
    if name.lower() not in looks:
        raise UnusableInput(f"no look is called {name!r}; there are {', '.join(sorted(looks))}")
    return name.lower()
