"""A darktable inside a Python process of its own, told by its parent what to render.

Run as a script, never imported: ``python -P worker.py``. Requests come as one JSON object a line on standard input,
answers go the same way to standard output; whatever darktable prints ends in a log file. It ends when its standard
input does. Nothing native but lupa may be imported here: darktable's symbols are everybody's in this process.

The first request starts darktable: ``{"library", "arguments", "environment", "log"}``, answered by ``{"api"}``. Each
further one is a render: ``{"image", "sidecar" (a path or null), "size", "out", "format", "threads"}``, answered by
``{"packet" (the image's XMP, one character a byte), "log"}`` or ``{"error", "log"}`` with the error one of ``import``,
``sidecar`` and ``export``. ``format`` is the name of one of darktable's format modules.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import signal
import sys
import threading
from collections import OrderedDict
from typing import Any, BinaryIO

# Formats that darktable writes the photo's metadata into, which its Lua leaves out; a preview needs none.
HOLD_METADATA = {"jpeg", "png", "tiff", "webp", "j2k"}
KEPT_IMAGES = 3  # a decoded 24 MP image takes 400 MB in darktable

_LUA = """
local darktable = ...
local images = {}
local function import(path)
    local opened, image = pcall(darktable.database.import, path)
    if not (opened and image) then return 0 end
    images[image.id] = image
    return image.id
end
local function export(id, out, size, kind)
    local format = darktable.new_format(kind)
    format.max_width, format.max_height = size, size
    format:write_image(images[id], out, false)
end
local function forget(id)
    images[id] = nil
end
local function silence(id)
    for _, name in ipairs({"creator", "description", "publisher", "rights", "title"}) do images[id][name] = "" end
end
return import, export, forget, silence
"""


Stamp = tuple[int, int, int] | None  # time of change in ns, size, inode; None where there is no file


class Failed(Exception):
    """A step of a render failed; its text names the step."""


class Darktable:
    """The darktable of this process. All calls come from the thread that started it."""

    def __init__(self, library: str, arguments: list[str]) -> None:
        # darktable's modules are linked against symbols that only libdarktable.so has; Lua's come from lupa.
        sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
        from lupa.lua54 import LuaRuntime

        lua = LuaRuntime()
        found = lua.eval("package.loadlib")(library, "luaopen_darktable")
        loader = found[0] if isinstance(found, tuple) else found
        darktable = loader()(*arguments)
        self._c = _declare(ctypes.CDLL(library))
        self._metadata = ctypes.byref(ExportMetadata(self._c.dt_lib_export_metadata_default_flags(), None))
        with self.lua():
            self.api: str = darktable.configuration.api_version_string
            self._import, self._export, self._forget, self._silence = lua.execute(_LUA, darktable)
            # Dropping a Lua value is a call of Lua too.
            del found, loader, darktable
        self._images: OrderedDict[str, tuple[int, tuple[Stamp, Stamp], bool]] = OrderedDict()

    def lua(self) -> Lock:
        """darktable's Lua lock: its own threads run Lua code in the same interpreter when an image was imported."""
        return Lock(self._c)

    def render(self, image: str, sidecar: str | None, size: int, out: str, kind: str) -> bytes:
        """Write a picture of ``image`` to ``out`` and return the XMP that describes how it was made."""
        identity = self._open(image, sidecar is None, out)
        if sidecar is not None and self._c.dt_history_load_and_apply(identity, os.fsencode(sidecar), 1) != 0:
            self.close(image)
            raise Failed("sidecar")
        with self.lua():
            self._export(identity, out, size, kind)
        if not os.path.exists(out):
            self.close(image)
            raise Failed("export")
        if size == 0 and kind in HOLD_METADATA:
            self._c.dt_exif_xmp_attach_export(identity, os.fsencode(out), self._metadata, None, None)
        return self._packet(identity, f"{out}.xmp")

    def close(self, image: str) -> None:
        """Forget an image and what darktable has decoded of it."""
        identity, _, _ = self._images.pop(image)
        with self.lua():
            self._forget(identity)
        self._c.dt_image_remove(identity)

    def _open(self, image: str, untouched: bool, out: str) -> int:
        stamp = (_stamp(image), _stamp(f"{image}.xmp"))
        if image in self._images:
            identity, known, is_untouched = self._images[image]
            if known[0] == stamp[0] and (not untouched or (is_untouched and known == stamp)):
                self._images[image] = (identity, known, untouched)
                self._images.move_to_end(image)
                return identity
            self.close(image)
        while len(self._images) >= KEPT_IMAGES:
            self.close(next(iter(self._images)))
        with self.lua():
            identity = int(self._import(image))
        if identity <= 0:
            raise Failed("import")
        self._images[image] = (identity, stamp, untouched)
        if not untouched:
            self._load(identity, out)
        return identity

    def _load(self, identity: int, out: str) -> None:
        """Have the image decoded: settings applied before that do not know the profile embedded in it."""
        with self.lua():
            self._export(identity, out, 16, "tiff")
        if os.path.exists(out):
            os.remove(out)

    def _packet(self, identity: int, path: str) -> bytes:
        packet = self._written(identity, path)
        if not packet:
            # A camera's text that is not UTF-8 (a copyright in Latin-1) is nothing darktable can write as XMP. It stays
            # in the photo, and only this worker's library is to forget it.
            with self.lua():
                self._silence(identity)
            packet = self._written(identity, path)
        return packet

    def _written(self, identity: int, path: str) -> bytes:
        # Not dt_exif_xmp_read_string, which reads the whole photo for the metadata in it.
        self._c.dt_exif_xmp_write(identity, os.fsencode(path), 1)
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""


