"""The one block of numbers that all shaders of rooms read, and the programs made of the files in ``shaders``."""

from __future__ import annotations

from pathlib import Path

import moderngl
import numpy as np
import numpy.typing as npt

from trainer.render.rooms.scene import Material

_FOLDER = Path(__file__).parent / "shaders"

# Tiles of the shadow map, 4 by 4. Tiles 4 and 5 are free: with the others moved up, shadows would round differently.
WINDOW_SHADOWS = range(4)  # points of the window
SUN_SHADOW, CEILING_SHADOW = 6, 7
DIFFUSE_SHADOWS = range(8, 16)  # directions of the diffuse light

# Name and number of vec4 (a matrix is four, column by column). The order is the memory layout on both sides.
_FIELDS: tuple[tuple[str, str, int], ...] = (
    ("mat4", "view_projection", 1),
    ("mat4", "shadow_projection", 16),
    ("vec4", "camera", 1),  # its place, and the focal length in halves of the picture
    ("vec4", "room", 1),  # width, height, depth, 0
    ("vec4", "window_centre", 1),  # w: half its width
    ("vec4", "window_inward", 1),  # w: half its height
    ("vec4", "window_along", 1),  # w: how much light curtains and blind let through
    ("vec4", "window_style", 1),  # panes, how wide it is open (0 to 1), how far down the blind is, seed of the view
    ("vec4", "wall_light", 6),  # rgb: radiance of left, right, floor, ceiling, back, front
    ("vec4", "diffuse", len(DIFFUSE_SHADOWS)),  # a direction, and its weight
    ("vec4", "sun", 1),  # direction toward it, strength
    ("vec4", "sun_colour", 1),
    ("vec4", "lamp", 2),  # place, 1 if lit
    ("vec4", "lamp_colour", 1),
    ("vec4", "ceiling_lamp", 1),  # place, 1 if lit
    ("vec4", "ceiling_colour", 1),
    ("vec4", "sky", 1),
    ("vec4", "ground", 1),
    ("vec4", "shade_light", 1),  # rgb of lit shades; w: 1 if lamps are lit
    ("vec4", "cover_pattern", 1),  # its other colour; w: which
    ("vec4", "cloth", 1),  # pattern scale, wrinkles, 1 for beds, seed
    ("vec4", "rug_pattern", 1),  # its other colour; w: which
    ("vec4", "gain", 1),  # of the exposure, rgb
    ("vec4", "shell", 1),  # wall finish, floor board direction, checked tiles, ceiling lamp lit
)


class Block:
    """The values for one picture."""

    _rows: dict[str, int]

    def __init__(self) -> None:
        self._rows, count = {}, 0
        for kind, name, times in _FIELDS:
            self._rows[name] = count
            count += times * (4 if kind == "mat4" else 1)
        self._values = np.zeros((count, 4), np.float32)

    def put(self, name: str, *values: npt.ArrayLike, index: int = 0) -> None:
        """Set a vec4's first components from numbers and vectors, in order."""
        flat = np.concatenate([np.atleast_1d(np.asarray(v, np.float32)) for v in values])
        self._values[self._rows[name] + index, : len(flat)] = flat

    def put_matrix(self, name: str, matrix: np.ndarray, index: int = 0) -> None:
        """Set a matrix [4, 4] for column vectors."""
        start = self._rows[name] + 4 * index
        self._values[start : start + 4] = matrix.T

    def bytes(self) -> bytes:
        return self._values.tobytes()

    @property
    def size(self) -> int:
        """In bytes."""
        return self._values.nbytes


def build_program(
    ctx: moderngl.Context, vertex: str, fragment: str, units: dict[str, int], **defines: int
) -> moderngl.Program:
    """Compile two files of the folder ``shaders``; ``units``: the texture unit of each sampler, by name."""
    program = ctx.program(vertex_shader=_source(vertex, defines), fragment_shader=_source(fragment, defines))
    for name in program:
        member = program[name]
        if isinstance(member, moderngl.UniformBlock):
            member.binding = 0
        elif isinstance(member, moderngl.Uniform) and name in units:
            member.value = units[name]
    return program


def _source(name: str, defines: dict[str, int]) -> str:
    numbers = {m.name: int(m) for m in Material} | {k.upper(): v for k, v in defines.items()}
    block = "".join(f"  {kind} {field}{f'[{times}]' if times > 1 else ''};\n" for kind, field, times in _FIELDS)
    parts = ["#version 330"]
    parts += [f"#define {key} {value}" for key, value in numbers.items()]
    parts.append(f"layout(std140) uniform Room {{\n{block}}};")
    parts.append((_FOLDER / "common.glsl").read_text(encoding="utf-8"))
    body = (_FOLDER / name).read_text(encoding="utf-8")
    if body.startswith("// uses surface.glsl"):
        parts.append((_FOLDER / "surface.glsl").read_text(encoding="utf-8"))
    parts.append(body)
    return "\n".join(parts)
