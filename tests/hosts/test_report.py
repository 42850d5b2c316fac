"""report.html in a real browser: both pictures are there, divided where the slider stands, and nothing is fetched."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from retouchiq.pictures import jpeg
from retouchiq.report import render_report

pytestmark = pytest.mark.hosts

ANSWER = {
    "image": "/photos/a <b>.nef",
    "instruction": 'warmer & "brighter" <script>alert(1)</script>',
    "agent": "offline",
    "host": {"name": "darktable", "version": "0"},
    "plan": {
        "reasoning": "Because.",
        "edits": [{"control": "temperature", "amount": 25.0, "region": "not sky"}],
        "unsupported": ["“remove the man”: needs retouching"],
        "notes": ["a note"],
    },
    "modules": [
        {"operation": "exposure", "version": 6, "instance": "retouchiq", "params": {"exposure": 1}, "mask": None}
    ],
    "verdict": {
        "score": 9.1,
        "baseline": 4.9,
        "metrics": [
            {
                "name": "warmer",
                "weight": 1.0,
                "target": 5.0,
                "before": 0.0,
                "after": 4.8,
                "score": 9.1,
                "why": "4.8 of 5",
            }
        ],
    },
    "applied": True,
    "renders": 3,
    "seconds": 2.5,
    "files": {"after": "/out/after.jpg"},
}


def flat(colour):
    return jpeg(np.full((300, 450, 3), colour, np.float32))


def screenshot(page, tmp_path, width):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert browser, "the report is tested in Chromium: apt install chromium"
    out = tmp_path / f"{width}.png"
    quiet = "--disable-background-networking --disable-component-update --disable-sync --no-first-run --disable-quic"
    subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            *quiet.split(),
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--window-size={width},1200",
            f"--screenshot={out}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return np.asarray(Image.open(out).convert("RGB")).astype(int)


@pytest.mark.parametrize("width", [1200, 420])
def test_before_and_after_share_the_frame_at_the_slider(width, tmp_path):
    page = tmp_path / "report.html"
    page.write_text(render_report(ANSWER, flat((0.9, 0, 0)), flat((0, 0, 0.9)), [7.0, 9.1]))
    seen = screenshot(page, tmp_path, width)
    red = (seen[..., 0] > 180) & (seen[..., 2] < 80)
    blue = (seen[..., 2] > 180) & (seen[..., 0] < 80)
    assert red.sum() > 5000
    assert 0.8 < red.sum() / blue.sum() < 1.25
    assert np.nonzero(red)[1].max() <= np.nonzero(blue)[1].min() + 4, "before is on the left"


def test_the_page_is_self_contained_and_shows_text_as_text(tmp_path):
    text = render_report(ANSWER, flat((0.5, 0.5, 0.5)), None, [4.0])
    assert not re.search(r'(src|href)="(?!data:)', text)
    assert "<script>alert" not in text
    assert "Nothing was applied" in text
