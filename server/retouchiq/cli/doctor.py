"""``retouchiq doctor``: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from hostbridge import HostBridgeError, HostFailed, HostMissing
from retouchiq import __version__
from retouchiq.cli import reach
from retouchiq.cli.host import AGENTS, REWARDS, add_json, installed_schema
from retouchiq.cli.terminal import print_json

PACKAGES = ("lupa", "lxml", "numpy", "scipy", "scikit-image", "pillow", "pydantic", "tifffile")


@dataclass(frozen=True)
class Check:
    """One line: what was looked at, whether it is fine, what was found or how to get it, whether one can do without."""

    name: str
    ok: bool
    says: str
    optional: bool = False

    @property
    def mark(self) -> str:
        return "ok" if self.ok else "--" if self.optional else "NO"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("doctor", help="what is installed, what is missing and how to get it")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    checks = [_attempt(name, check) for name, check in CHECKS.items()]
    checks += [_attempt(name, check, optional=True) for name, check in {"curl": reach.curl, **reach.plugins()}.items()]
    ok = all(check.ok or check.optional for check in checks)
    if args.json:
        print_json({"ok": ok, "retouchiq": __version__, "checks": [vars(check) for check in checks]})
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            print(f"{check.mark}  {check.name:<{width}}  {check.says}")
    return 0 if ok else 3


def _attempt(name: str, check: Callable[[], str], optional: bool = False) -> Check:
    try:
        return Check(name, True, check(), optional)
    except (HostBridgeError, PackageNotFoundError) as error:
        return Check(name, False, str(error), optional)


def _python() -> str:
    found = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return f"{sys.version.split()[0]} with {found}"


def _darktable() -> str:
    from hostbridge.darktable import install

    host = install.find()
    return f"{host.version}: {host.cli}, {host.library}"


def _schema() -> str:
    return f"{len(installed_schema().modules)} modules describe themselves"


def _display() -> str:
    if xvfb := shutil.which("Xvfb"):
        return f"{xvfb} (headless)"
    if display := os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"):
        return f"your own, {display}; apt install xvfb to keep darktable off it"
    raise HostMissing("no display and no Xvfb: apt install xvfb")


def _renderer() -> str:
    from hostbridge.darktable.render import open_renderer

    with TemporaryDirectory() as folder, open_renderer("library") as renderer:
        photo = Path(folder) / "grey.png"
        Image.new("RGB", (64, 48), (128, 128, 128)).save(photo)
        render = renderer.render(photo, None, 64)
    if render.renderer != renderer.name:
        raise HostFailed("darktable does not run as a library here; every render starts darktable-cli, which is slower")
    return f"a picture in {render.seconds:.1f} s, darktable's start included"


def _backends() -> str:
    return f"agents: {', '.join(AGENTS)}; rewards: {', '.join(REWARDS)}"


CHECKS: dict[str, Callable[[], str]] = {
    "python": _python,
    "darktable": _darktable,
    "schema": _schema,
    "display": _display,
    "renderer": _renderer,
    "backends": _backends,
    "state": reach.state,
    "server": reach.server,
}
