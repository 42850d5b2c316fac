"""Our plug-ins in every layout of editors there is, without costing the user a byte of what was there before."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lupa.lua54 import LuaRuntime

from hostbridge import NotWritable, UnusableInput
from retouchiq.cli import main
from retouchiq.plugin import editors, luarc, placing
from retouchiq.plugin.machine import Machine

DARKTABLE_4_2 = "this is darktable 4.2.1\n  Lua support enabled, API version 9.0.0\n"
DARKTABLE_5_4 = "darktable 5.4.1\n  Lua                    -> ENABLED  - API version 9.6.0\n"
WITHOUT_LUA = "darktable 5.4.1\n  Lua                    -> DISABLED\n"
GIMP_3 = "GNU Image Manipulation Program version 3.0.4\n"


class Computer:
    """A machine in a temporary folder, with the editors that a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.home, self.bin = folder / "root", folder / "the home", folder / "bin"
        for made in (self.root, self.home, self.bin):
            made.mkdir()
        self.environ: dict[str, str] = {}

    @property
    def machine(self) -> Machine:
        return Machine(self.home, (self.bin,), self.root, self.environ)

    @property
    def darktable(self) -> Path:
        return self.home / ".config/darktable"

    @property
    def luarc(self) -> Path:
        return self.darktable / "luarc"

    def has(self, program: Path | str, says: str) -> Path:
        path = self.bin / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{says}END\n")
        path.chmod(0o755)
        return path

    def has_gimp(self, version: str) -> Path:
        """A GIMP that makes its settings when it is started, and not when it is asked for its version."""
        settings = self.home / ".config/GIMP" / ".".join(version.split(".")[:2])
        script = f"#!/bin/sh\n[ $1 = --version ] || mkdir -p '{settings}/plug-ins'\necho 'GIMP version {version}'\n"
        name = f"gimp-console-{settings.name}"
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)
        return settings

    def has_flatpak(self, name: str, version: str, metadata: str) -> Path:
        active = self.root / "var/lib/flatpak/app" / name / "current/active"
        (active / "files/share/metainfo").mkdir(parents=True)
        (active / "metadata").write_text(metadata)
        (active / f"files/share/metainfo/{name}.metainfo.xml").write_text(f'<release date="x" version="{version}"/>')
        return active

    def find(self, host=None):
        return editors.find(self.machine, host)

    def only(self, host="darktable"):
        (editor,) = self.find(host)
        return editor


@pytest.fixture
def computer(tmp_path):
    return Computer(tmp_path)


@pytest.fixture
def darktable(computer):
    computer.has("darktable", DARKTABLE_4_2)
    return computer


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- finding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["usr/bin", "usr/local/bin", "opt/darktable/bin", "opt/darktable-5.4/bin"])
def test_a_darktable_that_is_not_on_path_gets_its_panel(computer, place):
    computer.has(computer.root / place / "darktable", DARKTABLE_5_4)
    assert computer.only().title == "darktable 5.4.1"


def test_an_appimage_on_path_shares_the_settings_and_is_not_started(darktable):
    darktable.has("Darktable-5.4.1-x86_64.AppImage", "never said")
    editor = darktable.only()
    assert editor.title == "darktable 5.4.1, 4.2.1"
    assert editor.config == darktable.darktable


def test_two_names_of_one_darktable_are_one(darktable):
    (darktable.root / "usr").mkdir()
    (darktable.root / "usr/bin").symlink_to(darktable.bin)
    assert len(darktable.only().programs) == 1


def test_a_darktable_without_lua_says_that_it_cannot_show_the_panel(computer):
    computer.has("darktable", WITHOUT_LUA)
    assert "built without Lua" in computer.only().notes[0]


def test_settings_elsewhere_are_honoured(darktable):
    darktable.environ["XDG_CONFIG_HOME"] = str(darktable.home / "settings")
    assert darktable.only().config == darktable.home / "settings/darktable"


