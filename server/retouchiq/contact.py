"""Contact sheets: pictures side by side under their captions, to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from retouchiq.reward import Picture

Cell = tuple[Picture, str]
"""A picture and what stands under it."""

GAP, CAPTION = 8, 26  # px
PAPER, INK = (118, 118, 118), (255, 255, 255)  # the middle grey that pictures are judged on


def contact_sheet(rows: Sequence[Sequence[Cell]], side: int = 512) -> Image.Image:
    """``rows`` of cells as one picture; each picture's long side is ``side`` px, captions are cut to its width."""
    made = [[_cell(picture, caption, side) for picture, caption in row] for row in rows]
    heights = [max(cell.height for cell in row) for row in made]
    width = max(sum(cell.width + GAP for cell in row) for row in made) + GAP
    sheet = Image.new("RGB", (width, sum(heights) + GAP * (len(made) + 1)), PAPER)
    for cell, corner in _placed(made, heights):
        sheet.paste(cell, corner)
    return sheet


def save(sheet: Image.Image, path: Path) -> None:
    """Write ``sheet`` as the kind of file that ``path`` names; a JPEG in full colour resolution."""
    options: dict[str, Any] = {"quality": 90, "subsampling": 0} if path.suffix.lower() in {".jpg", ".jpeg"} else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, **options)


def _placed(rows: list[list[Image.Image]], heights: list[int]) -> Iterator[tuple[Image.Image, tuple[int, int]]]:
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        left = GAP
        for cell in row:
            yield cell, (left, top)
            left += cell.width + GAP
        top += height + GAP


def _cell(picture: Picture, caption: str, side: int) -> Image.Image:
    image = Image.fromarray(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    cell = Image.new("RGB", (image.width, image.height + CAPTION), PAPER)
    cell.paste(image, (0, 0))
    font = ImageFont.load_default(16)
    while caption and font.getlength(caption) > image.width:
        caption = caption[:-2].rstrip("…") + "…" if len(caption) > 2 else ""
    ImageDraw.Draw(cell).text((0, image.height + 3), caption, INK, font)
    return cell
