"""No bit of a user's settings is lost between bytes, fields and text."""

import base64
import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostbridge import InvalidSetting, MalformedSidecar
from hostbridge.darktable import codec
from hostbridge.darktable.schema import Field, Module

PAIR = Field("array", "", 0, 8, count=2, items=Field("float", "", 0, 4))
EVERY_KIND = Module(
    "everything",
    1,
    104,
    (
        Field("float", "real", 0, 4),
        Field("bool", "switch", 4, 4),
        Field("enum", "choice", 8, 4, values={"ZERO": 0, "ONE": 1, "UN": 1, "BIG": -7}),
        Field("text", "name", 12, 12),
        Field("int8", "small", 24, 1),  # three bytes of padding follow
        Field("double", "wide", 28, 8),
        Field("ushort", "pair", 36, 2),
        Field("ulong", "huge", 40, 8),
        Field("opaque", "blob", 48, 8),
        Field("floatcomplex", "point", 56, 8),
        Field("array", "list", 64, 24, count=2, items=Field("struct", "", 0, 12, fields=(Field("int", "n", 0, 4),))),
        Field(
            "array", "curve", 88, 16, count=2, items=Field("array", "", 0, 8, count=2, items=Field("float", "", 0, 4))
        ),
    ),
)


@given(st.binary(min_size=104, max_size=104))
def test_any_bytes_come_back_from_fields(blob):
    params = codec.decode(EVERY_KIND, blob)
    json.dumps(params, allow_nan=False)
    assert codec.encode(EVERY_KIND, params) == blob
    assert codec.encode(EVERY_KIND, json.loads(json.dumps(params))) == blob


@given(st.integers(0, 2**32 - 1))
def test_any_float_comes_back_nan_payloads_and_all(bits):
    blob = struct.pack("<I", bits)
    assert codec.write_float(codec.read_float(blob)) == blob


def test_a_float_reads_as_a_person_would_write_it():
    assert codec.read_float(struct.pack("<f", 0.3)) == 0.3
    assert codec.read_float(bytes.fromhex("0000c07f")) == "0x7fc00000"


def test_names_are_used_where_there_are_names(schema):
    module = schema.module("exposure")
    params = codec.decode(module, bytes(module.size))
    assert params["mode"] == "EXPOSURE_MODE_MANUAL"
    assert params["compensate_exposure_bias"] is False
    unnamed = codec.decode(module, struct.pack("<i", 77) + bytes(module.size - 4))
    assert unnamed["mode"] == 77


def test_parameters_of_another_version_are_not_decoded(schema):
    with pytest.raises(InvalidSetting, match=r"exposure parameters of 5 bytes are not version"):
        codec.decode(schema.module("exposure"), bytes(5))


def test_a_value_that_cannot_be_written_is_named(schema):
    module = schema.module("exposure")
    with pytest.raises(InvalidSetting, match=r"exposure\.exposure = 'much'"):
        codec.encode(module, module.defaults() | {"exposure": "much"})
    with pytest.raises(InvalidSetting, match=r"exposure\.mode"):
        codec.encode(module, module.defaults() | {"mode": "NO_SUCH_MODE"})


@given(st.binary(max_size=3000), st.sampled_from([True, False, None]))
def test_any_bytes_come_back_from_text(blob, compress):
    assert codec.from_text(codec.to_text(blob, compress)) == blob


def test_text_is_hex_for_little_and_gz_for_much_as_darktable_writes_it():
    assert codec.to_text(b"\x0f\xa0") == "0fa0"
    text = codec.to_text(bytes(420))
    assert text.startswith("gz")
    assert text[2:4] == f"{min(420 // len(zlib.compress(bytes(420))) + 1, 99):02d}"


@pytest.mark.parametrize(
    "text",
    ["0FA0", "0fa", "xyz", "gz", "gz01", "gz01!!!!", "gz05" + base64.b64encode(b"no zlib").decode(), "GZ01eJw="],
)
def test_text_darktable_would_not_read_is_refused(text):
    with pytest.raises(MalformedSidecar, match="parameters"):
        codec.from_text(text)


def test_a_text_that_unpacks_to_gigabytes_is_refused():
    bomb = "gz99" + base64.b64encode(zlib.compress(bytes(1 << 26))).decode()
    with pytest.raises(MalformedSidecar, match="cut short or larger"):
        codec.from_text(bomb)


@given(st.text(max_size=200))
def test_no_text_crashes_the_reader(text):
    try:
        codec.from_text(text)
    except MalformedSidecar as error:
        assert len(str(error)) < 300  # noqa: PT017
