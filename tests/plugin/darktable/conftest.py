"""The plug-in's Lua in a Lua of Python's, with a stand-in for darktable and for the server."""

import json
import shlex
from pathlib import Path

import pytest
from lupa.lua54 import LuaRuntime

HERE = Path(__file__).parent
PLUGIN = HERE.parents[2] / "plugin" / "darktable"

HISTORY = """
local standin = ...
local history = {}
standin.history = { states = {}, applied = {}, undone = {}, compared = {}, changed = {}, unreadable = {} }
local seen = standin.history
function history.state(image, folder)
  if seen.unreadable[image.filename] then return nil, image.filename .. " cannot be read" end
  local path = folder .. "/state-" .. image.id .. ".xmp"
  local file = assert(io.open(path, "w"))
  file:write(image.filename)
  file:close()
  table.insert(seen.states, image.filename)
  return path
end
function history.unchanged(image, base)
  assert(io.open(base), "the state that was read before is gone")
  return not seen.changed[image.filename]
end
function history.apply(image, files, options)
  if seen.refuse then return nil, seen.refuse end
  local put = { image = image, sidecar = files.sidecar, style = files.style, duplicate = options.duplicate }
  table.insert(seen.applied, put)
  if not options.duplicate then return image end
  return { id = image.id + 1000, path = image.path, filename = image.filename, duplicate_index = 1 }
end
local function ours(image)
  for _, put in ipairs(seen.applied) do
    if put.image.id == image.id then return true end
  end
end
function history.undo(image)
  if not ours(image) then return false, "RetouchIQ has not edited this photo." end
  table.insert(seen.undone, image.id)
  return true
end
function history.compare(image) table.insert(seen.compared, image.id) return true end
return history
"""


def verdict(score: float, baseline: float = 5.0) -> dict:
    metric = {"name": "warmth", "score": score, "why": "mean b* rose from 4 to 9", "weight": 1, "target": 9}
    return {"score": score, "baseline": baseline, "metrics": [metric]}


def result(score: float = 8.0, applied: bool = True, strength: float = 100, variants=(), chosen: int = 0) -> dict:
    """What an edit comes to."""
    files = {"report": "/edits/1/report.html"}
    if applied:
        files |= {"sidecar": f"/edits/1/{strength:g}-{chosen}.xmp", "style": f"/edits/1/{strength:g}-{chosen}.dtstyle"}
    named = [{"name": name, "score": score - n / 5, "applied": True, "files": {}} for n, name in enumerate(variants)]
    plan = {"reasoning": "“warmer” is +30 mired.", "edits": [], "unsupported": ["remove the post"], "notes": ["a note"]}
    return {
        "plan": plan,
        "verdict": verdict(score),
        "applied": applied,
        "files": files,
        "variants": named,
        "chosen": chosen,
        "strength": strength,
    }


class Server:
    """Answers as the API does; what a job comes to is set in ``comes_to``, one entry a look at it."""

    def __init__(self) -> None:
        self.running = False
        self.starts = 0
        self.requests: list[tuple[str, str, dict | None]] = []
        self.jobs: dict[str, dict] = {}
        self.looks = [{"name": "film", "description": "…"}, {"name": "portrait", "description": "…"}]
        self.comes_to: list = [("running", 1, None), ("done", 2, result())]
        self.refuses: dict[str, tuple[int, dict]] = {}
        self.before_answer = lambda method, path: None

    def sent(self, method: str, ending: str) -> list[dict]:
        return [body for verb, path, body in self.requests if verb == method and path.endswith(ending)]

    def answer(self, method: str, path: str, body: dict | None) -> tuple[int, object]:
        self.requests.append((method, path, body))
        self.before_answer(method, path)
        parts = path.strip("/").split("/")[1:]
        for start, refusal in self.refuses.items():
            if path.startswith(start) and method == "POST":
                return refusal
        if parts == ["looks"]:
            return 200, self.looks
        if len(parts) == 1:
            return 202, self._new(parts[0], body)
        job = self.jobs[parts[1]]
        if method == "GET":
            return 200, self._look(job)
        if method == "DELETE":
            job["state"] = "cancelled"
            return 200, job
        job["steps"] = list(self.comes_to)
        return (200 if parts[2] == "choice" else 202), job

    def _new(self, kind: str, body: dict) -> dict:
        name = f"{kind}-{len(self.jobs) + 1}"
        waiting = {"says": "waiting", "renders": 0}
        self.jobs[name] = {"id": name, "state": "queued", "progress": waiting, "result": None, "error": None}
        self.jobs[name] |= {"request": body, "steps": list(self.comes_to)}
        return self.jobs[name]

    def _look(self, job: dict) -> dict:
        step = job["steps"].pop(0) if job["steps"] else None
        if callable(step):
            step = step(job)
        if isinstance(step, dict):
            job |= step
        elif step:
            job["state"], renders, job["result"] = step
            job["progress"] = {"says": f"render {renders} scores 7.5 of 10", "renders": renders}
        return {key: value for key, value in job.items() if key != "steps"}


