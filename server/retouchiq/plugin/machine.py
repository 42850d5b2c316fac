"""What this machine has, as far as finding editors needs it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Machine:
    """A user's view of a machine: `Machine.here` is the real one, tests make theirs in a temporary folder."""

    home: Path
    path: tuple[Path, ...]  # the folders of PATH
    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls) -> Machine:
        folders = (Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder)
        return cls(Path.home(), tuple(folders), environ=os.environ)

    @property
    def config(self) -> Path:
        """Where programs keep their settings: ``$XDG_CONFIG_HOME``, else ``~/.config``."""
        named = self.environ.get("XDG_CONFIG_HOME", "")
        return Path(named) if os.path.isabs(named) else self.home / ".config"

    def programs(self, pattern: str, *folders: str) -> Iterator[Path]:
        """Executable files whose whole name matches, on PATH, then in ``folders`` (globs below the root); each once."""
        seen = set()
        for folder in (*self.path, *(found for name in folders for found in sorted(self.root.glob(name)))):
            for program in (folder / name for name in _names(folder) if re.fullmatch(pattern, name)):
                # a program of a snap is a link to snap itself: where the link is tells which one it is
                real = program if is_snap(program) else program.resolve()
                if real not in seen and program.is_file() and os.access(program, os.X_OK):
                    seen.add(real)
                    yield program


def is_snap(program: Path) -> bool:
    """Whether it is a program of the Snap store."""
    return "snap" in program.parts[:-1]


def said(program: Path, *arguments: str, seconds: float = 20) -> str:
    """What a program prints, as it does in English; empty where it does not run or takes longer."""
    try:
        done = subprocess.run(
            [program, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def is_running(pattern: str) -> bool:
    """Whether a program of this user runs whose whole name matches."""
    mine = (process for process in psutil.process_iter(["name", "uids"]) if process.info["uids"].real == os.getuid())
    return any(re.fullmatch(pattern, process.info["name"] or "") for process in mine)


def _names(folder: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return sorted(os.listdir(folder))
    return []
