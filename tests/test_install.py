"""install.sh on a machine made of stand-ins: no network, no root, a home folder with a space in its name."""

import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Makes an "environment" whose Python runs nothing, so that pip succeeds at once.
PYTHON = """#!/bin/sh
if [ "$2" = venv ]; then
    mkdir -p "$3/bin"
    printf '#!/bin/sh\\nexit 0\\n' > "$3/bin/python"
    printf '#!/bin/sh\\necho "retouchiq: $*"\\n' > "$3/bin/retouchiq"
    chmod +x "$3/bin/python" "$3/bin/retouchiq"
else
    echo "$0"
fi
"""
TOOLS = (
    *("bash", "sh", "cat", "chmod", "cp", "cut", "dirname", "du", "find", "ln", "mkdir", "mktemp", "readlink"),
    *("rm", "rmdir", "sha256sum", "sort", "xargs"),
)


class Machine:
    """A home folder and a PATH on which only what is named exists; the user is not root."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.home = folder / "the home"
        self.command = self.home / ".local/bin/retouchiq"
        self.venv = self.home / ".local/share/retouchiq/venv"
        self.bin.mkdir()
        self.home.mkdir()
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        self.has("id", "#!/bin/sh\necho 1000\n")

    def has(self, name: str, script: str = "#!/bin/sh\n") -> None:
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    @property
    def state(self) -> Path:
        return self.home / ".local/state/retouchiq"

    @property
    def unit(self) -> Path:
        return self.home / ".config/systemd/user/retouchiq.service"

    def install(
        self, *words: str, checkout: Path = ROOT, stdin: int = subprocess.DEVNULL, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(checkout / "install.sh"), *words],
            env={"PATH": str(self.bin), "HOME": str(self.home), "TMPDIR": str(self.temporary), **environment},
            cwd=self.home,
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def install_in_terminal(self, typed: str) -> subprocess.CompletedProcess[str]:
        person, terminal = pty.openpty()
        os.write(person, typed.encode())
        try:
            return self.install(stdin=terminal)
        finally:
            os.close(person)
            os.close(terminal)


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.has("python3", PYTHON)
    return machine


@pytest.fixture
def machine(bare: Machine) -> Machine:
    bare.has("darktable-cli")
    bare.has("Xvfb")
    bare.has("curl")
    return bare


@pytest.fixture
def systemd(machine: Machine) -> Machine:
    """systemctl writes down what it is told."""
    machine.has("systemctl", '#!/bin/sh\necho "$*" >> "$HOME/systemctl"\n')
    return machine


def test_help_names_every_command(machine: Machine) -> None:
    shown = machine.install("help")
    assert shown.returncode == 0
    assert [word for word in ("demo [FILE]", "test", "remove", "--yes", "--service") if word not in shown.stdout] == []


def test_a_mistyped_command_installs_nothing(machine: Machine) -> None:
    refused = machine.install("instal")
    assert refused.returncode == 2
    assert "no command instal" in refused.stderr
    assert not machine.venv.exists()


def test_it_says_what_goes_where_before_it_installs(machine: Machine) -> None:
    lines = machine.install().stdout
    assert lines.index(str(machine.venv)) < lines.index("Installing Python packages")
    assert str(machine.command) in lines


def test_the_command_works_afterwards_and_the_path_line_is_given(machine: Machine) -> None:
    installed = machine.install()
    assert installed.returncode == 0, installed.stderr
    assert f'export PATH="{machine.command.parent}:$PATH"' in installed.stdout
    assert subprocess.check_output([machine.command, "doctor"], text=True) == "retouchiq: doctor\n"


def test_a_second_run_does_nothing(machine: Machine) -> None:
    machine.install()
    kept = machine.venv / "kept"
    kept.touch()
    again = machine.install()
    assert "This will install" not in again.stdout
    assert kept.exists()


def test_an_interrupted_run_is_repaired_by_the_next(machine: Machine) -> None:
    machine.install()
    (machine.venv / ".retouchiq-stamp").unlink()
    half = machine.venv / "half a package"
    half.touch()
    assert machine.install().returncode == 0
    assert not half.exists()
    assert (machine.venv / ".retouchiq-stamp").exists()


def test_the_demo_is_given_the_users_file(machine: Machine) -> None:
    shown = machine.install("demo", "my photo.nef")
    assert shown.stdout.endswith("retouchiq: demo my photo.nef\n")
    assert list(machine.temporary.iterdir()) == []


def test_a_command_of_somebody_else_is_not_overwritten(machine: Machine) -> None:
    machine.command.parent.mkdir(parents=True)
    machine.command.write_text("mine")
    refused = machine.install()
    assert refused.returncode == 2
    assert machine.command.read_text() == "mine"


def test_remove_takes_away_what_was_made_and_nothing_else(machine: Machine) -> None:
    photo = machine.home / "photo.nef.xmp"
    photo.write_text("edits")
    machine.install()
    removed = machine.install("remove")
    assert removed.returncode == 0
    assert not machine.venv.parent.exists()
    assert not machine.command.is_symlink()
    assert photo.read_text() == "edits"
    assert machine.install("remove").returncode == 0


def test_without_darktable_and_without_root_it_says_what_to_install(bare: Machine) -> None:
    refused = bare.install()
    assert refused.returncode == 3
    assert "darktable" in refused.stderr
    assert not bare.venv.exists()


def test_without_a_display_it_installs_and_says_what_is_lost(bare: Machine) -> None:
    bare.has("darktable-cli")
    installed = bare.install()
    assert installed.returncode == 0
    assert "slower" in installed.stdout


def test_without_curl_it_installs_and_says_what_is_lost(bare: Machine) -> None:
    bare.has("darktable-cli")
    bare.has("Xvfb")
    installed = bare.install()
    assert installed.returncode == 0
    assert "No curl: the panel in darktable cannot reach the server" in installed.stdout


def test_every_run_looks_for_editors_that_came_since(machine: Machine) -> None:
    assert "retouchiq: plugin install\n" in machine.install().stdout
    assert "retouchiq: plugin install\n" in machine.install().stdout


def test_an_editor_that_cannot_take_the_plug_in_does_not_fail_the_install(machine: Machine) -> None:
    machine.has("python3", PYTHON.replace('echo "retouchiq: $*"', 'echo "retouchiq: $*"; exit 2'))
    installed = machine.install()
    assert installed.returncode == 0
    assert "Ready." in installed.stdout


def test_a_changed_plug_in_is_installed_by_the_next_run(machine: Machine, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for name in ("bridge", "server", "plugin", "presets"):
        (checkout / name).mkdir(parents=True)
    for name in ("install.sh", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    machine.install(checkout=checkout)
    assert "Installing Python packages" not in machine.install(checkout=checkout).stdout
    (checkout / "plugin/panel.lua").write_text("changed")
    assert "Installing Python packages" in machine.install(checkout=checkout).stdout


def test_no_service_is_installed_that_nobody_asked_for(systemd: Machine) -> None:
    assert systemd.install("--yes").returncode == 0
    assert not systemd.unit.exists()
    assert not (systemd.home / "systemctl").exists()


@pytest.mark.parametrize(("answer", "there"), [("", False), ("n", False), ("y", True)])
def test_in_a_terminal_the_service_is_offered(systemd: Machine, answer: str, there: bool) -> None:
    assert systemd.install_in_terminal(f"y\n{answer}\n").returncode == 0
    assert systemd.unit.exists() == there


def test_in_a_terminal_no_means_no(machine: Machine) -> None:
    assert machine.install_in_terminal("n\n").returncode == 1
    assert not machine.venv.exists()


def test_the_service_runs_the_installed_command_with_what_it_does_not_need_forbidden(systemd: Machine) -> None:
    installed = systemd.install("--service")
    assert installed.returncode == 0, installed.stderr
    unit = systemd.unit.read_text()
    assert f'ExecStart="{systemd.venv}/bin/retouchiq" serve --idle 0\n' in unit
    assert [line for line in ("NoNewPrivileges=yes", "WantedBy=default.target") if f"{line}\n" not in unit] == []
    assert "--user enable --now retouchiq.service\n" in (systemd.home / "systemctl").read_text()


def test_the_service_finds_the_darktable_the_user_named(systemd: Machine) -> None:
    systemd.install("--service", RETOUCHIQ_DARKTABLE="/opt/50% faster/bin")
    assert 'Environment="RETOUCHIQ_DARKTABLE=/opt/50%% faster/bin"\n' in systemd.unit.read_text()


def test_without_systemd_the_service_is_explained_away(machine: Machine) -> None:
    installed = machine.install("--service")
    assert installed.returncode == 0
    assert "systemd does not run for this user here" in installed.stdout
    assert not machine.unit.exists()


def test_an_update_restarts_the_service(systemd: Machine) -> None:
    systemd.install("--service")
    (systemd.venv / ".retouchiq-stamp").write_text("older sources")
    systemd.install()
    assert (systemd.home / "systemctl").read_text().endswith("--user restart retouchiq.service\n")


def test_remove_ends_the_server_and_takes_plug_ins_and_service_away(systemd: Machine) -> None:
    systemd.install("--service")
    systemd.state.mkdir(parents=True)
    for name in (
        "token",
        "url",
        "pid",
        "curl.conf",
        "server.lock",
        "start.lock",
        "server.log.1",
        "server.err",
        "jobs.sqlite",
    ):
        (systemd.state / name).touch()
    for name in ("uploads", "edits", "batches"):
        (systemd.state / name).mkdir()
    removed = systemd.install("remove")
    assert removed.returncode == 0
    assert removed.stdout.index("retouchiq: serve --stop") < removed.stdout.index("retouchiq: plugin remove")
    assert "--user disable --now retouchiq.service\n" in (systemd.home / "systemctl").read_text()
    assert not systemd.unit.exists()
    assert not systemd.state.exists()


def test_remove_keeps_the_results_of_edits_and_says_where_they_are(machine: Machine) -> None:
    machine.install()
    result = machine.state / "edits/1/after.jpg"
    result.parent.mkdir(parents=True)
    result.write_text("picture")
    for name in ("jobs.sqlite", "token"):
        (machine.state / name).touch()
    removed = machine.install("remove")
    assert f"kept the results of your edits in {machine.state}" in removed.stdout
    assert result.read_text() == "picture"
    assert not (machine.state / "token").exists()
