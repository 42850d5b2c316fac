"""Where a region is that has to be found in the picture."""

from retouchiq.regions.finding import find
from retouchiq.regions.found import Found
from retouchiq.regions.locating import locate

__all__ = ["Found", "find", "locate"]
