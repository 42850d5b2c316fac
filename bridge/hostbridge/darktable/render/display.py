"""A display for the darktable inside a worker: GTK wants one, though nothing is ever shown."""

from __future__ import annotations

import os
import secrets
import select
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Protocol

from hostbridge import HostMissing

_START = 15.0  # seconds
_FAMILY_WILD = 65535
_COOKIE = b"MIT-MAGIC-COOKIE-1"


class Display(Protocol):
    """What a worker needs in its environment to reach a display."""

    environment: dict[str, str]

    def is_alive(self) -> bool: ...

    def close(self) -> None: ...


class UserDisplay:
    """The display this process was started on."""

    def __init__(self) -> None:
        names = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY")
        self.environment = {name: os.environ[name] for name in names if os.environ.get(name)}

    def is_alive(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing: it is the user's."""


class VirtualDisplay:
    """An Xvfb of our own that only holders of its cookie reach. The caller's thread must outlive it."""

    def __init__(self, folder: Path) -> None:
        authority = folder / "xauthority"
        authority.write_bytes(_authority(secrets.token_bytes(16)))
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
        with open(reading, "rb", buffering=0) as answer:
            try:
                self._process = subprocess.Popen(
                    [*die_with_parent(), *command, "-auth", str(authority)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[writing],
                    start_new_session=True,
                )
            finally:
                os.close(writing)
            number = _line(answer.fileno())
        if not number:
            self.close()
            raise HostMissing(f"Xvfb did not start within {_START:.0f} s: run `Xvfb :99` to see why, or set DISPLAY")
        self.environment = {"DISPLAY": f":{number}", "XAUTHORITY": str(authority), "GDK_BACKEND": "x11"}

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def open_display(folder: Path) -> Display:
    """An Xvfb of our own, which cannot disturb the user's desktop; else the user's display.

    Raises `HostMissing` where there is neither.
    """
    if shutil.which("Xvfb"):
        return VirtualDisplay(folder)
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return UserDisplay()
    raise HostMissing("no display for darktable: install Xvfb (Debian, Ubuntu: `sudo apt install xvfb`) or set DISPLAY")


def die_with_parent() -> list[str]:
    """The start of a command whose process is killed with the thread that starts it."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


def _authority(cookie: bytes) -> bytes:
    """One entry of an Xauthority file (libXau's AuFileEntry): valid for any display of any host."""
    fields = (b"", b"", _COOKIE, cookie)
    return struct.pack(">H", _FAMILY_WILD) + b"".join(struct.pack(">H", len(field)) + field for field in fields)


def _line(descriptor: int) -> str:
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], _START)
        more = os.read(descriptor, 64) if ready else b""
        if not more:
            return ""
        text += more
    return text.decode().strip()
