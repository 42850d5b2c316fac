"""What every test may ask for."""

import os
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "shared" / "data"

# The tests start the server and the commands a hundred times: without byte code each start compiles them anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real photos, raws, sidecars and requests beside the repository."""
    if DATA.is_dir():
        return DATA
    if os.environ.get("CI") == "true":
        pytest.fail(f"the test data is missing: {DATA}")
    pytest.skip(f"needs the test data in {DATA}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-tables", action="store_true", help="write the measured tables into docs/measured")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test of a real editor gets a second chance: windows, other processes and a busy machine have moods.

    The summary lists the tests that took it.
    """
    for item in items:
        if item.get_closest_marker("hosts"):
            item.add_marker(pytest.mark.flaky(reruns=1, reruns_delay=2))
