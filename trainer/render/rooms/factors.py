"""What can differ between two rendered rooms: the typed table of factors, and how they are drawn at random.

A factor moves only what its name says: the meaningless rest (which book stands where) hangs on ``noise_seed`` alone.
Factors are independent of each other except where a room would look false or show nothing otherwise; those few
dependencies are together in :func:`_make_plausible`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer.render.factor_tables import Factor, choice_factor, factors_of, flag_factor, range_factor, weighted

COLOURS = ("neutral", "beige", "yellow", "red", "green", "teal", "blue", "violet")
WALL_FINISHES = ("plain", "stripes", "panels", "brick")
FLOORS = ("wood", "tiles", "carpet")
WALLS = ("back", "left", "right")
WINDOW_WALLS = ("none", "back", "left", "right")
BEDS = ("plain_bed", "upholstered_bed", "slatted_bed", "divan_bed", "metal_bed", "wooden_bed", "classic_bed")
SOFAS = ("two_seater", "three_seater", "soft_couch", "modern_sofa", "corner_sofa")
PATTERNS = ("plain", "stripes", "checks", "dots", "quilted")
LAMPS = ("drum", "cone", "globe")
CEILING_LAMPS = ("none", "globe", "pendant", "fan")
TABLES = ("none", "wood", "round", "glass")
STORAGE = ("none", "wardrobe", "bookshelf", "dresser", "cupboard", "desk")
CHAIRS = ("none", "armchair", "chair")
PLANTS = ("none", "bushy", "tall", "small")
RUG_PATTERNS = ("plain", "border", "stripes", "medallion")
ART = ("landscape", "abstract")


@dataclass(frozen=True, slots=True)
class RoomFactors:
    """One picture of a room, wholly described. ``dataclasses.replace(f, lamp_on=1)`` is the same room, lamp lit.

    Lengths of the room, the window and the camera's height are in metres, turn and tilt in degrees (to the right,
    up), places from -1 (left, or near the back) to 1; lightness is that of OKLab; the rest are amounts.
    ``living_room`` tells whether ``main_piece`` is a bed or a sofa; it draws nothing by itself.
    """

    living_room: int = flag_factor()
    # room
    room_width: float = range_factor(3.6, 5.0, 4.0)
    room_depth: float = range_factor(4.0, 5.2, 4.5)
    room_height: float = range_factor(2.35, 2.9, 2.6)
    wall_colour: str = choice_factor(COLOURS, "neutral")
    wall_lightness: float = range_factor(0.48, 0.96, 0.85)
    wall_saturation: float = range_factor(0.15, 1, 0.5)
    wall_finish: str = choice_factor(WALL_FINISHES, "plain")
    accent_wall: int = flag_factor()
    floor_kind: str = choice_factor(FLOORS, "wood")
    floor_lightness: float = range_factor(0, 1, 0.5)
    floor_warmth: float = range_factor(-1, 1, 0)
    # camera
    camera_height: float = range_factor(0.9, 1.8, 1.4)
    camera_side: float = range_factor(-1, 1, 0)
    camera_distance: float = range_factor(0, 1, 0.8)
    camera_turn: float = range_factor(-30, 30, 0)
    camera_tilt: float = range_factor(-8, 8, 0)
    zoom: float = range_factor(0, 1, 0.3)
    # window
    window_wall: str = choice_factor(WINDOW_WALLS, "left")
    window_width: float = range_factor(0.8, 2.2, 1.4)
    window_height: float = range_factor(0.9, 1.6, 1.3)
    window_place: float = range_factor(-1, 1, 0)
    window_panes: float = range_factor(0, 3, 1)
    blind: float = range_factor(0, 0.8, 0)
    curtains: int = flag_factor()
    curtains_open: float = range_factor(0, 1, 0.8)
    curtains_colour: str = choice_factor(COLOURS, "neutral")
    curtains_lightness: float = range_factor(0.4, 0.95, 0.85)
    # light
    daylight: float = range_factor(0, 1, 0.8)
    sun: float = range_factor(0, 1, 0)
    sun_side: float = range_factor(-1, 1, 0)
    light_warmth: float = range_factor(-1, 1, 0)
    lamp_on: int = flag_factor()
    lamp_kind: str = choice_factor(LAMPS, "drum")
    lamp_warmth: float = range_factor(0, 1, 0.5)
    ceiling_lamp: str = choice_factor(CEILING_LAMPS, "none")
    ceiling_on: int = flag_factor()
    # bed or sofa
    main_piece: str = choice_factor(BEDS + SOFAS, "plain_bed")
    main_wall: str = choice_factor(WALLS, "back")
    main_place: float = range_factor(-1, 1, 0)
    main_size: float = range_factor(0, 1, 0.5)
    cover_colour: str = choice_factor(COLOURS, "blue")
    cover_lightness: float = range_factor(0.36, 0.95, 0.7)
    cover_saturation: float = range_factor(0.15, 1, 0.6)
    cover_pattern: str = choice_factor(PATTERNS, "plain")
    pattern_size: float = range_factor(0, 1, 0.5)
    blanket_length: float = range_factor(0.35, 1, 0.8)
    wrinkles: float = range_factor(0, 1, 0.4)
    throw: int = flag_factor()
    pillows: float = range_factor(0, 4, 2)
    accent_colour: str = choice_factor(COLOURS, "beige")
    accent_lightness: float = range_factor(0.36, 0.95, 0.7)
    # other furniture
    wood_lightness: float = range_factor(0, 1, 0.5)
    wood_warmth: float = range_factor(-1, 1, 0.2)
    bedside_tables: int = flag_factor()
    table: str = choice_factor(TABLES, "none")
    storage: str = choice_factor(STORAGE, "none")
    chair: str = choice_factor(CHAIRS, "none")
    plant: str = choice_factor(PLANTS, "none")
    rug: int = flag_factor()
    rug_colour: str = choice_factor(COLOURS, "neutral")
    rug_lightness: float = range_factor(0.36, 0.92, 0.7)
    rug_pattern: str = choice_factor(RUG_PATTERNS, "plain")
    rug_size: float = range_factor(0, 1, 0.5)
    pictures: float = range_factor(0, 3, 1)
    picture_size: float = range_factor(0, 1, 0.5)
    picture_kind: str = choice_factor(ART, "landscape")
    clutter: float = range_factor(0, 1, 0)
    # photograph
    exposure: float = range_factor(0.8, 1.25, 1)
    contrast: float = range_factor(0.9, 1.12, 1)
    colourfulness: float = range_factor(0.75, 1.15, 1)
    vignette: float = range_factor(0, 0.3, 0.1)
    sharpness: float = range_factor(0, 1, 0.8)
    noise_seed: float = range_factor(0, 1, 0)


FACTORS = factors_of(RoomFactors)
"""Every factor's name and domain, in the order of the columns of ``factors.csv``."""