def test_a_flatpak_says_which_permission_is_missing_and_how_to_give_it(computer):
    computer.has_flatpak("org.darktable.Darktable", "5.4.1", "[Context]\nshared=network;ipc;\nfilesystems=host;\n")
    editor = computer.only()
    assert editor.title == "darktable 5.4.1 (Flatpak)"
    assert editor.config == computer.home / ".var/app/org.darktable.Darktable/config/darktable"
    way = "flatpak override --user --talk-name=org.freedesktop.Flatpak --filesystem=/tmp org.darktable.Darktable"
    assert way in editor.notes[0]


@pytest.mark.parametrize("overrides", [".local/share/flatpak/overrides", "../root/var/lib/flatpak/overrides"])
def test_a_flatpak_that_was_given_the_permission_is_left_in_peace(computer, overrides):
    computer.has_flatpak("org.gimp.GIMP", "3.0.4", "[Context]\nshared=network;\nfilesystems=host;/tmp;\n")
    given = computer.home / overrides / "org.gimp.GIMP"
    given.parent.mkdir(parents=True)
    given.write_text("[Session Bus Policy]\norg.freedesktop.Flatpak=talk\n")
    assert computer.only("gimp").notes == ()
    given.write_text("[Session Bus Policy]\norg.freedesktop.Flatpak=talk\n[Context]\nshared=!network;\n")
    assert "override --user --share=network org.gimp.GIMP" in computer.only("gimp").notes[0]


def test_the_command_of_a_flatpak_leaves_the_sandbox(computer):
    computer.has_flatpak("org.gimp.GIMP", "3.0.4", "[Context]\n")
    (computer.home / ".var/app/org.gimp.GIMP/config/GIMP/3.0").mkdir(parents=True)
    editor = computer.only("gimp")
    placing.install(editor)
    command = Path((editor.folder / "command").read_text().strip())
    assert command.parent == editor.folder
    assert f"flatpak-spawn --host {placing.executable()}" in command.read_text()
    assert subprocess.check_output([command, "--version"], text=True).startswith("retouchiq ")


def test_snaps_are_refused_with_a_way_out(computer):
    for name in ("darktable", "gimp"):
        computer.has(computer.root / f"snap/bin/{name}", GIMP_3)
    found = computer.find()
    assert [editor.kind for editor in found] == ["Snap", "Snap"]
    assert all("apt or as a Flatpak" in editor.refused for editor in found)


def test_every_gimp_3_gets_the_filter(computer):
    computer.has("gimp-3.0", GIMP_3)
    computer.has("gimp-console-3.0", GIMP_3)
    computer.has("gimp-3.2", GIMP_3.replace("3.0.4", "3.2.0"))
    (computer.home / ".config/GIMP/3.4").mkdir(parents=True)
    (computer.home / ".config/GIMP/2.10").mkdir()
    found = {editor.config.name: editor.title for editor in computer.find("gimp")}
    assert found == {"3.0": "GIMP 3.0.4", "3.2": "GIMP 3.2.0", "3.4": "GIMP 3.4"}


def test_a_gimp_named_plainly_is_asked_for_its_version(computer):
    computer.has("gimp", GIMP_3)
    assert computer.only("gimp").config == computer.home / ".config/GIMP/3.0"


def test_gimp_s_own_variable_for_its_folder_is_honoured(computer):
    computer.has("gimp", GIMP_3)
    computer.environ["GIMP3_DIRECTORY"] = str(computer.home / "gimp")
    assert computer.only("gimp").config == computer.home / "gimp"


def test_gimp_2_is_told_that_gimp_3_is_needed(computer):
    computer.has("gimp-2.10", GIMP_3.replace("3.0.4", "2.10.34"))
    assert "needs GIMP 3" in computer.only("gimp").refused
    (computer.home / ".config/GIMP/3.0").mkdir(parents=True)
    computer.has("gimp-3.0", GIMP_3)
    assert computer.only("gimp").refused == ""


def test_an_empty_machine_has_no_editors(computer):
    assert computer.find() == []


# ---- the files ------------------------------------------------------------------------------------------------------


def test_the_panel_is_there_names_its_command_and_is_loaded(darktable):
    editor = darktable.only()
    placing.install(editor)
    assert (editor.folder / "retouchiq.lua").is_file()
    assert (editor.folder / "command").read_text() == f"{placing.executable()}\n"
    assert os.access(placing.executable(), os.X_OK)
    assert luarc.LINE in darktable.luarc.read_text()
    assert placing.look(editor) == placing.Placed(placing.__version__, current=True, enabled=True)


