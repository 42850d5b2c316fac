"""The host as the commands need it: darktable's schema, and who plans and judges.

Only names are imported here: what a command needs is loaded when it runs, so that ``--help`` is quick and darktable
can start while the rest is still loading.
"""

from __future__ import annotations

import argparse
from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hostbridge.darktable.schema import Schema
    from retouchiq.agent import Agent
    from retouchiq.reward import Reward

AGENTS = {"offline": "retouchiq.agent.offline:OfflineAgent"}
REWARDS = {"measured": "retouchiq.reward.measured:MeasuredReward"}
RENDERERS = ("library", "cli")


def open_agent(name: str) -> Agent:
    """The agent of that name in `AGENTS`."""
    agent: Agent = resolve_name(AGENTS[name])()
    return agent


def open_reward(name: str) -> Reward:
    """The reward of that name in `REWARDS`."""
    reward: Reward = resolve_name(REWARDS[name])()
    return reward


def installed_schema() -> Schema:
    """The modules of the installed darktable; raises `HostMissing`."""
    from hostbridge.darktable import install, schema

    return schema.load(install.find())


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


def strength(text: str) -> float:
    """Percent of an edit's amounts: 0…150."""
    from retouchiq.strength import HIGH, LOW

    number = float(text)
    if not LOW <= number <= HIGH:
        raise argparse.ArgumentTypeError(f"{text}: name a strength between {LOW:g} and {HIGH:g} percent")
    return number
