"""All windows of the plug-in, for `retouchiq.py` to import only where there is a display."""

from chooser import choose
from dialog import ask
from progress_window import ProgressWindow

__all__ = ["ProgressWindow", "ask", "choose"]
