"""Whether darktable applied the settings it was given: its exit status does not say.

darktable leaves out what it cannot use and carries on. It tells of a module it does not have and of settings of a
version it does not know in its messages; of settings newer than its module it may say nothing and use whatever is in
memory. With ``-d imageio`` it also lists the modules that took part.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from hostbridge import HostFailed
from hostbridge.darktable.history import HistoryEntry
from hostbridge.darktable.settings import OURS
from hostbridge.darktable.sidecar import Sidecar

_MISSING = re.compile(r"the module `(\w+)' requested by image")
_MISMATCH = re.compile(r"module `(\w+)' version mismatch: history is (\d+)")
_TOOK_PART = re.compile(r"\[dt_imageio_export_with_flags\]\s+(?:modules: )?([a-z][^\n]*)")


def check(sent: Sidecar | None, packet: bytes, log: str, version: str) -> None:
    """Raises `HostFailed` naming a module of ``sent`` that is not in the picture.

    ``packet`` is the XMP of the picture and ``log`` what darktable ``version`` said while it made it. With ``sent``
    None the history of the packet is what should have been applied.
    """
    made = Sidecar.parse(packet)
    wanted = list(_enabled(sent or made))
    problems = [*_refused(wanted, log), *_too_new(wanted, made), *_absent(wanted, log)]
    if problems:
        raise HostFailed(
            f"darktable {version} made a picture without {'; without '.join(dict.fromkeys(problems))}. "
            "Use the darktable that made this history, or turn the module off in it"
        )


def _enabled(sidecar: Sidecar) -> Iterator[HistoryEntry]:
    """The last step of each module instance that is on in the end."""
    steps = sidecar.history[: sidecar.history_end]
    final = {(step.operation, step.priority): step for step in steps}
    return (step for step in final.values() if step.enabled)


def _refused(wanted: list[HistoryEntry], log: str) -> Iterator[str]:
    operations = {step.operation for step in wanted}
    yield from (f"{name}, which it does not have" for name in _MISSING.findall(log) if name in operations)
    for name, number in _MISMATCH.findall(log):
        if any(step.operation == name and step.version == int(number) for step in wanted):
            yield f"{name}, whose settings are of version {number}"


def _too_new(wanted: list[HistoryEntry], made: Sidecar) -> Iterator[str]:
    known = {step.operation: step.version for step in made.history}
    for step in wanted:
        if step.version > known.get(step.operation, step.version):
            yield f"{step.operation}, whose settings are of version {step.version} (it has {known[step.operation]})"


def _absent(wanted: list[HistoryEntry], log: str) -> Iterator[str]:
    # Only for our own: darktable leaves out raw modules for a JPEG, and a history may hold them all the same. A flip
    # that turns the picture back to how the sensor lay takes no part either.
    took_part = Counter(_took_part(log))
    ours = [step.operation for step in wanted if step.instance == OURS and step.operation != "flip"]
    for name, count in Counter(ours).items():
        if count > took_part[name]:
            yield f"{name} ({OURS})"


def _took_part(log: str) -> list[str]:
    lists = _TOOK_PART.findall(log)
    return re.findall(r"[a-z]\w*", lists[-1]) if lists else []
