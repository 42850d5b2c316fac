"""The modules of the installed darktable, as it describes them: fields, types, ranges, defaults, versions."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

import hostbridge
from hostbridge import HostFailed, InvalidSetting
from hostbridge.darktable.install import Darktable
from hostbridge.darktable.settings import Params

FORMAT = 2
"""Changes whenever what the child prints does, so that an older cache is not read."""

_REALS = {"float", "double"}
_INTEGERS = {"int8", "uint8", "short", "ushort", "int", "uint", "long", "ulong", "char"}
# dt_iop_flags_t of darktable's develop/imageop.h, the same in 4.2 and 5.4
_FLAGS = {"supports_blending": 1 << 1, "deprecated": 1 << 2, "hidden": 1 << 5, "one_instance": 1 << 7}
_NO_MASKS = 1 << 10
# dt_iop_colorspace_type_t
COLORSPACES = {0: "raw", 1: "lab", 2: "rgb"}


@dataclass(frozen=True)
class Field:
    """One field. ``offset`` and ``size`` are bytes, the offset from the start of what holds the field.

    ``kind``: a number type, ``bool``, ``enum`` (``values``: name → value), ``text`` (a char array), ``struct``
    (``fields``), ``array`` (``count`` of ``items``), ``floatcomplex`` or ``opaque`` (bytes nobody describes, unions).
    ``low``, ``high`` and ``default`` are None where the kind has none.
    """

    kind: str
    name: str
    offset: int
    size: int
    description: str = ""
    low: float | None = None
    high: float | None = None
    default: float | None = None
    values: dict[str, int] = field(default_factory=dict)
    count: int = 0
    items: Field | None = None
    fields: tuple[Field, ...] = ()

    @functools.cached_property
    def names(self) -> dict[int, str]:
        """Value → name of an enum; the first name where several share a value."""
        return {value: name for name, value in reversed(self.values.items())}

    def initial(self) -> Any:
        """The default of this field, in the form it has in params."""
        if self.kind == "struct":
            return {child.name: child.initial() for child in self.fields}
        if self.kind == "array":
            assert self.items is not None
            return [self.items.initial() for _ in range(self.count)]
        if self.kind == "enum":
            return self.names.get(int(self.default or 0), int(self.default or 0))
        if self.kind == "bool":
            return bool(self.default)
        if self.kind in _REALS:
            return float(self.default or 0.0)
        blank = {"text": "", "opaque": "00" * self.size, "floatcomplex": [0.0, 0.0]}
        return blank.get(self.kind, int(self.default or 0))


@dataclass(frozen=True)
class Module:
    """One module of the installed darktable; ``size`` is the bytes of its parameters."""

    operation: str
    version: int
    size: int
    fields: tuple[Field, ...]
    flags: int = 0
    colorspace: str = "rgb"
    host: str = "darktable"

    @functools.cached_property
    def struct(self) -> Field:
        """The parameters as one field."""
        return Field("struct", self.operation, 0, self.size, fields=self.fields)

    @property
    def one_instance(self) -> bool:
        """True where darktable allows this module only once."""
        return bool(self.flags & _FLAGS["one_instance"])

    @property
    def deprecated(self) -> bool:
        """True where darktable hides the module from new edits."""
        return bool(self.flags & _FLAGS["deprecated"])

    @property
    def maskable(self) -> bool:
        """True where the module can be limited by parametric and drawn masks."""
        return bool(self.flags & _FLAGS["supports_blending"]) and not self.flags & _NO_MASKS

    def defaults(self) -> Params:
        """Complete parameters with the default of every field (what darktable decides per image is not known here)."""
        params: Params = self.struct.initial()
        return params

    def validate(self, params: Params) -> Params:
        """The same params if they are complete and every value is inside its range, else `InvalidSetting`."""
        for complaint, _ in self._problems(params):
            raise InvalidSetting(f"{complaint} ({self.host})")
        return params

    def clamp(self, params: Params) -> tuple[Params, list[str]]:
        """Params with every number moved inside its range, and a sentence for each that was moved.

        Raises `InvalidSetting` for what cannot be moved: unknown, missing or mistyped fields.
        """
        notes: list[str] = []
        held: Params = json.loads(json.dumps(params))
        for complaint, repair in self._problems(held):
            if repair is None:
                raise InvalidSetting(f"{complaint} ({self.host})")
            holder, key, value = repair
            holder[key] = value
            notes.append(f"{complaint} ({self.host}): set to {value:g}")
        return held, notes

    def _problems(self, params: Params) -> Iterator[_Problem]:
        return _problems(self.struct, {"": params}, "", self.operation)


_Problem = tuple[str, tuple[Any, Any, float] | None]


def _problems(what: Field, holder: Any, key: Any, path: str) -> Iterator[_Problem]:
    """What is wrong with ``holder[key]``: a complaint, and (holder, key, value) where a value would repair it."""
    value = holder[key]
    if what.kind == "struct":
        yield from _struct_problems(what, value, path)
    elif what.kind == "array":
        assert what.items is not None
        if not isinstance(value, list) or len(value) != what.count:
            yield f"{path} = {value!r} is not a list of {what.count}", None
            return
        for index in range(what.count):
            yield from _problems(what.items, value, index, f"{path}[{index}]")
    else:
        yield from _value_problems(what, holder, key, path)


def _struct_problems(what: Field, value: Any, path: str) -> Iterator[_Problem]:
    if not isinstance(value, dict):
        yield f"{path} = {value!r} is not a group of fields", None
        return
    known = {child.name: child for child in what.fields}
    for name in value.keys() - known.keys() - {"_padding"}:
        yield f"{path} has no field {name!r}: it has {', '.join(known)}", None
    for name, child in known.items():
        if name not in value:
            yield f"{path}.{name} is missing: parameters must be complete", None
        else:
            yield from _problems(child, value, name, f"{path}.{name}")


def _value_problems(what: Field, holder: Any, key: Any, path: str) -> Iterator[_Problem]:
    value = holder[key]
    if what.kind == "enum":
        if value not in what.values and (isinstance(value, bool) or not isinstance(value, int)):
            yield f"{path} = {value!r} is none of {', '.join(what.values)}", None
    elif what.kind == "bool":
        if not isinstance(value, bool):
            yield f"{path} = {value!r} is not true or false", None
    elif what.kind in _REALS | _INTEGERS:
        yield from _range_problems(what, holder, key, path)
    elif what.kind in {"text", "opaque"} and not isinstance(value, str):
        yield f"{path} = {value!r} is not text", None
    elif what.kind == "text" and len(value.encode()) >= what.size and not value.startswith("hex:"):
        yield f"{path} = {value!r} is longer than {what.size - 1} bytes", None


def _range_problems(what: Field, holder: Any, key: Any, path: str) -> Iterator[_Problem]:
    value = holder[key]
    real = what.kind in _REALS
    if isinstance(value, bool) or not isinstance(value, int | float if real else int) or not np.isfinite(value):
        yield f"{path} = {value!r} is not {'a finite number' if real else 'a whole number'}", None
        return
    if what.low is None or what.high is None:
        return
    if value == what.default:
        return  # some defaults mean "decide yourself" and lie outside the range of what a user may choose
    # compared as darktable holds it: 0.1 is the float next to 0.1
    held = float(np.float32(value)) if what.kind == "float" else value
    low, high = (float(np.float32(edge)) if what.kind == "float" else edge for edge in (what.low, what.high))
    if not low <= held <= high:
        nearest = what.low if held < low else what.high
        yield f"{path} = {value:g} is outside {what.low:g}..{what.high:g}", (holder, key, nearest)


@dataclass(frozen=True)
class Schema:
    """All modules that describe themselves, and what libdarktable knows about pipes and masks.

    ``orders``: ``iop_order_version`` → the built-in order as (operation, instance) pairs. ``blends``: blend colour
    space → the blend parameters of ``blend_version`` a new module starts with, without the zeros at their end.
    """

    version: str
    modules: dict[str, Module]
    orders: dict[int, tuple[tuple[str, int], ...]]
    blends: dict[int, bytes]
    blend_version: int
    masks_version: int

    @property
    def names_by_hand(self) -> bool:
        """True where darktable renames an instance unless its name is marked ``multi_name_hand_edited``.

        Before 4.4 that mark must not be there: darktable 4.2 takes it for the name (tested on renders).
        """
        return tuple(map(int, self.version.split(".")[:2])) >= (4, 4)

    def module(self, operation: str) -> Module:
        """The module of that operation name; `InvalidSetting` for one this darktable does not have."""
        try:
            return self.modules[operation]
        except KeyError:
            raise InvalidSetting(
                f"darktable {self.version} has no module {operation!r}: `retouchiq schema` lists its modules"
            ) from None


def load(darktable: Darktable) -> Schema:
    """The schema of this darktable: asked once in a child process, then cached per version, path and library time.

    Raises `HostFailed` where the child does not answer.
    """
    cache = _cache_file(darktable)
    try:
        described = json.loads(cache.read_bytes())
    except (OSError, ValueError):
        described = _ask(darktable)
        _keep(cache, described)
    return _schema(darktable.version, described)


def _cache_file(darktable: Darktable) -> Path:
    plugins = darktable.plugins
    state = (FORMAT, darktable.version, str(darktable.library), darktable.library.stat().st_mtime_ns, str(plugins))
    key = hashlib.sha256(repr((*state, plugins.stat().st_mtime_ns)).encode()).hexdigest()[:16]
    return platformdirs.user_cache_path("retouchiq") / "schema" / f"darktable-{darktable.version}-{key}.json"


def _ask(darktable: Darktable) -> dict[str, Any]:
    command = [sys.executable, "-m", "hostbridge.darktable.introspection"]
    source = str(Path(hostbridge.__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))}
    try:
        child = subprocess.run(
            [*command, darktable.library, darktable.plugins],
            capture_output=True,
            timeout=120,
            check=False,
            env=environment,
        )
        described: dict[str, Any] = json.loads(child.stdout)
        described["blends"], described["orders"], described["blend_version"], described["masks_version"]
    except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
        raise HostFailed(
            f"darktable {darktable.version} does not describe its modules ({error}): is {darktable.library} whole?"
        ) from error
    return described


def _keep(cache: Path, described: dict[str, Any]) -> None:
    """Write the cache whole or not at all; a cache that cannot be written is only slow."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=cache.parent, prefix=cache.stem)
    except OSError:
        return
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(described, file)
        os.replace(temporary, cache)
    except OSError:
        Path(temporary).unlink(missing_ok=True)


