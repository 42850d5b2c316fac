"""Plain one-wish instructions over photos, raw and finished: does the final render show what was asked?

The effect is measured by the small functions below, on the before and after pictures that the user gets; nothing of
the reward is used. An instruction is met where its effect lies between what an eye just sees and what nobody who typed
it would want. The table is written to docs/measured/instructions.md by ``pytest -m slow --write-tables``.
"""

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, minimum_filter
from skimage.color import lab2rgb, rgb2lab

from hostbridge.darktable import install
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.schema import load
from retouchiq.agent.offline import OfflineAgent
from retouchiq.edit import drive
from retouchiq.photo import Photo
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Session

pytestmark = pytest.mark.slow

PHOTOS = [
    "raw/RAW_NIKON_D1.NEF",
    "raw/RAW_CANON_G2.CRW",
    "raw/GOPRO_HERO6_GOPR0024.GPR",
    "photos/sklearn_china.jpg",
    "photos/sklearn_flower.jpg",
    "photos/skimage_astronaut.png",
    "photos/mei_080_Nikon_D5000.jpg",
    "photos/immich_japanese-shop.jpg",
    "photos/deb_Dune.jpg",
]


def lightness(before, after):
    return (after[..., 0] - before[..., 0]).mean()


def dark_lightness(before, after):
    dark = before[..., 0] <= np.percentile(before[..., 0], 30)
    return (after[..., 0] - before[..., 0])[dark].mean()


def light_lightness(before, after):
    light = before[..., 0] >= np.percentile(before[..., 0], 80)
    return (after[..., 0] - before[..., 0])[light].mean()


def spread(before, after):
    return np.log2(after[..., 0].std() / before[..., 0].std())


def yellow(before, after):
    return (after[..., 2] - before[..., 2]).mean()


def magenta(before, after):
    return (after[..., 1] - before[..., 1]).mean()


def chroma(lab):
    return np.hypot(lab[..., 1], lab[..., 2])


def colourfulness(before, after):
    return np.log2((chroma(after).mean() + 0.5) / (chroma(before).mean() + 0.5))


def colour_left(before, after):
    return chroma(after).mean() - chroma(before).mean() if chroma(after).mean() > 2 else -100.0


def local_contrast(before, after):
    side = max(before.shape[:2])

    def energy(lab):
        coarse = gaussian_filter(lab[..., 0], side / 30)
        return (gaussian_filter(lab[..., 0], side / 200) - coarse).std()

    return np.log2(energy(after) / energy(before))


def fine_contrast(before, after):
    def energy(lab):
        return np.abs(gaussian_filter(lab[..., 0], 0.5) - gaussian_filter(lab[..., 0], 2)).mean()

    return np.log2(energy(after) / energy(before))


def corners(before, after):
    """How much more the corners change in lightness than the centre."""
    height, width = before.shape[:2]
    change = after[..., 0] - before[..., 0]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return change[np.hypot(x, y) > 1.15].mean() - change[np.hypot(x, y) < 0.35].mean()


def speckle(before, after):
    """Fine detail that was not there before."""
    added = after[..., 0] - before[..., 0]
    return (added - gaussian_filter(added, 1)).std()


