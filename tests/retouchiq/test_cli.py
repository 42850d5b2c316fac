"""The command line as other programs meet it: exit status, JSON, and sentences that name the way out."""

import json

import numpy as np
import pytest
from PIL import Image

from retouchiq.cli import main


@pytest.fixture
def photo(tmp_path):
    rng = np.random.default_rng(3)
    ramp = np.linspace(30, 200, 96)[None, :, None] + rng.normal(0, 4, (64, 96, 3))
    path = tmp_path / "photo.png"
    Image.fromarray(np.clip(ramp, 0, 255).astype(np.uint8)).save(path)
    return path


def run(capsys, *argv):
    status = main([str(arg) for arg in argv])
    out, err = capsys.readouterr()
    return status, out, err


def test_a_missing_photo_is_named_with_the_way_out(capsys, tmp_path):
    status, out, err = run(capsys, "edit", tmp_path / "nope.nef", "brighter", "--json")
    assert (status, out) == (2, "")
    assert "nope.nef" in err
    assert "no such file" in err


def test_a_folder_is_not_a_photo(capsys, tmp_path):
    assert run(capsys, "edit", tmp_path, "brighter")[0] == 2


def test_an_empty_file_is_not_a_photo(capsys, tmp_path):
    (tmp_path / "empty.jpg").touch()
    status, _, err = run(capsys, "edit", tmp_path / "empty.jpg", "brighter")
    assert status == 2
    assert "is empty" in err


def test_a_folder_that_cannot_be_made_is_refused_before_any_work(capsys, photo):
    status, _, err = run(capsys, "edit", photo, "brighter", "--out", photo / "sub")
    assert status == 2
    assert "cannot be written" in err


def test_an_unknown_look_is_refused_with_the_known_ones(capsys, photo, tmp_path):
    status, _, err = run(capsys, "edit", photo, "brighter", "--look", "nonesuch", "--out", tmp_path)
    assert status == 2
    assert "nonesuch" in err


@pytest.mark.parametrize("argv", [["edit"], ["plan"], ["nonsense"], ["edit", "x", "y", "--budget", "0"]])
def test_a_wrong_command_line_shows_the_usage(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_plan_has_the_contract_s_keys(capsys, photo):
    status, out, _ = run(capsys, "plan", photo, "warmer and a touch brighter, remove the car", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["instruction"] == "warmer and a touch brighter, remove the car"
    assert {"reasoning", "edits", "unsupported"} <= answer["plan"].keys()
    assert {edit["control"] for edit in answer["plan"]["edits"]} == {"temperature", "exposure"}
    assert all(isinstance(edit["amount"], float) and edit["amount"] > 0 for edit in answer["plan"]["edits"])
    assert answer["plan"]["unsupported"]


def test_every_line_of_an_instruction_file_is_answered(capsys, photo, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("warmer\n\ncooler\nqwerty uiop\n")
    status, out, _ = run(capsys, "plan", photo, "--instructions", lines, "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [answer["instruction"] for answer in answers] == ["warmer", "cooler", "qwerty uiop"]


def test_the_verdict_has_the_contract_s_keys_and_the_row_do_nothing(capsys, photo):
    status, out, _ = run(capsys, "score", photo, photo, "brighter", "--json")
    verdict = json.loads(out)
    assert status == 0
    assert verdict["score"] == verdict["baseline"]
    assert sum(metric["weight"] for metric in verdict["metrics"]) == pytest.approx(1, abs=0.01)
    assert {"name", "weight", "target", "before", "after", "score", "why"} <= verdict["metrics"][0].keys()


def test_pairs_are_scored_one_a_line(capsys, photo, tmp_path):
    pairs = tmp_path / "pairs.jsonl"
    line = {"before": photo.name, "after": photo.name, "instruction": "warmer"}
    pairs.write_text(json.dumps(line) + "\n" + json.dumps(line) + "\n")
    status, out, _ = run(capsys, "score", "--pairs", pairs, "--json")
    assert status == 0
    assert len(out.splitlines()) == 2


def test_a_malformed_pair_is_named_by_its_line(capsys, tmp_path):
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"before": "a.png"}\n')
    status, _, err = run(capsys, "score", "--pairs", pairs)
    assert status == 2
    assert "line 1" in err


def test_a_raw_file_cannot_be_scored_and_the_sentence_says_what_can(capsys, photo, tmp_path):
    raw = tmp_path / "photo.nef"
    raw.write_bytes(b"MM\0*garbage")
    status, _, err = run(capsys, "score", photo, raw, "brighter")
    assert status == 2
    assert "export it" in err