def _schema(version: str, described: dict[str, Any]) -> Schema:
    modules = {name: _module(name, said, version) for name, said in described["modules"].items()}
    orders = {int(number): order_pairs(text) for number, text in described["orders"].items()}
    blends = {int(space): bytes.fromhex(text) for space, text in described["blends"].items()}
    return Schema(version, modules, orders, blends, described["blend_version"], described["masks_version"])


def order_pairs(text: str) -> tuple[tuple[str, int], ...]:
    """``iop_order_list`` text (``exposure,0,exposure,1``) as (operation, instance) pairs, first in the pipe first."""
    words = text.split(",")
    return tuple(zip(words[0::2], map(int, words[1::2]), strict=True))


def _module(operation: str, said: dict[str, Any], version: str) -> Module:
    space = said.get("blend_colorspace", said.get("default_colorspace", 2))
    return Module(
        operation=operation,
        version=said["version"],
        size=said["size"],
        fields=tuple(_field(child, 0) for child in said["fields"]),
        flags=said["flags"],
        colorspace=COLORSPACES.get(space, "rgb"),
        host=f"darktable {version}",
    )


def _field(said: dict[str, Any], start: int) -> Field:
    kind = said["kind"]
    here = said["offset"]
    shape: dict[str, Any] = {key: said[key] for key in ("name", "size", "description")}
    shape["offset"] = here - start
    if kind == "array" and said["items"]["kind"] == "char":
        return Field("text", **shape)
    if kind == "array":
        return Field(kind, **shape, count=said["count"], items=_field(said["items"], here))
    if kind == "struct":
        return Field(kind, **shape, fields=tuple(_field(child, here) for child in said["fields"]))
    if kind in {"union", "none", "opaque"}:
        return Field("opaque", **shape)
    numbers: dict[str, Any] = {
        "low": _number(said, "min"),
        "high": _number(said, "max"),
        "default": _number(said, "default"),
    }
    return Field(kind, **shape, **numbers, values=said.get("values", {}))


def _number(said: dict[str, Any], key: str) -> float | None:
    value = said.get(key)
    # the shortest number that is the same float: 0.1, not 0.10000000149
    return float(str(np.float32(value))) if said["kind"] == "float" and value is not None else value
