"""The window that is there while the server works: the step, a moving bar, a way to give up."""

import contextlib
from collections.abc import Iterator

from gi.repository import GimpUi, Gtk
from texts import _

WIDTH = 420  # pixels


class ProgressWindow:
    """Has the same methods as `progress.Bar`. GIMP's own progress goes into its bar as long as it is open."""

    def __init__(self) -> None:
        self.cancelled = False
        self._dialog = GimpUi.Dialog(title=_("Retouching"), role="retouchiq-progress")
        self._dialog.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
        self._dialog.set_default_size(WIDTH, -1)
        self._dialog.connect("response", self._give_up)
        self._dialog.connect("delete-event", self._give_up)
        self._bar = GimpUi.ProgressBar.new()
        self._step = Gtk.Label(label=_("asking the server"), xalign=0)
        content = self._dialog.get_content_area()
        content.set_border_width(12)
        content.set_spacing(6)
        content.pack_start(self._step, False, False, 0)
        content.pack_start(self._bar, False, False, 0)
        self._dialog.show_all()

    def say(self, step: str) -> None:
        self._step.set_text(step)

    def tick(self) -> None:
        self._bar.pulse()
        _draw()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Out of sight while another window asks something."""
        self._dialog.hide()
        yield
        self._dialog.show()

    def close(self) -> None:
        self._dialog.destroy()
        _draw()

    def _give_up(self, *_event) -> bool:
        self.cancelled = True
        return True  # the window closes when the work has ended


def _draw() -> None:
    while Gtk.events_pending():
        Gtk.main_iteration_do(False)
