"""Our plug-ins inside the editors: which editors there are, putting the plug-ins there, taking them away.

::

    machine     what this machine has: programs on PATH, Flatpaks, the user's folders
    editors     every darktable and GIMP found on it, and what each one allows
    folder      one plug-in folder: our files in it, by manifest
    luarc       the lines in darktable's luarc that load the panel
    placing     installing into, removing from and looking at one editor

The plug-ins' own files live in the top-level folder ``plugin/``; ``plug-ins`` beside this module is a link to it in a
checkout, and a copy of it in an installed package.
"""

from pathlib import Path

PLUG_INS = Path(__file__).parent / "plug-ins"
