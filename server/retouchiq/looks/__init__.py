"""Looks: named styles, each one file of the top-level folder ``presets/``.

::

    look        one look: what a file says, validated
    collection  all looks: those that come with the program and the user's own; the one of a name
    nearest     looks found by description
    sheet       looks on photos, side by side
    styles      looks as styles of darktable

``presets`` beside this module is a link to the folder in a checkout, and a copy of it in an installed package.
"""

from retouchiq.looks.collection import check_look, find, looks, with_look
from retouchiq.looks.look import Look

__all__ = ["Look", "check_look", "find", "looks", "with_look"]
