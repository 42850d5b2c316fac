"""Nobody but the user's own programs gets anything out of the server: each refusal, over real HTTP."""

import re
import socket
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from retouchiq.api import serving
from retouchiq.api.security import BODIES, Body

PRIVATE = ("/v1/looks", "/v1/controls", "/v1/edits", "/v1/no-such-thing", "/", "/v1/health/", "//v1/health")


def kind(answer: httpx.Response) -> str:
    assert set(answer.json()["error"]) == {"kind", "message", "way_out"}
    return answer.json()["error"]["kind"]


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_is_answered_without_the_token(server, path: str) -> None:
    with server.bare() as http:
        answer = http.get(path)
    assert (answer.status_code, kind(answer)) == (401, "Unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", "Bearer", "Basic {}", "{}", "Bearer {}x", "bearer{}", "Bearer {} {}", "Bearer \xe9"],
)
def test_another_token_is_refused(server, header: str) -> None:
    with server.bare(authorization=header.format(server.token, server.token).encode("latin-1")) as http:
        assert http.get("/v1/looks").status_code == 401


def test_two_tokens_are_refused_even_if_one_is_right(server) -> None:
    headers = [("Authorization", f"Bearer {server.token}"), ("Authorization", "Bearer wrong")]
    assert httpx.get(f"{server.url}/v1/looks", headers=headers).status_code == 401


def test_the_token_does_not_work_in_the_address_where_it_would_be_logged(server) -> None:
    with server.bare() as http:
        assert http.get("/v1/looks", params={"token": server.token, "access_token": server.token}).status_code == 401


@pytest.mark.parametrize("path", ["/v1/health", "/openapi.json", "/docs"])
def test_health_and_documentation_need_no_token_but_only_to_be_read(server, path: str) -> None:
    with server.bare() as http:
        assert http.get(path).status_code == 200
        assert http.post(path).status_code == 401
        assert http.options(path).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example:{}", "evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil:{}", ""]
)
def test_a_name_rebound_to_loopback_is_refused(server, host: str) -> None:
    for path in ("/v1/health", "/v1/looks"):
        answer = server.http.get(path, headers={"Host": host.format(server.port)})
        assert (answer.status_code, kind(answer)) == (403, "Forbidden")


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "LOCALHOST:{}", "[::1]:{}"])
def test_the_names_of_loopback_are_answered(server, host: str) -> None:
    assert server.http.get("/v1/looks", headers={"Host": host.format(server.port)}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{}", "http://127.0.0.1", "file://", ""],
)
def test_a_web_page_is_refused_even_with_the_token(server, origin: str) -> None:
    for path in ("/v1/health", "/v1/looks"):
        answer = server.http.get(path, headers={"Origin": origin.format(server.port)})
        assert (answer.status_code, kind(answer)) == (403, "Forbidden")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_that_sends_no_origin_is_refused_by_what_its_browser_says(server, site: str) -> None:
    for path in ("/v1/health", "/v1/looks"):
        assert server.http.get(path, headers={"Sec-Fetch-Site": site}).status_code == 403


def test_the_servers_own_origin_is_answered(server) -> None:
    headers = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert server.http.get("/v1/looks", headers=headers).status_code == 200


