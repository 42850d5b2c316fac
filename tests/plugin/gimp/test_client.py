"""Requests of the GIMP plug-in: the token goes along, and what fails is one sentence."""

import json

import pytest
from client import Client
from failures import Refused, ServerGone


def test_json_goes_there_and_back_with_the_token(serving):
    def answer(method, path, body, headers):
        return 201, {"got": json.loads(body), "auth": headers["Authorization"], "kind": headers["Content-Type"]}

    with serving(answer) as (url, seen):
        told = Client(url + "/", "secret").post("/v1/sessions", {"instruction": "wärmer"})
    assert told == {"got": {"instruction": "wärmer"}, "auth": "Bearer secret", "kind": "application/json"}
    assert seen == ["POST /v1/sessions"]


def test_a_picture_is_sent_as_it_is(serving):
    with serving(lambda _method, _path, body, headers: (200, [body.decode(), headers["Content-Type"]])) as (url, _seen):
        assert Client(url, "t").picture("/v1/uploads", b"TIFF") == ["TIFF", "image/tiff"]


def test_a_refusal_says_what_the_server_said_and_the_way_out(serving):
    error = {"error": {"kind": "UnusableInput", "message": "no look is called x.", "way_out": "Choose another."}}
    with (
        serving(lambda *_: (422, error)) as (url, _seen),
        pytest.raises(Refused, match=r"^no look is called x\. Choose another\.$"),
    ):
        Client(url, "t").get("/v1/looks")


def test_a_refusal_without_words_still_says_something(serving):
    with serving(lambda *_: (500, "?")) as (url, _seen), pytest.raises(Refused, match="500"):
        Client(url, "t").get("/v1/looks")


def test_a_server_that_dies_is_one_sentence(serving):
    with serving(lambda *_: None) as (url, _seen), pytest.raises(ServerGone, match="the image is as it was"):
        Client(url, "t").get("/v1/looks")


def test_nobody_listening_is_one_sentence(serving):
    with serving(lambda *_: (200, 0)) as (url, _seen):
        pass
    with pytest.raises(ServerGone):
        Client(url, "t").get("/v1/looks")


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch, serving):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(lambda *_: (200, [])) as (url, _seen):
        assert Client(url, "t").get("/v1/looks") == []
