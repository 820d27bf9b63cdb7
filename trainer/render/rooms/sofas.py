"""Sofas, and the cushions on them."""

from __future__ import annotations

import math

import numpy as np

from trainer.render.rooms.geometry import about_x, about_y, box, cylinder, pillow, rounded_box
from trainer.render.rooms.layout import MODELS, Plan, main_scale
from trainer.render.rooms.scene import Frame, Material, Scene

_ARM = 0.18
_SEATS = {  # of stored sofas: height of the seat, distance of a cushion from the back, how far cushions spread
    "soft_couch": (0.42, 0.4, 0.62),
    "modern_sofa": (0.42, 0.36, 0.6),
    "corner_sofa": (0.42, 0.34, 0.72),
}


def add_sofa(scene: Scene, plan: Plan) -> None:
    """The sofa with everything on it."""
    f, spot = scene.factors, plan.main
    at = (spot.x, 0.0, spot.z)
    frame = scene.frame(at, spot.angle)
    if f.main_piece in MODELS:
        scene.model(MODELS[f.main_piece], at, spot.angle, (main_scale(f), 1.0, 1.0))
        seat, back, spread = _SEATS[f.main_piece]
        width = spot.width * spread
    else:
        _body(frame, 2 if f.main_piece == "two_seater" else 3, spot.width, spot.depth)
        seat, back, width = 0.47, 0.42, spot.width - 2 * _ARM
    _cushions(frame, width, seat, back - spot.depth / 2)
    if f.throw:
        cloth = rounded_box(0.46, 0.02, 0.56, 0.009, 4)
        frame(cloth, (width * 0.2, seat + 0.005, back - spot.depth / 2 + 0.2), Material.FABRIC, scene.palette.accent,
              about_y(0.12))  # fmt: skip


def _body(frame: Frame, seats: int, width: float, depth: float) -> None:
    cover, legs = frame.scene.palette.cover, frame.scene.palette.wood
    seat = (width - 2 * _ARM) / seats
    frame(rounded_box(round(width - 0.02, 3), 0.22, depth - 0.08, 0.03), (0, 0.1, 0), Material.COVER, cover)
    frame(rounded_box(round(width - 0.1, 3), 0.68, 0.24, 0.07), (0, 0.1, -depth / 2 + 0.13), Material.COVER, cover)
    for x in (-1, 1):
        frame(rounded_box(_ARM, 0.54, depth, 0.07), (x * (width - _ARM) / 2, 0.1, 0), Material.COVER, cover)
        for z in (-1, 1):
            frame(cylinder(0.025, 0.12), (x * (width / 2 - 0.1), 0, z * (depth / 2 - 0.1)), Material.WOOD, legs)
    for i in range(seats):
        x = (i - (seats - 1) / 2) * seat
        cushion = rounded_box(round(seat - 0.012, 3), 0.17, round(depth - 0.28, 3), 0.055)
        frame(cushion, (x, 0.31, 0.11), Material.COVER, np.minimum(1.03 * cover, 0.95))
        back = rounded_box(round(seat - 0.03, 3), 0.42, 0.2, 0.08)
        frame(back, (x, 0.44, -depth / 2 + 0.3), Material.COVER, cover, about_x(-0.16))


def _cushions(frame: Frame, width: float, seat: float, z: float) -> None:
    """From the ends inward; every other one in the pattern of the cover's own light tone."""
    scene = frame.scene
    rng = scene.dice("pillows")
    for i in range(round(scene.factors.pillows)):
        side = -1 if i % 2 == 0 else 1
        jitter = rng.normal(size=2)
        at = (side * (width / 2 - 0.18 - 0.26 * (i // 2)) + 0.03 * jitter[0], seat + 0.17, z + 0.04 + 0.05 * (i // 2))
        turn = about_y(-0.22 * side + 0.08 * jitter[1]) @ about_x(math.radians(66))
        colour = scene.palette.accent if i < 2 else scene.palette.pillow
        frame(pillow(0.43, 0.16, 0.43), at, Material.PILLOW, colour, turn)


def add_table(scene: Scene, plan: Plan) -> None:
    """The low table before the sofa."""
    spot = plan.spots.get("table")
    if spot is None:
        return
    frame = scene.frame((spot.x, 0.0, spot.z), spot.angle)
    kind, wood = scene.factors.table, scene.palette.wood
    if kind == "round":
        frame(cylinder(spot.width / 2, 0.035, sides=28), (0, 0.38, 0), Material.WOOD, wood)
        for angle in (0.5, 2.6, 4.7):
            at = (0.23 * math.cos(angle), 0, 0.23 * math.sin(angle))
            frame(cylinder(0.02, 0.39), at, Material.WOOD, wood)
        return
    glass = kind == "glass"
    look = (Material.MIRROR, np.array([0.2, 0.25, 0.25])) if glass else (Material.WOOD, wood)
    frame(box(spot.width, 0.03, spot.depth), (0, 0.38, 0), *look)
    legs = (Material.METAL, scene.palette.metal) if glass else (Material.WOOD, wood)
    for x in (-1, 1):
        for z in (-1, 1):
            frame(box(0.045, 0.385, 0.045), (x * (spot.width / 2 - 0.05), 0, z * (spot.depth / 2 - 0.05)), *legs)
    if not glass:
        frame(box(spot.width - 0.1, 0.025, spot.depth - 0.08), (0, 0.14, 0), *look)
