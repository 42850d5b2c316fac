"""What is known about photo editors: their controls, modules, sidecars and how to make them render.

Nothing in here knows about models, instructions or web servers. Every error is one of these::

    HostBridgeError
    ├── UnusableInput           the caller's file or value cannot be used; the message says the way out
    │   ├── UnreadableImage     the host does not open this file
    │   ├── MalformedSidecar    not a sidecar the host would read, or one of a newer host
    │   ├── InvalidSetting      no such module or field, or a value outside its range
    │   ├── UnknownControl      not in the control vocabulary
    │   └── NotWritable         a folder or file that cannot be written: read-only, full, gone
    ├── HostMissing             darktable, its library or a display is not there
    ├── HostFailed              the host crashed, hung or did not do what it was told
    └── Cancelled               the caller's cancel event was set
"""


class HostBridgeError(Exception):
    """Base of every error of this package; its text is a sentence for the user."""


class UnusableInput(HostBridgeError):
    """The caller's file or value cannot be used."""


class UnreadableImage(UnusableInput):
    """The host does not open this image."""


class MalformedSidecar(UnusableInput):
    """The file is not a sidecar this host reads."""


class InvalidSetting(UnusableInput):
    """No such module or field, or a value outside its range."""


class UnknownControl(UnusableInput):
    """The control is not in the vocabulary."""


class NotWritable(UnusableInput):
    """The result cannot be written there."""


class HostMissing(HostBridgeError):
    """The host, its library or a display is missing."""


class HostFailed(HostBridgeError):
    """The host crashed, hung or did not do what it was told."""


class Cancelled(HostBridgeError):
    """The caller no longer wants it."""
