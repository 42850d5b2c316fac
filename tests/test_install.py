"""install.sh on a machine made of stand-ins: no network, no root, a home folder with a space in its name."""

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

    def install(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(ROOT / "install.sh"), *words],
            env={"PATH": str(self.bin), "HOME": str(self.home), "TMPDIR": str(self.temporary)},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.has("python3", PYTHON)
    return machine


@pytest.fixture
def machine(bare: Machine) -> Machine:
    bare.has("darktable-cli")
    bare.has("Xvfb")
    return bare


def test_help_names_every_command(machine: Machine) -> None:
    shown = machine.install("help")
    assert shown.returncode == 0
    assert [word for word in ("demo [FILE]", "test", "remove", "--yes") if word not in shown.stdout] == []


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