class Plugin:
    """The plug-in, loaded. ``lines`` are the command lines darktable was asked to run."""

    result = staticmethod(result)

    def __init__(self, folder: Path, system: str = "linux", history: str = HISTORY) -> None:
        self.folder, self.server, self.lines, self.images = folder, Server(), [], 0
        self.lua = LuaRuntime(encoding="utf-8")
        self.lua.globals().package.path = f"{PLUGIN}/?.lua"
        self.dt = self.lua.execute((HERE / "standin.lua").read_text())
        self.lua.globals().package.loaded.darktable = self.dt.darktable
        if history:
            load = self.lua.eval("function(code, standin) return load(code)(standin) end")
            self.lua.globals().package.loaded["retouchiq/history"] = load(history, self.dt)
        configuration = self.dt.darktable.configuration
        configuration.running_os, configuration.tmp_dir = system, str(folder)
        configuration.cache_dir, configuration.config_dir = str(folder), str(folder)
        configuration.has_gui = True
        configuration.api_version_major, configuration.api_version_minor = 9, 6
        self.dt.execute = self.execute
        self.opened: list[str] = []

    def require(self, name: str):
        return self.lua.eval("function(name) return (require(name)) end")(f"retouchiq/{name}")

    def start(self):
        self.script = self.require("retouchiq")
        self.panel, self.actions = self.require("panel"), self.require("actions")
        self.widgets = self.panel.widgets
        self.rest(4)
        return self

    def photo(self, name: str = "a.jpg"):
        self.images += 1
        return self.lua.table(id=self.images, path=str(self.folder), filename=name, duplicate_index=0)

    def select(self, *images) -> None:
        self.dt.selected = self.lua.table(*images)
        self.dt.fire("selection-changed")

    def press(self, name: str) -> None:
        self.panel.press(name)
        self.dt.tick()

    def ask(self, instruction: str) -> None:
        self.widgets.instruction.text = instruction
        self.press("apply")

    def rest(self, ticks: int = 40) -> None:
        """Let darktable's other threads run for a while."""
        for _ in range(ticks):
            self.dt.tick()

    def while_waiting(self, *acts) -> None:
        """Do these, one at each of the next moments in which the plug-in sleeps."""
        left = list(acts)
        self.dt.on_sleep = lambda: left.pop(0)() if left else None

    @property
    def applied(self) -> list[dict]:
        """What was put into photos, in order."""
        return [dict(each) | {"name": each.image.filename} for each in self.dt.history.applied.values()]

    @property
    def said(self) -> str:
        return self.widgets.status.text

    def execute(self, line: str) -> int:
        self.lines.append(line)
        words = shlex.split(line)
        if words[0] == "mkdir":
            Path(words[-1]).mkdir(mode=0o700)
            return 0
        *words, output, errors = words
        status, said, complained = self._run(words)
        Path(output.removeprefix(">")).write_text(said)
        Path(errors.removeprefix("2>")).write_text(complained)
        return status << 8

    def _run(self, words: list[str]) -> tuple[int, str, str]:
        if words[0] == "curl":
            return self._curl(words)
        if words[0] in ("xdg-open", "open"):
            self.opened.append(words[1])
            return 0, "", ""
        assert words[1:] == ["serve", "--background", "--json"]
        self.server.running = True
        self.server.starts += 1
        answer = {"url": f"http://127.0.0.1:{8730 + self.server.starts}", "curl_config": str(self.folder / "curl.conf")}
        return 0, json.dumps(answer), ""

    def _curl(self, words: list[str]) -> tuple[int, str, str]:
        assert words[:2] == ["curl", "-q"], "a curlrc of the user's must not change our requests"
        asked = curl_config(Path(words[-1]).read_text())
        assert asked["url"].startswith(f"http://127.0.0.1:{8730 + self.server.starts}/"), "an address of a dead server"
        if not self.server.running:
            return 7, "000", "curl: (7) Failed to connect"
        body = Path(asked["data-binary"][1:]).read_text() if "data-binary" in asked else None
        path = "/" + asked["url"].split("/", 3)[3]
        status, answer = self.server.answer(asked["request"], path, json.loads(body) if body else None)
        if not self.server.running:
            return 52, "000", "curl: (52) Empty reply from server"
        Path(asked["output"]).write_text(json.dumps(answer))
        return 0, str(status), ""


def curl_config(text: str) -> dict[str, str]:
    """What a configuration file says to curl, its quoting undone as curl's manual describes it."""
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition(" = ")
        if value.startswith('"'):
            value = value[1:-1].replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
        found[name] = value
    return found


@pytest.fixture
def unstarted(tmp_path):
    """A darktable of its own, in which the plug-in is not started yet."""
    made = Plugin(tmp_path)
    yield made
    made.require("actions").stop()


@pytest.fixture
def plugin(tmp_path):
    """The plug-in in a lighttable, started."""
    started = Plugin(tmp_path).start()
    yield started
    started.actions.stop()
    assert list(started.dt.errors.values()) == []
