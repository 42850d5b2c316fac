"""The kinds of file the installed darktable exports to, by the ending a user writes."""

from __future__ import annotations

from hostbridge import InvalidSetting
from hostbridge.darktable.install import Darktable

_ENDINGS = {"jpg": "jpeg", "tif": "tiff", "jxl": "jpegxl"}
"""Endings that differ from the name of darktable's module."""

_NO_PICTURE = {"copy"}  # the original file, without the edit


def formats(darktable: Darktable) -> list[str]:
    """The endings darktable has a module for: ``jpg``, ``png``, ``tif``, …, in alphabetical order."""
    return sorted(map(ending, _modules(darktable)))


def ending(module: str) -> str:
    """How darktable names the files of that format (``jpeg`` → ``jpg``)."""
    return next((plain for plain, name in _ENDINGS.items() if name == module), module)


def module(darktable: Darktable, suffix: str) -> str:
    """darktable's name of the format with that ending (``jpg`` → ``jpeg``). Raises `InvalidSetting` naming all."""
    plain = suffix.lower().lstrip(".")
    name = _ENDINGS.get(plain, plain)
    if name not in _modules(darktable):
        offered = ", ".join(formats(darktable))
        raise InvalidSetting(f"darktable {darktable.version} does not export {suffix!r}: name one of {offered}")
    return name


def _modules(darktable: Darktable) -> set[str]:
    found = (darktable.module_dir / "plugins" / "imageio" / "format").glob("lib*.so")
    return {path.name.removeprefix("lib").removesuffix(".so") for path in found} - _NO_PICTURE
