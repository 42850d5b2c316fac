"""The order of modules in the pipe, and the place of further instances in it.

A sidecar names a built-in order (``iop_order_version``: 1 legacy, 2 and 3 since darktable 3.0, 4 and 5 since 5.0, raw
and JPEG; 0 its own) and, where a module has several instances or the order is its own, lists it (``iop_order_list``).
darktable leaves out an instance that the list does not have.
"""

from __future__ import annotations

from collections.abc import Iterable

from hostbridge import MalformedSidecar
from hostbridge.darktable.schema import Schema, order_pairs

LEGACY = 1
_OTHERWISE = 2  # v3.0, what darktable 4.2 takes for an order of darktable 5
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
