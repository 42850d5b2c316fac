"""``retouchiq batch``: a contract other programs parse, and sentences people can act on."""

import json
import re

import pytest

from retouchiq.cli import main


@pytest.fixture
def command(renderer, out, monkeypatch, capsys):
    """Run the command line; answers exit status, standard output and standard error."""
    monkeypatch.setattr("hostbridge.darktable.render.open_renderer", lambda name: renderer)

    def run(*argv, to=out):
        status = main(["batch", *map(str, argv), *(["--out", str(to)] if to else [])])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_json_is_one_object_with_every_photo(command, photo, out):
    photo("a.jpg")
    photo("b.jpg")
    status, said, _ = command(out.parent / "in", "brighter", "--json")
    answer = json.loads(said)
    assert status == 0
    assert answer["counts"] == {"edited": 2, "unchanged": 0, "failed": 0, "rejected": 0}
    assert {photo["name"] for photo in answer["photos"]} == {"a.jpg", "b.jpg"}
    assert answer["out"] == str(out)


def test_the_table_names_every_photo_and_the_contact_sheet(command, photo, out):
    status, said, told = command(photo("a.jpg"), photo("broken.jpg"), "brighter")
    assert status == 2
    assert re.search(r"a\.jpg +edited +\d", said)
    assert "it is damaged" in said
    assert "1 edited, 1 failed" in said
    assert "index.html" in said.replace("\n", "")  # a path wider than the terminal is wrapped
    assert "2/2" in told


@pytest.mark.parametrize(
    ("names", "instruction", "status"),
    [
        (["a.jpg"], "brighter", 0),
        (["a.jpg", "b.jpg"], "remove the people", 1),
        (["a.jpg", "broken.jpg"], "brighter", 2),
        (["a.jpg", "broken.jpg", "crashing.jpg"], "brighter", 3),
        (["a.jpg", "strange.jpg"], "brighter", 3),
        (["gone.jpg"], "brighter", 3),
    ],
)
def test_the_exit_status_tells_what_went_wrong(names, instruction, status, command, photo):
    assert command(*map(photo, names), instruction)[0] == status


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["brighter", "--out", "o"], "needs photos"),
        (["a.jpg", "brighter"], "--out"),
        (["empty", "brighter", "--out", "o"], "no photo"),
        (["reject", "o"], "DIR NAME"),
        (["reject", "o", "a.jpg"], "no such folder"),
    ],
)
def test_a_command_line_that_lacks_something_says_what(argv, says, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    status, _, told = command(*argv, to=None)
    assert (status, says in told) == (2, True), told


def test_a_dry_run_says_everything_and_writes_nothing(command, photo, out, renderer):
    photo("a.jpg")
    photo("b.jpg").write_bytes(b"")
    (out.parent / "in" / "notes.txt").write_text("x")
    argv = out.parent / "in", "warmer, remove the people", "--in-place", "--export", "jpg"
    before = sorted(out.parent.rglob("*"))
    status, said, _ = command(*argv, "--dry-run", "--json")
    answer = json.loads(said)
    assert status == 0
    assert [(photo["does"], photo["why"][-30:]) for photo in answer["photos"]] == [
        ("edit", ""),
        ("fail", "copy it again from where it came"[-30:]),
    ]
    writes = [str(out / "photos" / "a.jpg"), str(out / "exports" / "a.jpg"), str(out.parent / "in" / "a.jpg.xmp")]
    assert answer["photos"][0]["writes"] == writes
    assert [photo["why"] for photo in answer["skipped"]] == ["not an image that darktable opens"]
    assert answer["reading"] == "warmer"
    assert "remove the people" in answer["unsupported"][0]
    assert sorted(out.parent.rglob("*")) == before
    assert renderer.rendered == []
    assert "is read as: warmer" in command(*argv, "--dry-run")[1]


def test_a_dry_run_of_a_resume_says_what_is_finished(command, photo, out):
    photo("a.jpg")
    command(out.parent / "in", "brighter")
    photo("b.jpg")
    answer = json.loads(command(out.parent / "in", "brighter", "--resume", "--dry-run", "--json")[1])
    assert [photo["does"] for photo in answer["photos"]] == ["skip", "edit"]
    assert command(out.parent / "in", "brighter", "--dry-run")[0] == 2


@pytest.mark.parametrize(
    "option", [["--look", "airy"], ["--strength", "40"], ["--budget", "1"], ["--reference", "light.jpg"]]
)
def test_every_option_changes_the_result(option, command, photo, tmp_path, monkeypatch):
    dark = photo("dark.jpg", 30)
    monkeypatch.chdir(photo("light.jpg", 150).parent)

    def did(name, *more):
        said = command(dark, "darker, more contrast, but lighter shadows", "--json", *more, to=tmp_path / name)[1]
        done = json.loads(said)["photos"][0]
        return done["did"], done["renders"]

    assert did("with", *option) != did("without")


def test_rejecting_says_what_is_there_again(command, photo, out):
    command(photo("a.jpg"), "brighter", "--in-place")
    status, said, _ = command("reject", out, "a.jpg", to=None)
    assert (status, "no sidecar again" in said) == (0, True)
    assert json.loads(command("reject", out, "a.jpg", "--json", to=None)[1])["photos"][0]["state"] == "rejected"


def test_odd_file_names_cost_nothing_but_themselves(command, photo, out):
    odd = photo("a.jpg").rename(out.parent / "in" / b"caf\xe9.jpg".decode("utf-8", "surrogateescape"))
    names = ["-dash.jpg", 'it\'s "here" #1 (50%).jpg']
    for name in names:
        photo(name)
    status, said, _ = command(odd.parent, "brighter", "--in-place", "--json")
    answer = json.loads(said)
    assert (status, answer["counts"]["edited"]) == (2, 2)
    assert command("reject", out, "--", *names, to=None)[0] == 0
    assert not list(odd.parent.glob("*.xmp"))


def test_photos_alone_get_what_they_need_themselves(command, photo, tmp_path):
    status, out, _ = command(photo("a.jpg"), photo("b.jpg"), "--dry-run", "--json")
    assert status == 0
    assert json.loads(out)["instruction"] == "auto"
