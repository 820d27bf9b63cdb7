"""Storage, lamps, chairs, plants, and what lies about."""

from __future__ import annotations

import math

import numpy as np

from trainer.render.rooms.colours import Colour, oklch
from trainer.render.rooms.geometry import about_y, box, cylinder, pillow, turned
from trainer.render.rooms.layout import CHAIR_MODELS, PLANT_MODELS, Plan, Spot, beside
from trainer.render.rooms.scene import Frame, Material, Scene

_TABLE_TOP = 0.5
_DEEP = np.array([0.04, 0.04, 0.045], np.float32)


def add_pieces(scene: Scene, plan: Plan) -> None:
    """Everything on the floor but the bed or sofa and its table."""
    _add_bedside(scene, plan)
    if spot := plan.spots.get("storage"):
        _add_storage(scene, spot)
    if spot := plan.spots.get("chair"):
        names = CHAIR_MODELS[scene.factors.chair]
        scene.model(names[int(scene.dice("chair").integers(len(names)))], (spot.x, 0, spot.z), spot.angle)
    if spot := plan.spots.get("plant"):
        lift = {"bushy": 0.4, "tall": 0.0, "small": 0.5}[scene.factors.plant]
        if lift:
            scene.add(box(0.34, lift, 0.34), (spot.x, 0, spot.z), Material.WOOD, scene.palette.wood)
        scale = {"bushy": 1.5, "tall": 0.92, "small": 1.6}[scene.factors.plant]
        scene.model(PLANT_MODELS[scene.factors.plant], (spot.x, lift, spot.z), spot.angle, scale)
    _add_clutter(scene, plan)


# ---- lamps


def _add_bedside(scene: Scene, plan: Plan) -> None:
    for name in ("bedside_left", "bedside_right"):
        if spot := plan.spots.get(name):
            frame = scene.frame((spot.x, 0.0, spot.z), spot.angle)
            _drawers(frame, spot.width - 0.02, _TABLE_TOP, spot.depth, 2, 1)
            scene.lamps.append(_add_lamp(scene, (spot.x, _TABLE_TOP, spot.z), 0.46))
    if spot := plan.spots.get("floor_lamp"):
        scene.lamps.append(_add_lamp(scene, (spot.x, 0.0, spot.z), 1.45))


def _add_lamp(scene: Scene, at: tuple[float, float, float], height: float) -> tuple[float, float, float]:
    """A table or floor lamp; gives the place of its bulb."""
    x, y, z = at
    radius = 0.10 + 0.05 * min(height, 1.2)
    shade = 1.5 * radius
    metal = scene.palette.metal
    scene.add(cylinder(0.7 * radius, 0.025), at, Material.METAL, metal)
    if height < 0.7:
        body = turned([(0.012, height - 0.6 * shade), (0.03, 0.45 * height), (0.55 * radius, 0.25 * height),
                       (0.4 * radius, 0.02)])  # fmt: skip
        scene.add(body, at, Material.METAL, metal)
    else:
        scene.add(cylinder(0.014, height - 0.5 * shade), at, Material.METAL, metal)
    kind = scene.factors.lamp_kind
    if kind == "globe":
        angles = np.linspace(0.05, np.pi - 0.05, 12)
        outline = [(math.sin(t) * radius, height - radius + math.cos(t) * radius) for t in angles]
    elif kind == "cone":
        outline = [(0.5 * radius, height), (1.15 * radius, height - shade)]
    else:
        outline = [(0.95 * radius, height), (radius, height - shade)]
    scene.add(turned(outline, 16), at, Material.SHADE, scene.palette.shade)
    return x, y + height - 0.5 * shade, z


# ---- storage


def _add_storage(scene: Scene, spot: Spot) -> None:
    kind = scene.factors.storage
    at = (spot.x, 0.0, spot.z)
    frame = scene.frame(at, spot.angle)
    if kind == "wardrobe":
        _drawers(frame, spot.width, min(spot.height, scene.factors.room_height - 0.12), spot.depth, 1, 2)
    elif kind == "dresser":
        _drawers(frame, spot.width, spot.height, spot.depth, 3, 2)
        vase = turned([(0.03, 0.26), (0.045, 0.21), (0.08, 0.1), (0.045, 0)])
        frame(vase, (0.25, spot.height, 0), Material.MATTE, oklch(0.75, 0.04, 60))
        frame(box(0.2, 0.05, 0.27), (-0.2, spot.height, 0.02), Material.BOOKS, (0.3, 0.6, 0.2))
    elif kind == "bookshelf":
        _bookshelf(frame, spot.width, spot.height, spot.depth)
    elif kind == "desk":
        _desk(frame, spot.width, spot.height, spot.depth)
    else:
        scene.model("cupboard", at, spot.angle)


def _drawers(frame: Frame, width: float, height: float, depth: float, rows: int, columns: int) -> None:
    """A chest with handles; a single row of high fronts are doors."""
    wood = frame.scene.palette.wood
    leg = 0.07
    frame(box(width, height - leg, depth - 0.02), (0, leg, -0.01), Material.WOOD, wood)
    frame(box(width + 0.02, 0.03, depth + 0.01), (0, height - 0.03, 0), Material.WOOD, wood)
    high, wide = (height - leg - 0.05) / rows, width / columns
    doors = high > 1.2
    handle = box(0.02, 0.18, 0.03) if doors else box(0.1, 0.018, 0.03)
    for i in range(rows):
        for j in range(columns):
            x, y = -width / 2 + wide * (j + 0.5), leg + 0.01 + i * high
            front = box(wide - 0.02, high - 0.014, 0.03)
            frame(front, (x, y, depth / 2 - 0.015), Material.WOOD, np.minimum(1.06 * wood, 0.95))
            aside = (0.5 - j % 2) * (wide - 0.1) if doors else 0.0
            frame(handle, (x + aside, y + high * 0.47, depth / 2 + 0.012), Material.METAL, (0.5, 0.5, 0.5))
    for x in (-1, 1):
        for z in (-1, 1):
            frame(box(0.04, leg + 0.01, 0.04), (x * (width / 2 - 0.04), 0, z * (depth / 2 - 0.05)), Material.WOOD, wood)


