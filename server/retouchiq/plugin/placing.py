"""Our plug-in in one editor: putting it there, taking it away, looking at it."""

from __future__ import annotations

import os
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from shutil import which

from hostbridge import NotWritable, UnusableInput
from hostbridge.darktable.writing import replace
from retouchiq import __version__
from retouchiq.plugin import PLUG_INS, folder, gimp, luarc
from retouchiq.plugin.editor import NAMES, Editor
from retouchiq.plugin.folder import File
from retouchiq.plugin.machine import is_running

_PROCESSES = {"darktable": "darktable", "gimp": r"gimp(-\d+(\.\d+)?)?"}
_NOT_PLUGIN = ("__pycache__", ".po", ".pot", ".md")  # names or endings of what is for those who work on the plug-ins
# A Flatpak's own Python is not the one our command was installed for: it is started outside the sandbox.
_OUTSIDE = '#!/bin/sh\nif [ -e /.flatpak-info ]; then exec flatpak-spawn --host {0} "$@"; fi\nexec {0} "$@"\n'


@dataclass(frozen=True)
class Placed:
    """What there is of our plug-in in one editor: its version (None: not there), whether it is today's, loaded."""

    version: str | None
    current: bool
    enabled: bool


def install(editor: Editor) -> None:
    """Put our plug-in of today into an editor; a second time changes nothing.

    Raises `UnusableInput` with the way out where it is refused, or something is in the way or cannot be written.
    """
    if editor.refused:
        raise UnusableInput(editor.refused)
    if editor.host == "gimp" and editor.programs:
        gimp.start_once(editor)
    lines = _luarc(editor)
    made = [lines] if lines and not os.path.lexists(lines) else []
    folder.fill(editor.folder, _files(editor), __version__, made)
    if lines:
        _change(lines, luarc.add(_content(lines)))


def remove(editor: Editor) -> bool:
    """Take it away; False where there was none."""
    there, lines = folder.manifest(editor.folder), _luarc(editor)
    if lines and luarc.has(_content(lines)):
        _change(lines, luarc.remove(_content(lines)))
        if str(lines) in there.made and not _content(lines):
            lines.unlink()
    folder.empty(editor.folder)
    return bool(there.files)


def look(editor: Editor) -> Placed:
    """What is there; the empty answer for an editor that is refused."""
    if editor.refused:
        return Placed(None, False, False)
    there = folder.manifest(editor.folder)
    return Placed(
        version=(there.version or "unfinished") if there.files else None,
        current=folder.is_current(editor.folder, _files(editor)),
        enabled=bool(there.files) and _is_loaded(editor),
    )


def says(editor: Editor) -> str:
    """What there is, and what to do about it, in a sentence."""
    if editor.refused:
        return editor.refused
    placed, again = look(editor), f"run `retouchiq plugin install {editor.host}`"
    if placed.version is None:
        return f"the plug-in is not installed: {again}"
    if not placed.enabled:
        return f"the plug-in in {editor.folder} is not loaded: {again}"
    if not placed.current:
        return f"the plug-in in {editor.folder} ({placed.version}) is not that of this {__version__}: {again}"
    return f"plug-in {placed.version}, current, in {editor.folder}"


def restart(editor: Editor) -> str:
    """What to add where the editor runs now and has not seen a change; "" where none runs."""
    if not is_running(_PROCESSES[editor.host]):
        return ""
    return f". {NAMES[editor.host]} is running: end it and start it again to see the change"


def executable() -> Path:
    """Where the ``retouchiq`` command of this installation is; raises `UnusableInput`."""
    beside = Path(sysconfig.get_path("scripts")) / "retouchiq"
    found = beside if os.access(beside, os.X_OK) else which("retouchiq")
    if not found:
        raise UnusableInput(f"there is no retouchiq command in {beside.parent} or on your PATH: run ./install.sh again")
    return Path(os.path.abspath(found))


def _files(editor: Editor) -> dict[str, File]:
    """All that belongs into the plug-in's folder, by its name in it."""
    source = PLUG_INS / editor.host / "retouchiq"
    files = {str(path.relative_to(source)): File(path.read_bytes(), _is_program(path)) for path in _shipped(source)}
    if not files:
        raise UnusableInput(f"this installation lacks the plug-in for {NAMES[editor.host]}: run ./install.sh again")
    command = executable()
    if editor.kind == "Flatpak":
        files["outside.sh"] = File(_OUTSIDE.format(quote(str(command))).encode(), program=True)
        command = editor.folder / "outside.sh"
    return files | {"command": File(f"{command}\n".encode())}


def _shipped(source: Path) -> list[Path]:
    return [path for path in sorted(source.rglob("*")) if path.is_file() and not _is_work(path)]


def _is_work(path: Path) -> bool:
    return any(part.endswith(_NOT_PLUGIN) for part in path.parts)


def _is_program(path: Path) -> bool:
    """GIMP starts the file that is named like its folder."""
    return path.name == "retouchiq.py"


def _is_loaded(editor: Editor) -> bool:
    """Whether the editor runs it when it starts; False, too, where that cannot be read."""
    lines = _luarc(editor)
    try:
        return luarc.has(_content(lines)) if lines else os.access(editor.folder / "retouchiq.py", os.X_OK)
    except UnusableInput:
        return False


def _luarc(editor: Editor) -> Path | None:
    return editor.config / "luarc" if editor.host == "darktable" else None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UnusableInput(f"{path} cannot be read: {error.strerror}; mend that, then run this again") from error


def _change(path: Path, content: bytes) -> None:
    if content == _content(path):
        return
    try:
        if path.exists() and not path.stat().st_mode & 0o222:
            raise NotWritable(f"{path} is marked read-only")
        replace(path, content)
    except NotWritable as error:
        why = getattr(error.__cause__, "strerror", None) or "it is marked read-only"
        raise NotWritable(
            f"{path} cannot be written ({why}): make it writable and run this again, or change it yourself: the line "
            f"that loads the panel is {luarc.LINE}"
        ) from error
