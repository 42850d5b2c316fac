"""What doctor says of the chain from an editor to the server: each fault with its way out, and no false alarm."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest

from hostbridge import HostFailed, HostMissing, NotWritable, UnusableInput
from hostbridge.darktable import install
from retouchiq import __version__
from retouchiq.api import place
from retouchiq.cli import doctor, main, reach
from retouchiq.plugin import placing
from retouchiq.plugin.editor import Editor
from retouchiq.plugin.machine import Machine


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("RETOUCHIQ_STATE", str(tmp_path / "state"))
    return place.state()


@pytest.fixture
def serving(state):
    """A server that answers a health of a version, and holds the lock as a server does."""
    said = {"version": __version__, "pid": 77}

    class Health(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Health)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with place.lock():
        place.announce(f"http://127.0.0.1:{server.server_port}")
        yield said
    server.shutdown()
    server.server_close()


def test_a_state_folder_in_order_is_said_to_be_private(state):
    assert "made when a server first starts" in reach.state()
    place.token()
    assert reach.state() == f"{state}, private; token there"


@pytest.mark.parametrize("secret", ["token", "curl.conf"])
def test_a_token_that_others_can_read_is_found(state, secret):
    place.token()
    (state / secret).chmod(0o644)
    with pytest.raises(UnusableInput, match=rf"others can read .*{secret}: `retouchiq serve --stop; rm .*{secret}`"):
        reach.state()


def test_a_state_folder_that_cannot_be_used_says_so(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RETOUCHIQ_STATE", str(tmp_path / "file"))
    with pytest.raises(NotWritable, match="RETOUCHIQ_STATE"):
        reach.state()


def test_the_address_a_killed_server_left_is_explained_and_no_fault(state):
    place.announce("http://127.0.0.1:9")
    assert "a server that was killed left its address there, which the next one replaces" in reach.state()


def test_a_running_server_is_asked(serving):
    assert reach.server().endswith("answers (process 77)")


def test_a_server_of_another_version_is_to_be_stopped(serving):
    serving["version"] = "0.0.1"
    with pytest.raises(HostFailed, match=r"0\.0\.1 runs, this is .*serve --stop"):
        reach.server()


def test_a_server_that_does_not_answer_is_to_be_stopped_and_its_log_named(state):
    with place.lock():
        place.announce("http://127.0.0.1:9")
        with pytest.raises(HostFailed, match=r"127\.0\.0\.1:9 does not answer .*serve --stop.*server\.log"):
            reach.server()


def test_a_server_that_cannot_start_says_why(monkeypatch):
    monkeypatch.setattr(reach.sys, "executable", "/bin/false")
    with pytest.raises(HostFailed, match="does not start"):
        reach.server()


def test_a_missing_curl_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(HostMissing, match="sudo apt install curl"):
        reach.curl()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    found = Machine(tmp_path, (tmp_path / "bin",), tmp_path / "root")
    monkeypatch.setattr(Machine, "here", lambda: found)
    (tmp_path / "bin").mkdir()
    return found


def test_editors_that_are_not_there_are_no_fault(machine, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "CHECKS", {})
    assert main(["doctor", "--json"]) == 0
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert (checks["GIMP"]["ok"], checks["GIMP"]["optional"]) == (False, True)
    assert "sudo apt install darktable" in checks["darktable panel"]["says"]


def test_a_plug_in_that_is_missing_old_or_current_is_told_apart(machine, tmp_path):
    (tmp_path / "bin/gimp-3.0").write_text("#!/bin/sh\n")
    (tmp_path / "bin/gimp-3.0").chmod(0o755)
    (tmp_path / ".config/GIMP/3.0").mkdir(parents=True)
    check, folder = reach.plugins()["GIMP 3.0"], tmp_path / ".config/GIMP/3.0/plug-ins/retouchiq"
    with pytest.raises(UnusableInput, match="is not installed: run `retouchiq plugin install gimp`"):
        check()
    placing.install(Editor("gimp", "package", tmp_path / ".config/GIMP/3.0"))
    assert check() == f"plug-in {__version__}, current, in {folder}"
    (folder / "retouchiq.py").write_text("old")
    with pytest.raises(UnusableInput, match="is not that of this"):
        check()


def test_a_panel_in_a_darktable_that_does_not_render_is_pointed_out(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "find", lambda: SimpleNamespace(version="4.2.1"))
    for version, said in (("5.4.1", ["darktable 4.2.1 renders"]), ("4.2.0", [])):
        editor = Editor("darktable", "package", tmp_path, (version,))
        assert [note[:23] for note in reach._renders_other(editor)] == said


def test_a_failed_check_is_marked_and_ends_with_3(machine, monkeypatch, capsys):
    def fails():
        raise HostMissing("no display: apt install xvfb")

    monkeypatch.setattr(doctor, "CHECKS", {"display": fails, "state": reach.state})
    assert main(["doctor"]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("NO  display")
    assert lines[1].startswith("ok  state")
    assert lines[-1].startswith("--  GIMP")
