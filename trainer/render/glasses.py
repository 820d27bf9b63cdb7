"""Spectacles: two rims, a bridge and two temples as thin tubes, and two lenses, fitted to the eyes of a face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.render.factors import FaceFactors

_RIM = 28  # points round a rim
_TUBE = 5  # points round a tube
_REST_DISTANCE = 0.616  # between the eyes of the rest shape


@dataclass(frozen=True, slots=True)
class Glasses:
    """Vertices of the frame, then of the lenses; float32 [n, 3] each."""

    position: np.ndarray
    normal: np.ndarray


def _strip(first: int, length: int, closed: bool) -> list[tuple[int, int, int]]:
    triangles: list[tuple[int, int, int]] = []
    for i in range(length if closed else length - 1):
        for j in range(_TUBE):
            here, there, next_j = first + i * _TUBE, first + (i + 1) % length * _TUBE, (j + 1) % _TUBE
            triangles += [(here + j, there + j, there + next_j), (here + j, there + next_j, here + next_j)]
    return triangles


_PATHS = ((_RIM, True), (_RIM, True), (5, False), (4, False), (4, False))  # points and closedness of each tube


def frame_triangles() -> np.ndarray:
    """Triangles of the frame, int32 [n, 3]."""
    triangles: list[tuple[int, int, int]] = []
    first = 0
    for length, closed in _PATHS:
        triangles += _strip(first, length, closed)
        first += length * _TUBE
    return np.array(triangles, np.int32)


def lens_triangles() -> np.ndarray:
    """Triangles of the lenses, int32 [n, 3]: two fans."""
    first = sum(length for length, _ in _PATHS) * _TUBE
    fans = []
    for lens in range(2):
        centre = first + lens * (_RIM + 1)
        rim = centre + 1 + np.arange(_RIM)
        fans.append(np.stack([np.full(_RIM, centre), rim, np.roll(rim, -1)], 1))
    return np.concatenate(fans).astype(np.int32)


def vertex_count() -> int:
    """Vertices of one pair of glasses."""
    return sum(length for length, _ in _PATHS) * _TUBE + 2 * (_RIM + 1)


def fit(f: FaceFactors, left: np.ndarray, right: np.ndarray) -> Glasses:
    """The glasses of one face, whose eyeballs are centred at ``left`` and ``right`` [3]."""
    distance = float(np.linalg.norm(left - right))
    scale = distance / _REST_DISTANCE
    middle = (left + right) / 2
    exponent = 2 + 4 * f.glasses_shape  # of the superellipse: round to square
    width, height = 0.25 * scale, (0.225 - 0.055 * f.glasses_shape) * scale
    tube = (0.012 + 0.016 * (1 - abs(2 * f.glasses_tone - 1))) * scale
    y, z = middle[1] - 0.04, middle[2] + 0.32
    turn = np.linspace(0, 2 * np.pi, _RIM, endpoint=False)

    positions: list[np.ndarray] = []
    normals: list[np.ndarray] = []

    def add_tube(path: np.ndarray, tangent: np.ndarray) -> None:
        tangent = tangent / np.linalg.norm(tangent, axis=1, keepdims=True)
        up = np.array([0, 0, 1.0]) if np.abs(tangent[:, 2]).mean() < 0.5 else np.array([0, 1.0, 0])
        u = np.cross(tangent, up)
        u /= np.linalg.norm(u, axis=1, keepdims=True)
        v = np.cross(u, tangent)
        ring = np.linspace(0, 2 * np.pi, _TUBE, endpoint=False)[None, :, None]
        around = u[:, None] * np.cos(ring) + v[:, None] * np.sin(ring)
        positions.append((path[:, None] + tube * around).reshape(-1, 3))
        normals.append(around.reshape(-1, 3))

    def rounded(x: np.ndarray) -> np.ndarray:
        return np.sign(x) * np.abs(x) ** (2 / exponent)

    rims: list[np.ndarray] = []
    for sign, eye in ((1, left), (-1, right)):
        x = eye[0] + 0.02 * sign + width * rounded(np.cos(turn))
        bow = 0.10 * (np.abs(x - middle[0]) / 0.5) ** 2  # the frame follows the face backward
        rim = np.stack([x, y + height * rounded(np.sin(turn)), z - bow], 1)
        add_tube(rim, np.roll(rim, -1, 0) - np.roll(rim, 1, 0))
        rims.append(rim)
    t = np.linspace(-1, 1, 5)
    gap = distance / 2 + 0.02 - width
    bridge = np.stack([middle[0] + gap * t, y + 0.06 + 0.03 * (1 - t * t), np.full(5, z)], 1)
    add_tube(bridge, np.gradient(bridge, axis=0))
    t = np.linspace(0, 1, 4)
    for sign in (1, -1):
        outer = middle[0] + sign * (distance / 2 + 0.02 + width)
        temple = np.stack([outer + sign * (0.02 + 0.11 * scale * t**0.5), np.full(4, y + 0.09), z - 0.12 - 0.88 * t], 1)
        add_tube(temple, np.gradient(temple, axis=0))
    for rim in rims:
        centre = rim.mean(0)
        positions.append(np.concatenate([centre[None], rim]))
        tilt = np.concatenate([centre[None], rim]) - centre
        normals.append(np.stack([tilt[:, 0] * 0.6, tilt[:, 1] * 0.6, np.ones(_RIM + 1)], 1))
    return Glasses(np.concatenate(positions).astype(np.float32), np.concatenate(normals).astype(np.float32))
