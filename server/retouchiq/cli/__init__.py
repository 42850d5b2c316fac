"""The ``retouchiq`` command.

Exit status: 0 done, 1 the edit was worse than doing nothing and was not applied, 2 unusable input, 3 the host is
missing or failed, 130 stopped by the user.
"""

from __future__ import annotations

import argparse
import io
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from hostbridge import HostFailed, HostMissing, UnusableInput
from retouchiq import __version__
from retouchiq.cli import (
    batch,
    bench,
    demo,
    doctor,
    edit,
    looks,
    plan,
    plugin,
    render,
    repeat,
    schema,
    score,
    serve,
    sidecar,
    style,
)

COMMANDS = (edit, looks, style, batch, plan, score, render, repeat, sidecar, schema, serve, plugin, doctor, bench, demo)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; answers the exit status."""
    signal.signal(signal.SIGTERM, _stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a file name that is not UTF-8 comes out escaped, also in JSON, and stops nothing
            stream.reconfigure(errors="backslashreplace")
    args = parser().parse_args(argv)
    try:
        return int(args.run(args))
    except UnusableInput as error:
        return _complain(str(error), 2)
    except (HostMissing, HostFailed) as error:
        return _complain(str(error), 3)
    except KeyboardInterrupt:
        return _complain("stopped; nothing was half-written", 130)
    except BrokenPipeError:
        return 0


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="retouchiq",
        description="Type what you want; darktable does it, verified on its own render, reversible and local.",
    )
    top.add_argument("--version", action="version", version=f"retouchiq {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return top


def _stop(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends the command the way Ctrl-C does: children closed, nothing half-written."""
    raise KeyboardInterrupt


def _complain(sentence: str, status: int) -> int:
    print(f"retouchiq: {sentence}", file=sys.stderr)
    return status
