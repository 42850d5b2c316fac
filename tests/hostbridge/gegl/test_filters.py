"""Filters as the plug-in gets them."""

import base64
import io
import json

import numpy as np
from PIL import Image

from hostbridge.gegl.filters import Filter


def test_a_filter_is_plain_json():
    told = Filter("gegl:exposure", {"exposure": 1.0}, "retouchiq: exposure", pixels=("radius",)).to_json()
    assert json.loads(json.dumps(told)) == {
        "operation": "gegl:exposure",
        "properties": {"exposure": 1.0},
        "name": "retouchiq: exposure",
        "opacity": 1.0,
        "blend": "replace",
        "mask": None,
        "pixels": ["radius"],
        "destructive": False,
    }


def test_a_mask_survives_its_png():
    mask = np.arange(12, dtype=np.uint8).reshape(3, 4)
    stream = io.BytesIO(base64.b64decode(Filter("gegl:exposure", mask=mask).to_json()["mask"]))
    picture = Image.open(stream)
    assert picture.mode == "L"
    assert np.array_equal(np.asarray(picture), mask)
