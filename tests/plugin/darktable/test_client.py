"""The client against a real curl and a real server on loopback."""

import http.server
import json
import subprocess
import threading
from pathlib import Path

import pytest

HOSTILE = "warmer \"$(touch pwned)\" 'x'; rm -rf ~ `id`\n\\ %PATH% \u2028 – größer 😀\t\x7f"


@pytest.fixture
def served():
    """A server on loopback that keeps what it was sent and answers what it is told."""
    seen, answers = [], []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        seen.append((self.command, self.path, dict(self.headers), body))
        status, text = answers.pop(0) if answers else (200, '{"fine": true}')
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    methods = {"do_GET": answer, "do_POST": answer, "log_message": lambda self, *args: None}
    handler = type("Handler", (http.server.BaseHTTPRequestHandler,), methods)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.seen, server.answers = seen, answers
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(plugin, served, tmp_path, monkeypatch):
    """The plug-in's client with a command that names that server."""
    secret = tmp_path / "with 'quotes' and blanks"
    secret.mkdir()
    (secret / "curl.conf").write_text('header = "Authorization: Bearer s3cret"\n')
    answer = {"url": f"http://127.0.0.1:{served.server_port}", "curl_config": str(secret / "curl.conf")}
    command = secret / "retouchiq $(touch pwned)"
    command.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answer)}\nEND\n")
    command.chmod(0o700)
    plugin.dt.stored["retouchiq/command"] = str(command)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    lines = []

    def execute(line):
        lines.append(line)
        status = subprocess.run(line, shell=True, cwd=tmp_path, check=False).returncode
        return status << 8

    plugin.dt.execute = execute
    found = plugin.require("client")
    found.forget()
    plugin.lines = lines
    return found


def test_any_instruction_arrives_as_it_was_typed(plugin, client, served, tmp_path):
    body = plugin.lua.table(instruction=HOSTILE)
    assert client.request("POST", "/v1/edits", body).fine
    assert json.loads(served.seen[-1][3]) == {"instruction": HOSTILE}
    assert not list(tmp_path.rglob("pwned"))


def test_neither_the_token_nor_the_instruction_is_in_a_command_line(plugin, client, served):
    client.request("POST", "/v1/edits", plugin.lua.table(instruction="make it mysterious"))
    assert served.seen[-1][2]["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in "".join(plugin.lines)
    assert "mysterious" not in "".join(plugin.lines)


def test_a_request_leaves_no_file_behind(plugin, client):
    client.request("POST", "/v1/edits", plugin.lua.table(instruction="x"))
    assert list(Path(plugin.require("shell").folder()).iterdir()) == []


def test_the_servers_own_sentence_is_what_the_user_reads(client, served):
    error = {"kind": "UnreadableImage", "message": "x.jpg is no photo", "way_out": "choose another"}
    served.answers.append((422, json.dumps({"error": error})))
    answer, fault = client.request("GET", "/v1/edits/1")
    assert answer is None
    assert (fault.kind, fault.says) == ("UnreadableImage", "x.jpg is no photo: choose another")


@pytest.mark.parametrize("text", ["<html>", '{"error": null}', "[]", ""])
def test_an_unreadable_refusal_still_becomes_a_sentence(client, served, text):
    served.answers.append((503, text))
    answer, fault = client.request("GET", "/v1/edits/1")
    assert answer is None
    assert "503" in fault.says


def test_an_answer_that_is_not_json_becomes_a_sentence(client, served):
    served.answers.append((200, "<html>"))
    answer, fault = client.request("GET", "/v1/edits/1")
    assert answer is None
    assert "not JSON" in fault.says


def test_a_missing_command_is_named(plugin, client):
    plugin.dt.stored["retouchiq/command"] = "/nowhere/retouchiq"
    client.forget()
    answer, fault = client.request("GET", "/v1/looks")
    assert answer is None
    assert "/nowhere/retouchiq" in fault.says


def test_the_installed_command_is_found_before_the_one_on_path(plugin, monkeypatch):
    assert plugin.require("client").command() == "retouchiq"
    plugin.dt.stored["retouchiq/command"] = "/opt/r"
    assert plugin.require("client").command() == "/opt/r"


def test_a_post_that_may_have_arrived_is_not_sent_twice(plugin):
    plugin.select(plugin.photo())

    def die(method, path):
        if method == "POST":
            plugin.server.running = False

    plugin.server.before_answer = die
    plugin.ask("warmer")
    assert len(plugin.server.sent("POST", "/v1/edits")) == 1
    assert "does not answer" in plugin.said


def test_a_server_that_stopped_is_started_again(plugin):
    plugin.select(plugin.photo())
    plugin.server.running = False
    plugin.ask("warmer")
    assert plugin.server.starts == 2
    assert len(plugin.applied) == 1
