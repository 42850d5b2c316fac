"""The operations of the running GIMP, as its plug-in lists them: the schema that filters are validated against.

The list is posted as JSON: ``{"gegl:exposure": {"properties": {"exposure": {"type": "gdouble", "min": -10, "max": 10,
"default": 0}}}}``. Types are those of GObject; ``gdouble`` and ``gint`` may have a range, enumerations have
``values``. A range that is missing or not finite has no end.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hostbridge import InvalidSetting
from hostbridge.gegl.filters import Filter, Value

HUGE = 1e300
"""What GIMP reports where a property has no limit is beyond this."""

COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Property:
    """One property: ``low``…``high`` for numbers (infinite where open), ``values`` for enumerations."""

    name: str
    type: str
    low: float = -math.inf
    high: float = math.inf
    default: Value | None = None
    values: tuple[str, ...] = ()

    @property
    def integral(self) -> bool:
        """True for whole numbers."""
        return self.type in ("gint", "guint", "gint64", "guint64")

    @property
    def number(self) -> bool:
        """True for numbers."""
        return self.integral or self.type in ("gdouble", "gfloat")

    def complaint(self, value: Value) -> str | None:
        """What is wrong with a value, as the end of a sentence; None where it fits."""
        if self.number:
            return self._of_number(value)
        if self.type == "gboolean":
            return None if isinstance(value, bool) else "is not true or false"
        if self.values:
            return None if value in self.values else f"is none of {', '.join(self.values)}"
        if self.type == "GeglColor":
            return None if COLOR.fullmatch(str(value)) else "is not a colour such as #8040c0"
        return None if self.type == "gchararray" and isinstance(value, str) else f"cannot be set: it is a {self.type}"

    def _of_number(self, value: Value) -> str | None:
        if isinstance(value, str | bool) or not math.isfinite(value):
            return "is not a number"
        if self.low <= value <= self.high:
            return None
        return f"is outside {self.low:g}…{self.high:g}"


@dataclass(frozen=True)
class Operation:
    """One operation and its properties by name."""

    name: str
    properties: Mapping[str, Property]
    host: str

    def property(self, name: str) -> Property:
        """A property by name; `InvalidSetting` where there is none."""
        if name not in self.properties:
            has = ", ".join(self.properties) or "none"
            raise InvalidSetting(f"{self.name} has no property {name!r}: it has {has} ({self.host})")
        return self.properties[name]


@dataclass(frozen=True)
class Operations:
    """All operations of one GIMP (``host``: its name and version)."""

    known: Mapping[str, Operation]
    host: str = "GIMP"

    @classmethod
    def parse(cls, posted: Mapping[str, Any], host: str = "GIMP") -> Operations:
        """The list as the plug-in posts it; raises `InvalidSetting`, naming the entry, where it is none."""
        return cls({name: _operation(name, entry, host) for name, entry in posted.items()}, host)

    def operation(self, name: str) -> Operation:
        """An operation by name; `InvalidSetting` where this GIMP has none."""
        if name not in self.known:
            raise InvalidSetting(
                f"{self.host} has no operation {name!r}: GIMP's operations are called like gegl:exposure"
            )
        return self.known[name]

    def validate(self, made: Filter) -> None:
        """Raise `InvalidSetting` naming operation, property, value and range where a filter does not fit this GIMP."""
        if made.destructive:
            return
        operation = self.operation(made.operation)
        for name, value in made.properties.items():
            if complaint := operation.property(name).complaint(value):
                raise InvalidSetting(f"{made.operation}.{name} = {value} {complaint} ({self.host})")


def _operation(name: str, entry: Any, host: str) -> Operation:
    try:
        properties = {key: _property(key, about) for key, about in entry["properties"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidSetting(f"the list of operations is malformed at {name!r}: {error!r}") from None
    return Operation(name, properties, host)


def _property(name: str, about: Mapping[str, Any]) -> Property:
    return Property(
        name,
        str(about["type"]),
        _end(about.get("min"), -math.inf),
        _end(about.get("max"), math.inf),
        about.get("default"),
        tuple(str(value) for value in about.get("values") or ()),
    )


def _end(limit: Any, otherwise: float) -> float:
    return otherwise if limit is None or not abs(float(limit)) < HUGE else float(limit)
