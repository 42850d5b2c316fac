"""The examples of docs/http.md do what the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import plain_server
import pytest

PAGE = Path(__file__).parents[3] / "docs" / "http.md"


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_every_example_of_the_page_works(blocks: list[str], tmp_path: Path, photo: Path) -> None:
    """All in one shell that stops at the first failure, against a server that renders without darktable."""
    named = {"IMG_0042.NEF": "one.png", "IMG_0043.NEF": "two.png", "before.jpg": "one.png", "after.jpg": "two.png"}
    script = "\n".join(f"echo '## {number}'\n{block}" for number, block in enumerate(blocks))
    for name, there in named.items():
        (tmp_path / there).write_bytes(photo.read_bytes())
        script = script.replace(f"/home/ada/photos/{name}", str(tmp_path / there)).replace(
            f"?name={name}", f"?name={there}"
        )
    with plain_server.running(tmp_path / "state") as server:
        said = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env={**os.environ, "RETOUCHIQ_STATE": str(server.state), "PATH": path_with_command()},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert said.returncode == 0, said.stdout[-2000:] + said.stderr
        server.process.wait(20)  # the last example has ended it
    assert said.stdout.count("event: done") == 4  # the edit, its turn, its strength, the batch
    assert (tmp_path / "after.jpg").read_bytes().startswith(b"\xff\xd8")
    for expected in (
        '"status":"ok"',
        "event: render",
        "event: done",
        '"strength":60',
        "event: photo",
        '"total":2',
        '"baseline":',
        '"as asked"',
        '"operation":"exposure"',
        "stopped",
    ):
        assert expected in said.stdout.replace('": ', '":'), expected


def path_with_command() -> str:
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
