"""Contact sheets: every attribute of a pack over several pictures and amounts, for eyes to judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from trainer.evaluation.engine import Bench
from trainer.evaluation.heatmap import drawable

_MARGIN = 130  # pixels, for the names of the rows
_HEAD = 18
_GAP = 6
_INK = (30, 30, 30)


def contact_sheet(bench: Bench, path: Path, *, columns: int = 5, cell: int = 0) -> None:
    """Writes a sheet as JPEG or PNG: rows are attributes; for each picture, columns from the low to the high end of
    the attribute's range, zero in the middle.

    Args:
        columns: how many amounts, odd.
        cell: side of a picture in pixels; 0 means the pack's size.
    """
    pack = bench.engine.pack
    side = cell or pack.manifest.image_size
    attributes = pack.manifest.attributes
    block = columns * side + _GAP
    sheet = Image.new("RGB", (_MARGIN + len(bench) * block, _HEAD + len(attributes) * side), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    half = columns // 2
    for row, attribute in enumerate(attributes):
        low, high = attribute.range
        amounts = [*np.linspace(low, 0, half, endpoint=False), 0.0, *np.linspace(0, high, half + 1)[1:]]
        top = _HEAD + row * side
        draw.text((4, top + side // 2 - 14), drawable(attribute.title), _INK, font)
        draw.text((4, top + side // 2 + 2), f"{low:g} … {high:g}", _INK, font)
        for column, amount in enumerate(amounts):
            direction = pack.latents.attribute_directions[row]
            images = bench.edited(amount * direction) if amount else bench.images
            for i, image in enumerate(images):
                picture = Image.fromarray(image)
                if side != len(image):
                    picture = picture.resize((side, side), Image.Resampling.BICUBIC)
                sheet.paste(picture, (_MARGIN + i * block + column * side, top))
    draw.text((4, 3), f"{pack.manifest.title}: low … 0 … high of each range", _INK, font)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, quality=88)