class ExportMetadata(ctypes.Structure):
    """darktable's ``dt_export_metadata_t``: what of the metadata is written into an export."""

    _fields_ = (("flags", ctypes.c_int32), ("list", ctypes.c_void_p))


class Lock:
    """Holds darktable's Lua lock for a ``with`` block."""

    def __init__(self, c: ctypes.CDLL) -> None:
        self._c = c

    def __enter__(self) -> None:
        self._c.dt_lua_lock_internal(b"worker", b"worker.py", 0, 1)

    def __exit__(self, *error: object) -> None:
        self._c.dt_lua_unlock_internal(b"worker", 0)


def _declare(c: ctypes.CDLL) -> ctypes.CDLL:
    text, integer = ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("dt_lua_lock_internal", None, [text, text, integer, integer]),
        ("dt_lua_unlock_internal", None, [text, integer]),
        ("dt_history_load_and_apply", integer, [integer, text, integer]),
        # Two arguments in 4.2; the third, which 5.4 has, makes it write whatever the settings say.
        ("dt_exif_xmp_write", integer, [integer, text, integer]),
        ("dt_image_remove", None, [integer]),
        ("dt_lib_export_metadata_default_flags", integer, []),
        # Three arguments in 4.2; 5.4 also takes the pipeline, for variables in metadata that is not used here.
        ("dt_exif_xmp_attach_export", integer, [integer, text, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]),
    ):
        function = getattr(c, name)
        function.restype, function.argtypes = result, arguments
    return c


def _stamp(path: str) -> Stamp:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


class Log:
    """Where darktable's messages go; `take` empties it."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
        for stream in (1, 2):
            os.dup2(self._file, stream)

    def take(self) -> str:
        size = os.fstat(self._file).st_size
        text = os.pread(self._file, 65536, max(0, size - 65536))
        os.ftruncate(self._file, 0)
        return text.decode(errors="replace")


def _listen(lines: queue.SimpleQueue[bytes]) -> None:
    # In a thread of its own, so that a worker in the middle of a render ends with its parent too.
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)


def _answer(stream: BinaryIO, answer: dict[str, Any]) -> None:
    stream.write(json.dumps(answer).encode() + b"\n")
    stream.flush()


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    # Ctrl-C in a terminal is the parent's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()

    start = json.loads(lines.get())
    log = Log(start["log"])
    os.environ.update(start["environment"])
    darktable = Darktable(start["library"], start["arguments"])
    openmp = ctypes.CDLL("libgomp.so.1")
    _answer(answers, {"api": darktable.api})
    log.take()
    while True:
        request = json.loads(lines.get())
        openmp.omp_set_num_threads(request["threads"])
        try:
            asked = (request[name] for name in ("image", "sidecar", "size", "out", "format"))
            packet = darktable.render(*asked)
            _answer(answers, {"packet": packet.decode("latin-1"), "log": log.take()})
        except Failed as step:
            _answer(answers, {"error": str(step), "log": log.take()})


if __name__ == "__main__":
    main()
