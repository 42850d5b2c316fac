"""Where darktable is, and where each one keeps its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from retouchiq.plugin import flatpak
from retouchiq.plugin.editor import Editor, of_flatpak, of_snap
from retouchiq.plugin.machine import Machine, is_snap, said

APP = "org.darktable.Darktable"
_NAME = r"(?i:darktable|darktable[^/]*\.appimage)"
_FOLDERS = ("usr/bin", "usr/local/bin", "opt/darktable*/bin", "snap/bin")


def find(machine: Machine) -> Iterator[Editor]:
    """All darktables: those of the system share one folder of settings, a Flatpak and a snap have their own."""
    programs = list(machine.programs(_NAME, *_FOLDERS))
    if ours := tuple(program for program in programs if not is_snap(program)):
        yield _of_system(machine, ours)
    if app := flatpak.find(machine, APP):
        yield of_flatpak("darktable", app, machine.home / ".var/app" / APP / "config/darktable", app.version)
    if len(ours) < len(programs):
        yield of_snap("darktable", machine.home / "snap/darktable/current/.config/darktable")


def _of_system(machine: Machine, programs: tuple[Path, ...]) -> Editor:
    described = [_describe(program) for program in programs]
    versions = dict.fromkeys(version for version, _ in described if version)
    notes = dict.fromkeys(note for _, note in described if note)
    return Editor("darktable", "package", machine.config / "darktable", tuple(versions), programs, tuple(notes))


def _describe(program: Path) -> tuple[str | None, str]:
    """Its version, and a sentence on what it lacks. An AppImage is not started: that takes seconds, or needs FUSE."""
    answer = program.name if program.suffix.lower() == ".appimage" else said(program, "--version")
    version = re.search(r"\d+\.\d+\.\d+(?:[~+.\-]\d\S*)?", answer)
    lacks = re.search(r"(?i)\blua\b.*\bdisabled\b", answer)
    why = f"{program} was built without Lua and cannot show the panel: use the darktable of your distribution"
    return (version[0] if version else None), (why if lacks else "")
