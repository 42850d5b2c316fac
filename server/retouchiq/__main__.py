"""The ``retouchiq`` command, and ``python -m retouchiq``."""

import sys


def main() -> int:
    """Run the command line; Ctrl-C is answered in one sentence even while the modules are still loading."""
    try:
        from retouchiq.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("retouchiq: stopped before it began", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
