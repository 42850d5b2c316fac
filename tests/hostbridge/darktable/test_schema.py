"""The schema is what the installed darktable says it is, and protects it from values it would not take."""

import dataclasses
import json
import os
import signal
import stat

import pytest

from hostbridge import HostFailed, InvalidSetting
from hostbridge.darktable import codec, introspection
from hostbridge.darktable import schema as schemas

SILENT = {"clahe", "overexposed", "rawoverexposed"}  # modules without parameters


@pytest.fixture(scope="session")
def answer(darktable):
    """What the child says of the installed darktable."""
    return schemas._ask(darktable)


@pytest.fixture
def cache_home(tmp_path, monkeypatch, answer):
    """An empty cache folder of the user's, and a child that answers at once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(schemas, "_ask", lambda _: answer)
    return tmp_path


@pytest.fixture
def exposure(schema):
    return schema.module("exposure")


def test_every_module_with_parameters_describes_itself(schema, darktable):
    libraries = {path.stem.removeprefix("lib") for path in darktable.plugins.glob("lib*.so")}
    assert libraries - set(schema.modules) <= SILENT
    assert len(schema.modules) >= 83


def test_fields_lie_inside_their_module_and_do_not_overlap(schema):
    def check(fields, size):
        end = 0
        for field in fields:
            assert field.offset >= end, field
            end = field.offset + field.size
            check(field.fields, field.size)
            if field.kind == "array":
                assert field.count * field.items.size == field.size
                check(field.items.fields, field.items.size)
        assert end <= size

    for module in schema.modules.values():
        check(module.fields, module.size)


def test_defaults_are_complete_valid_and_the_same_after_a_round_trip(schema):
    for module in schema.modules.values():
        defaults = module.defaults()
        assert module.validate(defaults) == defaults
        assert codec.decode(module, codec.encode(module, defaults)) == defaults
        json.dumps(defaults, allow_nan=False)


def test_nested_fields_enums_and_texts_are_described(schema):
    mixer = schema.module("channelmixerrgb")
    fields = {field.name: field for field in mixer.fields}
    assert (fields["red"].kind, fields["red"].count) == ("array", 4)
    assert "DT_ILLUMINANT_CUSTOM" in fields["illuminant"].values
    assert {field.name: field.kind for field in schema.module("lut3d").fields}["filepath"] == "text"
    assert schema.module("liquify").fields[0].items.fields[1].fields[0].kind == "floatcomplex"
    low, high = ((f.low, f.high) for f in schema.module("exposure").fields if f.name == "exposure").__next__()
    assert (low, high) == (-18.0, 18.0)


def test_modules_say_what_can_be_done_with_them(schema):
    assert schema.module("crop").one_instance
    assert not schema.module("exposure").one_instance
    assert schema.module("exposure").maskable
    assert not schema.module("temperature").maskable or schema.module("temperature").colorspace == "raw"
    assert schema.module("vibrance").deprecated
    assert {schema.module(name).colorspace for name in ("bilat", "monochrome", "sharpen")} == {"lab"}


def test_the_host_says_its_pipe_orders_and_blending(schema):
    operations = [operation for operation, _ in schema.orders[2]]
    assert operations.index("exposure") < operations.index("colorin") < operations.index("colorout")
    assert set(schema.blends) == {2, 3, 4}
    assert schema.masks_version == 6


def test_an_unknown_module_is_named(schema):
    with pytest.raises(InvalidSetting, match=rf"darktable {schema.version} has no module 'nonsense'"):
        schema.module("nonsense")


def test_a_value_outside_its_range_is_named_with_the_range(exposure, schema):
    wrong = exposure.defaults() | {"exposure": 40}
    expected = rf"exposure.exposure = 40 is outside -18..18 \(darktable {schema.version}\)"
    with pytest.raises(InvalidSetting, match=expected):
        exposure.validate(wrong)
    held, notes = exposure.clamp(wrong)
    assert held["exposure"] == 18.0
    assert wrong["exposure"] == 40
    assert notes[0].endswith("set to 18")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"exposure": "bright"}, "not a finite number"),
        ({"exposure": float("nan")}, "not a finite number"),
        ({"exposure": True}, "not a finite number"),
        ({"mode": "EXPOSURE_MODE_NONE"}, "none of EXPOSURE_MODE_MANUAL, EXPOSURE_MODE_DEFLICKER"),
        ({"compensate_exposure_bias": 1}, "not true or false"),
        ({"exposures": 1.0}, "has no field 'exposures'"),
    ],
)
def test_what_is_no_value_of_a_field_is_refused_and_never_clamped(exposure, change, complaint):
    for check in (exposure.validate, exposure.clamp):
        with pytest.raises(InvalidSetting, match=complaint):
            check(exposure.defaults() | change)


def test_missing_fields_and_short_lists_are_refused(exposure, schema):
    params = exposure.defaults()
    del params["black"]
    with pytest.raises(InvalidSetting, match=r"exposure\.black is missing"):
        exposure.validate(params)
    mixer = schema.module("channelmixerrgb")
    with pytest.raises(InvalidSetting, match=r"channelmixerrgb\.red = .* is not a list of 4"):
        mixer.validate(mixer.defaults() | {"red": [1.0]})
    with pytest.raises(InvalidSetting, match=r"channelmixerrgb\.red\[0\] = 99 is outside"):
        mixer.validate(mixer.defaults() | {"red": [99.0, 0.0, 0.0, 0.0]})


def test_a_range_end_that_no_float_is_exactly_can_still_be_given(exposure):
    (field,) = [f for f in exposure.fields if f.name == "black"]
    narrow = dataclasses.replace(field, low=-0.1, high=0.1)
    module = dataclasses.replace(exposure, fields=(narrow,))
    assert module.validate({"black": 0.1}) == {"black": 0.1}


def test_the_schema_is_asked_once_and_then_read(darktable, cache_home, monkeypatch):
    first = schemas.load(darktable)
    (cache,) = (cache_home / "retouchiq/schema").iterdir()
    monkeypatch.setattr(schemas, "_ask", lambda _: pytest.fail("asked again"))
    assert schemas.load(darktable) == first
    assert darktable.version in cache.name
    assert not stat.S_IMODE(cache.stat().st_mode) & 0o077


def test_another_darktable_at_the_same_path_is_asked_again(darktable, cache_home, tmp_path):
    library = tmp_path / "libdarktable.so"
    library.touch()
    (tmp_path / "plugins").mkdir()
    one = dataclasses.replace(darktable, library=library, module_dir=tmp_path)
    first = schemas._cache_file(one)
    os.utime(library, (1, 1))
    assert schemas._cache_file(one) != first


def test_a_broken_cache_is_replaced(darktable, cache_home):
    cache = schemas._cache_file(darktable)
    cache.parent.mkdir(parents=True)
    cache.write_text('{"modules"')
    assert schemas.load(darktable).version == darktable.version
    json.loads(cache.read_text())


def test_a_cache_that_cannot_be_written_is_no_error(darktable, cache_home, monkeypatch):
    blocked = cache_home / "file"
    blocked.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert schemas.load(darktable).modules


def test_a_library_that_is_none_is_an_error_not_a_crash(darktable, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "plugins").mkdir()
    fake = tmp_path / "libdarktable.so"
    fake.write_bytes(b"\x7fELF but no more")
    broken = dataclasses.replace(darktable, library=fake, module_dir=tmp_path)
    with pytest.raises(HostFailed, match="does not describe its modules"):
        schemas.load(broken)


def test_one_module_that_crashes_does_not_take_the_others_along():
    answer = introspection._apart(lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert answer == {"failed": "its library crashed"}

    def broken():
        raise RuntimeError("no table")

    assert introspection._apart(broken) == {"failed": "no table"}
    assert introspection._apart(lambda: {"version": 1}) == {"version": 1}
