"""The room itself: walls, floor, ceiling, window, curtains, rug, pictures on the wall, ceiling lamp."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from trainer.render.rooms.colours import Colour, oklch
from trainer.render.rooms.factors import ART, BEDS
from trainer.render.rooms.geometry import about_z, box, cylinder, grid, rounded_box, turned, with_normals
from trainer.render.rooms.layout import Plan, beside
from trainer.render.rooms.scene import Frame, Material, Scene

_FRAME = 0.055  # of the window


def wall_colours(scene: Scene, plan: Plan) -> dict[str, Colour]:
    """The colour of each wall; ``front`` is the one behind the camera."""
    colours: dict[str, Colour] = {name: scene.palette.wall for name in ("left", "right", "back", "front")}  # noqa: C420
    if scene.factors.accent_wall:
        colours[scene.factors.main_wall] = scene.palette.accent_wall
    return colours


def ceiling_light(scene: Scene) -> tuple[float, float, float]:
    """Where the light of the ceiling lamp comes from."""
    f = scene.factors
    drop = {"none": 0.12, "globe": 0.16, "pendant": 0.67, "fan": 0.45}[f.ceiling_lamp]
    return 0.0, f.room_height - drop, 0.36 * f.room_depth


def add_hangings(scene: Scene, plan: Plan) -> None:
    """Curtains and ceiling lamp, which cast shadows."""
    f = scene.factors
    x, _, z = ceiling_light(scene)
    high = f.room_height
    if f.ceiling_lamp == "pendant":
        shade = turned([(0.03, 0.24), (0.1, 0.2), (0.2, 0.0)])
        scene.add(shade, (x, high - 0.75, z), Material.SHADE, scene.palette.shade)
        scene.add(cylinder(0.006, 0.55), (x, high - 0.55, z), Material.MATTE, (0.05, 0.05, 0.05))
    elif f.ceiling_lamp == "fan":
        scene.model("ceilingFan", (x, high - 0.4, z), 0.5, 1.05)
    if f.curtains:
        _add_curtains(scene, plan)


def _add_curtains(scene: Scene, plan: Plan) -> None:
    f, window = scene.factors, plan.window
    frame = _window_frame(scene, plan)
    cloth = (window.width / 2 + 0.24) * (1 - 0.72 * f.curtains_open)
    top = min(f.room_height - 0.06, window.sill + window.height + 0.2)
    bottom = window.sill - 0.2
    u, v = np.meshgrid(np.linspace(0, 1, 33), np.linspace(0, 1, 5), indexing="ij")
    folds = 5 + 6 * f.curtains_open
    for side in (-1, 1):
        x = side * (window.width / 2 + 0.25 - u * cloth * (1 - 0.12 * np.sin(3.1 * v)))
        z = 0.1 + (0.035 + 0.015 * (1 - v)) * np.sin(2 * np.pi * folds * u + side + 0.6 * np.sin(3 * v))
        position = np.stack([x, bottom + (top - bottom) * v, z], -1).reshape(-1, 3).astype(np.float32)
        frame(with_normals(position, grid(33, 5)), (0, 0, 0), Material.CURTAIN, scene.palette.curtain)
    rod = cylinder(0.014, window.width + 0.7)
    frame(rod, (-(window.width + 0.7) / 2, top + 0.01, 0.1), Material.METAL, (0.3, 0.28, 0.25), about_z(-np.pi / 2))


def add_shell(scene: Scene, plan: Plan) -> None:
    """What casts no shadow."""
    f = scene.factors
    width, depth, high = f.room_width, f.room_depth, f.room_height
    walls = wall_colours(scene, plan)
    finish = ("back", "left", "right") if f.wall_finish == "panels" else (f.main_wall,)
    edge = width / 2
    for name, corner, along, inward, length in (
        ("back", (-edge, 0, 0), (1, 0, 0), (0, 0, 1), width),
        ("front", (-edge, 0, depth), (1, 0, 0), (0, 0, -1), width),
        ("left", (-edge, 0, 0), (0, 0, 1), (1, 0, 0), depth),
        ("right", (edge, 0, 0), (0, 0, 1), (-1, 0, 0), depth),
    ):
        _quad(
            scene, corner, along, (0, 1, 0), inward, (length, high), Material.WALL, walls[name], float(name in finish)
        )
    _quad(scene, (-edge, 0, 0), (1, 0, 0), (0, 0, 1), (0, 1, 0), (width, depth), Material.FLOOR, scene.palette.floor)
    _quad(scene, (-edge, high, 0), (1, 0, 0), (0, 0, 1), (0, -1, 0), (width, depth), Material.CEILING,
          scene.palette.ceiling)  # fmt: skip
    for y, tall, thick in ((0.0, 0.09, 0.016), (high - 0.05, 0.05, 0.04)):
        trim = (Material.MATTE, scene.palette.trim)
        scene.add(box(width, tall, thick), (0, y, thick / 2), *trim)
        for x in (-1, 1):
            scene.add(box(thick, tall, depth), (x * (edge - thick / 2), y, depth / 2), *trim)
    if f.ceiling_lamp == "globe":
        outline = [(math.sin(t) * 0.19, math.cos(t) * 0.11) for t in np.linspace(0.05, 3.1, 10)]
        x, _, z = ceiling_light(scene)
        scene.add(turned(outline), (x, high - 0.1, z), Material.SHADE, scene.palette.shade)
    if f.window_wall != "none":
        _add_window(scene, plan)
    _add_pictures(scene, plan)
    if f.rug:
        _add_rug(scene, plan)


def _quad(
    scene: Scene,
    corner: npt.ArrayLike,
    along: npt.ArrayLike,
    up: npt.ArrayLike,
    normal: npt.ArrayLike,
    size: tuple[float, float],
    material: Material,
    colour: npt.ArrayLike,
    detail: float = 0.0,
) -> None:
    """A rectangle; the shaders read the place on it in metres, and ``detail``."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * np.array(size, np.float32)
    position = np.asarray(corner, np.float32) + unit[:, :1] * np.asarray(along, np.float32)
    position = position + unit[:, 1:] * np.asarray(up, np.float32)
    look = np.empty((4, 4), np.float32)
    look[:, :3], look[:, 3] = colour, material
    local = np.concatenate([unit, np.full((4, 1), detail, np.float32)], 1)
    normals = np.tile(np.asarray(normal, np.float32), (4, 1))
    scene.put(position.astype(np.float32), normals, local, look, np.array([[0, 1, 2], [0, 2, 3]], np.int32))


