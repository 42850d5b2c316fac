"""Why a retouch ends without a change; the text of each is a sentence for the user."""


class Failure(Exception):
    """Base of the plug-in's errors."""


class NotPossible(Failure):
    """The image, layer or selection cannot be retouched as it is."""


class ServerMissing(Failure):
    """The `retouchiq` command is not there or does not start its server."""


class ServerGone(Failure):
    """The server stopped answering."""


class Refused(Failure):
    """The server answered with an error."""


class Cancelled(Failure):
    """The user no longer wants it."""