_WEIGHTS: Mapping[str, tuple[float, ...]] = {
    "wall_colour": (0.34, 0.2, 0.08, 0.06, 0.1, 0.07, 0.1, 0.05),
    "wall_finish": (0.72, 0.08, 0.12, 0.08),
    "floor_kind": (0.6, 0.14, 0.26),
    "window_wall": (0.12, 0.26, 0.31, 0.31),
    "curtains_colour": (0.34, 0.2, 0.07, 0.09, 0.08, 0.07, 0.09, 0.06),
    "cover_colour": (0.2, 0.14, 0.09, 0.12, 0.12, 0.09, 0.15, 0.09),
    "cover_pattern": (0.5, 0.16, 0.12, 0.09, 0.13),
    "accent_colour": (0.2, 0.15, 0.12, 0.13, 0.11, 0.1, 0.12, 0.07),
    "ceiling_lamp": (0.4, 0.22, 0.28, 0.1),
    "main_wall": (0.6, 0.2, 0.2),
    "table": (0.14, 0.34, 0.28, 0.24),
    "storage": (0.25, 0.15, 0.16, 0.16, 0.12, 0.16),
    "chair": (0.45, 0.3, 0.25),
    "plant": (0.5, 0.18, 0.18, 0.14),
    "rug_colour": (0.3, 0.2, 0.06, 0.12, 0.07, 0.07, 0.12, 0.06),
    "rug_pattern": (0.3, 0.28, 0.22, 0.2),
}
"""How often the categories occur, in their order; categories of other factors occur equally often."""

_ODDS: Mapping[str, float] = {
    "living_room": 0.4, "accent_wall": 0.3, "curtains": 0.65, "lamp_on": 0.5, "ceiling_on": 0.4, "throw": 0.35,
    "bedside_tables": 0.65, "rug": 0.5,
}  # fmt: skip

_BETA: Mapping[str, tuple[float, float]] = {
    "wall_lightness": (1.9, 1.0), "wall_saturation": (1.1, 1.8), "camera_distance": (1.6, 0.9), "zoom": (1.1, 1.8),
    "daylight": (1.0, 0.75), "curtains_open": (1.6, 0.8), "curtains_lightness": (1.6, 1.0),
    "cover_lightness": (1.3, 1.0), "cover_saturation": (1.1, 1.3), "rug_lightness": (1.2, 1.1),
    "blanket_length": (1.4, 0.9), "wrinkles": (1.1, 1.6), "sharpness": (1.6, 0.9), "vignette": (1.0, 1.4),
    "clutter": (0.8, 1.6),
}  # fmt: skip
"""The shape of the distribution over the range, where it is not uniform."""

