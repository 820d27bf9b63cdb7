"""Rooms from factors: furnishes them, lights them, photographs them. Drawn with OpenGL through EGL.

Shading is deferred: places, normals and colours first, at twice the size; then the light on every place at the size
of the picture, where its cost lies; then both together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import moderngl
import numpy as np

from trainer.render.context import create_context
from trainer.render.rooms.beds import add_bed
from trainer.render.rooms.block import (
    CEILING_SHADOW,
    DIFFUSE_SHADOWS,
    SUN_SHADOW,
    WINDOW_SHADOWS,
    Block,
    build_program,
)
from trainer.render.rooms.camera import Camera, Matrix, look_along, parallel, perspective
from trainer.render.rooms.develop import develop, exposure
from trainer.render.rooms.factors import BEDS, FLOORS, PATTERNS, RUG_PATTERNS, WALL_FINISHES, RoomFactors
from trainer.render.rooms.layout import Plan, plan
from trainer.render.rooms.lighting import Lighting, light
from trainer.render.rooms.pieces import add_pieces
from trainer.render.rooms.scene import PROGRAMS, Scene, Surfaces
from trainer.render.rooms.shell import add_hangings, add_shell, ceiling_light, wall_colours
from trainer.render.rooms.sofas import add_sofa, add_table

VERSION = 1  # of the pictures: raised whenever the same factors give other bytes

_SUPERSAMPLING = 2  # a side
_TILE = 128  # a side of each of the shadow maps, which lie in a square of 4 by 4
_TILES = {"sun_shadow": SUN_SHADOW, "ceiling_shadow": CEILING_SHADOW, "first_diffuse_shadow": DIFFUSE_SHADOWS[0]}
_UNITS = {"places": 0, "normals": 1, "colours": 2, "light": 3, "shadows": 4, "radiances": 5}
_LAYOUT = (("position", 3), ("normal", 3), ("local", 3), ("look", 4))


def _directions() -> np.ndarray:
    angles = ((72, 20), (55, 140), (55, 260), (22, 0), (22, 72), (22, 144), (22, 216), (22, 288))
    up, around = np.radians(angles).T
    return np.stack([np.cos(up) * np.sin(around), np.sin(up), np.cos(up) * np.cos(around)], 1)


_DIRECTIONS = _directions()
_DIRECTION_WEIGHTS = (1.25, 1.1, 1.1, 0.8, 0.8, 0.8, 0.8, 0.8)


def furnish(f: RoomFactors) -> tuple[Scene, Plan]:
    """All surfaces of a room."""
    scene, planned = Scene(f), plan(f)
    if f.main_piece in BEDS:
        add_bed(scene, planned)
    else:
        add_sofa(scene, planned)
        add_table(scene, planned)
    add_pieces(scene, planned)
    add_hangings(scene, planned)
    scene.casts_shadow = False
    add_shell(scene, planned)
    return scene, planned


class RoomRenderer:
    """Renders rooms at ``size`` pixels a side; holds an OpenGL context, so use it in the thread that made it.

    Raises ``DitiError`` where the furniture or EGL is missing.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._ctx = ctx = create_context()
        wide = size * _SUPERSAMPLING
        places = ctx.texture((wide, wide), 4, dtype="f4")
        normals, colours, radiance = (ctx.texture((wide, wide), 4, dtype="f2") for _ in range(3))
        light_textures = [ctx.texture((size, size), 4, dtype="f2") for _ in range(2)]
        for texture in (places, normals, colours, radiance, *light_textures):
            texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self._canvas = ctx.framebuffer([places, normals, colours], ctx.depth_renderbuffer((wide, wide)))
        self._lit, self._smooth = (ctx.framebuffer([texture]) for texture in light_textures)
        self._light_textures = light_textures
        self._radiance = ctx.framebuffer([radiance])
        self._picture = ctx.framebuffer([ctx.renderbuffer((size, size), 4, dtype="f4")])
        shadow_map = ctx.depth_texture((4 * _TILE, 4 * _TILE))
        shadow_map.compare_func = "<="
        self._shadow = ctx.framebuffer(depth_attachment=shadow_map)
        radiance.use(_UNITS["radiances"])
        for texture, name in ((places, "places"), (normals, "normals"), (colours, "colours"), (shadow_map, "shadows")):
            texture.use(_UNITS[name])
        self._block = ctx.buffer(reserve=Block().size)
        self._block.bind_to_uniform_block(0)
        self._buffers: tuple[moderngl.Buffer, moderngl.Buffer, moderngl.Buffer] | None = None
        self._capacity = (0, 0)
        self._programs = {
            (name, kind): build_program(ctx, "surface.vert", f"{name}.frag", _UNITS, kind=kind)
            for name in PROGRAMS
            for kind in range({"shell": len(WALL_FINISHES), "floor": len(FLOORS)}.get(name, 1))
        }
        self._shadow_program = build_program(ctx, "shadow.vert", "shadow.frag", _UNITS)
        self._shadow_tile = cast("moderngl.Uniform", self._shadow_program["tile"])
        corner = ctx.buffer(np.array([-1, -1, 3, -1, -1, 3], np.float32).tobytes())
        self._passes = [
            ctx.vertex_array(
                build_program(ctx, "square.vert", f"{name}.frag", _UNITS, step=_SUPERSAMPLING, **_TILES),
                [(corner, "2f", "corner")],
            )
            for name in ("light", "blur", "compose", "expose")
        ]

    def render(self, factors: Sequence[RoomFactors]) -> np.ndarray:
        """Pictures of some rooms, uint8 [N, size, size, 3]."""
        out = np.empty((len(factors), self.size, self.size, 3), np.uint8)
        for k, f in enumerate(factors):
            out[k] = self._render_one(f)
        return out

    def close(self) -> None:
        """Give the OpenGL context and all that it holds back."""
        self._ctx.release()

    # ---- one picture

    def _render_one(self, f: RoomFactors) -> np.ndarray:
        scene, planned = furnish(f)
        walls = wall_colours(scene, planned)
        paint = walls | {"floor": 0.75 * scene.palette.floor, "ceiling": scene.palette.ceiling}
        lighting = light(f, planned, paint, scene.palette.cover, len(scene.lamps))
        shadows = _shadow_projections(f, planned, lighting, ceiling_light(scene))
        self._block.write(_describe(scene, planned, lighting, shadows).bytes())
        surfaces = scene.surfaces()
        self._upload(surfaces)
        self._draw_shadows(surfaces, (tile for tile in shadows if _is_used(tile, f, lighting)))
        self._draw_surfaces(f, surfaces)
        self._draw_light()
        raw = np.frombuffer(self._picture.read(components=4, dtype="f4"), np.float32)
        return develop(raw.reshape(self.size, self.size, 4)[::-1, :, :3], f, scene.dice("grain"))

    def _upload(self, surfaces: Surfaces) -> None:
        need = (len(surfaces.vertices), len(surfaces.triangles))
        if self._buffers is None or any(n > c for n, c in zip(need, self._capacity, strict=True)):
            self._reserve((max(need[0] * 3 // 2, 40_000), max(need[1] * 3 // 2, 60_000)))
        assert self._buffers
        vertices, positions, indices = self._buffers
        vertices.write(surfaces.vertices)
        positions.write(np.ascontiguousarray(surfaces.vertices[:, :3]))
        indices.write(surfaces.triangles)

    def _reserve(self, capacity: tuple[int, int]) -> None:
        ctx = self._ctx
        for buffer in self._buffers or ():
            buffer.release()
        self._capacity = capacity
        vertices, positions = (ctx.buffer(reserve=capacity[0] * n, dynamic=True) for n in (52, 12))
        indices = ctx.buffer(reserve=capacity[1] * 12, dynamic=True)
        self._buffers = vertices, positions, indices
        self._arrays = {
            key: ctx.vertex_array(program, [_binding(program, vertices)], indices)
            for key, program in self._programs.items()
        }
        self._shadow_array = ctx.vertex_array(self._shadow_program, [(positions, "3f", "position")], indices)

    def _draw_shadows(self, surfaces: Surfaces, tiles: Iterable[int]) -> None:
        self._ctx.enable_only(self._ctx.DEPTH_TEST)
        self._shadow.use()
        self._shadow.viewport = (0, 0, 4 * _TILE, 4 * _TILE)
        self._shadow.clear(depth=1.0)
        corners = 3 * int(surfaces.runs[0].sum())
        for tile in tiles:
            self._shadow_tile.value = tile
            self._shadow.viewport = (tile % 4 * _TILE, tile // 4 * _TILE, _TILE, _TILE)
            self._shadow_array.render(vertices=corners)

    def _draw_surfaces(self, f: RoomFactors, surfaces: Surfaces) -> None:
        self._canvas.use()
        self._canvas.clear(depth=1.0)
        kinds = {"shell": WALL_FINISHES.index(f.wall_finish), "floor": FLOORS.index(f.floor_kind)}
        first = 0
        for i, count in enumerate(surfaces.runs.ravel().tolist()):
            name = PROGRAMS[i % len(PROGRAMS)]
            if count:
                self._arrays[name, kinds.get(name, 0)].render(vertices=3 * count, first=first)
            first += 3 * count

    def _draw_light(self) -> None:
        self._ctx.enable_only(self._ctx.NOTHING)
        self._lit.use()
        self._passes[0].render(vertices=3)
        self._light_textures[0].use(_UNITS["light"])
        self._smooth.use()
        self._passes[1].render(vertices=3)
        self._light_textures[1].use(_UNITS["light"])
        self._radiance.use()
        self._passes[2].render(vertices=3)
        self._picture.use()
        self._passes[3].render(vertices=3)


def _binding(program: moderngl.Program, vertices: moderngl.Buffer) -> tuple[object, ...]:
    """The vertices' layout for a program; attributes that its compiler has dropped are skipped over."""
    kept = [name for name, _ in _LAYOUT if name in program]
    formats = [f"{n}f" if name in program else f"{4 * n}x" for name, n in _LAYOUT]
    return (vertices, " ".join(formats), *kept)


def _is_used(tile: int, f: RoomFactors, lighting: Lighting) -> bool:
    if tile in WINDOW_SHADOWS:
        return lighting.sky.max() * lighting.transmission > 0.02
    if tile == SUN_SHADOW:
        return lighting.sun > 0
    return tile != CEILING_SHADOW or bool(f.ceiling_on)


def _shadow_projections(
    f: RoomFactors, planned: Plan, lighting: Lighting, ceiling: tuple[float, float, float]
) -> dict[int, Matrix]:
    """By tile: what is seen from the window, the sun, the ceiling lamp and eight directions."""
    window = planned.window
    centre, inward, along = (np.array(v, np.float64) for v in (window.centre, window.inward, window.along))
    target = 0.5 * np.array([0, 0.35 * f.room_height, 0.45 * f.room_depth]) + 0.5 * (centre + 2 * inward)
    target[1] = 0.5
    out = dict[int, Matrix]()
    for i in WINDOW_SHADOWS:
        across, up = 1.1 * ((i & 1) - 0.5), (i >> 1) - 0.5
        eye = centre + along * across * window.width / 2 + np.array([0, up * window.height / 2, 0]) - 0.02 * inward
        out[i] = perspective(math.radians(128), 0.18, 9.0) @ look_along(eye, target - eye)
    size = np.array([f.room_width, f.room_height, f.room_depth])
    middle, radius = np.array([0, size[1] / 2, size[2] / 2]), float(np.linalg.norm(size)) / 2

    def from_afar(direction: np.ndarray) -> Matrix:
        up = (0.0, 1.0, 0.0) if abs(direction[1]) < 0.95 else (1.0, 0.0, 0.0)
        return parallel(radius, 0.0, 2 * radius + 2) @ look_along(middle + direction * (radius + 1), -direction, up)

    out[SUN_SHADOW] = from_afar(lighting.sun_direction)
    out[CEILING_SHADOW] = perspective(math.radians(140), 0.15, 6.0) @ look_along(ceiling, (0.02, -1, 0), (0, 0, -1))
    return out | {tile: from_afar(d) for tile, d in zip(DIFFUSE_SHADOWS, _DIRECTIONS, strict=True)}


def _describe(scene: Scene, planned: Plan, lighting: Lighting, shadows: Mapping[int, Matrix]) -> Block:
    """All numbers that the shaders need."""
    f, palette, window = scene.factors, scene.palette, planned.window
    block, camera = Block(), Camera.of(f)
    rng = scene.dice("textures")
    seed, checked = 100 * rng.random(), rng.random() < 0.4
    block.put_matrix("view_projection", camera.matrix)
    for tile, matrix in shadows.items():
        block.put_matrix("shadow_projection", matrix, tile)
    block.put("camera", camera.place, 1 / math.tan(camera.field / 2))
    block.put("room", f.room_width, f.room_height, f.room_depth)
    block.put("window_centre", window.centre, window.width / 2)
    block.put("window_inward", window.inward, window.height / 2)
    block.put("window_along", window.along, lighting.transmission)
    open_part = 1 - 0.45 * (1 - f.curtains_open) if f.curtains else 1.0
    block.put("window_style", round(f.window_panes), open_part, f.blind, seed)
    for k in range(6):
        block.put("wall_light", lighting.walls[k], index=k)
    for k in range(len(_DIRECTIONS)):
        block.put("diffuse", _DIRECTIONS[k], _DIRECTION_WEIGHTS[k], index=k)
    block.put("sun", lighting.sun_direction, lighting.sun)
    block.put("sun_colour", lighting.sun_colour)
    for k, at in enumerate(scene.lamps[:2]):
        block.put("lamp", at, f.lamp_on, index=k)
    block.put("lamp_colour", lighting.lamp)
    block.put("ceiling_lamp", ceiling_light(scene), f.ceiling_on)
    block.put("ceiling_colour", lighting.ceiling)
    block.put("sky", lighting.sky)
    block.put("ground", lighting.ground)
    block.put("shade_light", lighting.shade, f.lamp_on)
    block.put("cover_pattern", palette.cover_pattern, PATTERNS.index(f.cover_pattern))
    block.put("cloth", 1.7 - 0.9 * f.pattern_size, 0.2 + f.wrinkles, f.main_piece in BEDS, seed)
    block.put("rug_pattern", palette.rug_pattern, RUG_PATTERNS.index(f.rug_pattern))
    block.put("gain", exposure(f, lighting))
    block.put("shell", WALL_FINISHES.index(f.wall_finish), rng.random() < 0.5, checked, 1.2 * f.ceiling_on)
    return block