# ---- window


def _window_frame(scene: Scene, plan: Plan) -> Frame:
    """x along the wall, z into the room, y from the floor."""
    x, _, z = plan.window.centre
    return scene.frame((x, 0, z), plan.window.angle)


def _add_window(scene: Scene, plan: Plan) -> None:
    f, window = scene.factors, plan.window
    frame = _window_frame(scene, plan)
    width, height, sill = window.width, window.height, window.sill
    corner = frame.place(-width / 2, sill, 0.004)
    _quad(scene, corner, frame.direction(1, 0, 0), (0, 1, 0), window.inward, (width, height), Material.WINDOW,
          (1, 1, 1))  # fmt: skip
    paint = (Material.MATTE, scene.palette.trim)
    for x in (-1, 1):
        frame(box(_FRAME, height + 2 * _FRAME, 0.07), (x * (width + _FRAME) / 2, sill - _FRAME, 0.02), *paint)
    frame(box(width + 0.1, _FRAME, 0.07), (0, sill + height, 0.02), *paint)
    frame(box(width + 0.2, 0.035, 0.14), (0, sill - 0.035, 0.05), *paint)
    panes = round(f.window_panes)
    if panes >= 1:
        for x in (0.0,) if width < 1.7 else (-width / 6, width / 6):
            frame(box(0.05, height, 0.05), (x, sill, 0.015), *paint)
    for y in {2: (0.55,), 3: (0.3, 0.55, 0.8)}.get(panes, ()):
        frame(box(width, 0.033, 0.04), (0, sill + y * height, 0.012), *paint)
    if f.blind > 0.04:
        drop = height * f.blind
        frame(box(width * 0.98, drop, 0.02), (0, sill + height - drop, 0.045), Material.CURTAIN, scene.palette.sheet)


