"""Exports: in every format the installed darktable has, by either renderer, over nobody's file."""

import pytest

from hostbridge import HostFailed, InvalidSetting, NotWritable, UnreadableImage
from hostbridge.darktable.render import formats
from hostbridge.darktable.render.cli import CliRenderer
from hostbridge.darktable.render.library import LibraryRenderer

pytestmark = pytest.mark.usefixtures("orders")


@pytest.fixture(params=[LibraryRenderer, CliRenderer])
def renderer(request, darktable):
    with request.param(darktable) as renderer:
        yield renderer


def test_the_formats_are_those_of_the_installed_darktable_without_the_plain_copy(darktable):
    assert formats.formats(darktable) == ["exr", "jpg", "png", "tif"]


@pytest.mark.parametrize(("ending", "name"), [("jpg", "jpeg"), (".JPEG", "jpeg"), ("tif", "tiff"), ("exr", "exr")])
def test_a_format_is_found_by_the_ending_people_write(ending, name, darktable):
    assert formats.module(darktable, ending) == name


@pytest.mark.parametrize("ending", ["gif", "copy", ""])
def test_an_ending_darktable_does_not_write_is_refused_with_those_it_does(ending, renderer, photo, tmp_path):
    for refused in (
        lambda: renderer.check_format(ending),
        lambda: renderer.export(photo, None, tmp_path / f"o.{ending}"),
    ):
        with pytest.raises(InvalidSetting, match="exr, jpg, png, tif"):
            refused()


def test_an_export_is_there_and_nothing_else(renderer, photo, tmp_path):
    (tmp_path / "exports").mkdir()
    renderer.export(photo, None, tmp_path / "exports" / "photo.jpg")
    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["photo.jpg"]


def test_a_file_that_is_there_is_not_overwritten(renderer, photo, tmp_path):
    mine = tmp_path / "mine.jpg"
    mine.write_text("mine")
    with pytest.raises(NotWritable, match="not overwritten"):
        renderer.export(photo, None, mine)
    assert mine.read_text() == "mine"


def test_an_accident_in_an_export_loses_no_picture(orders, renderer, photo, tmp_path):
    orders("fine", "crash", "fine", "crash")
    renderer.export(photo, None, tmp_path / "edited.jpg")
    assert (tmp_path / "edited.jpg").exists()


@pytest.mark.parametrize(("order", "error"), [("refuse", UnreadableImage), ("fail", HostFailed)])
def test_a_picture_darktable_cannot_make_leaves_no_file(order, error, orders, renderer, photo, tmp_path, monkeypatch):
    orders("fine", "export")
    monkeypatch.setenv("FAKE_CLI", order)
    with pytest.raises(error):
        renderer.export(photo, None, tmp_path / "edited.jpg")
    assert not (tmp_path / "edited.jpg").exists()
