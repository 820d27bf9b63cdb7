"""Where everything stands: a plan of the room in which nothing overlaps and every piece has its place.

The room spans x from -width/2 to width/2 and z from 0, the back wall, to its depth, where the camera is. Each piece
has a place of its own beside the bed or sofa, so that adding one never moves another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from trainer.render.rooms.factors import BEDS, SOFAS, RoomFactors
from trainer.render.rooms.furniture import load_furniture

BEDSIDE = 0.4  # the side of a bedside table
_BEDSIDE_GAP = 0.06
_OFF_WALL = 0.05
_AISLE = 0.99  # beside a bed: room for a bedside table and a cupboard's depth

MODELS = {
    "metal_bed": "bed1", "wooden_bed": "bed2", "classic_bed": "bed3", "soft_couch": "couch", "modern_sofa": "sofa2",
    "corner_sofa": "L_shaped_sofa",
}  # fmt: skip
"""Beds and sofas that are stored; the others are built."""

PLANT_MODELS = {"bushy": "augalas", "tall": "plant", "small": "orchids"}
CHAIR_MODELS = {"armchair": ("armchair2", "modernArmchair"), "chair": ("chair", "sillaBlanca")}
_STORAGE_SIZES = {  # width, height, depth
    "wardrobe": (1.1, 2.02, 0.56),
    "bookshelf": (0.85, 1.85, 0.3),
    "dresser": (1.05, 0.82, 0.44),
    "desk": (1.1, 0.75, 0.5),
}


@dataclass(frozen=True)
class Spot:
    """A piece on the floor: its centre, the angle of its front (0 is toward the camera), its own width and depth."""

    name: str
    x: float
    z: float
    angle: float
    width: float
    depth: float
    height: float = 0.8
    round: bool = False

    @property
    def reach(self) -> tuple[float, float]:
        """Half of its extent along the room's x and z; a round piece may turn as it likes."""
        if self.round:
            return self.width / 2, self.depth / 2
        c, s = abs(math.cos(self.angle)), abs(math.sin(self.angle))
        return (c * self.width + s * self.depth) / 2, (s * self.width + c * self.depth) / 2

    def overlaps(self, other: Spot, gap: float = 0.0) -> bool:
        (a, b), (c, d) = self.reach, other.reach
        return abs(self.x - other.x) < a + c + gap and abs(self.z - other.z) < b + d + gap


@dataclass(frozen=True)
class Window:
    """A window: the middle of the glass, the directions into the room and along the wall, width and height."""

    wall: str
    centre: tuple[float, float, float]
    inward: tuple[float, float, float]
    along: tuple[float, float, float]
    width: float
    height: float
    angle: float

    @property
    def sill(self) -> float:
        return self.centre[1] - self.height / 2


@dataclass(frozen=True)
class Plan:
    """The whole room. ``spots`` holds every piece on the floor by name."""

    main: Spot
    spots: dict[str, Spot]
    window: Window


def main_size(f: RoomFactors) -> tuple[float, float]:
    """Width and depth of the bed or sofa in metres."""
    kind, amount = f.main_piece, f.main_size
    if kind in MODELS:
        width, _, depth = load_furniture()[MODELS[kind]].size
        return width * main_scale(f), depth
    if kind in BEDS:
        return 0.94 + 0.66 * amount, 2.16
    seats = 2 if kind == "two_seater" else 3
    return seats * (0.55 + 0.1 * amount) + 0.36, 0.9


def main_scale(f: RoomFactors) -> float:
    """How much a stored bed or sofa is widened; the widest bed is a third too wide for a small room."""
    if f.main_piece == "classic_bed":
        return 0.62 + 0.17 * f.main_size
    return (0.83 + 0.27 * f.main_size) if f.main_piece in BEDS else 0.88 + 0.12 * f.main_size


def plan(f: RoomFactors) -> Plan:
    """Place everything that the factors ask for.

    Places are found with everything else in the room, whether it is there or not.
    """
    main = _main(f)
    spots = {"main": main}
    for spot in (*_bedside(f, main), _storage(f, main)):
        spots[spot.name] = spot
    if f.main_piece in SOFAS:
        spots["table"] = _table(main, f.table)
    spots["plant"] = _free_place(Spot("plant", 0, 0, 0, 0.46, 0.46, round=True), f, spots)
    spots["chair"] = _free_place(
        Spot("chair", 0, 0, 0, *((0.86, 0.86) if f.chair == "armchair" else (0.56, 0.56)), round=True), f, spots
    )
    absent = {name for name in ("table", "storage", "plant", "chair") if getattr(f, name) == "none"}
    absent |= {"floor_lamp"} if f.bedside_tables else {"bedside_left", "bedside_right"}
    return Plan(main, {name: spot for name, spot in spots.items() if name not in absent}, _window(f))


