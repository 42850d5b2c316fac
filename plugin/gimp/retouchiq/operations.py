"""What the running GIMP can do to pixels: the names and properties of its GEGL operations, asked of GEGL itself.

Takes about 0.05 s for the 256 operations of GIMP 3.0.4, so it is not cached. GIMP's own ``gimp:…`` operations are not
among them: making a filter of one from a script ends GIMP 3.0.4 with a segmentation fault.
"""

from gi.repository import Gegl, GObject

KINDS = [
    ("enum", (GObject.ParamSpecEnum,)),
    ("boolean", (GObject.ParamSpecBoolean,)),
    ("double", (GObject.ParamSpecDouble, GObject.ParamSpecFloat)),
    ("int", (GObject.ParamSpecInt, GObject.ParamSpecUInt, GObject.ParamSpecInt64, GObject.ParamSpecUInt64)),
    ("string", (GObject.ParamSpecString,)),
]


def installed() -> dict:
    """Operation → {"properties": {name: {"type", "default", "min"?, "max"?, "values"?, "unit"?}}}.

    ``type``: double, int, boolean, enum (``values``: the names it may have), string, color or object.
    """
    Gegl.init(None)
    return {name: {"properties": _properties(name)} for name in Gegl.list_operations()}


def _properties(operation: str) -> dict:
    return {spec.name: _described(spec) for spec in Gegl.Operation.list_properties(operation)}


def _described(spec: GObject.ParamSpec) -> dict:
    kind = _kind(spec)
    told = {"type": kind, "default": _default(kind, spec)}
    if kind in ("double", "int"):
        told |= {"min": spec.minimum, "max": spec.maximum}
    if kind == "enum":
        told["values"] = _values(spec)
    unit = Gegl.param_spec_get_property_key(spec, "unit")
    return told | ({"unit": unit} if unit else {})


def _kind(spec: GObject.ParamSpec) -> str:
    if spec.value_type.name == "GeglColor":
        return "color"
    return next((kind for kind, types in KINDS if isinstance(spec, types)), "object")


def _default(kind: str, spec: GObject.ParamSpec):
    if kind == "enum":
        return GObject.enum_get_value(spec.enum_class, int(spec.get_default_value())).value_nick
    return spec.get_default_value() if kind in ("double", "int", "boolean", "string") else None


def _values(spec: GObject.ParamSpec) -> list[str]:
    kind = spec.enum_class
    found = (GObject.enum_get_value(kind, number) for number in range(kind.minimum, kind.maximum + 1))
    return [value.value_nick for value in found if value]
