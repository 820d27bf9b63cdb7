"""Contact sheets of a sweep: a picture's results side by side, each with its amounts. Pillow writes PNG and PDF."""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from diti_studio.core import pictures
from diti_studio.core.batch.journal import ALL_INPUTS
from diti_studio.core.batch.queue import Batch
from diti_studio.core.errors import PictureError

CELL, LEAST_CELL = 224, 112  # pixels a side of a thumbnail at most, and of its place at least
GAP, LABEL, TITLE = 12, 22, 34
PAGES_HELD = 32  # in memory, before they are written
COLUMNS = 9  # of a sweep of one attribute; a second attribute makes the columns
_PAPER, _INK = (255, 255, 255), (32, 32, 32)


def make(batch: Batch, number: int) -> bytes:
    """The sheet of one picture as PNG, or of ``ALL_INPUTS`` as PDF, a page each. Raises PictureError."""
    if number != ALL_INPUTS:
        buffer = io.BytesIO()
        page = _page(batch, number)
        if page is None:
            raise PictureError("There is no contact sheet, because not all results are there.")
        page.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()
    named = {"title": "Contact sheet", "creationDate": None, "modDate": None}  # equal results give equal files
    pages = _pages(batch)
    with tempfile.TemporaryFile() as file:
        while chunk := list(itertools.islice(pages, PAGES_HELD)):
            chunk[0].save(
                file, "PDF", save_all=True, append_images=chunk[1:], append=file.tell() > 0, resolution=150, **named
            )
            file.seek(0, io.SEEK_END)
        if not file.tell():
            raise PictureError("There is no contact sheet, because no picture has all its results.")
        file.seek(0)
        return file.read()


def _pages(batch: Batch) -> Iterator[Image.Image]:
    for number in range(len(batch.inputs)):
        page = _page(batch, number)
        if page is not None:
            yield page


def _page(batch: Batch, number: int) -> Image.Image | None:
    paths = batch.results(number)
    if paths is None:
        return None
    sweeps = batch.job.sweeps
    references = max(1, len(batch.job.references))
    columns = min(COLUMNS, len(paths))
    if len(sweeps) == 2 or references > 1:
        columns = len(paths) // sweeps[0].count  # one row for each amount of the first attribute
    rows = -(-len(paths) // columns)
    thumbnails = [_thumbnail(path) for path in paths]
    cell = max(LEAST_CELL, *(max(thumbnail.size) for thumbnail in thumbnails))
    width = GAP + columns * (cell + GAP)
    page = Image.new("RGB", (width, TITLE + rows * (cell + LABEL + GAP)), _PAPER)
    draw = ImageDraw.Draw(page)
    _text(draw, (GAP, GAP - 2), batch.place(number), 16, width - 2 * GAP)
    for i, (thumbnail, variant) in enumerate(zip(thumbnails, batch.variants, strict=True)):
        left, top = GAP + i % columns * (cell + GAP), TITLE + i // columns * (cell + LABEL + GAP)
        page.paste(thumbnail, (left + (cell - thumbnail.width) // 2, top + (cell - thumbnail.height) // 2))
        label = "  ".join(f"{name} {amount:+g}" for name, amount in variant.amounts)
        if references > 1 and variant.reference:
            label += f"  {Path(variant.reference).stem}"
        _text(draw, (left, top + cell + 3), label, 13, cell)
    return page


def _thumbnail(path: Path) -> Image.Image:
    with pictures.open_image(pictures.read_bytes(path), path.name) as image:
        image.draft("RGB", (CELL, CELL))  # a JPEG is decoded no larger than is needed
        small = image.convert("RGB")
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
