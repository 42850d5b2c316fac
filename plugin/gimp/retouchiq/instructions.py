"""The instructions given before, newest first, in a file of GIMP's configuration folder."""

import contextlib
import json
from pathlib import Path

LENGTH = 30


def load(file: Path) -> list[str]:
    """What was asked before; [] where nothing was, or the file is not readable."""
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [line for line in told if isinstance(line, str)][:LENGTH] if isinstance(told, list) else []


def remember(file: Path, instruction: str) -> None:
    """Put ``instruction`` first; a file that cannot be written costs only the memory of it."""
    lines = [instruction, *(line for line in load(file) if line != instruction)][:LENGTH]
    with contextlib.suppress(OSError):
        file.write_text(json.dumps(lines, ensure_ascii=False), "utf-8")
