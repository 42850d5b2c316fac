"""A stand-in darktable: a worker and a darktable-cli that answer as told, without a display."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from hostbridge.darktable.install import Darktable
from hostbridge.darktable.render import pool

PACKET = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="5"
 darktable:auto_presets_applied="1" darktable:history_end="1">
<darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:operation="colorin" darktable:enabled="1"
 darktable:modversion="7" darktable:params="00" darktable:multi_name="" darktable:multi_priority="0"/></rdf:Seq>
</darktable:history></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""

WRITE = f"""
def write(path, level):
    import numpy, tifffile
    tag = (700, 1, None, {PACKET.encode()!r}, True)
    tifffile.imwrite(path, numpy.full((4, 6, 3), level, numpy.uint16), photometric="rgb", extratags=[tag])
"""

WORKER = f"""
import json, os, sys, time
from pathlib import Path
{WRITE}
told = Path(os.environ["FAKE_WORKER"])

def next_order():  # one line of the file for each start and each render, then "fine"
    lines = told.read_text().splitlines()
    told.write_text("\\n".join(lines[1:]))
    return lines[0] if lines else "fine"

def obey(order):
    if order == "crash": os._exit(9)
    if order == "hang": time.sleep(600)
    if order == "babble": print("Segmentation fault", flush=True); time.sleep(600)

def answer(**fields): print(json.dumps(fields), flush=True)

for count, line in enumerate(sys.stdin):
    order = next_order()
    obey(order)
    if count == 0:
        answer(api="9.0.0")
    elif order in ("import", "export"):
        answer(error=order, log="")
    else:
        write(json.loads(line)["out"], 65535)
        answer(packet={PACKET!r}, log="")
"""

CLI = f"""#!{sys.executable}
import sys, time, os
{WRITE}
out = next(argument for argument in sys.argv if os.path.basename(argument).startswith("out."))
order = os.environ.get("FAKE_CLI", "fine")
if order == "hang": time.sleep(600)
if order == "refuse": sys.exit("[imageio_storage_disk] could not export to file: `x'!")
if order == "fail": sys.exit("no space left")
write(out, 0)
print(os.environ.get("FAKE_LOG", ""))
"""


@pytest.fixture
def darktable(tmp_path, monkeypatch):
    """A `Darktable` whose program and worker are the stand-ins."""
    (tmp_path / "bin").mkdir()
    formats = tmp_path / "plugins" / "imageio" / "format"
    formats.mkdir(parents=True)
    for name in ("jpeg", "png", "tiff", "exr", "copy"):
        (formats / f"lib{name}.so").touch()
    cli, worker = tmp_path / "bin" / "darktable-cli", tmp_path / "bin" / "worker.py"
    cli.write_text(CLI)
    cli.chmod(0o755)
    worker.write_text(WORKER)
    monkeypatch.setattr(pool, "_SCRIPT", worker)
    monkeypatch.setattr(
        pool,
        "open_display",
        lambda folder: SimpleNamespace(environment={}, is_alive=lambda: True, close=lambda: None),
    )
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return Darktable("4.2.1", cli, tmp_path / "libdarktable.so", tmp_path, tmp_path, tmp_path)


@pytest.fixture
def orders(tmp_path, monkeypatch):
    """Tell the workers what to do: one order a start or render, in turn."""
    file = tmp_path / "orders"

    def give(*lines: str) -> None:
        file.write_text("\n".join(lines))

    give()
    monkeypatch.setenv("FAKE_WORKER", str(file))
    return give


@pytest.fixture
def photo(tmp_path) -> Path:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"\xff\xd8\xff\xe0 not really")
    return file
