"""All looks: those that come with the program, and the user's own."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from pathlib import Path

import platformdirs

from hostbridge import UnusableInput
from retouchiq.looks.look import Look, read
from retouchiq.style import place

PRESETS = resources.files("retouchiq.looks") / "presets"
_log = logging.getLogger(__name__)

Stamp = tuple[tuple[Path, int], ...]


def own_folder() -> Path:
    """Where the user's own looks are, one ``NAME.toml`` each; it need not exist."""
    return platformdirs.user_config_path("retouchiq") / "looks"


def looks() -> dict[str, Look]:
    """All looks by name, in alphabetical order, learnt styles among them; the user's own come before a preset of the
    same name.

    A file of the user's that is no look is left out, and said so in the log.
    """
    return _looks(_stamp(sorted(own_folder().glob("*.toml"))), _stamp(place.files()))


def _stamp(files: Iterable[Path]) -> Stamp:
    """Files and when they were written: what has to be read again after a change."""
    return tuple((path, path.stat().st_mtime_ns) for path in files)


@lru_cache(1)
def _presets() -> tuple[Look, ...]:
    with resources.as_file(PRESETS) as folder:
        return tuple(read(path, own=False) for path in sorted(folder.glob("*.toml")))


@lru_cache(1)
def _looks(own: Stamp, styles: Stamp) -> dict[str, Look]:
    from retouchiq.language.lexicon import lexicon

    lexicon.cache_clear()  # it knows looks by their words
    known = {look.name: look for look in _presets()}
    for path, _ in own:
        try:
            look = read(path)
        except UnusableInput as error:
            _log.warning("%s", error)
        else:
            known[look.name] = look
    known |= {path.stem: _learnt(path.stem) for path, _ in styles}
    return dict(sorted(known.items()))


def _learnt(name: str) -> Look:
    return Look(
        name=name,
        description="Your own style, learnt from your edited photos.",
        strength=100,
        when="Whenever a photo should look as you would finish it; `retouchiq style show` says how that is.",
        learnt=True,
    )


def find(name: str) -> Look:
    """The look called ``name``, upper and lower case alike. Raises `UnusableInput` with the nearest ones."""
    known = looks()
    look = known.get(name.strip().lower())
    if look is None:
        from retouchiq.looks.nearest import nearest

        likely = ", ".join(near.name for near in nearest(name, 3))
        raise UnusableInput(
            f"no look is called {name!r}; near it are {likely}; `retouchiq looks` lists all {len(known)}"
        )
    return look


def check_look(name: str) -> str:
    """``name`` as the language knows it; raises as `find`."""
    return find(name).name


def with_look(name: str | None, instruction: str) -> str:
    """The instruction that starts from a look; without one, the instruction itself."""
    return f"{check_look(name)} look, {instruction}".rstrip(", ") if name else instruction
