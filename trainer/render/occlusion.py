"""How much of the light reaches each vertex of the head, baked once on the rest shape.

Ambient occlusion is one number; the visibility of a directional light is a function of its direction, kept as nine
spherical-harmonics coefficients (orders 0 to 2, Green, "Spherical Harmonic Lighting", 2003, unnormalised basis).
"""

from __future__ import annotations

import moderngl
import numpy as np

from trainer.render.cache import Arrays, cached_arrays
from trainer.render.meshes import Head, cache_key

_DIRECTIONS = 160
_MAP = 768  # pixels a side of the depth map of one direction
_CENTRE = np.array([0, 7.1, 0.4], np.float32)
_REACH = 2.3  # half the side of the cube that the depth maps cover
_BIAS = 0.03 / (2 * _REACH)

_VERTEX = "#version 330\nin vec3 p; void main() { gl_Position = vec4(p, 1.); }"
_FRAGMENT = "#version 330\nvoid main() {}"


def load_occlusion(ctx: moderngl.Context, head: Head) -> tuple[np.ndarray, np.ndarray]:
    """Ambient occlusion [V] and visibility coefficients [V, 9], float32."""
    arrays = cached_arrays(f"occlusion-{cache_key()}", lambda: _bake(ctx, head))
    return arrays["ambient"], arrays["visibility"]


def _bake(ctx: moderngl.Context, head: Head) -> Arrays:
    positions = head.rest
    normals = head.normals(positions)
    ways = _sphere(_DIRECTIONS)
    seen = np.zeros((len(positions), len(ways)), np.float32)

    program = ctx.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
    depth = ctx.depth_texture((_MAP, _MAP))
    frame = ctx.framebuffer(depth_attachment=depth)
    vertices = ctx.buffer(reserve=positions.nbytes)
    indices = ctx.buffer(head.triangles("skin", "eye", "upper_teeth", "lower_teeth").tobytes())
    mesh = ctx.vertex_array(program, [(vertices, "3f", "p")], indices)
    ctx.enable_only(ctx.DEPTH_TEST)
    for i, way in enumerate(ways):
        up = np.array([0, 1, 0]) if abs(way[1]) < 0.9 else np.array([1, 0, 0])
        x = np.cross(up, way)
        x /= np.linalg.norm(x)
        axes = np.stack([x, np.cross(way, x), -way], 1)
        clip = ((positions - _CENTRE) @ axes / _REACH).astype(np.float32)
        vertices.write(clip.tobytes())
        frame.use()
        frame.clear(depth=1.0)
        mesh.render()
        nearest = np.frombuffer(depth.read(), np.float32).reshape(_MAP, _MAP)
        column, row = (np.clip(((clip[:, k] * 0.5 + 0.5) * _MAP).astype(int), 0, _MAP - 1) for k in (0, 1))
        seen[:, i] = clip[:, 2] * 0.5 + 0.5 <= nearest[row, column] + _BIAS
    for resource in (mesh, indices, vertices, frame, depth, program):
        resource.release()

    cosine = np.clip(normals @ ways.T, 0, None)
    ambient = (seen * cosine).sum(1) / cosine.sum(1)
    basis = _harmonics(ways)
    weight = np.sqrt(cosine) + 0.03  # directions that light the vertex matter most
    normal_matrix = np.einsum("nd,di,dj->nij", weight, basis, basis, optimize=True) + 0.3 * np.eye(9)
    moment = np.einsum("nd,di->ni", weight * seen, basis, optimize=True)
    visibility = np.linalg.solve(normal_matrix, moment[..., None])[..., 0]
    return {"ambient": ambient.astype(np.float32), "visibility": visibility.astype(np.float32)}


def _sphere(count: int) -> np.ndarray:
    """Evenly spread unit vectors: a Fibonacci spiral."""
    i = np.arange(count) + 0.5
    polar, turn = np.arccos(1 - 2 * i / count), np.pi * (1 + 5**0.5) * i
    return np.stack([np.cos(turn) * np.sin(polar), np.cos(polar), np.sin(turn) * np.sin(polar)], 1).astype(np.float32)


def _harmonics(ways: np.ndarray) -> np.ndarray:
    x, y, z = ways.T
    return np.stack([np.ones_like(x), x, y, z, x * y, y * z, x * z, x * x - y * y, 3 * z * z - 1], 1).astype(np.float32)
