"""RetouchIQ: an instruction in, verified and reversible edits of the host editor out."""

__version__ = "0.1.0"
