"""Three answers side by side, with their scores: the user takes one."""

from failures import Cancelled
from gi.repository import GdkPixbuf, GimpUi, GLib, Gtk
from loop import Answer
from small import Small
from texts import _

SIDE = 300  # pixels of a thumbnail


def choose(copy: Small, answers: list[Answer]) -> Answer:
    """The answer the user clicks on. Raises `Cancelled` where the window is closed instead."""
    dialog = GimpUi.Dialog(title=_("Choose an answer"), role="retouchiq-chooser")
    dialog.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
    row = Gtk.Box(spacing=12, homogeneous=True)
    for number, answer in enumerate(answers):
        row.pack_start(_card(dialog, number, copy, answer), True, True, 0)
    content = dialog.get_content_area()
    content.set_border_width(12)
    content.pack_start(row, True, True, 0)
    dialog.show_all()
    chosen = dialog.run()
    dialog.destroy()
    if not 0 <= chosen < len(answers):
        raise Cancelled
    return answers[chosen]


def _card(dialog: Gtk.Dialog, number: int, copy: Small, answer: Answer) -> Gtk.Widget:
    button = Gtk.Button()
    card = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
    card.pack_start(Gtk.Image.new_from_pixbuf(_thumbnail(*copy.pixels_with(answer.filters))), True, True, 0)
    card.pack_start(Gtk.Label(label=_caption(answer)), False, False, 0)
    button.add(card)
    button.connect("clicked", lambda _button: dialog.response(number))
    return button


def _caption(answer: Answer) -> str:
    if not answer.applied:
        return _("{variant}: no better than before").format(variant=_(answer.variant))
    return _("{variant}: {score:.1f} of 10").format(variant=_(answer.variant), score=answer.score)


def _thumbnail(pixels: bytes, width: int, height: int) -> GdkPixbuf.Pixbuf:
    """A picture of the upper bytes of 16-bit ``pixels``."""
    upper = GLib.Bytes.new(pixels[1::2])  # every machine GIMP 3 runs on is little-endian
    picture = GdkPixbuf.Pixbuf.new_from_bytes(upper, GdkPixbuf.Colorspace.RGB, False, 8, width, height, width * 3)
    scale = SIDE / max(width, height)
    size = (max(1, round(side * scale)) for side in (width, height))
    return picture.scale_simple(*size, GdkPixbuf.InterpType.BILINEAR)
