"""A small list of operations, as GIMP 3.0.4 describes them; the hosts tests read the real one."""

import math

import numpy as np
import pytest

from hostbridge.gegl.control_table import KINDS
from hostbridge.gegl.operations import Operations

HUGE = 1.7976931348623157e308
RANGES = {
    "gegl:exposure": {"exposure": (-10, 10)},
    "gegl:levels": {},
    "gegl:channel-mixer": {f"{out}{source}-gain": (-2, 2) for out in "rgb" for source in "rgb"},
    "gegl:saturation": {"scale": (0, 10)},
    "gegl:hue-chroma": {"hue": (-180, 180), "lightness": (-100, 100), "chroma": (-100, 100)},
    "gegl:domain-transform": {"spatial-factor": (0, 1000), "edge-preservation": (0, 1)},
    "gegl:unsharp-mask": {"std-dev": (0, 1500), "scale": (0, 300)},
    "gegl:noise-rgb": {"red": (0, 1), "green": (0, 1), "blue": (0, 1)},
}
VALUES = {
    "colorspace": ["Native", "CIE-Lab", "CIE-Yuv"],
    "shape": ["circle", "square", "diamond", "horizontal", "vertical"],
}
TYPES = {bool: "gboolean", int: "gint", float: "gdouble", str: "gchararray"}


def described(operation, name, value):
    if name in VALUES:
        return {"type": f"Gegl{name}", "values": VALUES[name], "default": value}
    if str(value).startswith("#"):
        return {"type": "GeglColor"}
    low, high = RANGES.get(operation, {}).get(name, (-HUGE, HUGE))
    return {"type": TYPES[type(value)], "default": value} | ({"min": low, "max": high} if type(value) is float else {})


def listed():
    """The list as the plug-in posts it."""
    found = {}
    for kind in KINDS.values():
        about = found.setdefault(kind.operation, {"properties": {}})["properties"]
        about |= {name: described(kind.operation, name, value) for name, value in kind.start.items()}
    found["gegl:noise-reduction"] = {"properties": {"iterations": {"type": "gint", "min": 0, "max": 32, "default": 4}}}
    return found


@pytest.fixture
def posted():
    return listed()


@pytest.fixture
def operations():
    return Operations.parse(listed(), "GIMP 3.0.4")


@pytest.fixture
def picture():
    """Grey from black to white from left to right in the upper half, all hues in the lower one."""
    ramp = np.repeat(np.linspace(0, 1, 90, dtype=np.float32)[None, :, None], 3, axis=2).repeat(30, axis=0)
    turn = np.linspace(0, 2 * math.pi, 90, endpoint=False)
    colours = np.stack([0.5 + 0.4 * np.cos(turn - shift * 2 * math.pi / 3) for shift in range(3)], axis=-1)
    return np.concatenate([ramp, np.broadcast_to(colours, (30, 90, 3))]).astype(np.float32)
