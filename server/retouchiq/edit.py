"""The whole job: a photo and instructions in; a verified sidecar, style, pictures and report out.

This is the driver of `retouchiq.session` with darktable as its renderer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hostbridge.darktable import style
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from hostbridge.darktable.writing import check_writable, replace
from retouchiq.agent import Agent
from retouchiq.answers import module_answer, plan_answer, verdict_answer
from retouchiq.looks import check_look
from retouchiq.photo import Photo, sidecar_path
from retouchiq.pictures import jpeg, read_picture
from retouchiq.report import render_report
from retouchiq.reward import Reward
from retouchiq.session import Finished, Observe, Outcome, Session

LOOP_SIZE = 1024  # px; larger outputs are rendered once more at the end, the loop stays fast

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """What to do.

    ``instructions`` are turns on one photo, in order. ``out`` gets pictures, sidecar, style and report; None where
    only ``in_place`` counts: the sidecar beside the photo. ``size``: px of the long side of before.jpg and after.jpg.
    ``look``: a look the first instruction starts from; ``reference``: a finished picture to come close to.
    """

    image: Path
    instructions: tuple[str, ...]
    out: Path | None
    size: int = LOOP_SIZE
    budget: int = 6
    in_place: bool = False
    look: str | None = None
    reference: Path | None = None


def edit(
    job: Job, agent: Agent, reward: Reward, renderer: Renderer, schema: Schema, progress: Progress
) -> dict[str, Any]:
    """Do ``job`` and answer the object that ``retouchiq edit --json`` prints.

    Nothing is written before the loop is over. Raises `UnreadableImage`, `NotWritable`, `MalformedSidecar` and
    `HostFailed`.
    """
    started = time.monotonic()
    for folder in filter(None, (job.out, job.image.parent if job.in_place else None)):
        check_writable(folder)
    photo = Photo(job.image, renderer, schema, min(job.size, LOOP_SIZE))
    reference = read_picture(job.reference) if job.reference else None
    session = Session(agent, reward, budget=job.budget, reference=reference)
    for instruction in _instructions(job):
        outcome = drive(session, photo, instruction, progress)
    progress("writing the results")
    answer = _answer(job, agent, photo, outcome)
    answer["files"] = _files(job, outcome)
    written = _contents(job, photo, outcome)
    answer["renders"] = photo.renders
    answer["seconds"] = round(time.monotonic() - started, 3)
    _write(job, photo, outcome, written, answer)
    return answer


def _instructions(job: Job) -> tuple[str, ...]:
    first, *further = job.instructions
    return (f"{check_look(job.look)} look, {first}" if job.look else first, *further)


def drive(session: Session, photo: Photo, instruction: str, progress: Progress) -> Outcome:
    """One turn of ``session`` with darktable rendering ``photo``."""
    progress("looking at the photo")
    step = session.instruct(instruction)
    while not isinstance(step, Finished):
        step = session.rendered(photo.observe() if isinstance(step, Observe) else photo.render(step.plan.edits))
        if session.trials:
            score = session.trials[-1].verdict.score
            progress(f"render {len(session.trials)} scores {score:.1f} of 10")
    return step.outcome


def _answer(job: Job, agent: Agent, photo: Photo, outcome: Outcome) -> dict[str, Any]:
    edits = outcome.edits if outcome.applied else outcome.plan.edits
    settings, notes = photo.compile(edits)
    plan = outcome.plan.model_copy(update={"edits": edits, "notes": (*outcome.plan.notes, *notes)})
    return {
        "image": str(job.image),
        "instruction": " → ".join(job.instructions),
        "agent": agent.name,
        "host": {"name": "darktable", "version": photo.schema.version},
        "plan": plan_answer(plan),
        "modules": [module_answer(each) for each in settings],
        "verdict": verdict_answer(outcome.verdict),
        "applied": outcome.applied,
        "stopped": outcome.stopped,
    }


def _files(job: Job, outcome: Outcome) -> dict[str, str]:
    """Where each result goes; a result that is not applied has only pictures of before and a report."""
    files: dict[str, str] = {}
    if job.out is not None:
        files["before"] = str(job.out / "before.jpg")
        if outcome.applied:
            files["after"] = str(job.out / "after.jpg")
            files["sidecar"] = str(job.out / f"{job.image.name}.xmp")
            files["style"] = str(job.out / "style.dtstyle")
        files["report"] = str(job.out / "report.html")
    if job.in_place and outcome.applied:
        files["sidecar"] = str(sidecar_path(job.image))
    return files


def _contents(job: Job, photo: Photo, outcome: Outcome) -> dict[str, bytes]:
    """The two pictures as JPEG: the renders the verdict was given on, or larger ones of the same settings."""
    larger = job.out is not None and job.size > photo.size
    pictures = {"before": photo.render((), job.size) if larger else photo.before}
    if outcome.after is not None:
        pictures["after"] = photo.render(outcome.edits, job.size) if larger else outcome.after
    return {name: jpeg(picture) for name, picture in pictures.items()}


def _write(job: Job, photo: Photo, outcome: Outcome, pictures: dict[str, bytes], answer: dict[str, Any]) -> None:
    """The report goes last: whoever sees it sees everything it names. The user's own sidecar is written after that."""
    sidecar = photo.sidecar(outcome.edits)
    if job.out is not None:
        for name, data in pictures.items():
            replace(job.out / f"{name}.jpg", data)
        if outcome.applied:
            replace(job.out / f"{job.image.name}.xmp", sidecar.to_bytes())
            settings = photo.compile(outcome.edits)[0]
            style.write(
                job.out / "style.dtstyle", f"retouchiq {job.image.stem}", answer["instruction"], settings, photo.schema
            )
        scores = [trial.verdict.score for trial in outcome.trials]
        page = render_report(answer, pictures["before"], pictures.get("after"), scores)
        replace(job.out / "report.html", page.encode())
    if job.in_place and outcome.applied:
        sidecar.write(sidecar_path(job.image))
