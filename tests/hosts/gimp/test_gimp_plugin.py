"""The plug-in in the real GIMP 3, with the real server: what a user gets, and what a user never loses."""

import os
import subprocess
import sys
import time
from pathlib import Path

import effects
import numpy as np
import pytest
from PIL import Image

from retouchiq.demo import coffee

pytestmark = pytest.mark.hosts

NAMES = Path(__file__).with_name("gimp_names.py").read_text()


@pytest.fixture(scope="module", autouse=True)
def _names(gimp):
    gimp.run(NAMES)


@pytest.fixture
def photo(gimp):
    path = gimp.home / "coffee.png"
    if not path.exists():
        Image.fromarray(coffee()).save(path)
    yield str(path)
    gimp.run("close_all()")


def load(gimp, photo, **kind):
    return gimp.run("answer = load(path, **kind)", path=photo, kind=kind)


def call(gimp, image, **arguments):
    return gimp.run("answer = call(image, **arguments)", image=image, arguments=arguments)


def retouch(gimp, image, instruction, **arguments):
    told = call(gimp, image, instruction=instruction, **arguments)
    assert told["status"] == "success", told
    assert told["values"][0], "it was applied"
    return told


def filters(gimp, layer):
    return gimp.run("answer = filters(layer)", layer=layer)


def shown(gimp, image):
    path = gimp.home / "shown"
    height, width = gimp.run("answer = save(image, path)", image=image, path=str(path))
    return np.frombuffer(path.read_bytes(), np.float32).reshape(height, width, 3).clip(0, 1)


KINDS = {
    "8 bit": {},
    "16 bit linear": {"precision": "u16-linear"},
    "32 bit": {"precision": "u32-non-linear"},
    "half": {"precision": "half-non-linear"},
    "float linear": {"precision": "float-linear"},
    "float": {"precision": "float-non-linear"},
    "alpha": {"alpha": True},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_precision_is_retouched_as_asked(gimp, photo, kind):
    image, layer = load(gimp, photo, **KINDS[kind])
    before = shown(gimp, image)
    t = time.monotonic()
    told = retouch(gimp, image, "brighter")
    print(kind, time.monotonic() - t, told)
    after = shown(gimp, image)
    names = [each["name"] for each in filters(gimp, layer)]
    assert names
    assert all(name.startswith("retouchiq") for name in names)
    assert effects.midtones(before, after) > 4
