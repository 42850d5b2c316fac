"""Whether darktable applied the settings it was given: its exit status does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hostbridge.darktable.sidecar import Sidecar


def check(sent: Sidecar | None, packet: bytes, log: str, version: str) -> None:
    """Raises `HostFailed` naming a module of ``sent`` that is not in the picture."""
