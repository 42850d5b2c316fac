"""``retouchiq plugin``: our plug-ins in darktable and GIMP."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostbridge import HostBridgeError, UnusableInput
from retouchiq import __version__
from retouchiq.cli.host import add_json
from retouchiq.cli.terminal import print_json

if TYPE_CHECKING:
    from retouchiq.plugin.editor import Editor

HOSTS = ("darktable", "gimp")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("plugin", help="our plug-ins in darktable and GIMP: install, remove, status")
    parser.add_argument("action", choices=_ACTIONS)
    parser.add_argument("host", nargs="?", choices=HOSTS, help="(default: both)")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="DIR",
        help="the editor's folder of settings (darktable's --configdir, GIMP's …/GIMP/3.0), not those that are found",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from retouchiq.plugin import editors

    found = _editors(args)
    answers = [_attempt(_ACTIONS[args.action], editor) for editor in found]
    there = {editor.host for editor in found}
    absent = [editors.WAYS[host] for host in editors.hosts(args.host) if host not in there and args.action != "remove"]
    if args.json:
        print_json({"retouchiq": __version__, "plugins": answers, "absent": absent})
    else:
        for line in (*(line for answer in answers for line in _lines(answer)), *absent):
            print(line)
    return _status(args.action, answers)


def _editors(args: argparse.Namespace) -> list[Editor]:
    from retouchiq.plugin import editors
    from retouchiq.plugin.machine import Machine

    if args.config:
        if not args.host:
            raise UnusableInput(f"--config {args.config}: whose is it? Say darktable or gimp before it")
        return [editors.named(args.host, args.config)]
    machine = Machine.here()
    found = editors.find(machine, args.host)
    if args.action == "install":
        return found
    # the last installed goes first: the folders that the first one made are empty then
    return (found + editors.left_behind(machine, args.host))[:: -1 if args.action == "remove" else 1]


def _attempt(action: Callable[[Editor], str], editor: Editor) -> dict[str, Any]:
    """What was done, or why not: one editor that fails does not cost the others theirs."""
    from retouchiq.plugin import placing

    done = True
    try:
        says = action(editor)
    except HostBridgeError as error:
        done, says = False, str(error)
    placed = placing.look(editor)
    return {
        "host": editor.host,
        "title": editor.title,
        "kind": editor.kind,
        "versions": editor.versions,
        "programs": editor.programs,
        "config": editor.config,
        "folder": editor.folder,
        "installed": placed.version,
        "current": placed.current,
        "enabled": placed.enabled,
        "refused": editor.refused or None,
        "done": done,
        "says": says,
        "notes": editor.notes,
    }


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    yield f"{answer['title']}: {answer['says']}"
    yield from (f"  {note}" for note in answer["notes"])


def _status(action: str, answers: list[dict[str, Any]]) -> int:
    """0 done, 2 an editor's folder could not be changed, 3 no editor to install into."""
    if any(not answer["done"] and not answer["refused"] for answer in answers):
        return 2
    return 3 if action == "install" and not any(answer["done"] for answer in answers) else 0


def _install(editor: Editor) -> str:
    from retouchiq.plugin import placing

    before = placing.look(editor)
    placing.install(editor)
    if before.current and before.enabled:
        return f"plug-in {__version__} is there already, in {editor.folder}"
    return f"plug-in {__version__} installed in {editor.folder}{placing.restart(editor)}"


def _remove(editor: Editor) -> str:
    from retouchiq.plugin import placing

    if not placing.remove(editor):
        return "there was no plug-in of ours"
    return f"plug-in removed from {editor.folder}{placing.restart(editor)}"


def _look(editor: Editor) -> str:
    from retouchiq.plugin import placing

    return placing.says(editor)


_ACTIONS: dict[str, Callable[[Editor], str]] = {"install": _install, "remove": _remove, "status": _look}
