"""The contact sheet: hundreds of results can be looked through, and those marked are named to the command."""

import re
from pathlib import Path

from PIL import Image

from retouchiq.batch import sheet
from retouchiq.batch.task import Result


def result(out, name, state="edited", score=8.0, **more):
    folder = out / "photos" / name
    folder.mkdir(parents=True, exist_ok=True)
    files = {kind: folder / f"{kind}.jpg" for kind in ("before", "after", "before-small", "after-small")}
    for path in files.values():
        Image.new("RGB", (48, 32)).save(path)
    return Result(Path("/in") / name, name, state, score, 4.9, did="exposure +0.5", files=files, **more)


def page(out, *results, instruction="warmer"):
    sheet.write(out, instruction, results)
    return (out / "index.html").read_text()


def cards(text):
    return re.findall(r'<article class="(\w+).*?data-name="(.*?)"', text)


def test_the_worst_come_first_and_what_failed_last(tmp_path):
    failed = Result(Path("/in/c.jpg"), "c.jpg", "failed", error="it is damaged")
    text = page(tmp_path, result(tmp_path, "a.jpg", score=9.0), failed, result(tmp_path, "b.jpg", score=6.0))
    assert cards(text) == [("edited", "b.jpg"), ("edited", "a.jpg"), ("failed", "c.jpg")]
    assert "it is damaged" in text


def test_pictures_are_found_from_the_page_whatever_the_file_is_called(tmp_path):
    text = page(tmp_path, result(tmp_path, "a b#1?100%.jpg"))
    links = re.findall(r' (?:src|data-before|data-after)="([^"]+)"', text)
    assert len(links) == 4
    assert all(link.startswith("photos/a%20b%231%3F100%25.jpg/") for link in links)


def test_names_and_instructions_are_text_not_markup(tmp_path):
    text = page(tmp_path, result(tmp_path, "<b>'\".jpg"), instruction="<script>alert(1)</script>")
    assert "<script>alert" not in text
    assert "<b>" not in text


def test_five_hundred_photos_make_a_page_that_opens_at_once(tmp_path):
    one = result(tmp_path, "a.jpg")
    many = [
        Result(one.image, f"{number}.jpg", "edited", 8.0, 4.9, did=one.did, files=one.files) for number in range(500)
    ]
    text = page(tmp_path, *many)
    assert len(cards(text)) == 500
    assert len(text) < 1_000_000
    assert text.count('loading="lazy"') == 1000
    assert "data:image" not in text


def test_photos_not_done_yet_are_counted_with_the_way_to_go_on(tmp_path):
    text = page(tmp_path, result(tmp_path, "a.jpg"), Result(Path("/in/b.jpg"), "b.jpg"))
    assert "1 not done yet" in text
    assert "--resume" in text


def test_what_is_rejected_or_failed_cannot_be_marked(tmp_path):
    text = page(
        tmp_path, result(tmp_path, "a.jpg", "rejected"), Result(Path("/in/c.jpg"), "c.jpg", "failed", error="no")
    )
    assert 'type="checkbox"' not in text
