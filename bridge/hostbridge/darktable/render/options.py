"""How darktable is started, the same way by both renderers, so that they give the same picture."""

from __future__ import annotations

import os
from pathlib import Path

from hostbridge.darktable.install import Darktable

CONFIGURATION = {
    # The photo's folder is the user's: nothing is written there.
    "write_sidecar_files": "never",
    # Scale down before the modules, not after: a preview costs what a preview should. The triangle filter is
    # stretched to the scale, so it does not alias, and takes a seventh of the time of the default, lanczos3.
    "plugins/lighttable/export/high_quality_processing": "false",
    "plugins/lighttable/export/pixel_interpolator": "bilinear",
    "plugins/imageio/format/tiff/bpp": "16",
    "plugins/imageio/format/tiff/compress": "0",
    # darktable times the processor at its first start to judge OpenCL, which is off: half a second for nothing.
    "dt_cpubenchmark": "1.0",
}
"""What differs from darktable's own settings; the user's darktablerc is never read: a render does not depend on it."""


def core(folder: Path) -> list[str]:
    """The darktable options that keep every file it makes inside ``folder``."""
    places = [("--configdir", "config"), ("--cachedir", "cache"), ("--tmpdir", "tmp")]
    options = ["--library", ":memory:", "--disable-opencl", "-d", "imageio"]
    for option, name in places:
        (folder / name).mkdir(exist_ok=True)
        options += [option, str(folder / name)]
    for key, value in CONFIGURATION.items():
        options += ["--conf", f"{key}={value}"]
    return options


def installation(darktable: Darktable) -> list[str]:
    """The options that tell a darktable without a program of its own where its parts are."""
    return [
        *("--datadir", str(darktable.data_dir)),
        *("--moduledir", str(darktable.module_dir)),
        *("--localedir", str(darktable.locale_dir)),
    ]


_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",  # messages untranslated, file names still UTF-8
    # Threads that wait for work sleep: spinning, the default, makes a render on a busy machine three times slower.
    "OMP_WAIT_POLICY": "passive",
    # No desktop services started for a darktable that nobody sees.
    "NO_AT_BRIDGE": "1",
    "GIO_USE_VFS": "local",
    "GSETTINGS_BACKEND": "memory",
}


def environment() -> dict[str, str]:
    """The environment of a darktable without a user; a worker gets its display later."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return kept | _ENVIRONMENT
