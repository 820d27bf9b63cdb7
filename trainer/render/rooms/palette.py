"""The colours of one room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.render.rooms.colours import Colour, oklch, paint, stone, wood
from trainer.render.rooms.factors import RoomFactors


@dataclass(frozen=True)
class Palette:
    """Linear RGB of everything whose colour is a factor, or follows from one."""

    wall: Colour
    accent_wall: Colour
    floor: Colour
    ceiling: Colour
    trim: Colour
    wood: Colour
    cover: Colour
    cover_pattern: Colour
    sheet: Colour
    pillow: Colour
    accent: Colour
    chair: Colour
    curtain: Colour
    shade: Colour
    rug: Colour
    rug_pattern: Colour
    metal: Colour

    @classmethod
    def of(cls, f: RoomFactors) -> Palette:
        wall = paint(f.wall_colour, f.wall_lightness, 0.7 * f.wall_saturation)
        accent_lightness = f.wall_lightness - 0.22 if f.wall_lightness > 0.66 else f.wall_lightness + 0.22
        floor = wood if f.floor_kind == "wood" else stone
        cover = paint(f.cover_colour, f.cover_lightness, f.cover_saturation)
        rug = paint(f.rug_colour, f.rug_lightness, 0.75)
        return cls(
            wall=wall,
            accent_wall=paint(f.wall_colour, accent_lightness, 0.72 * min(1.0, f.wall_saturation + 0.15)),
            floor=floor(f.floor_lightness, f.floor_warmth),
            ceiling=oklch(0.95, 0.008, 85),
            trim=oklch(0.93, 0.006, 85),
            wood=wood(f.wood_lightness, f.wood_warmth),
            cover=cover,
            cover_pattern=_second(f.cover_colour, f.cover_lightness, f.cover_saturation),
            sheet=oklch(0.94, 0.008, 80),
            pillow=np.clip(0.45 * cover + 0.55 * oklch(0.93, 0.008, 80), 0, 0.95).astype(np.float32),
            accent=paint(f.accent_colour, f.accent_lightness, 0.7),
            chair=paint(f.accent_colour, 0.75 * f.accent_lightness + 0.14, 0.5),
            curtain=paint(f.curtains_colour, f.curtains_lightness, 0.65),
            shade=oklch(0.93, 0.022, 85),
            rug=rug,
            rug_pattern=_second(f.rug_colour, f.rug_lightness, 0.75),
            metal=oklch(0.42, 0.008, 80),
        )


def _second(word: str, lightness: float, saturation: float) -> Colour:
    """The other colour of a pattern: the same hue, much lighter or darker, so that it never clashes."""
    light = lightness < 0.66
    return paint(word, min(0.94, lightness + 0.28) if light else lightness - 0.27, saturation * (0.5 if light else 1.0))
