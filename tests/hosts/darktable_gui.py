"""The real darktable with its window, on a display of its own, driven from a test by Lua, mouse and keyboard.

A luarc runs a small driver inside darktable: it picks up Lua files that `Darktable.lua` writes, runs each in a thread
of its own, and writes the answer as JSON. Nothing of the user's is touched: library, configuration, cache and plug-in
lie in the folder given.
"""

import contextlib
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

SCREEN = "1400x900x24"
SETTINGS = {
    "dt_cpubenchmark": "1.0",  # not measured at the first start
    "run_crawler_on_start": "false",
    # a window as large as the screen, with our panel open
    "ui_last/maximized": "false",
    "ui_last/window_w": "1400",
    "ui_last/window_h": "900",
    "plugins/lighttable/images_in_row": "3",
    "plugins/lighttable/retouchiq/expanded": "true",
    "plugins/darkroom/retouchiq/expanded": "true",
}

_DRIVER = """
local dt = require "darktable"
local folder = os.getenv("RETOUCHIQ_TEST_DRIVER")

local function json(value)
  local kind = type(value)
  if value ~= value then return "null" end -- NaN
  if kind == "number" or kind == "boolean" then return tostring(value) end
  if kind == "nil" then return "null" end
  if kind ~= "table" then
    return '"' .. tostring(value):gsub('[%c"\\\\]', function(c) return ("\\\\u%04x"):format(c:byte()) end) .. '"'
  end
  local parts = {}
  if next(value) == nil or #value > 0 then
    for _, item in ipairs(value) do parts[#parts + 1] = json(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do parts[#parts + 1] = json(tostring(key)) .. ":" .. json(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function answer(number, text)
  local path = folder .. "/answer-" .. number
  local file = assert(io.open(path .. ".part", "w"))
  file:write(text)
  file:close()
  os.rename(path .. ".part", path)
end

local function run(number, code)
  local ok, value = xpcall(assert(load(code)), debug.traceback)
  answer(number, '{"ok":' .. tostring(ok) .. ',"value":' .. json(value) .. "}")
end

local function obey()
  local number = 0
  while not dt.control.ending do
    local path = folder .. "/request-" .. number .. ".lua"
    local file = io.open(path)
    if file then
      local code, mine = file:read("a"), number
      file:close()
      os.remove(path)
      number = number + 1
      local chunk, wrong = load(code)
      if chunk then dt.control.dispatch(run, mine, code)
      else answer(mine, '{"ok":false,"value":' .. json(wrong) .. "}") end
    end
    dt.control.sleep(15)
  end
end

dt.control.dispatch(obey)
"""


class LuaError(AssertionError):
    """Lua code that a test sent failed inside darktable."""


