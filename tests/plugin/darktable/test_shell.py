import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_name_is_taken_for_a_command(word):
    from lupa.lua54 import LuaRuntime

    source = Path(__file__).parents[3] / "plugin" / "darktable" / "retouchiq" / "shell.lua"
    runtime = LuaRuntime(encoding="utf-8")
    runtime.execute("package.loaded.darktable = {configuration = {running_os = 'linux'}}")
    line = "printf %s " + runtime.execute(source.read_text()).quote_posix(word)
    assert subprocess.run(["sh", "-c", line], capture_output=True, check=True).stdout.decode() == word


@pytest.mark.parametrize("word", ["a$(touch x)", "it's", "-rf", "a;b", "`id`", "a\nb", "$HOME", "*"])
def test_no_hostile_name_is_taken_for_a_command(plugin, word):
    line = "printf %s " + plugin.require("shell").quote_posix(word)
    assert subprocess.run(["sh", "-c", line], capture_output=True, check=True).stdout.decode() == word


def test_a_windows_path_is_one_word(plugin):
    quote = plugin.require("shell").quote_windows
    assert quote(r"C:\Users\Ann & Bob\x^y.txt") == r'"C:\Users\Ann & Bob\x^y.txt"'


@pytest.mark.parametrize("path", ['a"&calc&"', "%PATH%", "a\nb"])
def test_what_cmd_would_expand_is_refused(plugin, path):
    with pytest.raises(Exception, match="cannot be given the path"):
        plugin.require("shell").quote_windows(path)


def test_nobody_else_can_look_into_the_private_folder(plugin):
    folder = Path(plugin.require("shell").folder())
    assert folder.stat().st_mode & 0o777 == 0o700


def test_nothing_is_left_behind_when_darktable_quits(plugin):
    plugin.select(plugin.photo())
    plugin.ask("warmer")
    folder = Path(plugin.require("shell").folder())
    assert list(folder.iterdir())
    plugin.dt.fire("exit")
    assert not folder.exists()


def test_nothing_is_left_behind_when_darktable_quits_in_the_middle(plugin):
    def quit_darktable():
        plugin.dt.ending = True
        plugin.dt.fire("exit")

    plugin.select(plugin.photo())
    plugin.server.comes_to = [("running", 1, None)] * 20
    plugin.while_waiting(quit_darktable)
    folder = Path(plugin.require("shell").folder())
    plugin.ask("warmer")
    assert not folder.exists()
    assert len([line for line in plugin.lines if line.startswith("mkdir")]) == 1
