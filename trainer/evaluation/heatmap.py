"""Tables of numbers between 0 and 1 as pictures: light is little, dark is much."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from trainer.render.files import write_whole

_RAMP = np.array([(247, 251, 255), (198, 219, 239), (107, 174, 214), (33, 113, 181), (8, 48, 107)], np.float64)
_INK, _PAPER = (30, 30, 30), (255, 255, 255)
_ROW, _FONT, _PAD = 26, 14, 10
_PLAIN = str.maketrans({"–": "-", "²": "2", "−": "-"})


def heat_map(
    path: Path, title: str, rows: Sequence[str], columns: Sequence[str], values: npt.NDArray[np.floating],
    *, cell: int = 92,
) -> None:  # fmt: skip
    """Writes a PNG file with one coloured cell for each of ``values`` [rows, columns], 0..1, and the number in it.

    Columns narrower than their numbers (``cell`` below 30) get neither numbers nor names. NaN is left white.
    """
    title, *names = (drawable(text) for text in (title, *rows, *columns))
    rows, columns = names[: len(rows)], names[len(rows) :]
    font, small = ImageFont.load_default(_FONT), ImageFont.load_default(_FONT - 2)
    margin = 2 * _PAD + int(max((font.getlength(row) for row in rows), default=0))
    told = cell >= 30
    top = _PAD + _ROW + (_ROW if told else 0)
    picture = Image.new("RGB", (margin + cell * len(columns) + _PAD, top + _ROW * len(rows) + _PAD), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((_PAD, _PAD + _ROW / 2), title, _INK, font, anchor="lm")
    for j, column in enumerate(columns if told else ()):
        draw.text((margin + cell * (j + 0.5), top - _ROW / 2), column, _INK, small, anchor="mm")
    for i, (row, line) in enumerate(zip(rows, values, strict=True)):
        y = top + _ROW * i
        draw.text((margin - _PAD, y + _ROW / 2), row, _INK, font, anchor="rm")
        for j, value in enumerate(line.tolist()):
            if not np.isfinite(value):
                continue
            x = margin + cell * j
            draw.rectangle((x, y, x + cell - 2, y + _ROW - 2), colour(value))
            if told:
                ink = _PAPER if value > 0.55 else _INK
                draw.text((x + cell / 2 - 1, y + _ROW / 2 - 1), f"{value:.2f}", ink, small, anchor="mm")
    data = io.BytesIO()
    picture.save(data, "PNG", optimize=True)
    write_whole(path, lambda file: file.write(data.getvalue()))


def drawable(text: str) -> str:
    """A text in the letters that Pillow's own font has."""
    return text.translate(_PLAIN)


def colour(value: float) -> tuple[int, int, int]:
    """RGB of a number 0..1; beyond, that of the end."""
    place = float(np.clip(value, 0, 1)) * (len(_RAMP) - 1)
    low = min(int(place), len(_RAMP) - 2)
    r, g, b = (_RAMP[low] + (place - low) * (_RAMP[low + 1] - _RAMP[low])).round().astype(int).tolist()
    return r, g, b