def _bookshelf(frame: Frame, width: float, height: float, depth: float) -> None:
    wood, rng = frame.scene.palette.wood, frame.scene.dice("books")
    board, rows = 0.025, 5
    step = (height - board) / rows
    for x in (-1, 1):
        frame(box(board, height, depth), (x * (width - board) / 2, 0, 0), Material.WOOD, wood)
    frame(box(width, height, 0.012), (0, 0, -depth / 2 + 0.006), Material.WOOD, 0.8 * wood)
    for i in range(rows + 1):
        y = i * step
        frame(box(width, board, depth), (0, y, 0), Material.WOOD, wood)
        x, clear = -width / 2 + 0.05, step - board
        while i < rows and x < width / 2 - 0.08:
            what = rng.random()
            if what < 0.68:
                wide = min(rng.uniform(0.12, 0.35), width / 2 - 0.03 - x)
                books = box(wide, clear * rng.uniform(0.6, 0.88), 0.6 * depth)
                frame(books, (x + wide / 2, y + board, 0), Material.BOOKS, rng.random(3))
                x += wide + 0.01
            elif what < 0.82:
                vase = oklch(rng.uniform(0.45, 0.9), 0.05, 360 * rng.random())
                frame(cylinder(0.05, clear * 0.5, 0.03), (x + 0.06, y + board, 0), Material.MATTE, vase)
                x += 0.14
            else:
                x += rng.uniform(0.08, 0.3)


def _desk(frame: Frame, width: float, height: float, depth: float) -> None:
    wood = frame.scene.palette.wood
    frame(box(width, 0.03, depth), (0, height - 0.03, 0), Material.WOOD, wood)
    for x in (-1, 1):
        frame(box(0.035, height - 0.03, depth - 0.05), (x * (width / 2 - 0.03), 0, 0), Material.WOOD, wood)
    frame(box(width - 0.1, 0.12, 0.03), (0, height - 0.15, -depth / 2 + 0.06), Material.WOOD, wood)
    frame(box(0.46, 0.28, 0.02), (-0.1, height + 0.08, -0.12), Material.MIRROR, _DEEP)
    frame(box(0.16, 0.08, 0.1), (-0.1, height, -0.12), Material.METAL, _DEEP)
    frame(box(0.2, 0.05, 0.27), (0.33, height, 0.02), Material.BOOKS, (0.6, 0.3, 0.8))


# ---- clutter


def _add_clutter(scene: Scene, plan: Plan) -> None:
    """Things on the floor beside the bed or sofa, and on the low table; more of them, never other places."""
    amount = scene.factors.clutter
    rng = scene.dice("clutter")
    main = plan.main
    kinds = rng.permutation(7)
    pairs = [(-1, 0.15), (1, 0.3), (0, 0.62), (-1, 0.75), (1, 0.9), (0.4, 0.7)]
    for i, (side, along) in enumerate(pairs):
        turn, jitter = rng.uniform(-3, 3), rng.uniform(-0.08, 0.08, 2)
        forward = -main.depth / 2 + along * max(main.depth, 1.6) + (0.5 if abs(side) < 1 else 0.0)
        across = side * (main.width / 2 + 0.3) + jitter[0]
        x, z = beside(main, across, max(forward, main.depth / 2 + 0.3 if abs(side) < 1 else -9) + jitter[1])
        thing = Spot("thing", x, z, turn, 0.3, 0.3)
        inside = abs(x) < scene.factors.room_width / 2 - 0.2 and z < scene.factors.room_depth - 1.2
        if amount * (len(pairs) + 0.5) < i + 1 or not inside:
            continue
        if not any(thing.overlaps(spot, -0.04) for spot in plan.spots.values()):
            _add_thing(scene, int(kinds[i]), x, z, turn, rng)
    if (table := plan.spots.get("table")) and amount > 0.12:
        frame = scene.frame((table.x, 0.415, table.z), table.angle)
        frame(box(0.2, 0.035, 0.27), (-0.2, 0, 0.02), Material.BOOKS, rng.random(3), about_y(0.3))
        if amount > 0.35:
            bowl = turned([(0.13, 0.07), (0.085, 0.02), (0.04, 0)])
            frame(bowl, (0.16, 0, -0.04), Material.MATTE, _pottery(rng))


def _add_thing(scene: Scene, kind: int, x: float, z: float, turn: float, rng: np.random.Generator) -> None:
    at = (x, 0.0, z)
    stored = {0: "teddyBear", 1: "slippers", 2: "basketball", 3: "handbag", 4: "electricGuitar"}
    if kind == 4:
        scene.model("electricGuitar", at, turn, 0.8)
    elif kind in stored:
        scene.model(stored[kind], at, turn)
    elif kind == 5:
        for j in range(int(rng.integers(2, 5))):
            book = about_y(turn + 0.3 * rng.normal())
            scene.add(box(0.2, 0.03, 0.27), (x, 0.031 * j, z), Material.BOOKS, rng.random(3), book)
    else:
        scene.add(pillow(0.45, 0.16, 0.45), at, Material.PILLOW, scene.palette.accent, about_y(turn))


def _pottery(rng: np.random.Generator) -> Colour:
    return oklch(rng.uniform(0.5, 0.9), 0.05, 360 * rng.random())
