"""Batches with a renderer that needs no darktable process: everything around the renders is real."""

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from hostbridge import Cancelled, HostFailed, HostMissing, InvalidSetting, UnreadableImage
from hostbridge.darktable import install, writing
from hostbridge.darktable import schema as schemas
from hostbridge.darktable.render import Render, failure
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.agent.offline import OfflineAgent
from retouchiq.batch import Batch, Source, run
from retouchiq.reward.measured import MeasuredReward

TROUBLE = {
    "broken": UnreadableImage("it is damaged"),
    "crashing": HostFailed("darktable died"),
    "strange": ZeroDivisionError("division by zero"),
    "gone": HostMissing("darktable is not installed"),
}


class FakeRenderer:
    """Knows one module, exposure. A photo whose name starts with a word of `TROUBLE` raises that."""

    name = "fake"

    def __init__(self, schema):
        self.schema = schema
        self.rendered = []
        self.waits = threading.Event()
        self.waits.set()

    def render(self, image, sidecar, size, *, cancel=None, timeout=120.0):
        self.rendered.append(image.name)
        failure.check_readable(image)
        self._trouble(image, cancel)
        with Image.open(image) as file:
            file.thumbnail((size, size))
            pixels = np.asarray(file.convert("RGB"), np.float32) / 255
        settings = sidecar.settings(self.schema) if sidecar else []
        ev = sum(each["params"]["exposure"] for each in settings if each["operation"] == "exposure")
        lighter = np.clip(pixels * 2 ** (ev / 2.2), 0, 1).astype(np.float32)
        return Render(lighter, (sidecar or Sidecar.new()).to_bytes(), 0.01, self.name)

    def export(self, image, sidecar, out, *, cancel=None, timeout=120.0):
        render = self.render(image, sidecar, 4096, cancel=cancel)
        made = out.with_name(f".{out.name}.made")
        Image.fromarray((render.pixels * 255).astype(np.uint8)).save(made, "JPEG")
        writing.place(made, out)
        made.unlink()

    def check_format(self, ending):
        if ending != "jpg":
            raise InvalidSetting(f"no {ending}: jpg")

    def _trouble(self, image, cancel):
        while not self.waits.wait(0.02):
            if cancel and cancel.is_set():
                raise Cancelled("the render was cancelled")
        error = TROUBLE.get(image.stem.split("-")[0])
        if error:
            raise error

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


@pytest.fixture(scope="session")
def schema():
    return schemas.load(install.find())


@pytest.fixture
def renderer(schema):
    return FakeRenderer(schema)


def paint(path, lightness=60):
    """A small photo of that lightness (0…255)."""
    rows, columns = np.mgrid[0:80, 0:120]
    grey = lightness + 60 * rows / 80 + 15 * np.sin(columns / 5)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.stack([grey, grey, grey * 0.9], -1).clip(0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def photo(tmp_path):
    """Make a photo in the folder of the photos: ``photo("a.jpg")``."""
    return lambda name, lightness=60: paint(tmp_path / "in" / name, lightness)


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def batch(renderer, schema, out):
    """Run a batch on photos: answers the summary, with ``told``, what a listener heard."""

    def do(*photos, instruction="brighter", resume=False, cancel=None, listen=None, agent=None, **options):
        told = []
        job = Batch(photos=tuple(map(Source, photos)), instruction=instruction, out=options.pop("to", out), **options)
        players = agent or OfflineAgent(), MeasuredReward(), renderer, schema
        answer = run(job, *players, listen or told.append, cancel, resume)
        states = {photo["name"]: photo["state"] for photo in answer["photos"]}
        return SimpleNamespace(answer=answer, told=told, states=states)

    return do
