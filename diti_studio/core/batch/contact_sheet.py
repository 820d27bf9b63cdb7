"""Contact sheets of a sweep: a picture's results side by side, each with its amounts. Pillow writes PNG and PDF."""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from diti_studio.core import contact_page, pictures
from diti_studio.core.batch.job import Variant
from diti_studio.core.batch.journal import ALL_INPUTS
from diti_studio.core.batch.queue import Batch
from diti_studio.core.colour import to_srgb
from diti_studio.core.errors import PictureError

PAGES_HELD = 32  # in memory, before they are written
COLUMNS = 9  # of a sweep of one attribute; a second attribute makes the columns


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
    labels = [_label(variant, references > 1) for variant in batch.variants]
    cells = [(_thumbnail(path), label) for path, label in zip(paths, labels, strict=True)]
    return contact_page.draw(batch.place(number), cells, columns)


def _label(variant: Variant, names_lender: bool) -> str:
    label = "  ".join(f"{name} {amount:+g}" for name, amount in variant.amounts)
    return f"{label}  {Path(variant.reference).stem}" if names_lender and variant.reference else label


def _thumbnail(path: Path) -> Image.Image:
    with pictures.open_image(pictures.read_bytes(path), path.name) as image:
        image.draft("RGB", (contact_page.CELL, contact_page.CELL))  # a JPEG is decoded no larger than is needed
        return contact_page.thumbnail(to_srgb(image, []))
