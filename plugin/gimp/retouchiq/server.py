"""Finds the `retouchiq` command and starts its server.

The installer writes the command's path into the file `command` beside this one; without it, PATH is searched. From a
Flatpak, whose sandbox holds no such command, it is run on the host.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from client import Client
from failures import ServerMissing
from texts import _

NAMED = Path(__file__).parent / "command"
SANDBOX = Path("/.flatpak-info")
START = ["serve", "--background", "--json"]
PATIENCE = 45  # seconds; the command itself gives its server 20 to answer
OURS_ONLY = ("PYTHONHOME", "PYTHONPATH")  # set by some packages of GIMP for GIMP's own Python


def command() -> list[str]:
    """The command line that runs `retouchiq`. Raises `ServerMissing`."""
    named = NAMED.read_text().strip() if NAMED.is_file() else ""
    if SANDBOX.exists():
        return ["flatpak-spawn", "--host", named or "retouchiq"]
    found = shutil.which(named or "retouchiq")
    if not found:
        raise ServerMissing(
            _(
                "The command {command} was not found: install RetouchIQ, or run “retouchiq plugin install” again."
            ).format(command=named or "retouchiq")
        )
    return [found]


def connect() -> Client:
    """A client of the running server, started if need be (seconds). Raises `ServerMissing`."""
    answer = _started()
    try:
        told = json.loads(answer)
        return Client(told["url"], Path(told["token_file"]).read_text().strip())
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ServerMissing(_("The RetouchIQ server could not be reached: {why}").format(why=error)) from error


def _started() -> str:
    line = [*command(), *START]
    environment = {name: value for name, value in os.environ.items() if name not in OURS_ONLY}
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, env=environment, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerMissing(_("The RetouchIQ server did not start: {why}").format(why=error)) from error
    if done.returncode:
        last = (done.stderr.strip() or str(done.returncode)).splitlines()[-1]
        raise ServerMissing(_("The RetouchIQ server did not start: {why}").format(why=last))
    return done.stdout
