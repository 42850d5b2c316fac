"""What the tests call inside GIMP: open pictures, run the plug-in's procedures, look at what came of it.

Sent to the agent once; runs in GIMP's Python. Images and layers are named by their ids.
"""

from gi.repository import Gegl, Gimp, Gio

PRECISIONS = {value.value_nick: value for value in vars(Gimp.Precision).values() if isinstance(value, Gimp.Precision)}
MODES = {"script": Gimp.RunMode.NONINTERACTIVE, "last": Gimp.RunMode.WITH_LAST_VALS}


def load(path, precision=None, grey=False, alpha=False, profile=None, show=False):
    """Open a file as an image of that kind; answers its id and its layer's."""
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(path))
    if profile:
        wanted = getattr(Gimp.ColorProfile, f"new_rgb_{profile}")()
        image.convert_color_profile(wanted, Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC, True)
    if grey:
        image.convert_grayscale()
    if precision:
        image.convert_precision(PRECISIONS[precision])
    layer = image.get_layers()[0]
    if alpha:
        layer.add_alpha()
    if show:
        Gimp.Display.new(image)
    return image.get_id(), layer.get_id()


def call(image, name="plug-in-retouchiq", mode="script", layers=None, **arguments):
    """Run a procedure as a script does; answers its status, its other values and the error's text."""
    owner = Gimp.Image.get_by_id(image)
    procedure = Gimp.get_pdb().lookup_procedure(name)
    config = procedure.create_config()
    config.set_property("run-mode", MODES[mode])
    config.set_property("image", owner)
    chosen = [Gimp.Item.get_by_id(layer) for layer in layers] if layers else owner.get_selected_drawables()
    config.set_core_object_array("drawables", chosen)
    for key, value in arguments.items():
        config.set_property(key, Gio.File.new_for_path(value) if key == "reference" else value)
    values = procedure.run(config)
    status, *rest = (values.index(at) for at in range(values.length()))
    return {"status": status.value_nick, "values": rest, "error": Gimp.get_pdb().get_last_error()}


def filters(layer):
    """The layer's filters, the lowest first: name, operation and the properties that are numbers."""
    return [_filter(each) for each in reversed(Gimp.Item.get_by_id(layer).get_filters())]


def _filter(found):
    config = found.get_config()
    values = {spec.name: config.get_property(spec.name) for spec in config.list_properties()}
    numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
    return {"name": found.get_name(), "operation": found.get_operation_name(), "properties": numbers}


def save(image, path):
    """Write what the image shows to ``path``: 32-bit floats, sRGB; answers height and width."""
    owner = Gimp.Image.get_by_id(image)
    shown = Gimp.Layer.new_from_visible(owner, owner, "shown")
    size = shown.get_width(), shown.get_height()
    where = Gegl.Rectangle.new(0, 0, *size)
    pixels = shown.get_buffer().get(where, 1.0, "R'G'B' float", Gegl.AbyssPolicy.NONE)
    shown.delete()
    with open(path, "wb") as file:
        file.write(pixels)
    return size[::-1]


def selection(image, path):
    """Write the selection to ``path``, a byte a pixel; answers whether anything is selected."""
    owner = Gimp.Image.get_by_id(image)
    where = Gegl.Rectangle.new(0, 0, owner.get_width(), owner.get_height())
    with open(path, "wb") as file:
        file.write(owner.get_selection().get_buffer().get(where, 1.0, "Y u8", Gegl.AbyssPolicy.NONE))
    return not Gimp.Selection.is_empty(owner)


def left(image):
    """What a run could leave behind: hidden images, channels, layers."""
    owner = Gimp.Image.get_by_id(image)
    return {
        "images": len(Gimp.get_images()),
        "channels": len(owner.get_channels()),
        "layers": len(owner.get_layers()),
    }


def close_all():
    """Close every image."""
    for display in Gimp.get_displays() if hasattr(Gimp, "get_displays") else []:
        display.delete()
    for image in Gimp.get_images():
        image.delete()
