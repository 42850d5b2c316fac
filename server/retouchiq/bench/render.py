"""How long a preview takes: darktable kept loaded, against darktable-cli started for each picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from hostbridge import HostFailed
from hostbridge.darktable.render import Renderer, open_renderer


def measure(file: Path, size: int, repeat: int, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """``library`` and ``cli``, each ``median_seconds`` and ``runs`` (``repeat`` times in seconds), for one image.

    A run is a whole render of ``file`` as darktable makes it, ``size`` pixels long, from request to pixels in memory.
    Both renderers make one picture before that is not counted, and then take turns, so that what else the machine does
    hits both. ``say`` is told how far it is. Raises `HostFailed` where darktable does not run as a library.
    """
    runs: dict[str, list[float]] = {"library": [], "cli": []}
    with open_renderer("library") as library, open_renderer("cli") as cli:
        for count in range(repeat + 1):
            for renderer in (library, cli):
                say(f"{renderer.name}: render {count} of {repeat}")
                seconds = _seconds(renderer, file, size)
                if count:
                    runs[renderer.name].append(seconds)
    return {name: {"median_seconds": median(times), "runs": times} for name, times in runs.items()}


def _seconds(renderer: Renderer, file: Path, size: int) -> float:
    render = renderer.render(file, None, size)
    if render.renderer != renderer.name:
        raise HostFailed(f"the {renderer.name} renderer did not make its picture, {render.renderer} did: see the log")
    return render.seconds
