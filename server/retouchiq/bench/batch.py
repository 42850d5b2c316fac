"""What verified edits of many photos cost, against plain exports of the same photos with one fixed style."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hostbridge import HostFailed
from hostbridge.darktable import install

INSTRUCTION = "warmer, lift the shadows a little"

Say = Callable[[str], None]


def measure(photos: Sequence[Path], say: Say = lambda text: None) -> dict[str, Any]:
    """``batch`` and ``plain``, each ``seconds`` (elapsed, whole commands) and ``cpu_seconds`` (of all their processes),
    their ``ratio`` and ``cpu_ratio``, and ``photos``, how many.

    ``batch`` is ``retouchiq batch --export jpg`` with its sidecars, pictures, reports and contact sheet. ``plain`` is
    one ``darktable-cli`` after the other, full size to JPEG, with the settings of one of the batch's results for all.
    What differs from one moment to the other is what else the machine does: the processor's time tells that apart.
    Raises `HostFailed` where the batch edited no photo, and `HostMissing`.
    """
    with tempfile.TemporaryDirectory(prefix="retouchiq-bench-") as name:
        folder = Path(name)
        say(f"editing {len(photos)} photos")
        answer, batch = _timed(lambda: _batch(photos, folder / "batch"))
        style = _sidecar(answer)
        say(f"exporting {len(photos)} photos with darktable-cli")
        _, plain = _timed(lambda: _plain(photos, style, folder, say))
    return {
        "photos": len(photos),
        "counts": answer["counts"],
        "batch": batch,
        "plain": plain,
        "ratio": round(batch["seconds"] / plain["seconds"], 3),
        "cpu_ratio": round(batch["cpu_seconds"] / plain["cpu_seconds"], 3),
    }


def _batch(photos: Sequence[Path], out: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "retouchiq", "batch", *map(str, photos), INSTRUCTION]
    done = subprocess.run(
        [*command, "--out", str(out), "--export", "jpg", "--json"], capture_output=True, text=True, check=False
    )
    if not done.stdout:
        raise HostFailed(f"the batch ended with status {done.returncode}: {done.stderr.strip()[-400:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _sidecar(answer: dict[str, Any]) -> Path:
    edited = [photo for photo in answer["photos"] if photo["state"] == "edited"]
    if not edited:
        raise HostFailed("the batch edited none of the photos: there is nothing to compare with; name others")
    return Path(edited[0]["files"]["sidecar"])


def _plain(photos: Sequence[Path], style: Path, folder: Path, say: Say) -> None:
    cli = install.find().cli
    out = folder / "plain"
    out.mkdir()
    core = ["--core", "--configdir", str(folder / "config"), "--cachedir", str(folder / "cache"), "--disable-opencl"]
    for number, photo in enumerate(photos, 1):
        say(f"exporting {number} of {len(photos)} with darktable-cli")
        subprocess.run(
            [str(cli), str(photo), str(style), str(out / f"{number}.jpg"), *core],
            capture_output=True,
            check=False,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )


def _timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    started, used = time.monotonic(), _used()
    result = work()
    return result, {"seconds": round(time.monotonic() - started, 2), "cpu_seconds": round(_used() - used, 2)}


def _used() -> float:
    """Processor time in s of all processes started from here that have ended, and those they started."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
