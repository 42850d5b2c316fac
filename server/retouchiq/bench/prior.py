"""Fits what a finished photograph looks like (`retouchiq.reward.measured.prior`) on a folder of finished ones.

``python -m retouchiq.bench.prior FOLDER`` prints the new ``prior.toml``. FOLDER holds pictures and a MANIFEST.tsv with
the columns ``file`` and ``tags``; those tagged with a fault are left out. Each of the others is made unfinished
`DRAWS` times, as a camera's plain rendering is (darker, flatter, paler, a little off in colour), in linear light and
with a seed; a ridge regression then learns the way back.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retouchiq.pictures import read_picture
from retouchiq.reward import Picture
from retouchiq.reward.measured.prior import FINISHED, SEEN, facts
from retouchiq.reward.measured.scene import Scene, fitted, resized

FAULTS = ("exposed", "cast", "flat", "faded", "low contrast", "blown", "astronomy")
DRAWS = 24
SIDE = 192  # px; averages and percentiles need no more
RIDGE = 1.0  # in standard deviations: keeps the few numbers apart from one another's noise

EV = (-0.6, 0.5)  # mean and standard deviation of an unfinished exposure
FLATNESS = (0.55, 1.0)  # share of the contrast that is there
PALENESS = (0.6, 1.05)  # share of the saturation
CAST = 0.05  # standard deviation of the gains of red and blue


def fit(folder: Path) -> str:
    """The text of ``prior.toml`` learned from the pictures of ``folder``."""
    rows = [_draws(read_picture(folder / name)) for name in faultless(folder)]
    seen = np.concatenate([unfinished for unfinished, _ in rows])
    made = np.concatenate([np.tile(finished, (DRAWS + 1, 1)) for _, finished in rows])
    lines = [f"# made by: python -m retouchiq.bench.prior PHOTOS  ({len(rows)} photographs)", f"# of = {list(SEEN)}"]
    for name in FINISHED:
        finished = made[:, SEEN.index(name)]
        of, constant, tolerance = _regression(seen, finished)
        low, high = np.percentile(finished, (25, 75))
        lines += ["", f'["{name}"]', f"constant = {constant:.3f}", f"of = {[round(float(k), 3) for k in of]}"]
        lines += [f"usual = [{low:.1f}, {high:.1f}]", f"tolerance = {tolerance:.2f}"]
    return "\n".join(lines) + "\n"


def faultless(folder: Path) -> list[str]:
    """The pictures of ``folder`` whose tags name no fault."""
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [row["file"] for row in rows if not any(fault in row["tags"] for fault in FAULTS)]


def _draws(picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Facts of the picture itself and of `DRAWS` unfinished versions, (draws, facts), and of the finished one."""
    small = resized(picture, fitted(picture, SIDE))
    random = np.random.default_rng(int(small.sum()))
    finished = facts(Scene(small, small))
    return np.array([finished, *(_facts(unfinished(small, random)) for _ in range(DRAWS))]), finished


def _facts(picture: Picture) -> NDArray[np.float64]:
    return facts(Scene(picture, picture))


def unfinished(picture: Picture, random: np.random.Generator) -> Picture:
    """``picture`` (sRGB 0…1) as if nobody had worked on it: darker, flatter about its middle, paler, a cast."""
    light = np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
    light = light * 2 ** random.normal(*EV) * np.exp(random.normal(0, CAST, 3) * (1, 0, 1))
    luminance = light @ np.array([0.2126, 0.7152, 0.0722])
    light = luminance[..., None] + (light - luminance[..., None]) * random.uniform(*PALENESS)
    coded = np.clip(np.maximum(light, 0), 0, 1) ** (1 / 2.2)
    middle = float(coded.mean())
    return np.asarray(np.clip(middle + (coded - middle) * random.uniform(*FLATNESS), 0, 1), np.float32)


def _regression(seen: NDArray[np.float64], made: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, float]:
    """Slopes, constant and residual standard deviation of a ridge regression of ``made`` on ``seen``."""
    mean, scale = seen.mean(axis=0), seen.std(axis=0)
    standard = (seen - mean) / scale
    ridge = RIDGE * np.eye(seen.shape[1]) * len(seen) / 100
    of = np.linalg.solve(standard.T @ standard + ridge, standard.T @ (made - made.mean())) / scale
    constant = float(made.mean() - of @ mean)
    return of, constant, float((made - constant - seen @ of).std())


if __name__ == "__main__":
    sys.stdout.write(fit(Path(sys.argv[1])))
