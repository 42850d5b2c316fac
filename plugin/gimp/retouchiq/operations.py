"""What the running GIMP can do to pixels: the names and properties of its GEGL operations, asked of GEGL itself.

Takes about 0.05 s for the 256 operations of GIMP 3.0.4, so it is not cached. GIMP's own ``gimp:…`` operations are not
among them: making a filter of one from a script ends GIMP 3.0.4 with a segmentation fault.
"""

from gi.repository import Gegl, GObject


def installed() -> dict:
    """Operation → {"properties": {name: {"type", "default", "min"?, "max"?, "values"?}}}.

    ``type`` is GObject's or GEGL's: gdouble, gint, gboolean, GeglColor …; an enumeration has ``values``, the names that
    GIMP takes. ``default`` is None where JSON has no such thing.
    """
    Gegl.init(None)
    return {name: {"properties": _properties(name)} for name in Gegl.list_operations()}


def _properties(operation: str) -> dict:
    return {spec.name: _described(spec) for spec in Gegl.Operation.list_properties(operation)}


def _described(spec: GObject.ParamSpec) -> dict:
    told = {"type": spec.value_type.name, "default": spec.get_default_value()}
    if isinstance(spec, GObject.ParamSpecEnum):
        return told | {"default": _value(spec, told["default"]), "values": _values(spec)}
    if hasattr(spec, "minimum"):  # every kind of number has it, and nothing else
        return told | {"min": spec.minimum, "max": spec.maximum}
    return told if isinstance(told["default"], bool | str) else told | {"default": None}


def _value(spec: GObject.ParamSpec, number: int) -> str | None:
    found = GObject.enum_get_value(spec.enum_class, int(number))
    return found.value_nick if found else None


def _values(spec: GObject.ParamSpec) -> list[str]:
    numbers = range(spec.enum_class.minimum, spec.enum_class.maximum + 1)
    return [name for name in (_value(spec, number) for number in numbers) if name]
