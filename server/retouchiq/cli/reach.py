"""What ``retouchiq doctor`` looks at between an editor and the server: plug-ins, curl, state folder, server.

Each check answers a sentence, or raises an error whose sentence says the way out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from hostbridge import HostFailed, HostMissing, UnusableInput
from retouchiq import __version__
from retouchiq.api import place

if TYPE_CHECKING:
    from retouchiq.plugin.editor import Editor

# How a host is called that is not there; "darktable" alone is the renderer's.
TITLES = {"darktable": "darktable panel", "gimp": "GIMP"}
SECONDS = 30  # for a server to start and answer


def state() -> str:
    """The state folder is the user's, and nobody else can read what is secret in it."""
    folder = place.state()
    for secret in (place.token_file(), place.curl_config()):
        if secret.exists() and (secret.stat().st_mode & 0o077 or secret.stat().st_uid != os.getuid()):
            raise UnusableInput(f"others can read {secret}: `retouchiq serve --stop; rm {secret}`; a new one is made")
    if (folder / "url").exists() and not place.running():
        return f"{folder}; a server that was killed left its address there, which the next one replaces"
    return f"{folder}, private; token {'there' if place.token_file().exists() else 'made when a server first starts'}"


def server() -> str:
    """The running server answers and is of this version; where none runs, one can start."""
    if place.running():
        health = _health(place.url() or "", place.state())
        if health["version"] != __version__:
            raise HostFailed(f"a server of {health['version']} runs, this is {__version__}: `retouchiq serve --stop`")
        return f"{place.url()} answers (process {health['pid']})"
    with _trial() as (address, log):
        _health(address, log)
    return "none runs; one was started for a trial and answered. The plug-ins start it when they need it"


def curl() -> str:
    """darktable's panel reaches the server through it."""
    if found := which("curl"):
        return found
    raise HostMissing("curl is not installed, and darktable's panel needs it: `sudo apt install curl`")


def plugins() -> dict[str, Callable[[], str]]:
    """A check for every editor found, and one for every host that was not."""
    from retouchiq.plugin import editors
    from retouchiq.plugin.machine import Machine

    found = editors.find(Machine.here())
    absent = [host for host in editors.hosts(None) if host not in {editor.host for editor in found}]
    checks: dict[str, Callable[[], str]] = {editor.title: partial(_plugin, editor) for editor in found}
    checks |= {TITLES[host]: partial(_absent, editors.WAYS[host]) for host in absent}
    return checks


def _plugin(editor: Editor) -> str:
    from retouchiq.plugin import placing

    placed, says = placing.look(editor), placing.says(editor)
    notes = (*editor.notes, *_renders_other(editor))
    if editor.refused or notes or not (placed.current and placed.enabled):
        raise UnusableInput("; ".join((says, *notes)))
    return says


def _renders_other(editor: Editor) -> Iterator[str]:
    """A sentence where the darktable that shows the panel knows other modules than the one that renders."""
    from hostbridge.darktable import install

    if editor.host != "darktable" or not editor.versions:
        return
    with suppress(HostMissing):  # said by a check of its own
        rendering = install.find().version
        if _minor(rendering) not in map(_minor, editor.versions):
            yield f"darktable {rendering} renders, which may not know all its modules: name it in RETOUCHIQ_DARKTABLE"


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _absent(way: str) -> str:
    raise HostMissing(way)


@contextmanager
def _trial() -> Iterator[tuple[str, Path]]:
    """A server of its own in a folder of its own, so that no client's is disturbed; ended afterwards."""
    with TemporaryDirectory(prefix="retouchiq-doctor-") as folder:
        environment = {**os.environ, "RETOUCHIQ_STATE": folder}
        try:
            yield json.loads(_serve(environment, "--background", "--json"))["url"], Path(folder)
        finally:
            _serve(environment, "--stop")


def _serve(environment: dict[str, str], *options: str) -> str:
    line = [sys.executable, "-m", "retouchiq", "serve", *options]
    try:
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise HostFailed(f"the server did not start within {SECONDS} s: `retouchiq serve` shows why") from error
    if done.returncode:
        raise HostFailed(f"the server does not start: {done.stderr.strip()[-300:]}; `retouchiq serve` shows more")
    return done.stdout


def _health(address: str, folder: Path) -> dict[str, Any]:
    try:
        with urlopen(f"{address}/v1/health", timeout=10) as answer:  # loopback: the address is from a file of the user
            health: dict[str, Any] = json.load(answer)
            return health
    except (URLError, OSError, ValueError) as error:
        raise HostFailed(
            f"the server at {address or 'no address yet'} does not answer ({error}): `retouchiq serve --stop`; "
            f"{folder / 'server.log'} says what it did"
        ) from error
