"""The host as the commands need it: darktable's schema and a renderer, and who plans and judges."""

from __future__ import annotations

import argparse

from hostbridge.darktable import install
from hostbridge.darktable.schema import Schema, load

from retouchiq.agent import Agent
from retouchiq.agent.offline import OfflineAgent
from retouchiq.reward import Reward
from retouchiq.reward.measured import MeasuredReward

AGENTS: dict[str, type[Agent]] = {"offline": OfflineAgent}
REWARDS: dict[str, type[Reward]] = {"measured": MeasuredReward}
RENDERERS = ("library", "cli")


def installed_schema() -> Schema:
    """The modules of the installed darktable; raises `HostMissing`."""
    return load(install.find())


def add_judgement(parser: argparse.ArgumentParser, *, agent: bool = True) -> None:
    """``--agent`` and ``--reward``: who plans and who judges."""
    if agent:
        parser.add_argument("--agent", choices=AGENTS, default="offline", help="who plans (default: offline)")
    parser.add_argument("--reward", choices=REWARDS, default="measured", help="who judges (default: measured)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json``: one object on standard output, nothing else there."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def positive(text: str) -> int:
    """An argument that must be a whole number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return number


def size(text: str) -> int:
    """A long side in pixels: 64…16384."""
    number = positive(text)
    if not 64 <= number <= 16384:
        raise argparse.ArgumentTypeError(f"{text} px: name a long side between 64 and 16384")
    return number
