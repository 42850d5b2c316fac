"""What is seen while waiting where no window is opened: GIMP's own progress bar, or nothing on a console."""

from gi.repository import Gimp
from texts import _


class Bar:
    """Progress of a run from a script. Its Cancel button is GIMP's: it ends the plug-in by force."""

    cancelled = False

    def __init__(self) -> None:
        Gimp.progress_init(_("Retouching"))

    def say(self, step: str) -> None:
        """Name the step."""
        Gimp.progress_set_text(step)

    def tick(self) -> None:
        """Nothing to keep alive."""

    def close(self) -> None:
        """Take the bar away."""
        Gimp.progress_end()
