"""The state folder keeps secrets from other users, and a killed server leaves nothing that misleads clients."""

import stat
from pathlib import Path

import pytest

from hostbridge import NotWritable
from retouchiq.api import place


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RETOUCHIQ_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_the_token(folder: Path) -> None:
    token = place.token()
    assert len(token) >= 43
    assert (mode(folder), mode(place.token_file()), mode(place.curl_config())) == (0o700, 0o600, 0o600)
    assert token in place.curl_config().read_text()


def test_the_token_stays_the_same_for_clients_that_read_it_before() -> None:
    assert place.token() == place.token() == place.token_file().read_text().strip()


def test_a_token_that_others_could_have_read_is_replaced() -> None:
    old = place.token()
    place.token_file().chmod(0o644)
    assert place.token() != old
    assert mode(place.token_file()) == 0o600


@pytest.mark.parametrize("kept", ["", "short", "x" * 50 + "\nInjected: header", "é" * 60])
def test_a_token_file_that_holds_no_token_is_replaced(kept: str) -> None:
    place.write_private(place.token_file(), kept)
    assert place.token() != kept
    assert place.token_file().read_text() == f"{place.token()}\n"


def test_a_link_in_place_of_the_token_is_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("k" * 43)
    elsewhere.chmod(0o600)
    place.state()
    place.token_file().symlink_to(elsewhere)
    assert place.token() != "k" * 43
    assert elsewhere.read_text() == "k" * 43
    assert not place.token_file().is_symlink()


def test_a_folder_left_open_to_others_is_closed(folder: Path) -> None:
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    place.state()
    assert mode(folder) == 0o700


def test_another_users_folder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    place.state()
    monkeypatch.setattr("os.getuid", lambda: 4242)
    with pytest.raises(NotWritable, match="belongs to user"):
        place.state()


def test_a_killed_servers_address_is_not_believed() -> None:
    place.claim()
    place.announce("http://127.0.0.1:8733")
    assert place.url() is None
    with place.lock():
        assert place.url() == "http://127.0.0.1:8733"
        assert place.pid() is not None
    assert place.url() is None
