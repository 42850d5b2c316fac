"""The installed darktable is found where it is, and its absence says what to do."""

import pytest

from hostbridge import HostMissing
from hostbridge.darktable import install


@pytest.fixture
def prefix(tmp_path):
    """A darktable of Debian's layout that only knows its version."""
    cli = tmp_path / "bin" / "darktable-cli"
    cli.parent.mkdir()
    cli.write_text("#!/bin/sh\necho this is darktable-cli 5.4.1~rc2\n")
    cli.chmod(0o755)
    folder = tmp_path / "lib" / "x86_64-linux-gnu" / "darktable"
    (folder / "plugins").mkdir(parents=True)
    (folder / "libdarktable.so").touch()
    return tmp_path


@pytest.mark.parametrize("named", ["", "bin/darktable-cli"])
def test_a_darktable_elsewhere_can_be_named(prefix, monkeypatch, named):
    monkeypatch.setenv("RETOUCHIQ_DARKTABLE", str(prefix / named))
    found = install.find()
    assert found.version == "5.4.1~rc2"
    assert found.library == prefix / "lib/x86_64-linux-gnu/darktable/libdarktable.so"
    assert found.data_dir == prefix / "share/darktable"
    assert found.plugins.is_dir()


def test_a_missing_darktable_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("RETOUCHIQ_DARKTABLE", str(tmp_path))
    with pytest.raises(HostMissing, match=r"holds no darktable-cli: install darktable .*apt install"):
        install.find()


def test_half_a_darktable_is_said_to_be_half(prefix, monkeypatch):
    (prefix / "lib/x86_64-linux-gnu/darktable/libdarktable.so").unlink()
    monkeypatch.setenv("RETOUCHIQ_DARKTABLE", str(prefix))
    with pytest.raises(HostMissing, match="incomplete"):
        install.find()