def test_the_filter_is_a_program_as_gimp_wants_it(computer):
    computer.has_gimp("3.0.4")
    placing.install(editor := computer.only("gimp"))
    assert editor.folder == computer.home / ".config/GIMP/3.0/plug-ins/retouchiq"
    assert os.access(editor.folder / "retouchiq.py", os.X_OK)
    assert placing.look(editor).enabled


def test_what_is_only_for_developers_is_not_installed(darktable):
    placing.install(editor := darktable.only())
    assert [name for name in contents(editor.folder) if name.endswith((".po", ".pyc", ".md"))] == []


def test_install_twice_and_remove_leaves_the_home_as_it_was(darktable):
    for editor in darktable.find() * 2:
        placing.install(editor)
    for editor in reversed(darktable.find()):
        assert placing.remove(editor)
        assert not placing.remove(editor)
    assert list(darktable.home.iterdir()) == []


def test_an_upgrade_replaces_our_files_and_no_others(darktable, tmp_path, monkeypatch):
    source = tmp_path / "source/darktable/retouchiq"
    (source / "locale").mkdir(parents=True)
    for name in ("retouchiq.lua", "old.lua", "locale/old.mo"):
        (source / name).write_text("1")
    monkeypatch.setattr(placing, "PLUG_INS", tmp_path / "source")
    placing.install(editor := darktable.only())
    (editor.folder / "mine.lua").write_text("the user's")
    (source / "old.lua").unlink()
    (source / "retouchiq.lua").write_text("2")
    assert not placing.look(editor).current
    placing.install(editor)
    assert (editor.folder / "retouchiq.lua").read_text() == "2"
    assert not (editor.folder / "old.lua").exists()
    placing.remove(editor)
    assert contents(editor.folder) == {"mine.lua": b"the user's"}


