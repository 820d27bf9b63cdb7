"""How bright the room's lights are, and how much of their light the walls throw back.

Radiances are relative; :mod:`develop` exposes the picture. The light that has been reflected many times is that of an
integrating sphere of the room's area and mean reflectance; each wall sends it out in its own colour, faintly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trainer.render.rooms.colours import Colour
from trainer.render.rooms.factors import RoomFactors
from trainer.render.rooms.layout import Plan

_NIGHT = np.array([0.03, 0.05, 0.11])
_DUSK = np.array([0.75, 0.85, 1.2])
_DAY = np.array([1.0, 1.0, 1.02])
_BULB = np.array([1.0, 0.92, 0.79])


@dataclass(frozen=True)
class Lighting:
    """Colours are linear RGB [3].

    Attributes:
        sky, ground: what is seen through the window above and below the horizon.
        transmission: how much of it curtains and blind let in.
        sun: its strength, 0 where it does not shine in; its direction and colour.
        lamp, ceiling: what lamps give when lit, else 0.
        shade: how bright a lit shade looks.
        walls: radiance of left, right, floor, ceiling, back, front, [6, 3].
        level: mean irradiance of a room with grey walls, [3]; what the exposure is set by.
    """

    sky: Colour
    ground: Colour
    transmission: float
    sun: float
    sun_direction: npt.NDArray[np.floating]
    sun_colour: Colour
    lamp: Colour
    ceiling: Colour
    shade: Colour
    walls: npt.NDArray[np.floating]
    level: npt.NDArray[np.floating]


def light(f: RoomFactors, plan: Plan, paint: Mapping[str, Colour], cover: Colour, lamps: int) -> Lighting:
    """All light; ``paint``: colours of left, right, floor, ceiling, back, front; ``lamps``: how many stand there."""
    window = plan.window
    day = float(np.clip((f.daylight - 0.1) / 0.5, 0, 1))
    strength = 0.05 + 5.6 * f.daylight**1.9
    sky = (_NIGHT * (1 - day) + day * (_DUSK * (1 - day) + _DAY * day)) * strength
    transmission = (1 - 0.75 * f.blind) * (0.6 + 0.4 * f.curtains_open if f.curtains else 1.0)

    azimuth, elevation = math.radians(45 * f.sun_side), math.radians(36)
    inward, along = np.array(window.inward), np.array(window.along)
    outward = -inward * math.cos(azimuth) + along * math.sin(azimuth)
    direction = outward * math.cos(elevation) + np.array([0, math.sin(elevation), 0])
    sun = f.sun * day * (1 - 0.7 * f.blind) if f.daylight > 0.35 else 0.0
    sun_colour = np.array([1.22, 1.0, 0.76]) * 12

    warm = np.array([1.0, 0.86 - 0.14 * f.lamp_warmth, 0.66 - 0.3 * f.lamp_warmth])
    lamp = warm * 0.72 * f.lamp_on
    ceiling = (_BULB * 2.6 if f.ceiling_on else 0 * _BULB).astype(np.float32)

    width, depth, high = f.room_width, f.room_depth, f.room_height
    areas = np.array([depth * high] * 2 + [width * depth] * 2 + [width * high] * 2)
    colours = np.stack([paint[name] for name in ("left", "right", "floor", "ceiling", "back", "front")])
    total, furniture = float(areas.sum()), 12.0
    mean = (areas @ colours + 0.8 * furniture * cover) / (total + 1.5 * furniture)
    reflectance = np.clip(0.88 * mean.mean() + 0.12 * mean, 0.08, 0.7)
    opening = window.width * window.height
    flux = (
        sky * transmission * opening * 2.5 + sun_colour * sun * opening * 0.3 + lamp * lamps * 7 + ceiling * 8.5 + 0.1
    )
    bounced = flux / total * (0.35 + 0.9 * reflectance / (1 - reflectance)) / math.pi

    relative = np.array([1, 1, 0.9, 1.08, 1, 1])
    facing = {"left": (0, 1), "right": (1, 0), "back": (4, 5), "none": (5, 4)}[window.wall]
    relative[facing[0]], relative[facing[1]] = 0.7, 1.3
    grey = float(reflectance.mean())
    tint = 0.62 + 0.3 * colours.mean(axis=1, keepdims=True) / grey + 0.08 * colours / grey
    return Lighting(
        sky=sky.astype(np.float32),
        ground=(sky * np.array([0.36, 0.42, 0.27]) * (0.5 + 0.5 * day)).astype(np.float32),
        transmission=transmission,
        sun=sun,
        sun_direction=direction,
        sun_colour=sun_colour.astype(np.float32),
        lamp=lamp.astype(np.float32),
        ceiling=ceiling,
        shade=(warm * 2.4).astype(np.float32),
        walls=bounced * relative[:, None] * tint,
        level=flux / total,
    )
