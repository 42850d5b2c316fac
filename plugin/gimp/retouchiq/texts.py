"""The plug-in's sentences in the user's language, from locale/; English where there is no catalogue."""

import gettext
from pathlib import Path

_ = gettext.translation("retouchiq", Path(__file__).parent / "locale", fallback=True).gettext
