"""``retouchiq batch``: the whole job on many photos."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostbridge import UnusableInput
from retouchiq.cli.host import (
    RENDERERS,
    add_json,
    add_judgement,
    installed_schema,
    open_agent,
    open_reward,
    positive,
    strength,
)
from retouchiq.cli.terminal import print_json

if TYPE_CHECKING:
    from retouchiq.batch import Batch, Progress
    from retouchiq.batch.find import Found

REJECT = "reject"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "batch",
        help="edit many photos by instruction, each verified",
        usage="retouchiq batch FOLDER|FILE... [INSTRUCTION] --out DIR [options]\n"
        "       retouchiq batch reject DIR NAME...",
        description="Edit many photos, each verified on its own. The photos are never written. DIR, a new folder, gets "
        "the results of each photo and a contact sheet, index.html, to look through them; `retouchiq batch reject` "
        "gives single ones up afterwards and puts back what was there.",
    )
    parser.add_argument(
        "words", nargs="+", metavar="WHAT", help="photos and folders (with their subfolders), then the instruction"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results go: a new folder")
    parser.add_argument(
        "--in-place", action="store_true", help="also write the sidecars beside the photos, those before kept"
    )
    parser.add_argument("--export", metavar="FORMAT", help="also export in full size: jpg, png, tif, webp, avif, …")
    parser.add_argument(
        "--consistent",
        nargs="?",
        const=True,
        default=False,
        metavar="PHOTO",
        help="make the series look alike: as PHOTO's result, or as the first one that is edited",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the batch in DIR, repeating nothing finished")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done; nothing is written")
    parser.add_argument("--look", metavar="NAME", help="a named look to begin with")
    parser.add_argument("--reference", type=Path, metavar="IMG", help="a finished picture to come close to")
    parser.add_argument(
        "--budget",
        type=positive,
        metavar="N",
        help="renders of plans a photo may use (default: 6; with a reference up to 36)",
    )
    parser.add_argument(
        "--strength",
        type=strength,
        default=100.0,
        metavar="N",
        help="percent of the accepted edits, 0…150 (default: 100)",
    )
    parser.add_argument(
        "--renderer", choices=RENDERERS, default="library", help="how darktable renders (default: library)"
    )
    add_judgement(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.words[0] == REJECT:
        return _reject(args)
    from retouchiq.batch.find import find

    named, instruction = _named(args.words)
    if not named:
        raise UnusableInput(f"batch needs photos: retouchiq batch FOLDER {instruction!r} …")
    if args.out is None:
        raise UnusableInput("batch needs a new folder for its results: --out DIR")
    found = find(map(Path, named), args.out)
    batch = _batch(args, found, instruction)
    return _plan(args, batch, found) if args.dry_run else _do(args, batch)


def _named(words: list[str]) -> tuple[list[str], str]:
    """The photos and the instruction; a last word that is a file or folder is a photo too, and there is none."""
    *named, last = words
    return (words, "") if last and Path(last).exists() else (named, last)


def _batch(args: argparse.Namespace, found: Found, instruction: str) -> Batch:
    from retouchiq.auto import or_auto
    from retouchiq.batch import Batch, Source

    return Batch(
        photos=tuple(map(Source, found.photos)),
        instruction=or_auto(instruction, args.look, args.reference),
        out=args.out.absolute(),
        look=args.look,
        reference=args.reference.absolute() if args.reference else None,
        budget=args.budget,
        strength=args.strength,
        in_place=args.in_place,
        exports=args.export.lower().lstrip(".") if args.export else None,
        consistent=Path(args.consistent).absolute() if isinstance(args.consistent, str) else args.consistent,
    )


def _do(args: argparse.Namespace, batch: Batch) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.batch import run as run_batch

    with open_renderer(args.renderer) as renderer, _bar(len(batch.photos)) as listen:
        players = open_agent(args.agent), open_reward(args.reward), renderer, installed_schema()
        try:
            answer = run_batch(batch, *players, listen, resume=args.resume)
        except KeyboardInterrupt:
            return _stopped(batch)
    if args.json:
        print_json(answer)
    else:
        _show(answer)
    return _status(answer["photos"])


def _stopped(batch: Batch) -> int:
    print(
        f"retouchiq: stopped; what is finished is in {batch.out}, the same command with --resume goes on",
        file=sys.stderr,
    )
    return 130


def _status(photos: list[dict[str, Any]]) -> int:
    """3 where the host failed on a photo, else 2 where one was unusable, else 1 where none was edited, else 0."""
    from hostbridge import UnusableInput

    failed = [photo["kind"] for photo in photos if photo["state"] == "failed"]
    unusable = {"UnusableInput", *(kind.__name__ for kind in UnusableInput.__subclasses__())}
    if failed:
        return 2 if unusable.issuperset(failed) else 3
    return 0 if any(photo["state"] != "unchanged" for photo in photos) else 1


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Progress], None]]:
    """A progress bar with rate and time left on standard error; a line for each photo where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda event: _line(event, sys.stderr)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Bar(*columns, TextColumn("{task.description}", markup=False), console=console, transient=True) as bar:
        task = bar.add_task("starting", total=total, rate="")
        counted = [-1]

        def listen(event: Progress) -> None:
            if counted[0] < 0:  # finished before: no measure of how fast this goes
                bar.reset(task, total=event.total - event.done)
                counted[0] = event.done
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            rate = f"{60 * speed:.0f} a minute" if speed else ""
            bar.update(task, completed=event.done - counted[0], description=event.says, rate=rate)
            if event.photo and event.photo.state == "failed":
                bar.console.print(event.says, markup=False, highlight=False)

        yield listen


