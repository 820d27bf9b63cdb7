"""Contact sheets: every attribute of a pack at both ends of its range, for eyes to judge."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from trainer.evaluation.engine import Bench
from trainer.evaluation.heatmap import drawable

_MARGIN = 190  # pixels, for the names of the rows
_HEAD = 22
_GAP = 8
_INK, _FAINT = (30, 30, 30), (130, 90, 20)


def contact_sheet(bench: Bench, path: Path, *, cell: int = 96) -> None:
    """Writes a sheet as JPEG or PNG: a row for each attribute, and in it each picture of the bench at the low end of
    the attribute's range, as it is, and at the high end.

    Args:
        cell: side of a picture in pixels.
    """
    pack = bench.engine.pack
    block = 3 * cell + _GAP
    size = (_MARGIN + len(bench) * block - _GAP, _HEAD + len(pack.manifest.attributes) * cell)
    sheet = Image.new("RGB", size, "white")
    draw, font, small = ImageDraw.Draw(sheet), ImageFont.load_default(15), ImageFont.load_default(12)
    head = f"{pack.manifest.title}: each picture at the low end of the range, as it is, at the high end"
    draw.text((6, _HEAD // 2), drawable(head), _INK, small, anchor="lm")
    for row, attribute in enumerate(pack.manifest.attributes):
        (low, high), direction = attribute.range, pack.latents.attribute_directions[row]
        top = _HEAD + row * cell
        middle = top + cell // 2
        ends = f"{attribute.minus} {low:g} … {high:g} {attribute.plus}"
        draw.text((6, middle - 12), drawable(attribute.title), _INK, font, anchor="lm")
        draw.text((6, middle + 6), drawable(ends), _INK, small, anchor="lm")
        if attribute.experimental:
            draw.text((6, middle + 21), "experimental", _FAINT, small, anchor="lm")
        for column, images in enumerate((bench.edited(low * direction), bench.images, bench.edited(high * direction))):
            for i, image in enumerate(images):
                picture = Image.fromarray(image).resize((cell, cell), Image.Resampling.LANCZOS)
                sheet.paste(picture, (_MARGIN + i * block + column * cell, top))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, quality=75, optimize=True, progressive=True)
