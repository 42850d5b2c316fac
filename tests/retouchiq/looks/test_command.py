"""``retouchiq looks``: what there is, found and shown in the terminal."""

import json

import pytest

from retouchiq.cli import main
from retouchiq.looks import looks


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(["looks", *argv])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_all_looks_are_listed_with_what_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--json")
    listed = json.loads(out)
    assert (status, [look["name"] for look in listed]) == (0, list(looks()))
    assert listed[0].keys() == {"name", "description", "when"}
    assert all(look.description in run(capsys)[1] for look in list(looks().values())[:3])


def test_a_description_is_answered_with_a_few_looks(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "find", "warm light just before sunset", "--json")
    assert (status, json.loads(out)[0]["name"], len(json.loads(out))) == (0, "golden hour", 5)


def test_a_look_shows_its_amounts_and_what_it_is_measured_by(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "show", "Low Key")
    assert status == 0
    for said in ("exposure", "-0.5", "as the picture needs", "edge darkening", "chiaroscuro"):
        assert said in out


def test_an_unknown_name_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "show", "golden sunset")
    assert (status, out) == (2, "")
    assert "golden hour" in err
