"""Meshes of simple bodies: boxes, turned shapes, pillows, panels of cloth. All stand on y = 0; lengths are metres."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int32]


class Mesh(NamedTuple):
    """Positions and unit normals, [V, 3]; corners of triangles, [T, 3]."""

    position: Floats
    normal: Floats
    triangles: Ints


@functools.lru_cache(maxsize=64)
def grid(rows: int, columns: int) -> Ints:
    """The triangles of a grid of vertices, [2(rows-1)(columns-1), 3]; vertex (i, j) is number i columns + j."""
    i = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = i[:-1, :-1].ravel(), i[1:, :-1].ravel(), i[1:, 1:].ravel(), i[:-1, 1:].ravel()
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)


def smooth_normals(position: Floats, triangles: Ints) -> Floats:
    """Unit normals, each the mean over its triangles weighted by area."""
    a, b, c = (position[triangles[:, k]] for k in range(3))
    (ux, uy, uz), (vx, vy, vz) = (b - a).T, (c - a).T
    across = np.stack([uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx], axis=1)  # faster than np.cross
    total = np.zeros((len(position), 3))
    corners = triangles.ravel()
    for axis in range(3):
        total[:, axis] = np.bincount(corners, np.repeat(across[:, axis], 3), len(position))
    return (total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-9)).astype(np.float32)


def with_normals(position: Floats, triangles: Ints) -> Mesh:
    return Mesh(position, smooth_normals(position, triangles), triangles)


def _unit_box() -> Mesh:
    positions, normals = list[list[float]](), list[list[float]]()
    for axis in range(3):
        for side in (-0.5, 0.5):
            for u, v in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
                point = [0.0, 0.0, 0.0]
                point[axis], point[(axis + 1) % 3], point[(axis + 2) % 3] = side, u, v
                positions.append(point)
                normals.append([2 * side if k == axis else 0.0 for k in range(3)])
    position = np.array(positions, np.float32) + np.array([0, 0.5, 0], np.float32)
    faces = np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * k for k in range(6)])
    return Mesh(position, np.array(normals, np.float32), faces.astype(np.int32))


_UNIT_BOX = _unit_box()


def box(width: float, height: float, depth: float) -> Mesh:
    """A box with sharp edges."""
    scaled = _UNIT_BOX.position * np.array([width, height, depth], np.float32)
    return Mesh(scaled, _UNIT_BOX.normal, _UNIT_BOX.triangles)


@functools.lru_cache(maxsize=512)
def rounded_box(width: float, height: float, depth: float, radius: float, cuts: int = 0) -> Mesh:
    """A box with rounded edges; ``cuts``: how many lines divide each face, for meshes that are bent afterwards.

    The result is shared: do not write into it.
    """
    half = np.array([width, height, depth], np.float32) / 2
    radius = min(radius, float(half.min()) * 0.98)

    def lines(axis: int) -> Floats:
        edge = half[axis]
        inner = np.linspace(-(edge - radius), edge - radius, 2 + cuts)
        near = [edge - 0.55 * radius] if cuts else []
        return np.array([-edge, *(-x for x in near), *inner, *near, edge], np.float32)

    sides, faces, count = list[Floats](), list[Ints](), 0
    for axis in range(3):
        b, c = (axis + 1) % 3, (axis + 2) % 3
        u, v = np.meshgrid(lines(b), lines(c), indexing="ij")
        net = grid(*u.shape)
        for sign in (1, -1):
            side = np.zeros((u.size, 3), np.float32)
            side[:, axis], side[:, b], side[:, c] = sign * half[axis], u.ravel(), v.ravel()
            sides.append(side)
            faces.append((net if sign > 0 else net[:, ::-1]) + count)
            count += len(side)
    outer = np.concatenate(sides)
    inner = np.clip(outer, -(half - radius), half - radius)
    away = outer - inner
    normal = away / (np.linalg.norm(away, axis=1, keepdims=True) + 1e-9)
    position = inner + radius * normal + np.array([0, half[1], 0], np.float32)
    return Mesh(position.astype(np.float32), normal.astype(np.float32), np.concatenate(faces).astype(np.int32))


def turned(profile: Sequence[tuple[float, float]], sides: int = 14) -> Mesh:
    """A body of revolution about y, from pairs of radius and height that go downward along its outside."""
    outline = np.array(profile, np.float32)
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    step = np.gradient(outline, axis=0)
    slope = np.stack([-step[:, 1], step[:, 0]], 1)
    slope /= np.linalg.norm(slope, axis=1, keepdims=True) + 1e-9

    def swept(values: Floats) -> Floats:
        radial, up = values[:, :1], np.repeat(values[:, 1:], sides + 1, 1)
        return np.stack([radial * np.cos(angle), up, radial * np.sin(angle)], -1).reshape(-1, 3).astype(np.float32)

    return Mesh(swept(outline), swept(slope), grid(len(outline), sides + 1))


def cylinder(radius: float, height: float, top: float | None = None, sides: int = 12) -> Mesh:
    """A cylinder with a closed top; ``top``: the radius there."""
    t = radius if top is None else top
    rim = height - min(0.008, 0.3 * height)
    return turned([(0, height), (0.96 * t, height), (0.96 * t, height), (t, rim), (t, rim), (radius, 0)], sides)


@functools.lru_cache(maxsize=64)
def pillow(width: float, height: float, depth: float) -> Mesh:
    """A pillow that lies flat. The result is shared: do not write into it."""
    n = 9
    line = np.linspace(-1, 1, n)
    u, v = np.meshgrid(line, line, indexing="ij")

    def bulge(x: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        return np.sqrt(np.clip(1 - np.abs(x) ** 2.6, 0, 1))

    thick = bulge(u) * bulge(v) * height / 2
    x = u * (1 - 0.07 * (1 - v**2) * u**4) * width / 2
    z = v * (1 - 0.07 * (1 - u**2) * v**4) * depth / 2
    upper = np.stack([x, height / 2 + thick, z], -1).reshape(-1, 3)
    lower = np.stack([x, height / 2 - thick, z], -1).reshape(-1, 3)
    net = grid(n, n)
    position = np.concatenate([upper, lower]).astype(np.float32)
    return with_normals(position, np.concatenate([net[:, ::-1], net + n * n]))


def about_x(angle: float) -> Floats:
    """The rotation by an angle in radians, [3, 3], for column vectors."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]], np.float32)


def about_y(angle: float) -> Floats:
    """The rotation that takes z toward x."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32)


def about_z(angle: float) -> Floats:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)