def veil(before, after):
    """The dark channel (He, Sun, Tang 2011): how bright the darkest colour of each neighbourhood is, 0…100."""

    def dark(lab):
        return minimum_filter(lab2rgb(lab).min(axis=2), max(lab.shape[:2]) // 60).mean() * 100

    return dark(after) - dark(before)


def floor(before, after):
    return np.percentile(after[..., 0], 1) - np.percentile(before[..., 0], 1)


INSTRUCTIONS = [
    # instruction, effect, least, most
    ("brighter", lightness, 2, 16),
    ("darker", lightness, -16, -2),
    ("a bit brighter", lightness, 1, 9),
    ("make it much brighter", lightness, 4, 28),
    ("increase the exposure", lightness, 2, 16),
    ("lower the exposure slightly", lightness, -9, -1),
    ("brighten by half a stop", lightness, 1.5, 14),
    ("more contrast", spread, 0.04, 0.6),
    ("less contrast", spread, -0.8, -0.04),
    ("a touch more contrast", spread, 0.01, 0.4),
    ("lift the shadows", dark_lightness, 1.5, 16),
    ("open up the shadows a little", dark_lightness, 0.7, 10),
    ("deepen the shadows", dark_lightness, -16, -1),
    ("bring down the highlights", light_lightness, -16, -1),
    ("recover the highlights", light_lightness, -16, -1),
    ("brighter highlights", light_lightness, 0.7, 16),
    ("warmer", yellow, 2, 14),
    ("cooler", yellow, -14, -2),
    ("slightly warmer", yellow, 1, 8),
    ("make it a lot warmer", yellow, 3, 24),
    ("make the white balance cooler", yellow, -14, -2),
    ("more magenta", magenta, 1.2, 14),
    ("greener tint", magenta, -14, -1.2),
    ("more saturated", colourfulness, 0.08, 0.9),
    ("less saturated", colourfulness, -1.2, -0.08),
    ("boost the colours", colourfulness, 0.08, 0.9),
    ("tone down the colors", colourfulness, -1.2, -0.06),
    ("more vibrant", colourfulness, 0.05, 0.9),
    ("black and white", colour_left, -1000, -50),
    ("convert to monochrome", colour_left, -1000, -50),
    ("add clarity", local_contrast, 0.03, 0.8),
    ("more local contrast", local_contrast, 0.03, 0.8),
    ("sharpen it", fine_contrast, 0.05, 1.2),
    ("make it softer and blurred", fine_contrast, -3, -0.05),
    ("more texture", fine_contrast, 0.04, 1.2),
    ("remove haze", veil, -30, -0.3),
    ("add a vignette", corners, -40, -2),
    ("darken the corners", corners, -40, -2),
    ("add film grain", speckle, 0.15, 9),
    ("give it a faded look", floor, 1.5, 30),
    ("darker and moody", lightness, -22, -1),
    ("it is too dark", lightness, 1.5, 30),
    ("too bright", lightness, -30, -1.5),
    ("colours are dull", colourfulness, 0.05, 0.9),
]


@pytest.fixture(scope="module")
def results(data):
    """(instruction, photo) → (effect, met, score, renders) of every final render."""
    schema, found = load(install.find()), {}
    with open_renderer("library") as renderer, ThreadPoolExecutor(os.cpu_count()) as threads:

        def one(case):
            (instruction, effect, least, most), name = case
            photo = Photo(data / name, renderer, schema, 512)
            session = Session(OfflineAgent(), MeasuredReward())
            outcome = drive(session, session.instruct(instruction), photo, lambda _: None)
            after = outcome.after if outcome.after is not None else photo.before
            value = float(effect(rgb2lab(photo.before), rgb2lab(after)))
            return (instruction, name), (value, least <= value <= most, outcome.verdict.score, photo.renders)

        cases = [(row, name) for name in PHOTOS for row in INSTRUCTIONS]
        found.update(threads.map(one, cases))
    return found


def test_at_least_95_percent_of_plain_instructions_are_met(results, request):
    table = summary(results)
    if request.config.getoption("--write-tables"):
        folder = Path(__file__).parents[2] / "docs" / "measured"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "instructions.md").write_text(table)
    met = [result[1] for result in results.values()]
    assert len(INSTRUCTIONS) >= 40
    assert np.mean(met) >= 0.95, table


def test_doing_nothing_meets_none_of_them(data):
    """The check can fail: an untouched picture has no effect."""
    still = rgb2lab(np.random.default_rng(1).uniform(0.2, 0.8, (64, 96, 3)))
    assert not any(least <= effect(still, still) <= most for _, effect, least, most in INSTRUCTIONS)


def summary(results):
    """The table for docs: an instruction a row, what was measured on each photo, and the share that met it."""
    rows = defaultdict(dict)
    for (instruction, photo), result in results.items():
        rows[instruction][photo] = result
    met = np.mean([result[1] for result in results.values()])
    renders = np.mean([result[3] for result in results.values()])
    lines = [
        "# Plain instructions, measured on the final render",
        "",
        f"darktable {install.find().version}. {len(results)} edits, {met:.1%} met, "
        f"{renders:.1f} renders each on average.",
        "Doing nothing meets none. Numbers are the effect (not the reward's measure); an asterisk marks a miss.",
        "",
        "| instruction | effect | wanted | " + " | ".join(Path(p).stem[:14] for p in PHOTOS) + " | met |",
        "|---|---|---|" + "---|" * (len(PHOTOS) + 1),
    ]
    for instruction, effect, least, most in INSTRUCTIONS:
        cells = [f"{v:.2f}{'' if ok else ' *'}" for v, ok, _, _ in (rows[instruction][p] for p in PHOTOS)]
        share = np.mean([rows[instruction][p][1] for p in PHOTOS])
        wanted = f"{least:g} … {most:g}"
        name = effect.__name__.replace("_", " ")
        lines.append(f"| {instruction} | {name} | {wanted} | {' | '.join(cells)} | {share:.0%} |")
    return "\n".join(lines) + "\n"
