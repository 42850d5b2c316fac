"""The plug-in finds the command that is installed for it, and says what to do where it does not."""

import json
import stat

import pytest
import server
from failures import ServerMissing


@pytest.fixture
def named(tmp_path, monkeypatch):
    """The file ``command`` of an installed plug-in, in a machine without Flatpak and without `retouchiq` on PATH."""
    monkeypatch.setattr(server, "NAMED", tmp_path / "command")
    monkeypatch.setattr(server, "SANDBOX", tmp_path / "flatpak-info")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "command"


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def started(folder):
    (folder / "token").write_text("secret\n")
    return json.dumps({"url": "http://127.0.0.1:8733", "token_file": str(folder / "token")})


def test_the_command_the_installer_named_is_used(named, tmp_path):
    command = script(tmp_path / "elsewhere", "")
    named.write_text(f"{command}\n")
    assert server.command() == [str(command)]


def test_without_a_name_path_is_searched(named, tmp_path):
    command = script(tmp_path / "retouchiq", "")
    assert server.command() == [str(command)]


def test_a_flatpak_runs_the_command_of_the_host(named, tmp_path):
    (tmp_path / "flatpak-info").touch()
    named.write_text("/home/me/.local/bin/retouchiq")
    assert server.command() == ["flatpak-spawn", "--host", "/home/me/.local/bin/retouchiq"]


def test_a_missing_command_says_the_way_out(named):
    with pytest.raises(ServerMissing, match="install RetouchIQ"):
        server.command()


def test_the_server_is_started_and_its_token_read(named, tmp_path):
    script(tmp_path / "retouchiq", f"echo '{started(tmp_path)}'; echo \"$@\" > {tmp_path}/asked")
    assert server.connect().url == "http://127.0.0.1:8733"
    assert (tmp_path / "asked").read_text().split() == ["serve", "--background", "--json"]


def test_gimps_own_python_settings_do_not_reach_the_server(named, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/app")
    script(tmp_path / "retouchiq", f"test -z \"$PYTHONHOME\" && echo '{started(tmp_path)}'")
    server.connect()


def test_a_server_that_does_not_start_says_why(named, tmp_path):
    script(tmp_path / "retouchiq", "echo starting >&2; echo 'no space left' >&2; exit 3")
    with pytest.raises(ServerMissing, match="no space left"):
        server.connect()


@pytest.mark.parametrize("answer", ["", "[]", '{"url": "http://127.0.0.1:1"}', '{"url": 1, "token_file": "/no/such"}'])
def test_an_answer_that_makes_no_sense_is_a_sentence(named, tmp_path, answer):
    script(tmp_path / "retouchiq", f"echo '{answer}'")
    with pytest.raises(ServerMissing):
        server.connect()
