"""GIMP 3: the controls as GEGL operations of the running GIMP, applied as non-destructive filters."""
