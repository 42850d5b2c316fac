"""Find the installed darktable."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hostbridge import HostMissing

_PREFIXES = (Path("/usr"), Path("/usr/local"), Path("/opt/darktable"))
_VARIABLE = "RETOUCHIQ_DARKTABLE"
_WAY_OUT = (
    "install darktable (Debian, Ubuntu: `sudo apt install darktable`), or name its prefix or darktable-cli in "
    f"the environment variable {_VARIABLE}"
)


@dataclass(frozen=True)
class Darktable:
    """One installed darktable: its version (``4.2.1``) and where its parts are."""

    version: str
    cli: Path
    library: Path
    module_dir: Path
    data_dir: Path
    locale_dir: Path

    @property
    def plugins(self) -> Path:
        """The folder of the processing modules' libraries (``lib<operation>.so``)."""
        return self.module_dir / "plugins"


def find() -> Darktable:
    """The darktable of ``RETOUCHIQ_DARKTABLE`` (a prefix, or a darktable-cli), else of PATH, else of usual prefixes.

    Raises `HostMissing` where there is none, or where its library or modules are not beside it.
    """
    named = os.environ.get(_VARIABLE)
    for cli in _named(Path(named)) if named else _usual():
        if os.access(cli, os.X_OK) and cli.is_file():
            return _describe(cli.resolve())
    where = f"{_VARIABLE}={named} holds no darktable-cli" if named else "darktable is not installed"
    raise HostMissing(f"{where}: {_WAY_OUT}")


def _named(path: Path) -> list[Path]:
    return [path] if path.is_file() else [path / "bin" / "darktable-cli", path / "usr" / "bin" / "darktable-cli"]


def _usual() -> list[Path]:
    on_path = shutil.which("darktable-cli")
    found = [Path(on_path)] if on_path else []
    return [*found, *(prefix / "bin" / "darktable-cli" for prefix in _PREFIXES)]


@functools.lru_cache(maxsize=8)
def _describe(cli: Path) -> Darktable:
    prefix = cli.parent.parent
    library = _library(prefix)
    return Darktable(
        version=_version(cli),
        cli=cli,
        library=library,
        module_dir=library.parent,
        data_dir=prefix / "share" / "darktable",
        locale_dir=prefix / "share" / "locale",
    )


def _library(prefix: Path) -> Path:
    # lib/darktable, lib64/darktable, and Debian's lib/<architecture>/darktable
    for pattern in ("lib*/darktable/libdarktable.so", "lib/*/darktable/libdarktable.so"):
        for library in sorted(prefix.glob(pattern)):
            if (library.parent / "plugins").is_dir():
                return library
    raise HostMissing(f"no libdarktable.so with modules under {prefix}/lib: this darktable is incomplete; {_WAY_OUT}")


def _version(cli: Path) -> str:
    try:
        said = subprocess.run([cli, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HostMissing(f"{cli} does not start: {error}; {_WAY_OUT}") from error
    found = re.search(r"\d+\.\d+\.\d+(?:[~+.\-]\S+)?", said)
    if found is None:
        raise HostMissing(f"{cli} --version does not name a version: {said.strip()[:80]!r}; {_WAY_OUT}")
    return found[0]
