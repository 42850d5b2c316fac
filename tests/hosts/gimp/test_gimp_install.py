"""The filter put into a real GIMP that was never started: neither costs the user the other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.hosts


def test_a_gimp_that_was_never_started_makes_its_own_settings_and_gets_the_filter(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "GIMP"))}
    environment = kept | {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = [Path(sys.executable).with_name("retouchiq"), "plugin", "install", "gimp", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150, check=True)
    (plugin,) = json.loads(done.stdout)["plugins"]
    settings = Path(plugin["config"])
    assert settings.parent == tmp_path / ".config/GIMP"
    assert plugin["enabled"]
    assert [name for name in ("brushes", "palettes", "tmp", "unitrc") if not (settings / name).exists()] == []
