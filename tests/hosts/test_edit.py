"""The whole job on real files in the real darktable: what a user gets, and what a user never loses."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import tifffile
from PIL import ExifTags, Image
from skimage.color import deltaE_ciede2000, rgb2lab

from hostbridge.darktable import install
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.sidecar import Sidecar

pytestmark = pytest.mark.hosts

RAWS = [
    "RAW_NIKON_D1.NEF",
    "RAW_CANON_G2.CRW",
    "GOPRO_HERO6_GOPR0024.GPR",
    "derived_blackmagic_crop.dng",
    "derived_kodak_dc50.dng",
]


def retouchiq(*argv, check=None, **options):
    """Run the command; answers the finished process."""
    command = [sys.executable, "-m", "retouchiq", *map(str, argv)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, **options)
    if check is not None:
        assert done.returncode == check, done.stderr[-2000:]
    return done


def edit(photo, instruction, out, *more, check=0):
    return json.loads(retouchiq("edit", photo, instruction, "--out", out, "--json", *more, check=check).stdout)


@pytest.fixture
def jpeg(data, tmp_path):
    return Path(shutil.copy(data / "photos" / "sklearn_china.jpg", tmp_path / "china.jpg"))


def lab(path):
    return rgb2lab(np.asarray(Image.open(path).convert("RGB")))


def coarse(pixels):
    """Averages of 8×8 pixels in Lab: what JPEG compression leaves alone."""
    height, width = (side // 8 * 8 for side in pixels.shape[:2])
    return rgb2lab(pixels[:height, :width].reshape(height // 8, 8, width // 8, 8, 3).mean((1, 3)))


def coarse_file(path):
    return coarse(np.asarray(Image.open(path).convert("RGB")) / 255)


@pytest.mark.parametrize("name", RAWS)
def test_every_raw_darktable_opens_gets_the_whole_job(name, data, tmp_path):
    answer = edit(data / "raw" / name, "warmer, lift the shadows a little, keep the sky", tmp_path)
    assert answer["applied"]
    assert answer["verdict"]["score"] > answer["verdict"]["baseline"]
    assert {module["instance"] for module in answer["modules"]} == {"retouchiq"}
    for kind in ("before", "after", "sidecar", "style", "report"):
        assert Path(answer["files"][kind]).stat().st_size > 0
    assert Path(answer["files"]["sidecar"]).name == f"{name}.xmp"
    shift = lab(tmp_path / "after.jpg").mean((0, 1)) - lab(tmp_path / "before.jpg").mean((0, 1))
    assert shift[2] > 0.3, "warmer is more yellow, outside the sky"


def test_a_copyright_that_is_not_utf_8_is_no_obstacle(jpeg, tmp_path):
    """Some cameras write Latin-1; darktable then writes no XMP of the photo."""
    exif = Image.Exif()
    exif[ExifTags.Base.Copyright] = "© Hänsel".encode("latin-1")
    Image.open(jpeg).save(jpeg, exif=exif)
    before = jpeg.read_bytes()
    assert edit(jpeg, "brighter", tmp_path / "out")["applied"]
    assert Sidecar.read(tmp_path / "out" / "china.jpg.xmp").history
    assert jpeg.read_bytes() == before


@pytest.mark.parametrize("name", ["Blackmagic_PCC4K.dng", "truncated/trunc_sample.cr2", "truncated/trunc_sample.nef"])
def test_a_raw_darktable_does_not_open_is_a_clear_error(name, data, tmp_path):
    done = retouchiq("edit", data / "raw" / name, "brighter", "--out", tmp_path, "--json", check=2)
    assert Path(name).name in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.glob("*.xmp"))


@pytest.mark.parametrize("suffix", [".tif", ".png"])
def test_deep_tiff_and_png_are_edited_like_a_jpeg(suffix, data, tmp_path):
    pixels = np.asarray(Image.open(data / "photos" / "sklearn_flower.jpg"))
    photo = tmp_path / f"flower{suffix}"
    if suffix == ".tif":
        tifffile.imwrite(photo, pixels.astype(np.uint16) * 257, photometric="rgb")
    else:
        Image.fromarray(pixels).save(photo)
    answer = edit(photo, "darker", tmp_path / "out")
    assert lab(answer["files"]["after"])[..., 0].mean() < lab(answer["files"]["before"])[..., 0].mean() - 2


def test_the_sidecar_makes_darktable_show_the_picture_of_the_report(jpeg, tmp_path):
    answer = edit(jpeg, "warmer, more contrast, darker at the top", tmp_path / "out")
    with open_renderer("cli") as renderer:
        shown = renderer.render(jpeg, Sidecar.read(Path(answer["files"]["sidecar"])), 1024).pixels
    assert deltaE_ciede2000(coarse(shown), coarse_file(answer["files"]["after"])).mean() < 0.5


def test_the_photo_is_never_written(jpeg, tmp_path):
    before = jpeg.read_bytes()
    edit(jpeg, "brighter", tmp_path / "out", "--in-place")
    assert jpeg.read_bytes() == before


def test_what_the_user_had_in_a_sidecar_is_still_there(data, jpeg, tmp_path):
    own = data / "pairs" / "pixls_joao_velvia50_after.xmp"
    beside = Path(shutil.copy(own, tmp_path / "china.jpg.xmp"))
    beside.chmod(0o644)
    text = beside.read_text()
    before = Sidecar.read(beside)
    edit(jpeg, "a bit brighter", tmp_path / "out", "--in-place")
    after = Sidecar.read(beside)
    theirs = [entry for entry in after.history if entry.instance != "retouchiq"]
    assert [(e.operation, e.params, e.instance) for e in theirs] == [
        (e.operation, e.params, e.instance) for e in before.history
    ]
    assert any(entry.instance == "retouchiq" for entry in after.history)
    kept = [path for path in tmp_path.iterdir() if path.name.startswith("china.jpg.xmp") and path != beside]
    assert any(path.read_text() == text for path in kept), "the sidecar before ours is kept"


def test_running_again_replaces_our_edit_instead_of_stacking_it(jpeg, tmp_path):
    first = edit(jpeg, "brighter", tmp_path / "out", "--in-place")
    second = edit(jpeg, "brighter", tmp_path / "out", "--in-place")
    ours = [e for e in Sidecar.read(Path(second["files"]["sidecar"])).history if e.instance == "retouchiq"]
    assert len(ours) == len(first["modules"])
    assert second["verdict"]["baseline"] == pytest.approx(first["verdict"]["baseline"], abs=0.2)


def test_turns_build_on_each_other_and_can_be_taken_back(jpeg, tmp_path):
    less = edit(jpeg, "brighter", tmp_path / "a", "--then", "a bit less")
    undone = edit(jpeg, "brighter", tmp_path / "b", "--then", "now warmer", "--then", "undo the last step")
    more = edit(jpeg, "brighter", tmp_path / "c")
    assert 0 < less["plan"]["edits"][0]["amount"] < more["plan"]["edits"][0]["amount"]
    assert [e["control"] for e in undone["plan"]["edits"]] == ["exposure"]


def test_what_cannot_be_done_is_said_and_the_rest_is_done(jpeg, tmp_path):
    answer = edit(jpeg, "remove the people and make it warmer", tmp_path / "out")
    assert answer["applied"]
    assert answer["plan"]["unsupported"]


def test_nothing_that_can_be_done_applies_nothing_and_exits_with_1(jpeg, tmp_path):
    answer = edit(jpeg, "remove the people", tmp_path / "out", "--in-place", check=1)
    assert not answer["applied"]
    assert not (tmp_path / "china.jpg.xmp").exists()


def test_a_malformed_sidecar_is_left_alone_and_named(jpeg, tmp_path):
    beside = tmp_path / "china.jpg.xmp"
    beside.write_text("<x:xmpmeta this is not xml")
    done = retouchiq("edit", jpeg, "brighter", "--in-place", check=2)
    assert "china.jpg.xmp" in done.stderr
    assert beside.read_text() == "<x:xmpmeta this is not xml"


def test_a_foreign_sidecar_keeps_its_rating_and_keywords(jpeg, tmp_path):
    beside = tmp_path / "china.jpg.xmp"
    beside.write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:o="http://example.org/other/" xmp:Rating="4"'
        ' o:thing="kept" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>temple</rdf:li>'
        "</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    edit(jpeg, "brighter", tmp_path / "out", "--in-place")
    text = beside.read_text()
    assert all(word in text for word in ("temple", 'Rating="4"', "kept", "retouchiq"))


def test_two_runs_on_one_photo_do_not_meet(jpeg, tmp_path):
    command = [sys.executable, "-m", "retouchiq", "edit", str(jpeg), "warmer", "--out"]
    runs = [
        subprocess.Popen([*command, str(tmp_path / name)], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    errors = [run.communicate(timeout=120)[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2]
    assert any("another run" in error for error in errors)


@pytest.mark.parametrize("after", [0.3, 1.2, 2.2, 3.0])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_at_any_moment_leaves_no_process_and_no_half_file(number, after, jpeg, tmp_path):
    beside = tmp_path / "china.jpg.xmp"
    run = subprocess.Popen(
        [sys.executable, "-m", "retouchiq", "edit", str(jpeg), "warmer, brighter", "--in-place"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(after)
    family = psutil.Process(run.pid).children(recursive=True) if run.poll() is None else []
    run.send_signal(number)
    _, err = run.communicate(timeout=20)
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert "Traceback" not in err
    if beside.exists():
        Sidecar.read(beside)
    assert [path.name for path in tmp_path.iterdir() if path.name not in {"china.jpg", "china.jpg.xmp"}] == []


def test_no_darktable_is_said_with_the_way_out(jpeg, tmp_path, monkeypatch):
    monkeypatch.setenv("RETOUCHIQ_DARKTABLE", str(tmp_path / "nowhere"))
    done = retouchiq("edit", jpeg, "brighter", "--out", tmp_path / "out", check=3)
    assert "install" in done.stderr


def test_doctor_finds_the_host():
    done = retouchiq("doctor", "--json", check=0)
    assert json.loads(done.stdout)["ok"]
    assert install.find().version in done.stdout


def test_the_style_is_one_darktable_can_read(jpeg, tmp_path):
    answer = edit(jpeg, "more contrast, warmer", tmp_path / "out")
    done = retouchiq("render", jpeg, tmp_path / "styled.jpg", "--style", answer["files"]["style"], "--json", check=0)
    assert json.loads(done.stdout)["width"] == 640
    styled, after = coarse_file(tmp_path / "styled.jpg"), coarse_file(answer["files"]["after"])
    assert deltaE_ciede2000(styled, after).mean() < 0.5
