"""The real server with a renderer that needs no darktable process, for tests of everything around renders.

Application, jobs, agent and reward are the real ones; only the pictures come from `PlainRenderer`. The fixture
``plain`` serves in the process of the tests, ``plain_server.running(state)`` in one of its own, which can be killed.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from hostbridge import Cancelled, UnreadableImage
from hostbridge.darktable import install, schema
from hostbridge.darktable.render import Render
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.api import place, serving
from retouchiq.api.app import create_app
from retouchiq.api.engine import Engine, Host
from retouchiq.cli.host import open_agent, open_reward
from retouchiq.jobs import open_jobs

SLOW = 20.0  # seconds a render of a photo named slow-… takes


class PlainRenderer:
    """Knows one module: exposure. Photos named ``broken-…`` cannot be read, ``slow-…`` take `SLOW` seconds."""

    name = "plain"

    def __init__(self, schema):
        self.schema = schema

    def render(self, image, sidecar, size, *, cancel=None, timeout=120.0):
        name = image.resolve().name
        if name.startswith("broken-"):
            raise UnreadableImage(f"{image} is not a photo: choose another")
        if (cancel or threading.Event()).wait(SLOW if name.startswith("slow-") else 0.01):
            raise Cancelled("the render was cancelled")
        with Image.open(image) as file:
            file.thumbnail((size, size))
            pixels = np.asarray(file.convert("RGB"), np.float32) / 255
        settings = sidecar.settings(self.schema) if sidecar else []
        ev = sum(each["params"]["exposure"] for each in settings if each["operation"] == "exposure")
        packet = (sidecar or Sidecar.new()).to_bytes()
        return Render(np.clip(pixels * 2 ** (ev / 2.2), 0, 1).astype(np.float32), packet, 0.01, self.name)

    def check_format(self, ending):
        pass

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def host():
    """What the application asks for darktable: the installed one's modules, the pictures of `PlainRenderer`."""
    return Host(open_renderer=lambda: PlainRenderer(schema.load(install.find())))


def two_workers(patch):
    """The same number of threads on any machine, and a sign of life more often than anybody would wait for."""
    patch.setattr("retouchiq.jobs.size_for_machine", lambda: 2)
    patch.setattr(import_module("retouchiq.batch.run"), "size_for_machine", lambda: 2)
    patch.setattr("retouchiq.api.events.PING", 0.3)


class Client:
    """A client of a server on the state folder ``state``."""

    def __init__(self, http, state):
        self.http = http
        self.state = state

    def edit(self, image, instruction="brighter", **more):
        """Post an edit that must be accepted; answers it."""
        answer = self.http.post("/v1/edits", json={"image": str(image), "instruction": instruction, **more})
        assert answer.status_code == 202, answer.text
        return answer.json()

    def until(self, path, *states, seconds=60):
        """Look at ``path`` until its state is one of ``states``; answers it."""
        deadline = time.monotonic() + seconds
        while (found := self.http.get(path).json())["state"] not in states:
            assert time.monotonic() < deadline, found
            time.sleep(0.03)
        return found

    def ended(self, job, seconds=60):
        """The edit or batch when it has ended."""
        path = f"/v1/{'edits' if job['kind'] == 'edit' else 'batches'}/{job['id']}"
        return self.until(path, "done", "failed", "cancelled", seconds=seconds)

    def events(self, job, last=None):
        """The events of a job up to its final one: (id, name, data) each."""
        path = f"/v1/{'edits' if job['kind'] == 'edit' else 'batches'}/{job['id']}/events"
        with self.http.stream("GET", path, headers={} if last is None else {"Last-Event-ID": str(last)}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield from parse(answer.iter_lines())


def parse(lines):
    """Server-sent events as (id, name, data); comments are ("", "comment", text)."""
    fields = {}
    for line in lines:
        if line.startswith(":"):
            yield "", "comment", line[1:].strip()
        elif line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}


class Process(Client):
    """A server process of its own, started by ``command`` on ``state``, and a client of it."""

    command = (sys.executable, __file__)

    def __init__(self, state):
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, "RETOUCHIQ_STATE": str(state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        url = self.process.stdout.readline().strip()
        headers = {"Authorization": f"Bearer {(state / 'token').read_text().strip()}"}
        super().__init__(httpx.Client(base_url=url, headers=headers, timeout=30, verify=False), state)

    def kill(self):
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def close(self):
        self.http.close()
        self.process.terminate()
        self.process.wait(20)


@contextlib.contextmanager
def running(state: Path):
    server = Process(state)
    try:
        yield server
    finally:
        server.close()


def create():
    plain = host()
    return create_app(Engine(place.state(), open_jobs(place.state(), plain, open_agent, open_reward), plain))


if __name__ == "__main__":
    two_workers(pytest.MonkeyPatch())
    serving.log_to_file(also_here=False)
    serving.serve(create, 0, 0, lambda url: print(url, flush=True))