def test_an_interrupted_install_is_finished_by_the_next_and_removed_whole(darktable, monkeypatch):
    editor, writes = darktable.only(), []

    def dies(path, data, replace=placing.folder.replace):
        writes.append(path)
        if len(writes) == 5:
            raise KeyboardInterrupt
        replace(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(placing.folder, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            placing.install(editor)
    assert placing.look(editor).version == "unfinished"
    placing.remove(editor)
    assert list(darktable.home.iterdir()) == []


def test_what_python_compiled_beside_the_filter_goes_with_it(computer):
    computer.has_gimp("3.0.4")
    placing.install(editor := computer.only("gimp"))
    subprocess.run(["python3", "-m", "compileall", "-q", editor.folder], check=True)
    placing.remove(editor)
    assert not editor.folder.exists()


def test_a_file_of_somebody_else_in_the_way_is_not_overwritten(darktable):
    editor = darktable.only()
    editor.folder.mkdir(parents=True)
    (editor.folder / "retouchiq.lua").write_text("mine")
    with pytest.raises(UnusableInput, match="not ours: move it away"):
        placing.install(editor)
    assert contents(darktable.darktable) == {"lua/retouchiq/retouchiq.lua": b"mine"}


def test_a_link_to_a_checkout_is_not_written_through(darktable, tmp_path):
    (tmp_path / "checkout").mkdir()
    editor = darktable.only()
    editor.folder.parent.mkdir(parents=True)
    editor.folder.symlink_to(tmp_path / "checkout")
    with pytest.raises(UnusableInput, match="delete the link"):
        placing.install(editor)
    assert contents(tmp_path / "checkout") == {}


def test_a_forged_manifest_deletes_nothing_elsewhere(darktable):
    placing.install(editor := darktable.only())
    photo = darktable.home / "photo.nef"
    photo.write_text("photo")
    manifest = json.loads((editor.folder / "manifest.json").read_text())
    manifest["files"].append(os.path.relpath(photo, editor.folder))
    (editor.folder / "manifest.json").write_text(json.dumps(manifest))
    placing.remove(editor)
    assert photo.exists()


def test_settings_that_cannot_be_made_are_named(darktable):
    (darktable.home / ".config").write_text("a file")
    with pytest.raises(NotWritable, match="cannot be written"):
        placing.install(darktable.only())


def test_a_plug_in_whose_editor_is_gone_is_still_found(darktable):
    placing.install(darktable.only())
    (darktable.bin / "darktable").unlink()
    (left,) = editors.left_behind(darktable.machine)
    assert placing.remove(left)
    assert list(darktable.home.iterdir()) == []


def test_a_gimp_that_was_never_started_makes_its_settings_itself(computer):
    settings = computer.has_gimp("3.0.4")
    placing.install(computer.only("gimp"))
    placing.remove(computer.only("gimp"))
    assert list((settings / "plug-ins").iterdir()) == []


def test_a_gimp_that_makes_no_settings_is_to_be_started_by_the_user(computer):
    computer.has("gimp-console-3.0", GIMP_3)
    with pytest.raises(UnusableInput, match="start it once, then run `retouchiq plugin install gimp`"):
        placing.install(computer.only("gimp"))
    assert list(computer.home.iterdir()) == []


@pytest.mark.parametrize("older", ["2.10", "3.0"])
def test_settings_of_an_older_gimp_are_left_for_the_new_one_to_take_over(computer, older):
    computer.has_gimp("3.2.0")
    (computer.home / ".config/GIMP" / older).mkdir(parents=True)
    new = next(editor for editor in computer.find("gimp") if editor.config.name == "3.2")
    assert "start it once" in new.refused
    new.config.mkdir()
    assert [editor.refused for editor in computer.find("gimp")] == [""] * (2 if older == "3.0" else 1)


def test_a_plug_in_that_gimp_took_over_from_an_older_one_can_be_removed(computer):
    settings = computer.has_gimp("3.0.4")
    placing.install(old := computer.only("gimp"))
    shutil.copytree(settings, settings.with_name("3.2"))
    placing.remove(new := computer.find("gimp")[1])
    assert not new.folder.exists()
    assert placing.look(old).current


# ---- luarc ----------------------------------------------------------------------------------------------------------

LUARCS = {
    "lua-scripts": b'require "tools/script_manager"\n',
    "without a last line break": b'require "tools/script_manager"',
    "Windows line ends": b'-- mine\r\nrequire "contrib/gimp"\r\n',
    "a return": b"do return end\n",
    "a byte order mark": b"\xef\xbb\xbf-- mine\n",
    "a first line with #": b"#!/usr/bin/lua\n-- mine\n",
    "both": b"\xef\xbb\xbf#!/usr/bin/lua\r\n-- mine\r\n",
    "empty": b"",
    "not UTF-8": b"-- caf\xe9\n",
}


@pytest.mark.parametrize("content", LUARCS.values(), ids=LUARCS)
def test_a_luarc_of_the_user_is_given_back_byte_for_byte(darktable, content):
    darktable.luarc.parent.mkdir(parents=True)
    darktable.luarc.write_bytes(content)
    darktable.luarc.chmod(0o640)
    for _ in range(2):
        placing.install(darktable.only())
    assert darktable.luarc.read_bytes().count(luarc.LINE.encode()) == 1
    placing.remove(darktable.only())
    assert darktable.luarc.read_bytes() == content
    assert darktable.luarc.stat().st_mode & 0o777 == 0o640


@given(st.binary() | st.text(alphabet='#-\n\r a"').map(str.encode))
def test_any_luarc_is_given_back_byte_for_byte(content):
    try:
        added = luarc.add(content)
    except NotWritable:
        assert content.removeprefix(b"\xef\xbb\xbf").startswith(b"#")
        assert b"\n" not in content
        return
    assert luarc.has(added)
    assert luarc.add(added) == added
    assert luarc.remove(added) == content


@pytest.mark.parametrize("content", LUARCS.values(), ids=LUARCS)
def test_lua_takes_the_luarc_and_neither_s_error_costs_the_other(tmp_path, content):
    path = tmp_path / "luarc"
    path.write_bytes(luarc.add(content))
    lua = LuaRuntime()
    lua.execute("loaded = {}; print = function() end")
    lua.execute("function require(name) loaded[name] = true; if name:find('retouchiq') then error('ours') end end")
    lua.eval("dofile")(str(path))
    loaded = set(lua.eval("loaded"))
    assert "retouchiq/retouchiq" in loaded
    assert ("tools/script_manager" in loaded) == (b"script_manager" in content)


def test_a_linked_luarc_stays_a_link(darktable, tmp_path):
    (tmp_path / "dotfiles").write_text("-- mine\n")
    darktable.luarc.parent.mkdir(parents=True)
    darktable.luarc.symlink_to(tmp_path / "dotfiles")
    placing.install(darktable.only())
    assert darktable.luarc.is_symlink()
    placing.remove(darktable.only())
    assert (tmp_path / "dotfiles").read_text() == "-- mine\n"


def test_a_read_only_luarc_is_not_changed_and_the_line_is_given(darktable):
    darktable.luarc.parent.mkdir(parents=True)
    darktable.luarc.write_text("-- mine\n")
    darktable.luarc.chmod(0o444)
    with pytest.raises(NotWritable, match='require "retouchiq/retouchiq"'):
        placing.install(darktable.only())
    assert darktable.luarc.read_text() == "-- mine\n"
    assert "not loaded" in placing.says(darktable.only())


def test_lines_the_user_added_to_our_luarc_stay(darktable):
    placing.install(darktable.only())
    with darktable.luarc.open("a") as file:
        file.write("-- mine\n")
    placing.remove(darktable.only())
    assert darktable.luarc.read_text() == "-- mine\n"


# ---- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def here(darktable, monkeypatch):
    """The command, on that machine."""
    monkeypatch.setattr(Machine, "here", lambda: darktable.machine)
    return darktable


def run(capsys, *words):
    status = main(["plugin", *map(str, words)])
    out, err = capsys.readouterr()
    return status, out, err


def test_status_tells_programs_all_there_is_to_know(here, capsys):
    run(capsys, "install")
    status, out, _ = run(capsys, "status", "--json")
    (plugin,) = json.loads(out)["plugins"]
    assert status == 0
    assert plugin["title"] == "darktable 4.2.1"
    assert plugin["folder"] == str(here.darktable / "lua/retouchiq")
    assert (plugin["installed"], plugin["current"], plugin["enabled"]) == (placing.__version__, True, True)
    assert "GIMP 3 was not found" in json.loads(out)["absent"][0]


def test_an_old_plug_in_is_said_to_be_old(here, capsys):
    run(capsys, "install")
    (here.darktable / "lua/retouchiq/panel.lua").write_text("old")
    assert "run `retouchiq plugin install darktable`" in run(capsys, "status")[1]


def test_one_editor_that_fails_does_not_cost_the_other(here, capsys):
    here.has_gimp("3.0.4")
    here.luarc.mkdir(parents=True)
    status, out, _ = run(capsys, "install")
    assert status == 2
    assert "GIMP 3.0.4: plug-in" in out
    assert (here.home / ".config/GIMP/3.0/plug-ins/retouchiq/retouchiq.py").exists()


def test_no_editor_to_install_into_is_status_3(here, capsys):
    assert run(capsys, "install", "gimp")[0] == 3
    assert run(capsys, "remove", "gimp")[0] == 0


def test_a_folder_of_settings_can_be_named(here, capsys, tmp_path):
    own = tmp_path / "own"
    assert run(capsys, "install", "darktable", "--config", own)[0] == 0
    assert luarc.has((own / "luarc").read_bytes())
    assert not here.darktable.exists()
    assert run(capsys, "remove", "darktable", "--config", own)[0] == 0
    assert not own.exists()


def test_an_editor_that_runs_is_said_to_need_a_restart(here, capsys, monkeypatch):
    monkeypatch.setattr(placing, "is_running", lambda pattern: True)
    assert "darktable is running: end it and start it again" in run(capsys, "install")[1]


def test_a_folder_of_settings_needs_to_know_whose_it_is(here, capsys, tmp_path):
    status, _, err = run(capsys, "install", "--config", tmp_path)
    assert status == 2
    assert "Say darktable or gimp" in err