# ---- on walls and floor


def _add_pictures(scene: Scene, plan: Plan) -> None:
    """A row of framed pictures above the bed or sofa."""
    f, main, window = scene.factors, plan.main, plan.window
    count = round(f.pictures)
    if not count:
        return
    rng = scene.dice("pictures")
    low = 1.16 if f.main_piece in BEDS else 1.0
    top = f.room_height - 0.22
    half = (f.room_width / 2 - abs(main.x) if f.main_wall == "back" else main.z) - 0.15
    pitch = min(main.width * 1.08, 2 * half) / count
    colour = (_DARK, scene.palette.wood, _PALE)[int(rng.integers(3))]
    portrait = rng.random() < 0.5
    for i in range(count):
        shape = rng.uniform(1.15, 1.4) if portrait or count > 1 else rng.uniform(0.62, 0.85)
        dice = rng.random(3)
        wide = min(pitch - 0.1, 0.32 + 0.5 * f.picture_size)
        high = min(wide * shape, top - low)
        wide = min(wide, high / shape)
        across = (i - (count - 1) / 2) * min(pitch, wide + 0.18)
        x, z = beside(main, across, -main.depth / 2 - 0.04)
        if window.wall == f.main_wall:
            apart = abs(x - window.centre[0]) if f.main_wall == "back" else abs(z - window.centre[2])
            if apart < (window.width + wide) / 2 + 0.3:
                continue
        bottom = low + (top - low - high) * 0.4
        frame = scene.frame((x, bottom, z), main.angle)
        edge = 0.022
        frame(box(wide + 2 * edge, high + 2 * edge, 0.03), (0, -edge, 0), Material.MATTE, colour)
        kind = ART.index(f.picture_kind) + 0.8 * dice[2]  # the fraction is a seed
        _quad(scene, frame.place(-wide / 2, 0, 0.034), frame.direction(1, 0, 0), (0, 1, 0), frame.direction(0, 0, 1),
              (wide, high), Material.PICTURE, (kind, wide, high), round(3200 * dice[0]) / 64)  # fmt: skip


_DARK, _PALE = oklch(0.25, 0.01, 60), oklch(0.92, 0.008, 85)


def _add_rug(scene: Scene, plan: Plan) -> None:
    """Before the bed or sofa, partly below it."""
    f, main = scene.factors, plan.main
    wide, deep = 1.5 + 1.1 * f.rug_size, 1.1 + 0.7 * f.rug_size
    x, z = beside(main, 0, main.depth / 2 + (0.2 if main.depth > 1.5 else 0.45))
    c, s = abs(math.cos(main.angle)), abs(math.sin(main.angle))
    half_x, half_z = (c * wide + s * deep) / 2, (s * wide + c * deep) / 2
    x = float(np.clip(x, half_x - f.room_width / 2, f.room_width / 2 - half_x))
    z = float(np.clip(z, half_z + 0.02, f.room_depth - half_z))
    mesh = rounded_box(round(wide, 3), 0.018, round(deep, 3), 0.008)
    scaled = mesh._replace(position=mesh.position / np.array([wide / 2, 1, deep / 2], np.float32))
    frame = scene.frame((x, 0.001, z), main.angle)
    turn = np.stack([frame.direction(1, 0, 0), frame.direction(0, 1, 0), frame.direction(0, 0, 1)], 1)
    look = np.empty((len(mesh.position), 4), np.float32)
    look[:, :3], look[:, 3] = scene.palette.rug, Material.RUG
    scene.put(mesh.position @ turn.T + frame.origin, mesh.normal @ turn.T, scaled.position, look, mesh.triangles)
