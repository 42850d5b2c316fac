"""The journal: whatever kills a batch, what it said was finished is still known."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostbridge import UnusableInput
from retouchiq.batch.journal import NAME, Journal
from retouchiq.batch.task import Placed, Result

SETTINGS = {"instruction": "warmer", "budget": 6}

names = st.text(st.characters(exclude_characters="/\x00"), min_size=1, max_size=20)
results = st.builds(
    lambda name, state, score, error: Result(
        Path("/photos") / name, name, state, score, 4.9, error, files={"before": Path("photos") / name / "before.jpg"}
    ),
    names,
    st.sampled_from(["edited", "unchanged", "failed"]),
    st.none() | st.floats(0, 10),
    st.none() | st.text(),
)


def written(folder, found):
    journal = Journal(folder)
    journal.begin(SETTINGS)
    for result in found:
        journal.finished(result)
    return journal


@settings(deadline=None, max_examples=60)
@given(st.lists(results, max_size=5), st.data())
def test_a_journal_torn_anywhere_gives_back_every_whole_line_and_goes_on(found, data):
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = written(folder, found).path
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut])
        lines = whole[:cut].count(b"\n")
        journal = Journal(folder)
        assert journal.settings == (SETTINGS if lines else None)
        assert list(journal.results) == list(dict.fromkeys(result.name for result in found[: max(0, lines - 1)]))
        if not lines:
            journal.begin(SETTINGS)
        journal.finished(Result(Path("/photos/last"), "last", "edited"))
        again = Journal(folder)
        assert again.settings == SETTINGS
        assert again.results["last"].state == "edited"
        assert set(again.results) == {*journal.results}


@settings(deadline=None, max_examples=60)
@given(results)
def test_a_result_comes_back_as_it_was(result):
    with TemporaryDirectory() as name:
        folder = Path(name)
        placed = Placed(Path("/photos/a.xmp"), None, "12", Path("/photos/a.xmp.bak"))
        full = replace(result, files={"before": folder / "before.jpg"}, placed=placed, notes=["a"], stamp=[1, 2, 3, 4])
        written(folder, [full])
        assert Journal(folder).results[result.name] == full


def test_a_batch_folder_that_was_moved_still_finds_its_files(tmp_path):
    inside = tmp_path / "old" / "photos" / "a" / "before.jpg"
    (tmp_path / "old").mkdir()
    written(tmp_path / "old", [Result(Path("/in/a.jpg"), "a.jpg", "edited", files={"before": inside})])
    (tmp_path / "old").rename(tmp_path / "new")
    moved = Journal(tmp_path / "new").results["a.jpg"]
    assert moved.files["before"] == tmp_path / "new" / "photos" / "a" / "before.jpg"


def test_file_names_that_are_no_unicode_are_remembered(tmp_path):
    name = b"caf\xe9.jpg".decode("utf-8", "surrogateescape")
    written(tmp_path, [Result(Path("/in") / name, name, "edited")])
    assert Journal(tmp_path).results[name].image == Path("/in") / name


@pytest.mark.parametrize("line", ["[]", "{}", '{"photo": {}}', '{"what": 1}', "no json", '{"photo": {"image": 3}}'])
def test_a_file_that_is_no_journal_is_refused_by_name_and_left_alone(line, tmp_path):
    (tmp_path / NAME).write_text(f"{line}\n")
    with pytest.raises(UnusableInput, match="line 1"):
        Journal(tmp_path)
    assert (tmp_path / NAME).read_text() == f"{line}\n"


WRITER = """
import sys
from pathlib import Path
from retouchiq.batch.journal import Journal
from retouchiq.batch.task import Result
journal = Journal(Path(sys.argv[1]))
journal.begin({"instruction": "warmer"})
for number in range(100000):
    journal.finished(Result(Path(f"/in/{number}.jpg"), f"{number}.jpg", "edited", error="x" * 3000))
    print(number, flush=True)
"""


def test_kill_9_in_the_middle_of_writing_loses_nothing_that_was_finished(tmp_path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    for _ in range(20):
        writer.stdout.readline()
    time.sleep(0.05)
    writer.kill()
    said = [*range(20), *map(int, writer.communicate()[0].split())]
    journal = Journal(tmp_path)
    assert {f"{number}.jpg" for number in said} <= set(journal.results)
    journal.finished(Result(Path("/in/more.jpg"), "more.jpg", "edited"))
    assert all(json.loads(line) for line in journal.path.read_text().splitlines())
