"""RetouchIQ over HTTP, on loopback, for the plug-ins of the editors and for other programs of the same user."""
