"""What the plug-in takes for the same edit decides whether it may undo: no work of the user's may be lost."""

from pathlib import Path

import pytest
from lupa.lua54 import LuaRuntime

PLUGIN = Path(__file__).parents[3] / "plugin" / "darktable"
OURS = ("exposure", "2", "00c0", "1", "retouchiq")
TONE = ("sigmoid", "0", "aa", "1", "")


@pytest.fixture(scope="module")
def same():
    runtime = LuaRuntime(encoding="utf-8")
    runtime.globals().package.path = f"{PLUGIN}/?.lua"
    return runtime.globals().require("retouchiq/sidecars")[0].same_edit


def sidecar(*steps, end=None):
    entries = "".join(
        f'<rdf:li darktable:operation="{operation}" darktable:multi_priority="{priority}" darktable:params="{params}" '
        f'darktable:enabled="{enabled}" darktable:multi_name="{name}" darktable:modversion="1"/>'
        for operation, priority, params, enabled, name in steps
    )
    last = len(steps) if end is None else end
    return f'darktable:history_end="{last}"<darktable:history><rdf:Seq>{entries}</rdf:Seq></darktable:history>'


def test_steps_that_darktable_puts_in_front_are_no_edit_of_the_users(same):
    assert same(sidecar(TONE, OURS), sidecar(("sigmoid", "0", "bb", "1", ""), TONE, OURS))


@pytest.mark.parametrize(
    "changed",
    [
        sidecar(TONE, OURS, ("exposure", "2", "0100", "1", "retouchiq")),
        sidecar(TONE, OURS, ("exposure", "2", "00c0", "0", "retouchiq")),
        sidecar(TONE, OURS, ("exposure", "0", "00c0", "1", "")),
        sidecar(TONE, OURS, end=1),
        sidecar(TONE),
    ],
    ids=["moved", "switched off", "another instance", "taken back", "removed"],
)
def test_a_later_edit_of_the_users_is_noticed(same, changed):
    assert not same(sidecar(TONE, OURS), changed)
    assert not same(changed, sidecar(TONE, OURS))
