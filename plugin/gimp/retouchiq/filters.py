"""Our filters on a layer: put there, found again, taken away. They stay editable in GIMP's list of effects."""

from gi.repository import Gegl, Gimp, GObject

PREFIX = "retouchiq"


def ours(drawable: Gimp.Drawable) -> list[Gimp.DrawableFilter]:
    """The filters of ours on ``drawable``, recognised by their name."""
    return [found for found in drawable.get_filters() if found.get_name().startswith(PREFIX)]


def remove(drawable: Gimp.Drawable) -> int:
    """Take our filters away; answers how many there were."""
    found = ours(drawable)
    for each in found:
        each.delete()
    return len(found)


def append(drawable: Gimp.Drawable, told: dict, scale: float = 1.0) -> None:
    """Put one filter of the server's answer on top of ``drawable``; the image's selection becomes its mask.

    ``scale``: the size of ``drawable`` over the size the filter was made for; its lengths in pixels shrink with it.
    """
    added = Gimp.DrawableFilter.new(drawable, told["operation"], told["name"])
    config = added.get_config()
    for name, value in told["properties"].items():
        size = scale if name in told["pixels"] else 1
        config.set_property(name, _fitting(config.find_property(name), value, size))
    added.set_opacity(told["opacity"])
    added.set_blend_mode(getattr(Gimp.LayerMode, told["blend"].upper().replace("-", "_")))
    added.update()
    drawable.append_filter(added)


def _fitting(spec: GObject.ParamSpec, value, scale: float):
    """``value`` as the property takes it: JSON knows no colours, and not every number is whole."""
    if spec.value_type.name == "GeglColor":
        return Gegl.Color.new(value)
    if isinstance(spec, GObject.ParamSpecInt | GObject.ParamSpecUInt):
        return min(max(round(value * scale), spec.minimum), spec.maximum)
    if isinstance(spec, GObject.ParamSpecDouble):
        return min(max(value * scale, spec.minimum), spec.maximum)
    return value
