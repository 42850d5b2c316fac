"""One's own style, from real sidecars to the edit of another photo, by the real darktable."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from skimage import data

from hostbridge.controls import Edit
from hostbridge.darktable import install, schema
from hostbridge.darktable.render import open_renderer
from retouchiq.cli import main
from retouchiq.photo import Photo, sidecar_path

pytestmark = pytest.mark.hosts

PICTURES = (data.astronaut, data.chelsea, data.coffee)
LIGHTS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def taste(light):
    """Dark pictures become brighter, all of them warmer; one is cut and one turned, which is no matter of style."""
    edits = [Edit(control="exposure", amount=2 * (1.1 - light)), Edit(control="temperature", amount=25)]
    return edits + ([Edit(control="crop", amount=12)] if light == 1.0 else [])


def turned(sidecar):
    """By hand, a quarter."""
    [flip] = [step for step in sidecar.history if step.operation == "flip"]
    step = replace(flip, params=(5).to_bytes(4, "little"), element=None)  # ROTATE_CCW_90_DEG of src/common/image.h
    return sidecar.with_style([step], schema.load(install.find()))


def photograph(path, light):
    """A picture in less light: as if exposed shorter."""
    values = PICTURES[round(light * 10) % 3]()[::3, ::3] * (1 + light) / 2
    Image.fromarray(np.round(values).astype(np.uint8)).save(path, quality=95)


def test_a_style_learnt_from_sidecars_edits_another_photo(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "photos"
    folder.mkdir()
    with open_renderer("library") as renderer:
        for light in LIGHTS:
            photograph(path := folder / f"{light}.jpg", light)
            photo = Photo(path, renderer, schema.load(install.find()), 320)
            photo.observe()
            sidecar = photo.sidecar(taste(light))
            (sidecar if light > LIGHTS[0] else turned(sidecar)).write(sidecar_path(path))
    photograph(folder / "not edited.jpg", 0.9)
    photograph(folder / "newer.jpg", 0.9)
    unknown = sidecar_path(folder / "0.5.jpg").read_bytes().replace(b'operation="exposure"', b'operation="tomorrow"')
    sidecar_path(folder / "newer.jpg").write_bytes(unknown)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["style", "learn", str(folder), "--name", "mine", "--json"]) == 0
    learnt = json.loads(capsys.readouterr().out)
    assert learnt["photos"] == len(LIGHTS)
    assert [left["photo"].endswith("newer.jpg") for left in learnt["left_out"]] == [True]
    assert "tomorrow" in learnt["left_out"][0]["why"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    amounts = []
    for light in (0.55, 0.95):
        photograph(path := tmp_path / f"unseen {light}.jpg", light)
        assert main(["edit", str(path), "", "--look", "mine", "--budget", "2", "--out", str(tmp_path), "--json"]) == 0
        edits = json.loads(capsys.readouterr().out)["plan"]["edits"]
        amounts.append({edit["control"]: edit["amount"] for edit in edits})
    for done in amounts:  # six photos show a habit, but hardly how it goes with the light
        assert 0.2 < done["exposure"] < 1.3
        assert done["temperature"] == pytest.approx(25, abs=10)


def test_too_few_photos_are_counted(tmp_path, capsys):
    photograph(tmp_path / "one.jpg", 1.0)
    assert main(["style", "learn", str(tmp_path), "--name", "mine"]) == 2
    assert "holds 1 photos, 0 of them with an edit of yours" in capsys.readouterr().err
