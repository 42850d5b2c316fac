import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lupa.lua54 import LuaRuntime

PLUGIN = Path(__file__).parents[3] / "plugin" / "darktable"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBER = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)
FRAGMENT = st.sampled_from([*'"{}[],: \n\t01-.e+\\', "true", "null", "fals", "\\u12"])


@pytest.fixture(scope="module")
def codec():
    runtime = LuaRuntime(encoding="utf-8")
    runtime.globals().package.path = f"{PLUGIN}/?.lua"
    return runtime.globals().require("retouchiq/json")[0]


def strict(text: str):
    def refuse(name):
        raise ValueError(name)

    return json.loads(text, parse_constant=refuse)


@given(VALUE, st.booleans(), st.sampled_from([None, 2]))
@settings(max_examples=200)
def test_what_the_server_sends_arrives_unharmed(codec, value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert json.loads(codec.encode(codec.decode(text))) == value


@given(st.lists(FRAGMENT, max_size=12).map("".join))
@settings(max_examples=500)
def test_takes_exactly_what_is_json(codec, text):
    try:
        expected = strict(text)
    except ValueError:
        assert isinstance(codec.decode(text), tuple), "took what is not JSON"
    else:
        got = codec.decode(text)
        assert not isinstance(got, tuple), got
        assert json.loads(codec.encode(got)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", '{"a":1,}', "{1:2}", "01", "1.", "NaN", '"\n"', '"\\x"', '"\\u12g4"', "[1] 2", "tru", '{"a" 1}'],
)
def test_refuses_with_the_place(codec, text):
    value, says = codec.decode(text)
    assert value is None
    assert "at byte" in says


def test_half_a_surrogate_pair_does_not_break_the_text(codec):
    assert codec.decode('"a\\ud800b\\ud83d\\ude00\\udc00"') == "a\ufffdb😀\ufffd"


def test_nesting_without_end_is_refused_not_followed(codec):
    assert codec.decode("[" * 60 + "]" * 60) is not None
    value, says = codec.decode("[" * 100_000)
    assert value is None
    assert "nested too deeply" in says


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_never_writes_a_number_json_does_not_have(codec, number):
    with pytest.raises(Exception, match="JSON has no"):
        codec.encode(number)


def test_an_empty_list_stays_a_list(codec):
    assert codec.encode(codec.decode('{"list":[],"object":{}}')) == '{"list":[],"object":{}}'
