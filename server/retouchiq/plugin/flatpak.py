"""Flatpaks: which are installed, and what their sandbox lets a plug-in do.

All is read from the files that Flatpak itself reads (flatpak-metadata(5)): the app's ``metadata``, and the overrides.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from retouchiq.plugin.machine import Machine

STORES = (".local/share/flatpak", "var/lib/flatpak")  # below the home folder, below the root
# What a plug-in needs, as an option of `flatpak override`, and the word in the metadata that grants it.
NEEDED = {
    "--talk-name=org.freedesktop.Flatpak": "org.freedesktop.Flatpak=talk",  # start the server, outside
    "--share=network": "network",  # loopback
    "--filesystem=home": "home",  # the token
    "--filesystem=/tmp": "/tmp",  # the photo's current state, which darktable writes there for the server
}


@dataclass(frozen=True)
class Flatpak:
    """An installed Flatpak: its name, the folder of its active version, the files that say what it may do."""

    name: str
    folder: Path
    permissions: tuple[Path, ...]

    @property
    def version(self) -> str | None:
        """The newest release that its metainfo names."""
        for file in sorted((self.folder / "files/share").glob("*/*.xml")):
            if found := re.search(r"<release\b[^>]*\bversion=\"([\d.]+)", file.read_text("utf-8", "replace")):
                return found[1]
        return None

    def lacks(self) -> tuple[str, ...]:
        """The ``flatpak override`` options without which a plug-in cannot start, find and reach the server."""
        allowed = self._allowed()
        return tuple(option for option, name in NEEDED.items() if name not in allowed)

    def _allowed(self) -> set[str]:
        allowed: set[str] = set()
        for file in self.permissions:
            for word in _words(file):
                (allowed.discard if word.startswith("!") else allowed.add)(word.removeprefix("!"))
        return allowed | ({"home"} if "host" in allowed else set())


def find(machine: Machine, name: str) -> Flatpak | None:
    """The Flatpak of that name, of the user or of the system."""
    stores = [machine.home / STORES[0], machine.root / STORES[1]]
    for store in stores:
        active = store / "app" / name / "current/active"
        if (active / "metadata").is_file():
            overrides = (place / "overrides" / who for place in reversed(stores) for who in ("global", name))
            return Flatpak(name, active, (active / "metadata", *overrides))
    return None


def _words(file: Path) -> Iterable[str]:
    """What one file grants (``network``, ``host``, ``org.freedesktop.Flatpak=talk``) and takes back (``!network``)."""
    rules = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    rules.optionxform = str  # type: ignore[assignment,method-assign]  # names on the bus have capitals
    try:
        rules.read(file, "utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return
    for key in ("shared", "filesystems"):
        for word in rules.get("Context", key, fallback="").split(";"):
            yield word.strip().split(":")[0]
    if policy := rules.get("Session Bus Policy", "org.freedesktop.Flatpak", fallback=""):
        yield f"{'' if policy.strip() in {'talk', 'own'} else '!'}org.freedesktop.Flatpak=talk"
