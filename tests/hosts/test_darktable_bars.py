"""What the plug-in in the real darktable must reach: fifty photos through thick and thin, and the time a click takes.

``pytest -m slow tests/hosts/test_darktable_bars.py --write-tables``, on a quiet machine, writes
docs/measured/darktable.md.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from test_darktable_plugin import UNTOUCHED, desk, finish, state  # noqa: F401

from retouchiq.demo import coffee

pytestmark = pytest.mark.slow

INSTRUCTION = "warmer, lift the shadows a little"
SIZES = {"0.24 MP JPEG": (600, 400), "24 MP JPEG": (6000, 4000)}
BAR = 1.5


def test_fifty_photos_are_finished_though_one_is_corrupt_and_the_server_is_killed(desk, state):  # noqa: F811
    finish(desk, state, 50, 15)


def reported(path, out):
    """The seconds that `retouchiq edit` says it took."""
    command = [sys.executable, "-m", "retouchiq", "edit", str(path), INSTRUCTION, "--out", str(out), "--json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=240).stdout)["seconds"]


def clicked(desk, path):  # noqa: F811
    """The seconds from a press on apply to the applied edit, in the lighttable."""
    image = desk.lua(f'local i = dt.database.import("{path}"); dt.gui.selection({{ i }}); return i.id')
    time.sleep(2)
    desk.lua(UNTOUCHED + f"w.instruction.text = {json.dumps(INSTRUCTION)}")
    started = time.monotonic()
    says = desk.press("apply", 240)
    seconds = time.monotonic() - started
    assert desk.ours(image), says
    return seconds


def test_from_click_to_applied_takes_little_more_than_the_edit(desk, tmp_path, pytestconfig):  # noqa: F811
    lines = ["| photo | `retouchiq edit` reports | click to applied | ratio |", "| --- | --- | --- | --- |"]
    ratios = []
    for name, size in SIZES.items():
        runs = []
        for number in range(6):
            path = tmp_path / f"{size[0]}-{number}.jpg"
            Image.fromarray(coffee()).resize(size).save(path, quality=95)
            runs.append((reported(path, tmp_path / "out"), clicked(desk, path)))
        edit, click = (statistics.median(column) for column in zip(*runs[1:], strict=True))  # the first warms up
        ratios.append(click / edit)
        lines.append(f"| {name} | {edit:.2f} s | {click:.2f} s | {click / edit:.2f} |")
    if pytestconfig.getoption("write_tables"):
        text = f"# The darktable plug-in\n\n“{INSTRUCTION}”, warm server, median of 5.\n\n" + "\n".join(lines) + "\n"
        (Path(__file__).parents[2] / "docs" / "measured" / "darktable.md").write_text(text)
    assert max(ratios) <= BAR, "\n".join(lines)
