"""The dialog: what to do, in which look, like which photo, how strongly. The server is started while the user types."""

import threading
from collections.abc import Callable
from pathlib import Path

import instructions
import server
from failures import Failure
from gi.repository import Gimp, GimpUi, GLib, GObject, Gtk
from texts import _

LOOK_AGAIN = 100  # milliseconds
BOTH = GObject.BindingFlags.SYNC_CREATE | GObject.BindingFlags.BIDIRECTIONAL


def ask(procedure: Gimp.Procedure, config: Gimp.ProcedureConfig, history: Path) -> bool:
    """Let the user fill in ``config``; False where the dialog was cancelled."""
    dialog = GimpUi.ProcedureDialog.new(procedure, config, _("Retouch by instruction"))
    dialog.set_ok_label(_("Re_touch"))
    content = dialog.get_content_area()
    labels = Gtk.SizeGroup(mode=Gtk.SizeGroupMode.HORIZONTAL)
    looks = Gtk.ComboBoxText()
    status = Gtk.Label(xalign=0, wrap=True, max_width_chars=60)
    instruction = _instruction(config, instructions.load(history), dialog)
    for row in (instruction, _labelled(_("_Look"), looks), _reference(config)):
        labels.add_widget(row.get_children()[0])
        content.pack_start(row, False, False, 0)
    dialog.get_widget("strength", GimpUi.SpinScale)
    dialog.fill(["strength", "variant"])
    content.pack_end(status, False, False, 0)
    content.show_all()
    _offer_looks(looks, config, [])
    _bind_looks(looks, config)
    _connect(lambda told: _offer_looks(looks, config, told), status)
    done = dialog.run()
    dialog.destroy()
    return done


def _instruction(config: Gimp.ProcedureConfig, before: list[str], dialog: Gtk.Dialog) -> Gtk.Widget:
    """A line to type in, with what was asked before in its list."""
    box = Gtk.ComboBoxText.new_with_entry()
    for line in before:
        box.append_text(line)
    entry = box.get_child()
    entry.set_width_chars(60)
    entry.set_placeholder_text(_("warmer, and lift the shadows a little"))
    config.bind_property("instruction", entry, "text", BOTH)
    entry.connect("activate", lambda _entry: dialog.response(Gtk.ResponseType.OK))
    entry.connect_after("map", lambda _entry: entry.grab_focus())
    return _labelled(_("_Instruction"), box, entry)


def _labelled(text: str, widget: Gtk.Widget, focus: Gtk.Widget | None = None) -> Gtk.Widget:
    row = Gtk.Box(spacing=6)
    label = Gtk.Label(label=text, use_underline=True, xalign=0)
    label.set_mnemonic_widget(focus or widget)
    row.pack_start(label, False, False, 0)
    row.pack_start(widget, True, True, 0)
    return row


def _reference(config: Gimp.ProcedureConfig) -> Gtk.Widget:
    """A file to choose, and a button that takes the choice back."""
    chooser = Gtk.FileChooserButton(title=_("Like the photo"), hexpand=True)
    clear = Gtk.Button.new_from_icon_name("edit-clear", Gtk.IconSize.BUTTON)
    clear.set_tooltip_text(_("No photo to come close to"))
    row = _labelled(_("Li_ke the photo"), chooser)
    row.pack_start(clear, False, False, 0)

    def show(*_changed) -> None:
        file = config.get_property("reference")
        chooser.set_file(file) if file else chooser.unselect_all()
        clear.set_sensitive(file is not None)

    chooser.connect("file-set", lambda _chooser: config.set_property("reference", chooser.get_file()))
    clear.connect("clicked", lambda _clear: config.set_property("reference", None))
    config.connect("notify::reference", show)
    show()
    return row


def _offer_looks(box: Gtk.ComboBoxText, config: Gimp.ProcedureConfig, looks: list[dict]) -> None:
    """Fill ``box``; the look of last time stays chosen, even before the server has told what there is."""
    chosen = config.get_property("look")
    box.remove_all()
    for name in dict.fromkeys(["", *(look["name"] for look in looks), chosen]):
        box.append(name, name or _("none"))
    box.set_active_id(chosen)


def _bind_looks(box: Gtk.ComboBoxText, config: Gimp.ProcedureConfig) -> None:
    """Keep what is chosen and the ``look`` of ``config`` the same, whoever changes it."""

    def chosen(_box) -> None:
        if box.get_active_id() is not None:  # None while the list is filled
            config.set_property("look", box.get_active_id())

    box.connect("changed", chosen)
    config.connect("notify::look", lambda _config, _spec: box.set_active_id(config.get_property("look")))


def _connect(offer: Callable[[list], None], status: Gtk.Label) -> None:
    """Start the server in the background and pass on its looks; what goes wrong is said in the dialog."""
    told: dict = {}
    status.set_text(_("Starting the RetouchIQ server…"))
    threading.Thread(target=_looks, args=(told,), daemon=True).start()

    def look() -> bool:
        if not told:
            return True
        status.set_text(told.get("failed", ""))
        if "looks" in told:
            offer(told["looks"])
        return False

    GLib.timeout_add(LOOK_AGAIN, look)


def _looks(told: dict) -> None:
    try:
        told["looks"] = server.connect().get("/v1/looks")
    except Failure as failure:
        told["failed"] = str(failure)
