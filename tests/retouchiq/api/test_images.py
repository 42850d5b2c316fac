"""A client may name image files, and nothing else on the disk."""

import os
import socket
import struct
import zlib
from pathlib import Path

import pytest

from hostbridge import UnreadableImage
from retouchiq.api import images
from retouchiq.api.errors import Forbidden


def refused(server, name: str) -> tuple[int, str]:
    answer = server.http.post("/v1/scores", json={"before": name, "after": name, "instruction": "warmer"})
    return answer.status_code, answer.json()["error"]["kind"]


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "/etc/../etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
        "photo.png",
        "../photo.png",
        "~/photo.png",
        "file:///photo.png",
        "http://evil.example/photo.png",
        "",
        "/",
        "/photo.png\x00.txt",
        "/photo\n.png",
        "/photo.png.xmp",
        "/" + "a" * 5000 + ".png",
        "/photo.svg",
        "/photo.ps.png/..",
    ],
)
def test_what_is_no_image_is_none_of_the_servers_business(server, name: str) -> None:
    assert refused(server, name) in ((403, "Forbidden"), (422, "UnreadableImage"))


def test_a_photo_is_taken_by_its_path(server, photo: Path) -> None:
    answer = server.http.post("/v1/scores", json={"before": str(photo), "after": str(photo), "instruction": "warmer"})
    assert answer.status_code == 200
    assert answer.json()["score"] == pytest.approx(answer.json()["baseline"])


def test_links_count_as_what_they_lead_to(server, photo: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (tmp_path / "link.png").symlink_to(secret)
    (tmp_path / "good.png").symlink_to(photo)
    (tmp_path / "round.png").symlink_to(tmp_path / "round.png")
    assert refused(server, str(tmp_path / "link.png")) == (403, "Forbidden")
    assert refused(server, str(tmp_path / "round.png")) == (422, "UnreadableImage")
    assert images.picture(str(tmp_path / "good.png")) == photo.resolve()


def test_pipes_devices_folders_and_sockets_are_not_opened(server, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket.png"))
    for name in ("pipe.png", "folder.png", "zero.png", "socket.png"):
        assert refused(server, str(tmp_path / name)) == (403, "Forbidden")
    listener.close()


def test_a_file_swapped_for_a_pipe_while_it_is_checked_does_not_block(photo: Path, monkeypatch) -> None:
    was = photo.lstat()
    photo.unlink()
    os.mkfifo(photo)
    monkeypatch.setattr(Path, "lstat", lambda self: was)
    with pytest.raises(Forbidden):
        images.picture(str(photo))


def test_a_file_swapped_for_a_link_while_it_is_checked_is_not_followed(photo: Path, monkeypatch) -> None:
    was = photo.lstat()
    elsewhere = photo.with_name("elsewhere.png")
    photo.rename(elsewhere)
    photo.symlink_to(elsewhere)
    monkeypatch.setattr(Path, "lstat", lambda self: was)
    monkeypatch.setattr(os.path, "realpath", lambda path, strict: path)
    with pytest.raises(UnreadableImage):
        images.picture(str(photo))


def test_missing_and_empty_files_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    with pytest.raises(UnreadableImage, match="0 bytes"):
        images.picture(str(tmp_path / "empty.png"))
    with pytest.raises(UnreadableImage, match="No such file"):
        images.picture(str(tmp_path / "missing.png"))


def test_what_only_darktable_opens_is_a_photo_but_no_finished_picture(data: Path) -> None:
    raw = data / "raw" / "RAW_NIKON_D1.NEF"
    assert images.photo(str(raw)) == raw.resolve()
    with pytest.raises(Forbidden):
        images.picture(str(raw))


def test_a_sidecar_is_a_base_and_nothing_else(tmp_path: Path) -> None:
    sidecar = tmp_path / "photo.nef.xmp"
    sidecar.write_text("<x/>")
    assert images.base(str(sidecar)) == sidecar.resolve()
    for other in (images.photo, images.picture):
        with pytest.raises(Forbidden):
            other(str(sidecar))


@pytest.mark.parametrize(
    "name", ["../token", "..", ".", "", ".hidden", "a/b", "/etc/passwd", "link", "folder", "a\x00", "none"]
)
def test_only_plain_files_of_a_job_are_served(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "job"
    (folder / "folder").mkdir(parents=True)
    (tmp_path / "token").touch()
    (folder / ".hidden").touch()
    (folder / "link").symlink_to(tmp_path / "token")
    (folder / "after.jpg").touch()
    assert images.held(folder, "after.jpg") == folder / "after.jpg"
    with pytest.raises(FileNotFoundError):
        images.held(folder, name)


def test_a_decompression_bomb_is_refused_by_its_header(server, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(png_bomb())
    assert refused(server, str(bomb)) == (413, "TooLarge")
    answer = server.http.post("/v1/uploads", params={"name": "bomb.png"}, content=bomb.read_bytes())
    assert (answer.status_code, answer.json()["error"]["kind"]) == (413, "TooLarge")


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few hundred bytes that claims to be 2500 megapixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9999))) + chunk(b"IEND", b"")
    )
