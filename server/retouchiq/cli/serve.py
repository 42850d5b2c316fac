"""``retouchiq serve``: the server for the plug-ins of the editors, and for programs of yours."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from retouchiq.cli.host import add_json, open_agent, open_reward
from retouchiq.cli.terminal import print_json

if TYPE_CHECKING:
    from fastapi import FastAPI


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "serve",
        help="serve the plug-ins of the editors, on this machine only",
        description="Serve edits on loopback to programs of the same user. The plug-ins start it by themselves.",
    )
    parser.add_argument("--port", type=_port, default=8733, metavar="N", help="(default: 8733; a free one if taken)")
    parser.add_argument(
        "--idle",
        type=_minutes,
        default=15,
        metavar="MINUTES",
        help="stop when unused for so long (0: never; default: 15)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--background", action="store_true", help="start it if it does not run, and say where it is")
    what.add_argument("--stop", action="store_true", help="end the one that runs")
    what.add_argument("--quiet", action="store_true", help=argparse.SUPPRESS)  # how --background starts it
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.background:
        return _background(args)
    return _stop(args) if args.stop else _foreground(args)


def _background(args: argparse.Namespace) -> int:
    from retouchiq.api import background

    answer = background.ensure(args.port, args.idle)
    if args.json:
        print_json(answer)
    else:
        print(f"RetouchIQ {answer['version']} serves at {answer['url']}; curl --config {answer['curl_config']}")
    return 0


def _stop(args: argparse.Namespace) -> int:
    from retouchiq.api import background

    stopped = background.stop()
    if args.json:
        print_json({"stopped": stopped})
    else:
        print("stopped" if stopped else "no server was running")
    return 0


def _foreground(args: argparse.Namespace) -> int:
    from retouchiq.api import serving

    serving.log_to_file(also_here=not args.quiet)
    serving.serve(_create, args.port, args.idle, lambda url: None if args.quiet else print(url, flush=True))
    return 0


def _create() -> FastAPI:
    from retouchiq.api import place
    from retouchiq.api.app import create_app
    from retouchiq.api.engine import Engine, Host
    from retouchiq.jobs import open_jobs

    host = Host()
    return create_app(Engine(place.state(), open_jobs(place.state(), host, open_agent, open_reward), host))


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 0…65535")
    return number


def _minutes(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1e6:
        raise argparse.ArgumentTypeError(f"{text} minutes: name 0 or more")
    return number
