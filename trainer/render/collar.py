"""The collar that stands round the neck: a band, the fall of a shirt's collar, or the tube of a turtleneck.

The rest of the clothes is paint on the body; the collar alone has a shape of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.render.factors import FaceFactors
from trainer.render.meshes import Head, quads_to_triangles

_COLUMNS = 40
_ROWS = 5

# For each style: rows from the inside top over the fold to the outside bottom, as (height, widening of the neck).
_PROFILES = {
    "crew": ((0.00, 1.06), (0.05, 1.12), (0.03, 1.24), (-0.05, 1.30), (-0.14, 1.34)),
    "vneck": ((0.00, 1.10), (0.04, 1.18), (0.02, 1.27), (-0.05, 1.31), (-0.12, 1.33)),
    "shirt": ((0.10, 1.08), (0.20, 1.12), (0.19, 1.18), (0.02, 1.40), (-0.16, 1.62)),
    "turtleneck": ((0.18, 1.04), (0.26, 1.10), (0.22, 1.17), (0.02, 1.20), (-0.20, 1.32)),
}
_OPENING = {"crew": 0.0, "vneck": 0.55, "shirt": 0.42, "turtleneck": 0.0}  # half angle of the gap in front, radians
_FALL = {"crew": 0.05, "vneck": 0.34, "shirt": 0.22, "turtleneck": 0.03}  # how much lower the front is


@dataclass(frozen=True, slots=True)
class Collar:
    """Vertices, normals (float32 [n, 3]) and places in the cloth (float32 [n, 2]: turns round the neck, row)."""

    position: np.ndarray
    normal: np.ndarray
    place: np.ndarray


def vertex_count() -> int:
    """Vertices of a collar."""
    return _ROWS * _COLUMNS


def triangles() -> np.ndarray:
    """Triangles of a collar, int32 [n, 3]; the gap is in front of the first and behind the last column."""
    grid = np.arange(_ROWS * _COLUMNS).reshape(_ROWS, _COLUMNS)
    quads = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], -1).reshape(-1, 4)
    return quads_to_triangles(quads)


class Tailor:
    """Fits collars to necks; remembers which vertices make the neck."""

    def __init__(self, head: Head) -> None:
        skin = head.vertices("skin")
        x, y, _ = head.rest[skin].T
        self._neck = skin[(np.abs(y - 6.0) < 0.12) & (np.abs(x) < 0.62)]

    def fit(self, f: FaceFactors, positions: np.ndarray) -> Collar:
        """The collar on a body with vertices ``positions`` [V, 3]."""
        neck = positions[self._neck]
        low, high = neck.min(0), neck.max(0)
        centre, radius = (low + high) / 2, (high - low) / 2
        gap = _OPENING[f.clothes_style]
        turn = np.linspace(gap, 2 * np.pi - gap, _COLUMNS)
        front = 0.5 + 0.5 * np.cos(turn)
        rise, widen = np.array(_PROFILES[f.clothes_style]).T
        height = centre[1] - 0.08 + 0.2 * f.clothes_neck
        y = height + rise[:, None] + 0.10 * (1 - front) - _FALL[f.clothes_style] * front**3
        spread = widen[:, None] * (1 + 0.12 * front**4 * (gap > 0))
        p = np.stack(
            [
                centre[0] + radius[0] * spread * np.sin(turn),
                np.broadcast_to(y, (_ROWS, _COLUMNS)),
                centre[2] + radius[2] * spread * np.cos(turn),
            ],
            -1,
        )
        normal = np.cross(np.gradient(p, axis=0), np.gradient(p, axis=1))
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
        place = np.stack(np.broadcast_arrays(turn[None], np.linspace(0, 1, _ROWS)[:, None]), -1)
        return Collar(*(a.reshape(_ROWS * _COLUMNS, -1).astype(np.float32) for a in (p, normal, place)))
