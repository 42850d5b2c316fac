"""``retouchiq doctor``: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from hostbridge import HostBridgeError
from hostbridge.darktable import install
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.schema import load

from retouchiq import __version__
from retouchiq.cli.host import AGENTS, REWARDS, add_json
from retouchiq.cli.terminal import print_json

PACKAGES = ("lupa", "lxml", "numpy", "scipy", "scikit-image", "pillow", "pydantic", "tifffile")


@dataclass(frozen=True)
class Check:
    """One line: what was looked at, whether it is fine, what was found or how to get it."""

    name: str
    ok: bool
    says: str


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("doctor", help="what is installed, what is missing and how to get it")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    checks = [_attempt(name, check) for name, check in CHECKS.items()]
    ok = all(check.ok for check in checks)
    if args.json:
        print_json({"ok": ok, "retouchiq": __version__, "checks": [vars(check) for check in checks]})
    else:
        for check in checks:
            print(f"{'ok ' if check.ok else 'NO '} {check.name:<12} {check.says}")
    return 0 if ok else 3


def _attempt(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except (HostBridgeError, PackageNotFoundError) as error:
        return Check(name, False, str(error))


def _python() -> str:
    found = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return f"{sys.version.split()[0]} with {found}"


def _darktable() -> str:
    host = install.find()
    return f"{host.version}: {host.cli}, {host.library}"


def _schema() -> str:
    return f"{len(load(install.find()).modules)} modules describe themselves"


def _display() -> str:
    if xvfb := shutil.which("Xvfb"):
        return f"{xvfb} (headless)"
    if display := os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"):
        return f"your own, {display}; apt install xvfb to keep darktable off it"
    raise install.HostMissing("no display and no Xvfb: apt install xvfb xauth")


def _renderer() -> str:
    with open_renderer("library") as renderer:
        return f"{renderer.name}, falls back to darktable-cli"


def _backends() -> str:
    return f"agents: {', '.join(AGENTS)}; rewards: {', '.join(REWARDS)}"


CHECKS: dict[str, Callable[[], str]] = {
    "python": _python,
    "darktable": _darktable,
    "schema": _schema,
    "display": _display,
    "renderer": _renderer,
    "backends": _backends,
}
