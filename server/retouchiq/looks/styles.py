"""Looks as styles of darktable: to use without this program, and to share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from hostbridge.darktable import style
from hostbridge.darktable.compile import compile
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.settings import ModuleSettings
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.looks.look import Look

SIZE = (6000, 4000)
"""Radii are in pixels of the full picture, and a style does not know which one it will meet: 24 megapixels."""

MENU = "RetouchIQ"
"""darktable sorts styles into menus by what stands before ``|`` in their name."""


def settings(look: Look, schema: Schema) -> list[ModuleSettings]:
    """The modules of a look; their instances bear its name, so that they are the user's own and not an edit of ours."""
    made = compile(look.plain(), schema, Sidecar.new(), SIZE).settings
    return [replace(one, instance=look.name) for one in made]


def export(looks: Iterable[Look], folder: Path, schema: Schema) -> list[Path]:
    """Write ``NAME.dtstyle`` for each look, with the module versions of ``schema``. Raises `NotWritable`."""
    files = []
    for look in looks:
        file = folder / f"{look.name.replace(' ', '-')}.dtstyle"
        style.write(file, f"{MENU}|{look.name}", look.description, settings(look, schema), schema)
        files.append(file)
    return files
