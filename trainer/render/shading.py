"""The shader programs and the one block of numbers that all of them read."""

from __future__ import annotations

from pathlib import Path

import moderngl
import numpy as np

_FOLDER = Path(__file__).parent / "shaders"

# Each is a vec4 of the block; the order is the memory layout on both sides.
SCENE_FIELDS = (
    "head_x", "head_y", "head_z",  # columns of the head's rotation
    "body_x", "body_y", "body_z",  # columns of the body's
    "pivot",  # xyz: the point that both turn about
    "crop",  # centre x, y and half side of the square, after projection
    "light",  # xyz: direction toward the light
    "light_local",  # xyz: the same, in the head's own axes
    "light_x", "light_y",  # xyz: the shadow map's axes
    "light_color", "ambient",  # rgb, linear
    "skin", "lips", "hair", "brow", "iris",  # rgb, linear; a of lips and brow: coverage; a of hair: 1 if it is drawn
    "face",  # beard, agedness, rosiness, gloss
    "paint",  # freckles, make-up, brow thickness, masculinity
    "eye",  # xyz: the rest shape's left eyeball
    "gaze",  # yaw and pitch in radians, how far the lids are closed, smile
    "clothes", "clothes_shape",  # rgb, neckline height; style index, pattern, 0, 0
    "bg0", "bg1",  # rgb, sRGB
    "bg",  # kind index, angle in radians, structure, seed
    "frame",  # rgb, linear, of the glasses; a: gloss
    "grain",  # seed of the fine noise, how much the scalp is hidden, 0, 0
)  # fmt: skip


class Scene:
    """The values of the block for one picture."""

    def __init__(self) -> None:
        self._values = np.zeros((len(SCENE_FIELDS), 4), np.float32)
        self._row = {name: i for i, name in enumerate(SCENE_FIELDS)}

    def put(self, name: str, *values: float | np.ndarray) -> None:
        """Set a field's first components from numbers and vectors, in order."""
        flat = [x for v in values for x in (v.tolist() if isinstance(v, np.ndarray) else (v,))]
        self._values[self._row[name], : len(flat)] = flat

    def bytes(self) -> bytes:
        """The block in std140 layout."""
        return self._values.tobytes()

    @staticmethod
    def size() -> int:
        """Bytes of the block."""
        return len(SCENE_FIELDS) * 16


TEXTURE_UNITS = {"shadow_map": 0, "hairline": 1, "place": 2, "turned": 3, "space": 4, "masks": 5}


def build_program(ctx: moderngl.Context, vertex: str, fragment: str, *, shadow: bool = False) -> moderngl.Program:
    """Compile two files of the folder ``shaders``; ``shadow``: place vertices in the shadow map, not the picture."""
    define = "#define SHADOW\n" if shadow else ""
    program = ctx.program(vertex_shader=_source(vertex, define), fragment_shader=_source(fragment))
    for name in program:
        member = program[name]
        if isinstance(member, moderngl.UniformBlock):
            member.binding = 0
        elif isinstance(member, moderngl.Uniform):
            member.value = TEXTURE_UNITS[name]
    return program


def _source(name: str, define: str = "") -> str:
    block = "".join(f"  vec4 {field};\n" for field in SCENE_FIELDS)
    common = (_FOLDER / "common.glsl").read_text(encoding="utf-8")
    body = (_FOLDER / name).read_text(encoding="utf-8")
    return f"#version 330\n{define}layout(std140) uniform Scene {{\n{block}}};\n{common}\n{body}"
