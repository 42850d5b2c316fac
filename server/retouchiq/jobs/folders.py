"""The folders that jobs keep their files in: one each, named like the job."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path


def folder(root: Path, name: str) -> Path:
    """The folder of job ``name`` in ``root``, made if needed, mode 0700."""
    path = root / name
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep(root: Path, name: str, file: Path) -> Path:
    """A copy of ``file`` that is kept as long as job ``name``.

    In a folder of its own, so that no file is taken for the sidecar of another, or for a result.
    """
    place = Path(tempfile.mkdtemp(prefix="sent-", dir=folder(root, name)))
    return Path(shutil.copyfile(file, place / file.name))


def drop(root: Path, name: str) -> None:
    """Remove the folder of job ``name`` and all that is in it."""
    shutil.rmtree(root / name, ignore_errors=True)


def older(root: Path, before: float) -> list[str]:
    """The names of folders that nothing was put into since ``before`` (seconds since 1970)."""
    if not root.is_dir():
        return []
    return [each.name for each in root.iterdir() if each.lstat().st_mtime < before]
