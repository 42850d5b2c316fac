"""A finished picture to come close to: of this very photo, of another scene, or of the same series."""

from retouchiq.reference.match import Match
from retouchiq.reference.series import with_reference

__all__ = ["Match", "with_reference"]
