"""Nothing in a real sidecar or style changes by being decoded to fields and encoded again."""

from collections import Counter

import pytest
from lxml import etree

from hostbridge import MalformedSidecar, UnusableInput, mixing
from hostbridge.controls import PLACES, TONES, Edit
from hostbridge.darktable import codec, style
from hostbridge.darktable.compile import compile
from hostbridge.darktable.roundtrip import roundtrip
from hostbridge.darktable.settings import Mask, ModuleSettings
from hostbridge.darktable.sidecar import Sidecar


def test_every_real_sidecar_is_the_same_afterwards(sidecars, schema):
    for path in sidecars:
        done = roundtrip(path, schema)
        assert done.identical, done
        assert done.differs == []


def test_every_real_style_is_the_same_afterwards(data, schema):
    files = sorted((data / "styles").rglob("*.dtstyle"))
    assert len(files) > 200
    for path in files:
        done = roundtrip(path, schema)
        assert done.identical, done


def test_every_parameter_text_of_darktable_is_written_the_same_again(sidecars):
    for path in sidecars:
        for element in etree.parse(path).iter():
            for name, text in element.attrib.items():
                if name.endswith(("}params", "}blendop_params", "}mask_points", "}mask_src")) and text:
                    assert codec.to_text(codec.from_text(text), text.startswith("gz")) == text, path


def test_installed_modules_have_the_sizes_of_real_parameters(sidecars, schema):
    known = 0
    for path in sidecars:
        for entry in Sidecar.read(path).history:
            module = schema.modules.get(entry.operation)
            if module is not None and module.version == entry.version:
                assert len(entry.params) == module.size, (path, entry.operation)
                known += 1
    assert known > 1500


def test_what_the_installed_darktable_does_not_know_is_carried_and_said(data, schema):
    newer = roundtrip(data / "xmp/darktable-tests-2026/0176-color-harmonizer.xmp", schema)
    assert any(f"darktable {schema.version} has no colorharmonizer" in one for one in newer.carried)
    older = roundtrip(data / "pairs/pixls_joao_velvia50_after.xmp", schema)
    assert any(f"darktable {schema.version} has version" in one for one in older.carried)


def test_a_loss_would_be_seen(sidecars, schema, monkeypatch):
    monkeypatch.setattr(codec, "encode", lambda module, params: bytes(module.size + 1))
    assert any(roundtrip(path, schema).differs for path in sidecars[:40])


@pytest.mark.parametrize("name", ["a.xmp", "a.dtstyle"])
def test_a_file_that_is_neither_is_refused(tmp_path, schema, name):
    path = tmp_path / name
    with pytest.raises(UnusableInput, match="cannot be read"):
        roundtrip(path, schema)
    path.write_text("<other/>")
    with pytest.raises(MalformedSidecar):
        roundtrip(path, schema)


# --- styles -----------------------------------------------------------------------------------------------------------


def plus_one(schema, mask=None):
    module = schema.module("exposure")
    return ModuleSettings("exposure", module.version, module.defaults() | {"exposure": 1.0}, mask=mask)


def test_a_style_is_written_and_read_back(tmp_path, schema):
    path = tmp_path / "look.dtstyle"
    left_out = style.write(path, "my <look>", "warm & soft", [plus_one(schema), plus_one(schema)], schema)
    assert left_out == []
    read = style.read(path)
    assert (read.name, read.description) == ("my <look>", "warm & soft")
    assert [(e.operation, e.instance, e.priority) for e in read.entries] == [
        ("exposure", "retouchiq", 0),
        ("exposure", "retouchiq", 1),
    ]
    params = codec.decode(schema.module("exposure"), read.entries[0].params)
    assert params["exposure"] == 1.0
    assert roundtrip(path, schema).identical


def test_a_style_says_what_it_cannot_hold(tmp_path, schema):
    masked = [plus_one(schema, Mask(TONES["shadows"])), plus_one(schema, Mask(shape=PLACES["top"]))]
    left_out = style.write(tmp_path / "a.dtstyle", "a", "", masked, schema)
    assert left_out == ["exposure is not in the style: darktable's styles cannot hold a drawn mask"]
    assert len(style.read(tmp_path / "a.dtstyle").entries) == 1


def test_a_black_and_white_style_stays_grey_where_the_photo_has_color_calibration(tmp_path, schema):
    """darktable 5 puts a style's own color calibration before the photo's, which would tint the grey."""
    edits = [Edit(control="monochrome", amount=100, options={"filter": "red"})]
    made = compile(edits, schema, Sidecar.new(), (600, 400)).settings
    style.write(tmp_path / "a.dtstyle", "a", "", made, schema)
    (entry,) = style.read(tmp_path / "a.dtstyle").entries
    params = codec.decode(schema.module("channelmixer"), entry.params)
    shares = [params[name][6] for name in ("red", "green", "blue")]
    assert (entry.operation, shares) == ("channelmixer", pytest.approx(mixing.FILTERS["red"], abs=1e-5))


TEXTS = {"op_params", "blendop_params"}  # the same bytes, but hex or gz as darktable was told to write
SINCE = {"multi_priority", "multi_name"}  # what the oldest styles do not have


def test_every_real_style_is_written_as_darktable_wrote_it(data):
    def content(raw):
        return Counter((e.tag, e.text or "") for e in etree.fromstring(raw).iter() if e.tag not in TEXTS)

    for path in sorted((data / "styles").rglob("*.dtstyle")):
        raw = path.read_bytes()
        mine, theirs = content(style.parse(raw).to_bytes()), content(raw)
        assert not theirs - mine, path
        assert {tag for tag, _ in mine - theirs} <= SINCE, path