def _main(f: RoomFactors) -> Spot:
    width, depth = main_size(f)
    aisle = _AISLE if f.main_piece in BEDS else BEDSIDE + _BEDSIDE_GAP
    if f.main_wall == "back":
        slack = max(0.0, (f.room_width - width) / 2 - aisle)
        return Spot("main", 0.8 * f.main_place * slack, depth / 2 + _OFF_WALL, 0.0, width, depth)
    side = _side(f.main_wall)
    near = width / 2 + BEDSIDE + 2 * _BEDSIDE_GAP
    far = max(near, min(near + 0.6, f.room_depth - 1.75 - width / 2))
    z = near + (far - near) * (f.main_place + 1) / 2
    return Spot("main", side * (f.room_width / 2 - depth / 2 - _OFF_WALL), z, -side * math.pi / 2, width, depth)


def beside(main: Spot, across: float, forward: float) -> tuple[float, float]:
    """A point of the main piece's own frame in the room: x and z."""
    c, s = math.cos(main.angle), math.sin(main.angle)
    return main.x + c * across + s * forward, main.z - s * across + c * forward


def _bedside(f: RoomFactors, main: Spot) -> tuple[Spot, ...]:
    """Two bedside tables, and the place that a floor lamp takes without them."""
    out = list[Spot]()
    across = main.width / 2 + BEDSIDE / 2 + _BEDSIDE_GAP
    for name, side in (("bedside_left", -1), ("bedside_right", 1)):
        x, z = beside(main, side * across, -main.depth / 2 + 0.24)
        out.append(Spot(name, x, z, main.angle, BEDSIDE, 0.4, 0.5))
    lamp = out[0] if f.main_wall == "right" else out[1] if f.main_wall == "left" else out[int(main.x < 0)]
    return (*out, Spot("floor_lamp", lamp.x, lamp.z, lamp.angle, 0.4, 0.4, 1.5))


def _table(main: Spot, kind: str) -> Spot:
    x, z = beside(main, 0, main.depth / 2 + 0.5)
    width, depth = (0.76, 0.76) if kind == "round" else (0.9, 0.52)
    return Spot("table", x, z, main.angle, width, depth, 0.42)


def _storage(f: RoomFactors, main: Spot) -> Spot:
    """Along a side wall beside the bed; along the back wall when the bed stands at the side."""
    width, height, depth = _STORAGE_SIZES.get(f.storage) or load_furniture()["cupboard"].size
    half = f.room_width / 2
    if f.main_wall != "back" and f.window_wall != "back":
        side = -_side(f.main_wall)
        return Spot("storage", side * (half - width / 2 - 0.1), depth / 2 + 0.02, 0.0, width, depth, height)
    side = -_side(f.main_wall) if f.main_wall != "back" else free_side(f)
    first = 0.62 if f.main_piece in BEDS or f.main_wall != "back" else main.depth + 0.12
    return Spot(
        "storage", side * (half - depth / 2 - 0.02), first + width / 2, -side * math.pi / 2, width, depth, height
    )


def free_side(f: RoomFactors) -> float:
    """-1 or 1: the side wall without a window."""
    return 1.0 if f.window_wall == "left" else -1.0


def _free_place(piece: Spot, f: RoomFactors, taken: dict[str, Spot]) -> Spot:
    """A round piece at the first free place along the walls, those that the camera sees best first."""
    main, half, size = taken["main"], f.room_width / 2, piece.width
    sides = (-free_side(f), free_side(f)) if f.main_wall == "back" else (-_side(f.main_wall), _side(f.main_wall))
    across, along = half - size / 2 - 0.04, size / 2 + 0.05
    last = f.room_depth - 0.75 - size / 2
    corners = [(side * across, along) for side in sides]
    if f.main_wall != "back":  # along the back wall, from the end of the bed or sofa
        first = half - main.depth - 0.15 - size / 2
        corners = [(-sides[0] * (first - 0.1 * k), along) for k in range(int((first + across) / 0.1) + 1)]
    walls = [(side * across, along + 0.1 * k) for side in sides for k in range(int((last - along) / 0.1) + 1)]
    for x, z in (*corners, *walls):
        found = replace(piece, x=x, z=z, angle=math.atan2(-0.6 * x, 2.6 - z))
        if not any(found.overlaps(other, 0.02) for other in taken.values()):
            return found
    raise AssertionError(f"no place for a {piece.name}")  # the ranges of the factors leave one


def _side(wall: str) -> float:
    return -1.0 if wall == "left" else 1.0


def _window(f: RoomFactors) -> Window:
    """The window; without one, daylight comes from a window behind the camera."""
    on_side = f.window_wall in ("left", "right")
    length = f.room_depth if on_side else f.room_width
    width = min(f.window_width, length - 0.9)
    height = min(f.window_height, f.room_height - 1.0)
    sill = min(0.92, f.room_height - 0.3 - height)
    y = sill + height / 2
    place = (f.window_place + 1) / 2
    if on_side:
        side = _side(f.window_wall)
        first = 0.35 + width / 2
        z = first + place * max(0.0, min(0.9, length - first - width / 2 - 0.3))
        return Window(f.window_wall, (side * f.room_width / 2, y, z), (-side, 0, 0), (0, 0, 1), width, height,
                      -side * math.pi / 2)  # fmt: skip
    x = f.window_place * (length - width - 0.6) / 2
    if f.window_wall == "back":
        return Window("back", (x, y, 0), (0, 0, 1), (1, 0, 0), width, height, 0.0)
    return Window("none", (x, y, f.room_depth), (0, 0, -1), (1, 0, 0), width, height, math.pi)
