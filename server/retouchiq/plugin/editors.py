"""The editors on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from retouchiq.plugin import darktable, gimp
from retouchiq.plugin.editor import FOLDERS, NAMES, Editor
from retouchiq.plugin.folder import MANIFEST
from retouchiq.plugin.machine import Machine

SEARCHES: dict[str, Callable[[Machine], Iterator[Editor]]] = {"darktable": darktable.find, "gimp": gimp.find}
WAYS = {
    "darktable": "darktable was not found: `sudo apt install darktable`, then `retouchiq plugin install darktable`",
    "gimp": "GIMP 3 was not found: if you use GIMP, install version 3, then run `retouchiq plugin install gimp`",
}


def find(machine: Machine, host: str | None = None) -> list[Editor]:
    """The editors of one host, or of all: those that can take a plug-in, and those that are refused with a sentence."""
    return [editor for name in hosts(host) for editor in SEARCHES[name](machine)]


def left_behind(machine: Machine, host: str | None = None) -> list[Editor]:
    """Settings that hold our plug-in while no editor here reads them any more."""
    found = {editor.config for editor in find(machine, host)}
    folders = {
        "darktable": [machine.config / "darktable", machine.home / ".var/app" / darktable.APP / "config/darktable"],
        "gimp": [
            *(machine.config / "GIMP").glob("3.*"),
            *(machine.home / ".var/app" / gimp.APP / "config/GIMP").glob("3.*"),
        ],
    }
    return [
        Editor(name, "folder", folder, notes=(f"no {NAMES[name]} that was found reads these settings",))
        for name in hosts(host)
        for folder in folders[name]
        if folder not in found and (folder / FOLDERS[name] / MANIFEST).is_file()
    ]


def hosts(host: str | None) -> tuple[str, ...]:
    """That host, or all."""
    return (host,) if host else tuple(NAMES)


def named(host: str, config: Path) -> Editor:
    """The editor whose settings the user names: darktable's ``--configdir``, GIMP's folder (``…/GIMP/3.0``)."""
    return Editor(host, "folder", config.absolute())
