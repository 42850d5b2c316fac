"""What clients offer in their menus, and whether the server is there."""

from html import escape

from retouchiq import __version__
from retouchiq.language.lexicon import lexicon
from retouchiq.variants import NAMES


def test_health_says_who_is_there_and_that_darktable_is_not(server) -> None:
    health = server.http.get("/v1/health").json()
    assert (health["status"], health["version"], health["host"]) == ("ok", __version__, None)
    assert health["jobs"] == {"running": 0, "queued": 0}


def test_every_look_that_can_be_named_is_listed_with_what_it_does(server) -> None:
    looks = server.http.get("/v1/looks").json()
    assert [look["name"] for look in looks] == sorted(lexicon().looks)
    assert all(look["description"] and look["when"] and look["words"] and look["strength"] > 0 for look in looks)


def test_variants_are_listed(server) -> None:
    assert server.http.get("/v1/variants").json() == list(NAMES)


def test_controls_are_listed_with_unit_and_range(server) -> None:
    (exposure,) = [control for control in server.http.get("/v1/controls").json() if control["name"] == "exposure"]
    assert (exposure["unit"], exposure["low"], exposure["high"], exposure["more"]) == ("EV", -5, 5, "brighter")


def test_without_darktable_edits_and_schema_say_how_to_get_it(server, photo) -> None:
    edit = server.http.post("/v1/edits", json={"image": str(photo), "instruction": "warmer"})
    for answer in (edit, server.http.get("/v1/schema")):
        assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "HostMissing")
        assert "install it" in answer.json()["error"]["message"]


def test_the_documentation_needs_no_network_and_misses_no_route(server) -> None:
    page = server.http.get("/docs").text
    assert "://" not in page.replace("http://127.0.0.1", "")
    assert "<script" not in page
    for path, methods in server.http.get("/openapi.json").json()["paths"].items():
        assert f" {path}</code>" in page
        for route in methods.values():
            assert escape(route["summary"], quote=True).replace("&#x27;", "&#39;") in page


def test_every_route_is_documented_with_its_refusals(server) -> None:
    described = server.http.get("/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            assert route["summary"], (method, path)
            assert route["description"], (method, path)
            refusals = [status for status in route["responses"] if status >= "400"]
            assert {"400", "401", "403", "408", "413", "415", "422", "429"} <= set(refusals), (method, path)
            assert "security" in route or path == "/v1/health"
            for status in refusals:
                schema = route["responses"][status]["content"]["application/json"]["schema"]
                assert schema["$ref"].endswith("/Error"), (method, path, status)