def test_no_page_is_ever_told_that_it_may_read_answers(server) -> None:
    preflight = {"Origin": server.url, "Access-Control-Request-Method": "POST"}
    for answer in (server.http.options("/v1/edits", headers=preflight), server.http.get("/v1/health")):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("sent", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_can_send_is_not_taken_for_json(server, sent: str) -> None:
    answer = server.http.post(
        "/v1/scores", content=b'{"before": "/a.jpg"}', headers={"Content-Type": sent} if sent else {}
    )
    assert (answer.status_code, kind(answer)) == (415, "WrongMediaType")


def test_compressed_bodies_are_not_taken(server) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert server.http.post("/v1/scores", content=b"{}", headers=headers).status_code == 415


@pytest.mark.parametrize(("path", "largest"), [("/v1/scores", 1_000_000), ("/v1/sessions", 4_000_000)])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_above_the_limit_is_cut_off(server, path: str, largest: int, announced: bool) -> None:
    body = b'{"x": "' + b"a" * largest + b'"}'
    pieces = body if announced else (body[at : at + 65536] for at in range(0, len(body), 65536))
    answer = server.http.post(path, content=pieces, headers={"Content-Type": "application/json"})
    assert (answer.status_code, kind(answer)) == (413, "TooLarge")


@pytest.mark.parametrize("path", ["/v1/scores", "/v1/uploads?name=a.jpg", "/v1/sessions", "/v1/sessions/1/renders"])
def test_a_huge_body_is_refused_before_a_byte_of_it_is_read(server, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n"
    assert b" 413 " in raw(server.port, f"{head}Content-Length: 400000000\r\n\r\n")


def test_nobody_without_the_token_gets_a_body_read(server) -> None:
    head = f"POST /v1/uploads?name=a.jpg HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    assert b" 401 " in raw(server.port, f"{head}Content-Length: 1000\r\n\r\n")


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 40 + b"]" * 40,
        b"{",
        b"\xff\xfe",
        b"1" * 5000,
        b'"\\ud800"',
        b"\x00",
        b"",
    ],
    ids=lambda text: repr(text[:6]),
)
def test_json_made_to_choke_a_parser_is_refused(server, text: bytes) -> None:
    answer = server.http.post("/v1/scores", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert kind(answer)


def test_brackets_inside_words_are_no_nesting(server) -> None:
    body = {"before": "/a.jpg", "after": "/b.jpg", "instruction": '\\"[[[[' * 60}
    assert kind(server.http.post("/v1/scores", json=body)) == "UnreadableImage"


def test_a_body_that_comes_too_slowly_is_not_waited_for(start) -> None:
    slow = tuple((path, Body(body.largest, body.json, idle=0.2, whole=0.5)) for path, body in BODIES)

    def trickle(pause: float):
        for _ in range(20):
            time.sleep(pause)
            yield b" "

    with start(bodies=slow) as server:
        for path in ("/v1/scores", "/v1/uploads?name=a.jpg"):
            for pause in (0.4, 0.1):  # too long a silence; no silence, but no end either
                answer = server.http.post(path, content=trickle(pause), headers={"Content-Type": "application/json"})
                assert (answer.status_code, kind(answer)) == (408, "TooSlow")
        assert not list((server.state / "uploads").iterdir())


@pytest.mark.parametrize("sent", ["", "GET /v1/health HTTP/1.1\r\n", "G"])
def test_a_client_that_never_finishes_its_request_is_hung_up_on(server, monkeypatch, sent: str) -> None:
    monkeypatch.setattr(serving, "HEAD", 0.3)
    began = time.monotonic()
    assert raw(server.port, sent) == b""
    assert time.monotonic() - began < 5


def test_dripping_header_bytes_does_not_keep_a_connection(server, monkeypatch) -> None:
    monkeypatch.setattr(serving, "HEAD", 0.4)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port)) as connection, suppress(ConnectionError):
        while time.monotonic() - began < 10:
            connection.sendall(b"G")
            time.sleep(0.05)
    assert time.monotonic() - began < 5


def test_more_requests_at_once_than_the_limit_are_told_to_come_again(start) -> None:
    head = "POST /v1/scores HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\nContent-Length: 9\r\n\r\n"
    with start(requests=2) as server:
        busy = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(2)]
        for connection in busy:
            connection.sendall(head.format(server.port, server.token).encode())
        while server.guard.active < 2:
            time.sleep(0.01)
        answer = server.http.get("/v1/looks")
        assert (answer.status_code, kind(answer), answer.headers["retry-after"]) == (429, "Busy", "1")
        for connection in busy:
            connection.close()
        while server.guard.active:
            time.sleep(0.01)
        assert server.http.get("/v1/looks").status_code == 200


