"""The list of GIMP's operations: what it refuses, and how it says so."""

import pytest

from hostbridge import InvalidSetting
from hostbridge.gegl.filters import Filter
from hostbridge.gegl.operations import Operations


@pytest.mark.parametrize(
    ("operation", "properties", "said"),
    [
        ("gegl:exposure", {"exposure": 40.0}, r"gegl:exposure.exposure = 40.0 is outside -10…10 \(GIMP 3.0.4\)"),
        ("gegl:exposure", {"exposure": float("nan")}, "is not a number"),
        ("gegl:exposure", {"exposure": "bright"}, "is not a number"),
        ("gegl:exposure", {"gamma": 1.0}, "gegl:exposure has no property 'gamma': it has exposure"),
        ("gegl:sunshine", {}, "GIMP 3.0.4 has no operation 'gegl:sunshine'"),
        ("gegl:saturation", {"colorspace": "cie-lab"}, "is none of Native, CIE-Lab, CIE-Yuv"),
        ("gegl:bloom", {"limit-exposure": 1.0}, "is not true or false"),
        ("gegl:color", {"value": "red"}, "is not a colour such as #8040c0"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_value_and_range(operation, properties, said, operations):
    with pytest.raises(InvalidSetting, match=said):
        operations.validate(Filter(operation, properties))


def test_what_fits_passes(operations):
    operations.validate(Filter("gegl:saturation", {"scale": 1.5, "colorspace": "CIE-Lab"}))
    operations.validate(Filter("gegl:color", {"value": "#80ff00"}))
    operations.validate(Filter("gegl:bloom", {"limit-exposure": True, "radius": 1e9}))
    operations.validate(Filter("image:crop", {"left": 0.1}, destructive=True))


def test_what_nobody_can_set_is_refused():
    known = Operations.parse({"gegl:warp": {"properties": {"stroke": {"type": "GeglPath"}}}})
    with pytest.raises(InvalidSetting, match="cannot be set: it is a GeglPath"):
        known.validate(Filter("gegl:warp", {"stroke": "M 0,0"}))


NO_NUMBER = {"type": "gdouble", "min": "low"}


@pytest.mark.parametrize(
    "entry", [None, [], {}, {"properties": []}, {"properties": {"scale": {}}}, {"properties": {"scale": NO_NUMBER}}]
)
def test_a_malformed_list_is_refused_by_the_entry(entry):
    with pytest.raises(InvalidSetting, match="malformed at 'gegl:saturation'"):
        Operations.parse({"gegl:saturation": entry})
