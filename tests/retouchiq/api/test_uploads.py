"""What is sent to the server lands where it belongs, whole or not at all, and does not stay for ever."""

import os
import re
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path

import pytest

from retouchiq.api import images, place, uploads
from retouchiq.api.errors import NotFound
from retouchiq.api.security import Body


def kept(server) -> list[Path]:
    return list((server.state / "uploads").iterdir())


@pytest.fixture
def empty(server):
    """The module's server, with nothing uploaded."""
    for folder in kept(server) if (server.state / "uploads").exists() else ():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    return server


def test_an_upload_is_used_by_the_name_it_gets(empty, photo: Path) -> None:
    name = empty.upload(photo)
    answer = empty.http.post("/v1/scores", json={"before": name, "after": name, "instruction": "warmer"})
    assert answer.status_code == 200
    (folder,) = kept(empty)
    assert (folder / "photo.png").read_bytes() == photo.read_bytes()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name",
    [
        "../token.png",
        "../../../../tmp/evil.png",
        "/tmp/evil.png",
        "..",
        ".",
        "",
        ".hidden.png",
        "a/b.png",
        "a\\b.png",
        "a\x00.png",
        "a\n.png",
        "a.png/",
        "é" * 150 + ".png",
        "program.sh",
        "page.html",
        "png",
        "photo.png.part",
        "photo.svg",
    ],
)
def test_only_the_plain_name_of_an_image_is_taken(empty, name: str) -> None:
    answer = empty.http.post("/v1/uploads", params={"name": name}, content=b"x")
    assert answer.status_code in (403, 422), answer.text
    assert not (empty.state / "uploads").exists() or not kept(empty)


def test_a_photo_keeps_its_own_name_whatever_the_alphabet(empty, photo: Path) -> None:
    assert empty.upload(photo.rename(photo.with_name("Фото ä 1.png")))
    assert next(kept(empty)[0].iterdir()).name == "Фото ä 1.png"


def test_an_upload_called_like_a_sidecar_lies_beside_no_photo(empty, photo: Path, tmp_path: Path) -> None:
    empty.upload(photo)
    sidecar = tmp_path / "photo.png.xmp"
    sidecar.write_text("<x/>")
    name = empty.upload(sidecar)
    assert [len(list(folder.iterdir())) for folder in kept(empty)] == [1, 1]
    answer = empty.http.post("/v1/scores", json={"before": name, "after": name, "instruction": "warmer"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "name", ["upload:", "upload:..", "upload:../edits/1", "upload:" + "0" * 16, "upload:*", "upload:%2e"]
)
def test_names_of_no_upload_are_not_found(empty, photo: Path, name: str) -> None:
    empty.upload(photo)
    answer = empty.http.post("/v1/scores", json={"before": name, "after": name, "instruction": "warmer"})
    assert (answer.status_code, answer.json()["error"]["kind"]) == (404, "NotFound")


def head(server) -> str:
    who = f"Host: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}"
    return f"POST /v1/uploads?name=a.png HTTP/1.1\r\n{who}\r\n"


def test_an_upload_above_the_limit_is_cut_off_and_removed(start) -> None:
    with start(bodies=((re.compile(".*"), Body(3_000_000, json=False)),)) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection, suppress(ConnectionError):
            connection.sendall(f"{head(server)}Transfer-Encoding: chunked\r\n\r\n".encode())
            for _ in range(50):
                connection.sendall(b"%x\r\n" % (1 << 20) + bytes(1 << 20) + b"\r\n")
        while server.guard.active:
            time.sleep(0.01)
        assert not kept(server)


def test_an_upload_that_breaks_off_leaves_nothing(empty) -> None:
    with socket.create_connection(("127.0.0.1", empty.port)) as connection:
        connection.sendall(f"{head(empty)}Content-Length: 5000000\r\n\r\n".encode() + bytes(2_000_000))
        while not (empty.state / "uploads").exists() or not kept(empty):
            time.sleep(0.01)
    while empty.guard.active:
        time.sleep(0.01)
    assert not kept(empty)


def test_uploads_go_after_a_day_without_use(empty, photo: Path) -> None:
    old, used = empty.upload(photo), empty.upload(photo)
    for folder in kept(empty):
        os.utime(folder, (0, time.time() - uploads.KEPT - 5))
    images.picture(used)
    empty.upload(photo)
    assert images.picture(used)
    with pytest.raises(NotFound):
        images.picture(old)


def test_the_disk_is_not_filled_with_uploads(empty, photo: Path, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "ALL", uploads.LARGEST + photo.stat().st_size * 2 - 1)
    empty.upload(photo)
    empty.upload(photo)
    answer = empty.http.post("/v1/uploads", params={"name": "photo.png"}, content=photo.read_bytes())
    assert (answer.status_code, answer.json()["error"]["kind"]) == (429, "Busy")


def test_a_full_disk_is_said_to_be_full(empty, photo: Path, monkeypatch) -> None:
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads, "_write", full)
    answer = empty.http.post("/v1/uploads", params={"name": "photo.png"}, content=photo.read_bytes())
    assert (answer.status_code, answer.json()["error"]["kind"]) == (409, "NotWritable")
    assert not kept(empty)
    assert place.folder("uploads").is_dir()
