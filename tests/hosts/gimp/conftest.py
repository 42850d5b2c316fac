"""The real GIMP 3, in a window on a private display, for all tests of this folder: one process, started once."""

import contextlib
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
GIMP = shutil.which("gimp-3.0", path="/usr/bin") or shutil.which("gimp-3.2", path="/usr/bin")

if not GIMP and platform.freedesktop_os_release().get("VERSION_ID") == "12":
    collect_ignore_glob = ["test_*.py"]  # Debian 12 has no GIMP 3; anywhere else it must be there

SETTINGS = "(show-welcome-dialog no)\n(check-updates no)\n(undo-levels 60)\n"
SHORTCUTS = """(file-version 1)
(action "plug-in-retouchiq" "<Primary><Shift>y")
(action "plug-in-retouchiq-remove" "<Primary><Shift>u")
"""
STARTING = 120  # seconds; the first start of a private configuration asks all plug-ins what they can do


class RunningGimp:
    """``run`` executes Python inside GIMP; ``press`` and ``shot`` are what a person at the display does and sees."""

    def __init__(self, home, environment):
        self.home = home
        self.environment = environment
        self.agent = environment["GIMP_AGENT"]

    def run(self, code, **names):
        """Execute ``code`` with ``names`` (JSON values) set; answers what it leaves in ``answer``."""
        given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(120)
            door.connect(self.agent)
            with door.makefile("rw") as lines:
                lines.write(json.dumps(given + code) + "\n")
                lines.flush()
                told = json.loads(lines.readline())
        assert "error" not in told, told["error"]
        return told["answer"]

    def tool(self, *argv):
        """Run a command on GIMP's display; answers what it prints."""
        return subprocess.run(
            argv, env=self.environment, capture_output=True, text=True, check=False, timeout=30
        ).stdout

    def window(self, title, seconds=20):
        """Wait for a window with ``title`` (a pattern) and give it the keyboard; answers its id."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.tool("xdotool", "search", "--onlyvisible", "--name", title).split()
            if found:
                self.tool("xdotool", "windowfocus", "--sync", found[-1])
                return found[-1]
            time.sleep(0.1)
        pytest.fail(f"no window {title!r} came; there are:\n{self.tool('xdotool', 'search', '--name', '')}")

    def press(self, *keys):
        self.tool("xdotool", "key", "--delay", "60", *keys)

    def click(self, window, x, y):
        """Click on a place of a window, in pixels from its upper left corner."""
        self.tool("xdotool", "mousemove", "--window", window, str(x), str(y), "click", "1")

    def shot(self, path):
        """A picture of the whole display."""
        self.tool("import", "-window", "root", str(path))


@pytest.fixture(scope="session")
def gimp():
    """A running GIMP with the plug-in installed and a private everything; the `retouchiq` server is its own too."""
    assert GIMP, "GIMP 3 is not installed"
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gimp-")))
        environment = private(home)
        install(home)
        environment["DISPLAY"] = stack.enter_context(display())
        stack.enter_context(server_stopped(environment))
        stack.enter_context(process(environment, home))
        yield RunningGimp(home, environment)


def private(home):
    """An environment whose folders are all below ``home``; the tests' Python is not GIMP's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTHON", "RETOUCHIQ_"))}
    folders = {"XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "xdg"}
    return (
        kept
        | {name: str(home / folder) for name, folder in folders.items()}
        | {
            "HOME": str(home),
            "GIMP3_DIRECTORY": str(home / "gimp"),
            "RETOUCHIQ_STATE": str(home / "state"),
            "GIMP_AGENT": str(home / "agent"),
            "PATH": "/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
            "LANGUAGE": "",
        }
    )


def install(home):
    """Install the plug-in as a user does, into the folder of settings of this GIMP."""
    command = [sys.executable, "-m", "retouchiq", "plugin", "install", "gimp", "--config", str(home / "gimp")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    (home / "gimp" / "gimprc").write_text(SETTINGS)
    (home / "gimp" / "shortcutsrc").write_text(SHORTCUTS)


@contextlib.contextmanager
def display():
    reading, writing = os.pipe()
    argv = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(argv, pass_fds=[writing], stderr=subprocess.DEVNULL)
    try:
        yield ":" + os.read(reading, 16).decode().strip()
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def process(environment, home):
    code = f"exec(open({str(HERE / 'gimp_agent.py')!r}).read())"
    argv = [GIMP, "--new-instance", "--no-splash", "--batch-interpreter", "python-fu-eval", "-b", code]
    with (home / "gimp.log").open("wb") as log:
        started = subprocess.Popen(argv, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        await_agent(environment["GIMP_AGENT"], started, home / "gimp.log")
        yield
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def await_agent(agent, started, log):
    end = time.monotonic() + STARTING
    while not os.path.exists(agent):
        if started.poll() is not None or time.monotonic() > end:
            pytest.fail(log.read_text()[-2000:])
        time.sleep(0.2)


@contextlib.contextmanager
def server_stopped(environment):
    """Whatever server the plug-in started is stopped afterwards."""
    try:
        yield
    finally:
        command = [Path(sys.executable).with_name("retouchiq"), "serve", "--stop"]
        subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
