"""The order of modules in the pipe, and the place of further instances in it.

A sidecar names a built-in order (``iop_order_version``: 1 legacy, 2 and 3 since darktable 3.0, 4 and 5 since 5.0, raw
and JPEG; 0 its own) and, where a module has several instances or the order is its own, lists it (``iop_order_list``).
darktable leaves out an instance that the list does not have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hostbridge import MalformedSidecar
from hostbridge.darktable.schema import Schema, order_pairs

LEGACY = 1
_OTHERWISE = 2  # v3.0, what darktable 4.2 takes for an order of darktable 5
_RAW, _FINISHED = 2, 3  # v3.0 and v3.0 JPEG
_GEOMETRY = {"rotatepixels", "scalepixels", "lens", "ashift", "flip", "clipping", "liquify", "spots", "retouch", "crop"}
Order = tuple[tuple[str, int], ...]


def parse(text: str) -> Order:
    """The (operation, instance) pairs of an ``iop_order_list``; `MalformedSidecar` where it is not one."""
    try:
        return order_pairs(text)
    except ValueError:
        raise MalformedSidecar(f"iop_order_list is not a list of modules and instances: {text[:60]!r}…") from None


def to_text(order: Order) -> str:
    """The ``iop_order_list`` of these pairs."""
    return ",".join(f"{operation},{instance}" for operation, instance in order)


def builtin(schema: Schema, version: int) -> Order:
    """The built-in order of that number; for one this darktable does not have, the one it then takes."""
    return schema.orders.get(version, schema.orders[_OTHERWISE])


def of_finished(version: int, operations: Collection[str], schema: Schema) -> int:
    """The order an edit of a finished photograph (no raw) is made in: v3.0 JPEG where darktable 4.2 takes v3.0.

    In v3.0 the input profile comes after exposure, tone equalizer and others, which then work on values with a
    transfer curve: +1 EV on a JPEG would be more than 2. ``operations``: the modules in the user's history. Where one
    of them has its place there, or the photo is a raw, the order stays, and so does the user's picture.
    """
    if version != _RAW or _FINISHED not in schema.orders or "rawprepare" in operations:
        return version
    names = [name for name, _ in builtin(schema, _RAW)]
    between = set(names[names.index("demosaic") + 1 : names.index("colorin")]) - _GEOMETRY
    return version if between & set(operations) else _FINISHED


def with_instances(order: Order, instances: Iterable[tuple[str, int]]) -> Order:
    """The order with each missing instance right after the last one of its module, as darktable duplicates it.

    A module the order does not know at all is left out: darktable knows its place itself.
    """
    pairs = list(order)
    for operation, instance in instances:
        if (operation, instance) in pairs:
            continue
        places = [index for index, (name, _) in enumerate(pairs) if name == operation]
        if places:
            pairs.insert(places[-1] + 1, (operation, instance))
    return tuple(pairs)


def without(order: Order, instances: Iterable[tuple[str, int]]) -> Order:
    """The order without these instances; the first instance of a module always stays."""
    gone = {pair for pair in instances if pair[1] > 0}
    return tuple(pair for pair in order if pair not in gone)
