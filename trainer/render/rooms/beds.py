"""Beds, and what lies on them."""

from __future__ import annotations

import math

import numpy as np

from trainer.render.rooms.geometry import Floats, Mesh, about_x, about_y, box, pillow, rounded_box, with_normals
from trainer.render.rooms.layout import MODELS, Plan, main_scale
from trainer.render.rooms.scene import Frame, Material, Scene

_LENGTH = 2.05
_MATTRESS = 0.22
_BASE_HEIGHTS = {"plain_bed": 0.22, "upholstered_bed": 0.26, "slatted_bed": 0.3, "divan_bed": 0.34}


def add_bed(scene: Scene, plan: Plan) -> None:
    """The bed with everything on it."""
    f, spot = scene.factors, plan.main
    at = (spot.x, 0.0, spot.z)
    if f.main_piece in MODELS:
        scene.model(MODELS[f.main_piece], at, spot.angle, (main_scale(f), 1.0, 1.0))
        if f.main_piece != "classic_bed":
            _throw(scene.frame(at, spot.angle), spot.width - 0.12, 2.06, 0.68, 0.3)
        return
    width = spot.width - 0.1
    frame = scene.frame(at, spot.angle)
    base = _BASE_HEIGHTS[f.main_piece]
    _base(frame, f.main_piece, width, base)
    frame(rounded_box(width, _MATTRESS, _LENGTH, 0.06), (0, base, 0), Material.FABRIC, scene.palette.sheet)
    top = base + _MATTRESS
    _blanket(frame, width, top, base)
    _throw(frame, width, _LENGTH, top + 0.045, top - base)
    _pillows(frame, width, top)


def _base(frame: Frame, kind: str, width: float, height: float) -> None:
    wood = frame.scene.palette.wood
    head = -_LENGTH / 2
    if kind == "divan_bed":
        frame(rounded_box(width, height, _LENGTH, 0.03), (0, 0, 0), Material.FABRIC, frame.scene.palette.accent)
        return
    frame(box(width + 0.08, 0.14, _LENGTH + 0.06), (0, height - 0.14, 0), Material.WOOD, wood)
    for x in (-1, 1):
        for z in (-1, 1):
            at = (x * (width / 2 - 0.05), 0, z * (_LENGTH / 2 - 0.06))
            frame(box(0.07, height, 0.07), at, Material.WOOD, wood)
    if kind == "plain_bed":
        frame(rounded_box(width + 0.1, 0.78, 0.05, 0.015), (0, 0, head - 0.04), Material.WOOD, wood)
    elif kind == "upholstered_bed":
        padding = frame.scene.palette.accent
        for i in range(3):
            x = (i - 1) * (width + 0.1) / 3
            part = rounded_box(round((width + 0.1) / 3 - 0.008, 3), 1.08, 0.09, 0.04)
            frame(part, (x, 0, head - 0.06), Material.FABRIC, padding)
    else:
        for x in np.linspace(-1, 1, 8):
            frame(box(0.045, 0.98, 0.04), (x * width / 2, 0, head - 0.04), Material.WOOD, wood)
        frame(rounded_box(width + 0.1, 0.09, 0.06, 0.02), (0, 0.94, head - 0.04), Material.WOOD, wood)
        frame(rounded_box(width + 0.1, height + 0.22, 0.05, 0.015), (0, 0, -head + 0.05), Material.WOOD, wood)


class _Waves:
    """The folds of cloth; amplitude in metres."""

    def __init__(self, rng: np.random.Generator, amount: float) -> None:
        self.phase = rng.uniform(0, 2 * np.pi, 6)
        self.amplitude = 0.003 + 0.021 * amount

    def lift(self, x: Floats, z: Floats) -> Floats:
        a, b, c = self.phase[:3]
        folds = np.sin(7 * x + 2 * z + a) + np.sin(9 * z + 3 * x + b) + 0.7 * np.sin(13 * x + 11 * z + c)
        return np.maximum(self.amplitude * folds, -0.012)


def _blanket(frame: Frame, width: float, top: float, base: float) -> None:
    """Hangs over both sides and the foot; its edge toward the pillows is folded back."""
    scene, f = frame.scene, frame.scene.factors
    length = 0.2 + (_LENGTH - 0.62) * (0.3 + 0.7 * f.blanket_length)
    hang = (top - base) * 0.6 + 0.13
    middle = _LENGTH / 2 - length / 2 + 0.015
    waves = _Waves(scene.dice("blanket"), f.wrinkles)
    bent = rounded_box(round(width + 0.07, 3), round(hang, 3), round(length + 0.04, 3), 0.055, 8)
    x, y, z = bent.position.T
    high = np.clip(y / hang, 0, 1)
    low = (1 - high) ** 1.2
    position = bent.position.copy()
    position[:, 1] += high * waves.lift(x, z + middle)
    position[:, 0] += np.sign(x) * low * (0.02 + 0.022 * np.sin(14 * z + waves.phase[3]))
    skew = 0.1 * f.wrinkles * np.sin(2.2 * x + waves.phase[5]) * (z < 0)
    position[:, 2] += np.sign(z) * low * (0.015 + 0.02 * np.sin(14 * x + waves.phase[4])) + skew
    folded = with_normals(position, bent.triangles)
    frame(folded, (0, top + 0.035 - hang, middle), Material.COVER, scene.palette.cover)
    edge = rounded_box(round(width + 0.08, 3), 0.055, 0.24, 0.026, 4)
    frame(edge, (0, top + 0.012, _LENGTH / 2 - length + 0.1), Material.FABRIC, scene.palette.sheet)


def _throw(frame: Frame, width: float, length: float, top: float, hang: float) -> None:
    """A folded blanket across the foot of the bed, where there is one."""
    scene, f = frame.scene, frame.scene.factors
    if not f.throw:
        return
    waves = _Waves(scene.dice("blanket"), f.wrinkles)
    middle = length / 2 - 0.38
    flat = rounded_box(round(width + 0.12, 3), round(hang, 3), 0.5, 0.04, 5)
    x, y, z = flat.position.T
    position = flat.position.copy()
    position[:, 1] += np.clip(y / hang, 0, 1) * waves.lift(x, z + middle)
    position[:, 2] += 0.03 * np.sin(4 * x + waves.phase[0])
    mesh: Mesh = with_normals(position, flat.triangles)
    frame(mesh, (0, top + 0.022 - hang, middle), Material.FABRIC, scene.palette.accent)


def _pillows(frame: Frame, width: float, top: float) -> None:
    """Up to four, in rows of two (of one on a narrow bed); the second row holds smaller cushions."""
    scene = frame.scene
    rng = scene.dice("pillows")
    a_row = 2 if width > 1.2 else 1
    wide = min(0.68, width / a_row * 0.88)
    for i in range(round(scene.factors.pillows)):
        row, column = divmod(i, a_row)
        x = 0.0 if a_row == 1 else (column - 0.5) * width * 0.5
        jitter = rng.normal(size=4)
        size = (wide, 0.17, 0.46) if row == 0 else (0.7 * wide, 0.15, 0.36)
        lean = about_y(0.08 * jitter[0]) @ about_x(math.radians(58 - 6 * row + 5 * jitter[1]))
        at = (x + 0.02 * jitter[2], top + 0.13, -_LENGTH / 2 + 0.16 + 0.19 * min(row, 2))
        colour = scene.palette.pillow if row == 0 else scene.palette.accent
        frame(pillow(*(round(s, 3) for s in size)), at, Material.PILLOW, colour, lean)