def _line(event: Progress, stream: Any) -> None:
    if event.photo is None or event.photo.finished:
        print(f"{event.done}/{event.total} {event.says}", file=stream)


def _show(answer: dict[str, Any]) -> None:
    """The table at the end, and where things are."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    table.add_column("photo", overflow="fold")
    table.add_column("state")
    for name in ("score", "without"):
        table.add_column(name, justify="right")
    table.add_column("what was done", overflow="fold")
    for photo in answer["photos"]:
        scores = ("" if photo[name] is None else f"{photo[name]:.1f}" for name in ("score", "baseline"))
        table.add_row(photo["name"], photo["state"], *scores, photo["error"] or photo["did"])
    console.print(table, markup=False)
    counts = ", ".join(f"{number} {state}" for state, number in answer["counts"].items() if number)
    console.print(f"{counts} in {answer['seconds']:.0f} s. Look through them: {answer['sheet']}", markup=False)


def _plan(args: argparse.Namespace, batch: Batch, found: Found) -> int:
    """``--dry-run``."""
    from retouchiq.batch.preview import preview

    answer = preview(batch, found, args.agent, args.reward, args.resume)
    if args.json:
        print_json(answer)
        return 0
    for photo in answer["photos"]:
        print(f"{photo['does']:>8}  {photo['image']}")
        for path in photo["writes"]:
            print(f"          → {path}")
    for skipped in answer["skipped"]:
        print(f"{'skip':>8}  {skipped['path']}: {skipped['why']}")
    print(f"“{batch.instruction}” is read as: {answer['reading']}")
    for line in answer["unsupported"]:
        print(f"Not possible with parameters: {line}")
    return 0


def _reject(args: argparse.Namespace) -> int:
    from retouchiq.batch.reject import reject

    if len(args.words) < 3:
        raise UnusableInput("batch reject needs the folder of a batch and names: retouchiq batch reject DIR NAME…")
    _, folder, *names = args.words
    results = reject(Path(folder).absolute(), names)
    if args.json:
        print_json({"out": folder, "photos": [result.answer() for result in results]})
    else:
        for result in results:
            print(f"rejected  {result.name}: {_restored(result)}")
    return 0


def _restored(result: Any) -> str:
    if result.placed is None:
        return "its results are removed"
    return "its sidecar is the one from before" if result.placed.had else "it has no sidecar again"