_WHOLE = frozenset({"window_panes", "pillows", "pictures"})
"""Continuous factors whose values are whole numbers."""


def sample(seed: int, index: int) -> RoomFactors:
    """The room number ``index`` of the endless series ``seed``: the same on every machine and in every order."""
    rng = np.random.default_rng([seed, index])
    values = {name: _draw(rng, name, factor) for name, factor in FACTORS.items()}
    _make_plausible(values, rng)
    return RoomFactors(**values)


def _draw(rng: np.random.Generator, name: str, factor: Factor) -> Any:
    if factor.kind == "binary":
        return int(rng.random() < _ODDS[name])
    if factor.kind == "categorical":
        return weighted(rng, factor.categories, _WEIGHTS.get(name, (1.0,) * len(factor.categories)))
    if name in _WHOLE:
        return float(rng.integers(int(factor.low), int(factor.high) + 1))
    amount = rng.beta(*_BETA[name]) if name in _BETA else rng.random()
    return float(factor.low + (factor.high - factor.low) * amount)


def _make_plausible(v: dict[str, Any], rng: np.random.Generator) -> None:
    """The dependencies between factors, all of them. The draws are always made, whatever the outcome."""
    piece, coin, shown, turned, tilted = rng.random(5)
    blind, sun = rng.uniform(-1.6, 0.8), rng.uniform(-1, 1)
    v["blind"], v["sun"] = float(max(0.0, blind)), float(max(0.0, sun))
    pieces = SOFAS if v["living_room"] else BEDS
    v["main_piece"] = pieces[int(piece * len(pieces))]
    if not v["living_room"]:
        v["table"] = "none"
    # A window stands behind the bed or sofa rarely, and then there are no pictures; elsewhere it is seen.
    if v["window_wall"] == v["main_wall"]:
        if v["main_wall"] == "back" and coin < 0.3:
            v["pictures"] = 0.0
        else:
            others = {"back": ("left", "right"), "left": ("back", "right"), "right": ("back", "left")}[v["main_wall"]]
            v["window_wall"] = others[int(97 * coin) % 2]
    elif v["main_wall"] != "back" and v["window_wall"] != "none" and coin < 0.5:
        v["window_wall"] = "back"
    # The photographer stands away from the wall with the bed or sofa, else from that with the window, and aims at them.
    sides = {"left": -1.0, "right": 1.0}
    main, window = sides.get(v["main_wall"], 0.0), sides.get(v["window_wall"], 0.0)
    if main:
        v["camera_side"] = -main * (0.1 + 0.8 * abs(v["camera_side"])) * (0.6 if window else 1.0)
    elif window:
        if shown > 0.84 and v["storage"] != "none":  # what stands at the other wall is looked at instead
            window = -window
        v["camera_side"] = -window * 0.8 * abs(v["camera_side"])
    v["camera_turn"] = _aim(v, main, window) + 5.0 * v["camera_turn"] / 30 + 9.0 * (turned - 0.5)
    v["camera_turn"] = float(np.clip(v["camera_turn"], -30, 30))
    v["camera_tilt"] = float(np.clip(7 * (tilted - 0.5) + 2 * v["camera_tilt"] / 8, -8, 8))
    # A lamp that is not there is off; in the dark something is lit, and there is no sun.
    if v["ceiling_lamp"] == "none":
        v["ceiling_on"] = 0
    if v["daylight"] < 0.35:
        v["sun"] = 0.0
        if not v["ceiling_on"]:
            v["lamp_on"] = 1


def _aim(v: dict[str, Any], main: float, window: float) -> float:
    """The turn in degrees toward a point between main piece and window; both stand left (-1), right (1) or back (0)."""
    half = v["room_width"] / 2
    x = v["camera_side"] * (half - 0.4)
    away = v["room_depth"] - 0.6
    straight = np.arctan2(-0.7 * x, away - 0.8)
    to_main = np.arctan2(main * (half - 1.1) - x, away - (1.9 if main else 1.0))
    if v["window_wall"] == "none" and not main and v["storage"] != "none":
        window = -1.0  # storage then stands there
    seen = v["window_wall"] != "none" or window or main
    to_window = np.arctan2(window * half - x, away - 1.0) if seen else to_main
    return float(np.degrees(0.75 * to_main + 0.25 * to_window - straight))
