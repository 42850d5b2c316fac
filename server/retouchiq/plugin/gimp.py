"""Where GIMP is, and where each version keeps its settings.

GIMP fills its folder of settings, and takes over those of an older version, only when it starts and finds none (its
``app/app.c``). So we never make that folder: we wait for the user to start GIMP, or, where there is nothing to take
over, start it ourselves for a moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hostbridge import UnusableInput
from retouchiq.plugin import flatpak
from retouchiq.plugin.editor import Editor, of_flatpak, of_snap
from retouchiq.plugin.flatpak import Flatpak
from retouchiq.plugin.machine import Machine, is_snap, said

APP = "org.gimp.GIMP"
_NAME = r"(?i:gimp(-console)?(-\d+(\.\d+)?)?|gimp[^/]*\.appimage)"
_FOLDERS = ("usr/bin", "usr/local/bin", "opt/gimp*/bin", "snap/bin")
_GIMP_3 = re.compile(r"3\.\d+")  # GIMP keeps its settings in a folder for each minor version
_FIRST = "3.0"


def find(machine: Machine) -> Iterator[Editor]:
    """All GIMPs: one editor for each folder of settings of a GIMP 3; GIMP 2 and snaps are refused."""
    programs = list(machine.programs(_NAME, *_FOLDERS))
    versions = {program: _version(program) for program in programs if not is_snap(program)}
    yield from _of_system(machine, {program: version for program, version in versions.items() if version})
    if app := flatpak.find(machine, APP):
        yield from _of_flatpak(machine, app)
    if len(versions) < len(programs):
        yield of_snap("gimp", machine.home / "snap/gimp/current/.config/GIMP")


def _of_system(machine: Machine, versions: dict[Path, str]) -> Iterator[Editor]:
    settings = machine.config / "GIMP"
    installed = {_minor(version) for version in versions.values() if _GIMP_3.match(version)}
    for minor in sorted(installed | set(_used(settings))):
        mine = {program: version for program, version in versions.items() if _minor(version) == minor}
        named = tuple(dict.fromkeys(mine.values())) or (minor,)
        folder = _folder(machine, settings / minor)
        why = _not_started(minor) if not folder.is_dir() and _others(folder) else ""
        yield Editor("gimp", "package", folder, named, tuple(mine), refused=why)
    if not installed:
        yield from (_too_old(program, version, settings) for program, version in versions.items())


def _of_flatpak(machine: Machine, app: Flatpak) -> Iterator[Editor]:
    # its sandbox may be given ~/.config/GIMP itself, which is then the folder behind the one in ~/.var
    settings = machine.home / ".var/app" / APP / "config/GIMP"
    version = app.version or _FIRST
    if not _GIMP_3.match(version):
        yield _too_old(app.folder, version, settings)
        return
    for minor in sorted({_minor(version), *_used(settings)}):
        editor = of_flatpak("gimp", app, settings / minor, version if _minor(version) == minor else minor)
        yield editor if editor.config.is_dir() else replace(editor, refused=_not_started(minor))


def start_once(editor: Editor) -> None:
    """Let a GIMP that was never started make its settings; raises `UnusableInput` where it does not."""
    for program in editor.programs:
        if "console" in program.name and not editor.config.is_dir():
            said(program, "--no-interface", "--no-data", "--no-fonts", "--quit", seconds=120)
    if not editor.config.is_dir():
        raise UnusableInput(_not_started(editor.config.name))


def _not_started(minor: str) -> str:
    return (
        f"GIMP {minor} was never started, and must make its settings itself or it would not take over those of an "
        "older GIMP: start it once, then run `retouchiq plugin install gimp`"
    )


def _others(folder: Path) -> list[Path]:
    """Settings of other versions, which GIMP would take over."""
    return [other for other in folder.parent.glob("[23].*") if other != folder]


def _too_old(program: Path, version: str, settings: Path) -> Editor:
    why = f"GIMP {version} ({program}) is too old: the plug-in needs GIMP 3 (in Debian 13, Ubuntu 25.04, Flathub)"
    return Editor("gimp", "package", settings / _minor(version), (version,), (program,), refused=why)


def _folder(machine: Machine, usual: Path) -> Path:
    """GIMP lets the user name another folder in a variable (its manual page, ENVIRONMENT)."""
    named = machine.environ.get("GIMP3_DIRECTORY")
    return machine.home / named if named else usual


def _used(settings: Path) -> list[str]:
    """The versions of GIMP 3 that have settings here."""
    return [folder.name for folder in settings.glob("3.*") if _GIMP_3.fullmatch(folder.name)]


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _version(program: Path) -> str | None:
    """``3.0.4``: what it says, else its name. An AppImage is not started: that takes seconds, or needs FUSE."""
    answer = "" if program.suffix.lower() == ".appimage" else said(program, "--version")
    found = re.search(r"\d+\.\d+\.\d+", answer) or re.search(r"\d+\.\d+(\.\d+)?", program.name)
    return found[0] if found else None
