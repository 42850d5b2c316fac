"""Edits and batches as jobs: kept in a database, done one after the other by threads, taken up again after a restart.

::

    database   opens the file, moves a damaged one aside
    store      the rows: a job, its events, its photos
    folders    the files of each job
    bell       tells those who follow a job that something happened
    runner     the threads, the queue, cancelling
    task       what a thread is given to do, and what it hands back
    edits      what is done on one photo: the edit, its turns, strength, choice
    batches    what is done on many
    lanes      edits that somebody waits for render before batches
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hostbridge.darktable.render.pool import size_for_machine
from retouchiq.agent import Agent
from retouchiq.jobs.batches import Batches
from retouchiq.jobs.bell import Bell
from retouchiq.jobs.edits import Edits
from retouchiq.jobs.lanes import Lanes
from retouchiq.jobs.runner import Runner
from retouchiq.jobs.store import Store
from retouchiq.jobs.task import Host, Kind
from retouchiq.reward import Reward


def open_jobs(
    state: Path, host: Host, open_agent: Callable[[str], Agent], open_reward: Callable[[str], Reward]
) -> Runner:
    """The jobs of the state folder, not yet started. ``open_agent`` and ``open_reward`` answer a new one by name."""
    workers = size_for_machine()
    lanes = Lanes(workers)
    kinds: dict[str, Kind] = {
        "edit": Edits(state / "edits", host, open_agent, open_reward, lanes, workers),
        "batch": Batches(state / "batches", host, open_agent, open_reward, lanes),
    }
    return Runner(Store(state / "jobs.sqlite"), Bell(), kinds)
