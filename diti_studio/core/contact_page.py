"""A page of small pictures side by side, each with a line under it."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

CELL, LEAST_CELL = 224, 112  # pixels a side of a thumbnail at most, and of its place at least
GAP, LABEL, TITLE = 12, 22, 34
_PAPER, _INK = (255, 255, 255), (32, 32, 32)

Cell = tuple[Image.Image, str]


def draw(title: str, cells: Sequence[Cell | None], columns: int) -> Image.Image:
    """The page: thumbnails with their lines, row by row; None leaves a place empty."""
    rows = -(-len(cells) // columns)
    cell = max(LEAST_CELL, *(max(filled[0].size) for filled in cells if filled is not None))
    width = GAP + columns * (cell + GAP)
    page = Image.new("RGB", (width, TITLE + rows * (cell + LABEL + GAP)), _PAPER)
    pen = ImageDraw.Draw(page)
    _text(pen, (GAP, GAP - 2), title, 16, width - 2 * GAP)
    for i, filled in enumerate(cells):
        if filled is None:
            continue
        small, label = filled
        left, top = GAP + i % columns * (cell + GAP), TITLE + i // columns * (cell + LABEL + GAP)
        page.paste(small, (left + (cell - small.width) // 2, top + (cell - small.height) // 2))
        _text(pen, (left, top + cell + 3), label, 13, cell)
    return page


def thumbnail(image: Image.Image) -> Image.Image:
    """The picture, in sRGB, at most as large as its place on a page."""
    small = image.copy()
    small.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    return small


def _text(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, width: int) -> None:
    """One line, cut where it would be wider than ``width``; the font that comes with Pillow knows Latin letters."""
    font = ImageFont.load_default(size)
    line = "".join(c if c.isprintable() and ord(c) < 0x250 else "·" for c in text)
    if draw.textlength(line, font) > width:
        while line and draw.textlength(line + "…", font) > width:
            line = line[:-1]
        line += "…"
    draw.text(at, line, _INK, font)