class Darktable:
    """One darktable with a window. ``options`` are further ``--conf`` settings."""

    def __init__(self, folder: Path, environment=None, **options):
        self.folder = folder
        self.config, self._driver = folder / "config", folder / "driver"
        for each in (self.config, folder / "cache", folder / "tmp"):
            each.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._driver, ignore_errors=True)
        self._driver.mkdir()
        plugin = (self.config / "luarc").read_text().split(_DRIVER)[0] if (self.config / "luarc").exists() else ""
        (self.config / "luarc").write_text(plugin + _DRIVER)
        self.display = Display()
        self.environment = os.environ | self.display.environment | _quiet(folder) | (environment or {})
        self.environment["RETOUCHIQ_TEST_DRIVER"] = str(self._driver)
        self.log = open(folder / "darktable.log", "ab")  # noqa: SIM115
        self._options = options
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        """Start it, once more if it hangs: a loaded machine can make darktable 4.2 run a call that waits for its window
        in the thread that has just locked it, before any plug-in is asked (g_main_context_invoke in its gtk_wrap)."""
        for patience in (25, 60):
            self._numbers = itertools.count()
            command = _command(self.folder, self._options)
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
            )
            try:
                self.lua("return 1", timeout=patience)
            except AssertionError:
                if patience == 60 or self.process.poll() is not None:
                    raise
                self.kill()
            else:
                return

    def lua(self, code: str, timeout: float = 30):
        """Run Lua in a thread of darktable's; its answer, tables as lists and dicts. `LuaError` where it fails."""
        return self.wait(self.send(code), timeout)

    def send(self, code: str) -> int:
        """Start Lua and do not wait; `wait` takes the answer."""
        number = next(self._numbers)
        part = self._driver / f"request-{number}.part"
        part.write_text(code)
        part.rename(part.with_suffix(".lua"))
        return number

    def wait(self, number: int, timeout: float = 30):
        path = self._driver / f"answer-{number}"
        deadline = time.monotonic() + timeout
        while not path.exists():
            assert self.process.poll() is None, f"darktable ended with {self.process.returncode}: {self.tail()}"
            assert time.monotonic() < deadline, f"no answer from Lua in {timeout} s: {self.tail()}"
            time.sleep(0.01)
        answer = json.loads(path.read_text())
        path.unlink()
        if not answer["ok"]:
            raise LuaError(answer["value"])
        return answer["value"]

    def until(self, code: str, timeout: float = 20):
        """Ask again until Lua's answer is neither false nor nil; that answer."""
        deadline = time.monotonic() + timeout
        while not (value := self.lua(code)):
            assert time.monotonic() < deadline, f"never true in {timeout} s: {code}"
            time.sleep(0.05)
        return value

    def go(self, view: str, image: int | None = None) -> None:
        """Change to ``lighttable`` or ``darkroom``, and wait until it is there."""
        open_photo = f'require "darktable".database.get_image({image})' if image else "nil"
        self.lua(
            f'local d, photo = require "darktable", {open_photo}; if photo then d.gui.selection({{ photo }}) end; '
            f"d.gui.current_view(d.gui.views.{view})"
        )
        self.until(f'return require "darktable".gui.current_view().id == "{view}"', 60)
        if image and view == "darkroom":  # the photo under the mouse comes before the selected one
            self.lua(
                f'local d, photo = require "darktable", {open_photo}; local darkroom = d.gui.views.darkroom; '
                "if darkroom.display_image().id ~= photo.id then darkroom.display_image(photo) end"
            )
        time.sleep(0.5)

    def key(self, *keys: str) -> None:
        """Press keys in the main window, such as ``ctrl+z``."""
        window = self._xdotool("search", "--onlyvisible", "--class", "darktable").split()[-1]
        self._xdotool("windowfocus", "--sync", window)
        self._xdotool("key", "--clearmodifiers", *keys)
        time.sleep(0.3)

    def move(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y))
        time.sleep(0.2)

    def click(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y), "sleep", "0.1", "click", "1")

    def screenshot(self, path: Path) -> Path:
        """What the screen shows, as a PNG."""
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True, timeout=30)
        return path

    def tail(self) -> str:
        return (self.folder / "darktable.log").read_text(errors="replace")[-1500:]

    def kill(self) -> None:
        """End it without a chance to write anything more."""
        self.process.kill()
        self.process.wait(timeout=20)

    def close(self) -> None:
        """End it as a user does, or hard if it does not go."""
        with contextlib.suppress(AssertionError):
            self.send('require "darktable".gui.action("global/quit", 0, "", "", 1.0)')
        try:
            self.process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log.close()
        self.display.close()

    def _xdotool(self, *arguments: str) -> str:
        command = ["xdotool", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True, timeout=20)
        return done.stdout


class Display:
    """An Xvfb of our own, on a free number."""

    def __init__(self):
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
        self._process = subprocess.Popen(command, pass_fds=[writing], stdout=-3, stderr=-3, start_new_session=True)
        os.close(writing)
        ready, _, _ = select.select([reading], [], [], 30)
        assert ready, "Xvfb did not start"
        with open(reading) as answer:
            self.environment = {"DISPLAY": f":{answer.readline().strip()}"}

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


@contextlib.contextmanager
def running(folder: Path, **options):
    darktable = Darktable(folder, **options)
    try:
        yield darktable
    finally:
        darktable.close()


def install(folder: Path) -> None:
    """Install the plug-in, as a user does, into the darktable that will run in this folder."""
    command = [sys.executable, "-m", "retouchiq", "plugin", "install", "darktable", "--config", str(folder / "config")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def _command(folder: Path, options: dict[str, str]) -> list[str]:
    places = [("--library", "library.db"), ("--configdir", "config"), ("--cachedir", "cache"), ("--tmpdir", "tmp")]
    command = ["darktable", "--disable-opencl"]
    for option, name in places:
        command += [option, str(folder / name)]
    for name, value in (SETTINGS | options).items():
        command += ["--conf", f"{name}={value}"]
    return command


def _quiet(folder: Path) -> dict[str, str]:
    return {
        "LC_ALL": "C.UTF-8",
        "NO_AT_BRIDGE": "1",
        "GIO_USE_VFS": "local",
        "GSETTINGS_BACKEND": "memory",
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "GDK_BACKEND": "x11",
        "OMP_WAIT_POLICY": "passive",
        "HOME": str(folder),
    }
