"""One editor on this machine, and what it allows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retouchiq.plugin.flatpak import Flatpak

NAMES = {"darktable": "darktable", "gimp": "GIMP"}
# The plug-in's folder inside the editor's own settings.
FOLDERS = {"darktable": "lua/retouchiq", "gimp": "plug-ins/retouchiq"}


@dataclass(frozen=True)
class Editor:
    """One folder of an editor's settings, and the programs that read it.

    ``kind`` is ``package`` (on the system: a package, built from source, an AppImage), ``Flatpak``, ``Snap``, or
    ``folder`` (named by the user). ``notes`` are sentences on what to do or to know; ``refused`` is the sentence on why
    no plug-in of ours can work there.
    """

    host: str
    kind: str
    config: Path
    versions: tuple[str, ...] = ()
    programs: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    refused: str = ""

    @property
    def folder(self) -> Path:
        """Where our plug-in is, or would be."""
        return self.config / FOLDERS[self.host]

    @property
    def title(self) -> str:
        """``darktable 4.2.1``, ``GIMP 3.0.4 (Flatpak)``."""
        kind = () if self.kind == "package" else (f"({self.kind})",)
        return " ".join((NAMES[self.host], *filter(None, [", ".join(self.versions)]), *kind))


def of_flatpak(host: str, app: Flatpak, config: Path, version: str | None) -> Editor:
    """The editor in a Flatpak; the note says what its sandbox still forbids the plug-in, and how to allow it."""
    note: tuple[str, ...] = ()
    if lacks := app.lacks():
        note = (
            f"the Flatpak's sandbox does not let the plug-in start the server yet. `flatpak override --user "
            f"{' '.join(lacks)} {app.name}` allows it (it then may start any program of yours), and "
            f"`flatpak override --user --reset {app.name}` takes that back",
        )
    return Editor(host, "Flatpak", config, (version,) if version else (), notes=note)


def of_snap(host: str, config: Path) -> Editor:
    """The editor in a snap, which is always refused."""
    why = (
        f"{NAMES[host]} from the Snap store cannot start programs outside its sandbox, so no plug-in can work there: "
        f"install {NAMES[host]} with apt or as a Flatpak"
    )
    return Editor(host, "Snap", config, refused=why)
