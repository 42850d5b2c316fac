"""Many photos in the real darktable: what a photographer gets, and never loses."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage.color import rgb2lab

from hostbridge import NotWritable
from hostbridge.darktable import install
from hostbridge.darktable.render import formats, open_renderer
from hostbridge.darktable.sidecar import Sidecar
from retouchiq.batch.journal import Journal

pytestmark = pytest.mark.hosts

COMMAND = [sys.executable, "-m", "retouchiq", "batch"]


def batch(*argv, check=0):
    """Run the command; answers its JSON."""
    done = subprocess.run(
        [*COMMAND, *map(str, argv), "--json"], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == check, done.stderr[-2000:]
    return json.loads(done.stdout) if done.stdout else done.stderr


@pytest.fixture
def photos(data, tmp_path):
    """A card of six photos: one damaged, one with a sidecar, two of the same name."""
    folder = tmp_path / "card"
    names = {
        "china.jpg": "sklearn_china.jpg",
        "IMG_1.jpg": "mei_110_Sanyo_VPCSX550.jpg",
        "day 2/IMG_1.jpg": "mei_037_FujiFilm_DX-10.jpg",
        "flower.jpg": "sklearn_flower.jpg",
    }
    for name, source in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.open(data / "photos" / source).convert("RGB").resize((480, 320)).save(folder / name, quality=92)
    shutil.copy(data / "raw" / "RAW_NIKON_D1.NEF", folder / "raw.nef")
    (folder / "damaged.nef").write_bytes((data / "raw" / "RAW_NIKON_D1.NEF").read_bytes()[:9000])
    shutil.copyfile(data / "pairs" / "pixls_joao_velvia50_after.xmp", folder / "china.jpg.xmp")
    return folder


def everything(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def lab(path):
    return rgb2lab(np.asarray(Image.open(path).convert("RGB"))).mean((0, 1))


def test_a_card_of_photos_is_edited_and_given_back_to_the_byte(photos, tmp_path):
    before, out = everything(photos), tmp_path / "out"
    answer = batch(photos, "brighter, warmer", "--out", out, "--in-place", "--export", "jpg", check=2)
    states = {photo["name"]: photo["state"] for photo in answer["photos"]}
    assert states.pop("damaged.nef") == "failed"
    assert states == dict.fromkeys(["china.jpg", "IMG_1.jpg", "day 2-IMG_1.jpg", "flower.jpg", "raw.nef"], "edited")
    assert "damaged.nef" in next(photo["error"] for photo in answer["photos"] if photo["state"] == "failed")
    for photo in (photo for photo in answer["photos"] if photo["state"] == "edited"):
        assert photo["score"] > photo["baseline"]
        beside = Path(f"{photo['image']}.xmp")
        assert any(entry.instance == "retouchiq" for entry in Sidecar.read(beside).history)
        assert lab(photo["files"]["export"])[0] > lab(photo["files"]["before"])[0] + 1, "the export shows the edit"
        assert lab(photo["files"]["export"]) == pytest.approx(lab(photo["files"]["after"]), abs=1.5)
    assert len(list((out / "exports").iterdir())) == 5
    exported = Image.open(out / "exports" / "raw.jpg")
    assert max(exported.size) > 1900, "in full size"
    assert all(
        before[name] == found for name, found in everything(photos).items() if not name.endswith((".xmp", ".bak"))
    )
    subprocess.run([*COMMAND, "reject", str(out), *states], check=True, timeout=60)
    assert everything(photos) == before
    assert not list((out / "exports").iterdir())


def test_kill_9_repeats_nothing_and_leaves_nothing_half_done(photos, tmp_path):
    before, out = everything(photos), tmp_path / "out"
    command = [str(photos), "brighter", "--out", str(out), "--in-place"]
    run = subprocess.Popen([*COMMAND, *command], stderr=subprocess.PIPE, text=True)
    while not run.stderr.readline().startswith("2/"):
        assert run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.wait()
    finished = {name: (out / "photos" / name).stat().st_mtime_ns for name in Journal(out).results}
    assert len(finished) >= 2
    for sidecar in photos.rglob("*.xmp"):
        Sidecar.read(sidecar)
    answer = batch(*command, "--resume", check=2)
    assert answer["counts"] == {"edited": 5, "unchanged": 0, "failed": 1, "rejected": 0}
    assert {name: (out / "photos" / name).stat().st_mtime_ns for name in finished if name != "damaged.nef"} == {
        name: stamp for name, stamp in finished.items() if name != "damaged.nef"
    }
    edited = [photo["name"] for photo in answer["photos"] if photo["state"] == "edited"]
    subprocess.run([*COMMAND, "reject", str(out), *edited], check=True, timeout=60)
    assert everything(photos) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_says_how_to_go_on(number, photos, tmp_path):
    run = subprocess.Popen(
        [*COMMAND, str(photos), "brighter", "--out", str(tmp_path / "out")],
        stderr=subprocess.PIPE,
        text=True,
        # a test run in the background has been told to ignore Ctrl-C, and its children with it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not run.stderr.readline().startswith("1/"):
        assert run.poll() is None
    run.send_signal(number)
    _, said = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "--resume" in said
    assert "Traceback" not in said
    assert (tmp_path / "out" / "index.html").exists()


def pixels(path):
    return tifffile.imread(path) if path.suffix == ".tif" else np.asarray(Image.open(path))


def test_every_format_darktable_writes_holds_the_edit(photos, tmp_path):
    photo = photos / "flower.jpg"
    Image.open(photo).resize((120, 80)).save(photo)  # AVIF takes its time
    sidecar = tmp_path / "out" / "photos" / "flower.jpg" / "flower.jpg.xmp"
    batch(photo, "much darker", "--out", tmp_path / "out")
    with open_renderer() as renderer:
        for ending in formats.formats(install.find()):
            out = tmp_path / f"flower.{ending}"
            renderer.export(photo, Sidecar.read(sidecar), out)
            assert out.stat().st_size > 500, ending
            if ending in {"jpg", "png", "webp", "ppm", "tif"}:
                found = pixels(out)
                assert found.shape == (80, 120, 3)
                assert found.mean() / np.iinfo(found.dtype).max < 0.8 * np.asarray(Image.open(photo)).mean() / 255


def test_the_loaded_darktable_exports_what_darktable_cli_does(photos, tmp_path):
    with open_renderer("library") as library, open_renderer("cli") as cli:
        sidecar = Sidecar.parse(library.render(photos / "raw.nef", None, 256).packet)
        for ending in ("jpg", "png", "tif"):
            files = [tmp_path / f"{renderer.name}.{ending}" for renderer in (library, cli)]
            for renderer, file in zip((library, cli), files, strict=True):
                renderer.export(photos / "raw.nef", sidecar, file)
            np.testing.assert_array_equal(*map(pixels, files))
            assert b"darktable:history" in files[0].read_bytes(), "as is the metadata"


def test_an_export_overwrites_nothing(photos, tmp_path):
    mine = tmp_path / "mine.jpg"
    mine.write_text("mine")
    with open_renderer() as renderer, pytest.raises(NotWritable, match="not overwritten"):
        renderer.export(photos / "flower.jpg", None, mine)
    assert mine.read_text() == "mine"


def test_a_consistent_series_comes_closer_together(data, tmp_path):
    """One place, three exposures and white balances: what a camera on automatic brings home."""
    place = np.asarray(Image.open(data / "photos" / "sklearn_china.jpg").resize((480, 320))) / 255
    for number, (stops, red) in enumerate([(0, 1), (-0.8, 1.12), (0.5, 0.9)]):
        light = place**2.2 * 2**stops * [red, 1, 1 / red]
        picture = (np.clip(light, 0, 1) ** (1 / 2.2) * 255).round().astype(np.uint8)
        (tmp_path / "in").mkdir(exist_ok=True)
        Image.fromarray(picture).save(tmp_path / "in" / f"{number}.png")

    def spread(name, *more):
        answer = batch(tmp_path / "in", "brighter and more contrast", "--out", tmp_path / name, *more)
        colours = np.array([lab(photo["files"]["after"]) for photo in answer["photos"]])
        return np.linalg.norm(colours - colours.mean(0), axis=1).mean()

    assert spread("alike", "--consistent") < 0.6 * spread("alone")


def test_the_measurement_says_what_a_batch_costs_beside_plain_exports(photos):
    command = [sys.executable, "-m", "retouchiq", "bench", "batch", str(photos / "day 2"), str(photos / "flower.jpg")]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=200, check=True)
    answer = json.loads(done.stdout)
    assert (answer["photos"], answer["counts"]["edited"]) == (2, 2)
    for kind in ("batch", "plain"):
        assert min(answer[kind].values()) > 0
    assert answer["ratio"] == pytest.approx(answer["batch"]["seconds"] / answer["plain"]["seconds"], abs=0.01)
