"""The lines in darktable's ``luarc`` that load the panel.

darktable runs ``luarc`` when it starts. Ours come first, so that an error in the user's own lines does not cost the
panel, and load it with ``pcall``, so that an error of ours does not cost the user's lines. A byte order mark and a
first line with ``#`` stay where Lua allows them: at the very start.
"""

from __future__ import annotations

import re

from hostbridge import NotWritable

LINE = 'require "retouchiq/retouchiq"'
_BEGIN = "-- >>> retouchiq: written by `retouchiq plugin install`, taken away by `retouchiq plugin remove`"
_LOAD = f'do local ok, why = pcall(function() {LINE} end) if not ok then print("retouchiq: " .. tostring(why)) end end'
_END = "-- <<< retouchiq"
_BLOCK = re.compile(
    rb"(?:^|(?<=\xef\xbb\xbf))-- >>> retouchiq[^\n]*\n[^\n]*\n-- <<< retouchiq[^\n]*(?:\n|\Z)", re.MULTILINE
)
_START = re.compile(rb"(?:\xef\xbb\xbf)?(?:#[^\n]*(?:\n|\Z))?")


def has(content: bytes) -> bool:
    """Whether our lines are in it."""
    return _BLOCK.search(content) is not None


def add(content: bytes) -> bytes:
    """``content`` with our lines as they are today; what else is in it is the same byte for byte.

    Raises `NotWritable` for a file that is one unended line beginning with ``#``.
    """
    rest = remove(content)
    start = _START.match(rest)
    assert start is not None  # it matches nothing at all, too
    if b"#" in start[0] and not start[0].endswith(b"\n"):
        raise NotWritable(
            f"luarc is one line without an end, {start[0][:40]!r}: end it with a line break, then try again"
        )
    end = "\r\n" if re.search(rb"\r\n", rest) else "\n"
    block = "".join(line + end for line in (_BEGIN, _LOAD, _END))
    return rest[: start.end()] + block.encode() + rest[start.end() :]


def remove(content: bytes) -> bytes:
    """``content`` without our lines."""
    return _BLOCK.sub(b"", content)
