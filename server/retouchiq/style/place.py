"""Where learnt styles are kept, and what they may be called."""

from __future__ import annotations

import re
from pathlib import Path

import platformdirs

from hostbridge import UnusableInput

NAME = r"^(?=.{1,40}$)[a-z0-9]+( [a-z0-9]+)*$"


def folder() -> Path:
    """Where learnt styles are, one ``NAME.json`` each; it need not exist."""
    return platformdirs.user_config_path("retouchiq") / "styles"


def files() -> list[Path]:
    """The files of all learnt styles, by name; the name of a style is its file's."""
    return sorted(path for path in folder().glob("*.json") if re.fullmatch(NAME, path.stem))


def names() -> list[str]:
    """The names of all learnt styles, sorted."""
    return [path.stem for path in files()]


def check_name(name: str) -> str:
    """``name``; raises `UnusableInput` for what no style, and no file, should be called."""
    if not re.fullmatch(NAME, name):
        raise UnusableInput(f"{name!r} is no name for a style: use up to 40 small letters, digits and single spaces")
    return name
