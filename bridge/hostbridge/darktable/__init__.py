"""darktable: what is installed, its modules, its parameters as bytes, sidecars, styles, and renders."""
