"""How well regions are found, against outlines drawn by hand, beside cruder answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from hostbridge.controls import PLACES
from hostbridge.weights import Weights, drawn
from retouchiq.bench.outlined import Outlined, halves, outlined, shared
from retouchiq.regions.finding import OWN, SURE
from retouchiq.regions.found import Found
from retouchiq.regions.scene import Scene, seen
from retouchiq.regions.sky import head, sky

REGIONS = ("sky", "subject", "face")
CRUDE: dict[str, Callable[[int, int], Weights]] = {
    "nothing found": lambda height, width: np.zeros((height, width), np.float32),
    "whole picture": lambda height, width: np.ones((height, width), np.float32),
    "upper half": lambda height, width: drawn(PLACES["top"], height, width),
    "centre": lambda height, width: drawn(PLACES["centre"], height, width),
}
TILE = 320  # px of the long side, on the sheet
ACROSS = 5
COLOURS = {"sky": (0, 160, 255), "subject": (255, 0, 120), "face": (0, 255, 0)}

Row = dict[str, Any]


def measure(
    folder: Path, outlines: Path, sheet: Path | None = None, say: Callable[[str], None] = lambda text: None
) -> dict[str, Any]:
    """``photos`` (a row for each judged region of each photo) and ``means`` (by region: all, tuned, held, crude).

    Skies are found with a first guess that was fitted on the other half of the photos. Where ``sheet`` is given, what
    was found is drawn over the photos there.
    """
    photos = outlined(folder, outlines)
    tuned, _ = halves(photo.name for photo in photos)
    rows: list[Row] = []
    tiles: list[Image.Image] = []
    for count, photo in enumerate(photos, 1):
        say(f"{count} of {len(photos)}: {photo.name}")
        found, some = _judged(photo, photo.name in tuned)
        rows += some
        tiles += [_tile(photo, found)] if sheet else []
    if sheet:
        _written(tiles, sheet)
    return {"photos": rows, "means": {region: _means([r for r in rows if r["region"] == region]) for region in REGIONS}}


def _judged(photo: Outlined, tuned: bool) -> tuple[dict[str, Found], list[Row]]:
    scene = seen(photo.picture())
    found: dict[str, Found] = {}
    rows = []
    for region in (region for region in REGIONS if region in photo.regions):
        started = time.perf_counter()
        answer = _found(region, scene, "held" if tuned else "tuned")
        seconds = time.perf_counter() - started
        if answer is not None:
            found[region] = answer
        rows.append({**_row(photo, region, answer, scene.size), "tuned": tuned, "seconds": round(seconds, 2)})
    return found, rows


def _found(region: str, scene: Scene, other_half: str) -> Found | None:
    answer = sky(scene, head(other_half)) if region == "sky" else OWN[region](scene)
    return answer if answer is not None and answer.confidence >= SURE else None


def _row(photo: Outlined, region: str, answer: Found | None, size: tuple[int, int]) -> Row:
    truth = photo.truth(region, *size)
    there = photo.regions[region] is not None
    return {
        "photo": photo.name,
        "region": region,
        "there": there,
        "found": answer is not None,
        "confidence": round(answer.confidence, 3) if answer else None,
        "iou": round(shared(answer.weights, truth), 3) if answer and there else 0.0 if there else None,
        "outline": round(shared(drawn(answer.shape, *size), answer.weights), 3) if answer else None,
        "crude": {name: round(shared(made(*size), truth), 3) for name, made in CRUDE.items()} if there else {},
    }


def _means(rows: list[Row]) -> Row:
    there, absent = [r for r in rows if r["there"]], [r for r in rows if not r["there"]]
    crude = {name: _mean(row["crude"][name] for row in there) for name in CRUDE}
    return {
        **{part: _mean(r["iou"] for r in there if wanted(r)) for part, wanted in PARTS.items()},
        "there": len(there),
        "missed": sum(not row["found"] for row in there),
        "absent": len(absent),
        "false": sum(row["found"] for row in absent),
        "false held": sum(row["found"] for row in absent if not row["tuned"]),
        "absent held": sum(not row["tuned"] for row in absent),
        "outline": _mean(row["outline"] for row in rows if row["found"]),
        "seconds": median(row["seconds"] for row in rows) if rows else 0.0,
        "crude": crude,
    }


PARTS: dict[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "tuned": lambda row: bool(row["tuned"]),
    "held": lambda row: not row["tuned"],
}


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return round(mean(kept), 3) if kept else 0.0


def written(answer: dict[str, Any]) -> str:
    """The answer as Markdown: the means, then every photo."""
    lines = [
        "| region | photos | IoU | tuned half | held-out half | missed | false, of those without | outline's IoU |"
    ]
    lines += ["| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for region, means in answer["means"].items():
        scores = f"{means['all']:.3f} | {means['tuned']:.3f} | {means['held']:.3f} | {means['missed']}"
        false = f"{means['false']} of {means['absent']} (held-out: {means['false held']} of {means['absent held']})"
        lines.append(f"| **{region}** | {means['there']} | {scores} | {false} | {means['outline']:.3f} |")
        lines += [f"| {region}: {name} | | {value:.3f} | | | | | |" for name, value in means["crude"].items()]
    lines += ["", "| photo | half | region | IoU | confidence |", "| --- | --- | --- | --- | --- |"]
    lines += [
        _line(row) for row in sorted(answer["photos"], key=lambda r: (r["region"], not r["there"], r["iou"] or 0))
    ]
    return "\n".join(lines)


def _line(row: Row) -> str:
    half = "tuned" if row["tuned"] else "held out"
    right = f"{row['iou']:.3f}" if row["there"] else "none there" + (", found" if row["found"] else "")
    confidence = f"{row['confidence']:.2f}" if row["found"] else "not found"
    return f"| {row['photo']} | {half} | {row['region']} | {right} | {confidence} |"


def _tile(photo: Outlined, found: dict[str, Found]) -> Image.Image:
    """The photo with each found region tinted, and its name."""
    picture = photo.picture() * 255
    for region, answer in found.items():
        tint = 0.45 * answer.weights[..., None]
        picture = picture * (1 - tint) + tint * np.asarray(COLOURS[region], np.float32)
    image = Image.fromarray(picture.astype(np.uint8))
    image.thumbnail((TILE, TILE))
    ImageDraw.Draw(image).text((4, 4), photo.name[:40], fill="white", stroke_width=1, stroke_fill="black")
    return image


def _written(tiles: list[Image.Image], sheet: Path) -> None:
    high = -(-len(tiles) // ACROSS)
    canvas = Image.new("RGB", (ACROSS * TILE, high * TILE))
    for at, tile in enumerate(tiles):
        canvas.paste(tile, (at % ACROSS * TILE, at // ACROSS * TILE))
    canvas.save(sheet)
