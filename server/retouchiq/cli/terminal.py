"""What people see in the terminal: progress on standard error, answers on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retouchiq.edit import Progress


def print_json(answer: Any) -> None:
    """One JSON value on one line of standard output."""
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str))


@contextmanager
def progress(quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A function that says on standard error what is happening; a spinner where that is a terminal."""
    if quiet:
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: print(text, file=sys.stderr)
        return
    with console.status("starting") as status:
        yield status.update


def said(say: Callable[[str], None]) -> Callable[[Progress], None]:
    """A listener to an edit that passes on what it says."""
    return lambda progress: say(progress.says)


def show_plan(plan: dict[str, Any]) -> None:
    """Reasoning, edits, notes and what cannot be done, in words."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(plan["reasoning"], markup=False)
    if plan["edits"]:
        table = Table("control", "amount", "where", box=None, pad_edge=False)
        for edit in plan["edits"]:
            table.add_row(edit["control"], f"{edit['amount']:+g}", edit["region"])
        console.print(table)
    for line in plan["unsupported"]:
        console.print(f"Not possible with parameters: {line}", markup=False)
    for line in plan["notes"]:
        console.print(f"Note: {line}", markup=False)


def show_verdict(verdict: dict[str, Any]) -> None:
    """The table of metrics and the score beside that of doing nothing."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table("measured", box=None, pad_edge=False)
    for name in ("weight", "before", "target", "after", "score"):
        table.add_column(name, justify="right")
    table.add_column("why")
    for metric in verdict["metrics"]:
        numbers = (f"{metric[name]:.1f}" for name in ("before", "target", "after", "score"))
        table.add_row(metric["name"], f"{metric['weight']:.0%}", *numbers, metric["why"])
    console.print(table)
    console.print(f"Score {verdict['score']:.1f} of 10; doing nothing scores {verdict['baseline']:.1f}.", markup=False)