def test_who_is_not_let_in_does_not_keep_the_server_up(server) -> None:
    before = server.guard.last
    with server.bare() as http:
        http.get("/v1/looks")
        http.get("/v1/health", headers={"Origin": "https://evil.example"})
    assert server.guard.last == before
    server.http.get("/v1/looks")
    assert server.guard.last > before


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 2\r\nContent-Length: 20\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: 0x2\r\n",
        "Content-Length: 99999999999999999999999999\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "X: a\r\n Host: evil\r\nContent-Length : 2\r\n",
        "Host: evil.example\r\n",
        "X: a\x00b\r\n",
    ],
)
def test_a_request_that_two_programs_might_read_differently_is_refused(server, headers: str) -> None:
    head = f"POST /v1/scores HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n"
    answer = raw(server.port, f"{head}{headers}\r\n{{}}GET /v1/looks HTTP/1.1\r\n\r\n")
    assert re.match(rb"HTTP/1.1 4(00|03|13) ", answer), answer
    assert answer.count(b"HTTP/1.1") == 1


def test_a_length_beside_chunks_does_not_hide_a_second_request(server) -> None:
    head = f"POST /v1/scores HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n"
    hidden = f"GET /v1/looks HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n\r\n"
    both = f"Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n{hidden}"
    answer = raw(server.port, head + both)
    assert b"airy" not in answer
    assert answer.count(b"HTTP/1.1") == 1


def test_heads_without_end_are_refused(server) -> None:
    head = f"GET /v1/looks HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    assert b" 400 " in raw(server.port, head + "X: " + "a" * 200_000)[:20]


def test_a_file_is_given_whole_whatever_parts_are_asked_for(plain, photo: Path) -> None:
    edit = plain.ended(plain.edit(photo))
    path = f"/v1/edits/{edit['id']}/files/after.jpg"
    whole = plain.http.get(path)
    for parts in ("bytes=0-3", "bytes=9-1", "bytes=99999999-", "bytes=" + ",".join(["0-1"] * 1000), "x"):
        answer = plain.http.get(path, headers={"Range": parts})
        assert (answer.status_code, answer.content) == (200, whole.content)


@pytest.mark.parametrize(
    "name", ["..%2f..%2f..%2ftoken", "%2e%2e/token", "..%5ctoken", "%00", "job.json", "%2fetc%2fpasswd", "."]
)
def test_no_other_file_than_the_results_is_given(plain, photo: Path, name: str) -> None:
    edit = plain.ended(plain.edit(photo))
    answer = plain.http.get(f"/v1/edits/{edit['id']}/files/{name}")
    assert answer.status_code in (404, 422), answer.text
    assert kind(answer)


def test_no_websocket_is_opened(server) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "a" * 22,
        "Sec-WebSocket-Version": "13",
    }
    assert server.http.get("/v1/edits/1/events", headers=upgrade).status_code == 404


def test_every_refusal_has_the_one_form(server) -> None:
    for method, path, status in (
        ("GET", "/v1/nothing", 404),
        ("PATCH", "/v1/looks", 405),
        ("GET", "/v1/edits?limit=x", 422),
    ):
        answer = server.http.request(method, path)
        assert answer.status_code == status
        assert kind(answer)


def test_a_failing_server_does_not_tell_its_insides(start, monkeypatch, caplog) -> None:
    monkeypatch.setattr("retouchiq.api.vocabulary.known.looks", lambda: 1 / 0)
    with start() as server:
        answer = server.http.get("/v1/looks")
    assert (answer.status_code, kind(answer)) == (500, "Unexpected")
    assert "ZeroDivisionError" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_request_cannot_write_lines_of_its_own_into_the_log(tmp_path: Path, monkeypatch) -> None:
    import logging

    record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s", ("/a\n2026-01-01 forged\x1b[2J",), None)
    said = serving.OneLine("%(levelname)s: %(message)s").format(record)
    assert said == "INFO: GET /a\\n2026-01-01 forged\\x1b[2J"


def raw(port: int, text: str) -> bytes:
    """All that the server answers to exactly these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text.encode("latin-1"))
        answer = b""
        try:
            while more := connection.recv(65536):
                answer += more
        except ConnectionError:
            pass
        return answer
