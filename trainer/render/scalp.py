"""The smooth surface that hair lies on: the head without its ears, as a radius for each direction.

Above the centre (about the height of the brows) a direction is (azimuth, elevation) seen from the centre; below, it is
(azimuth, depth) seen from the vertical axis. The rows of the grid run from the crown down to under the jaw, the
columns around the head; azimuth 0 is the front, positive toward the subject's left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from trainer.render.cache import Arrays, cached_arrays
from trainer.render.meshes import Head, cache_key, load_head, quads_to_triangles

_CENTRE = np.array([0.0, 7.45, 0.3], np.float32)
_UPPER = 15  # rows from the crown to the centre's height
_LOWER = 10  # rows below it
_DROP = 0.07  # distance of the lower rows
_COLUMNS = 64
_NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Surface:
    """The scalp of one face: see the module's text for the coordinates."""

    centre: np.ndarray  # float32 [3]
    scale: float  # size of this head relative to the rest shape
    radius: np.ndarray  # float32 [rows, columns + 1], the last column repeating the first

    def coordinates(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row (float), column (float) and radius of points [..., 3]."""
        q = p - self.centre
        flat = np.hypot(q[..., 0], q[..., 2])
        azimuth = np.arctan2(q[..., 0], q[..., 2])
        above = q[..., 1] >= 0
        elevation = np.arctan2(np.maximum(q[..., 1], 0), flat + 1e-6)
        row = np.where(
            above,
            (1 - elevation / (np.pi / 2)) * (_UPPER - 1),
            _UPPER - 1 - q[..., 1] / (_DROP * self.scale),
        )
        radius = np.where(above, np.sqrt(flat**2 + q[..., 1] ** 2), flat)
        column = (azimuth / (2 * np.pi) + 0.5) * _COLUMNS
        return np.clip(row, 0, len(self.radius) - 1.001), np.clip(column, 0, _COLUMNS - 1e-3), radius

    def height(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """Radius of the surface at fractional rows and columns."""
        r, c = row.astype(np.int32), column.astype(np.int32)
        fr, fc = row - r, column - c
        grid = self.radius
        upper = grid[r, c] * (1 - fc) + grid[r, c + 1] * fc
        lower = grid[r + 1, c] * (1 - fc) + grid[r + 1, c + 1] * fc
        return upper * (1 - fr) + lower * fr

    def outward(self, p: np.ndarray) -> np.ndarray:
        """Unit direction away from the surface's centre or axis at points [..., 3]."""
        q = p - self.centre
        q = np.stack([q[..., 0], np.maximum(q[..., 1], 0), q[..., 2]], -1)
        return q / (np.linalg.norm(q, axis=-1, keepdims=True) + 1e-6)

    def point(self, azimuth: np.ndarray, elevation: np.ndarray) -> np.ndarray:
        """Points on the surface in some directions at or above the centre's height."""
        row = (1 - elevation / (np.pi / 2)) * (_UPPER - 1)
        r = self.height(np.clip(row, 0, _UPPER - 1), (azimuth / (2 * np.pi) + 0.5) * _COLUMNS)
        flat = np.cos(elevation)
        way = np.stack([np.sin(azimuth) * flat, np.sin(elevation), np.cos(azimuth) * flat], -1)
        return self.centre + way * r[..., None]


@dataclass(frozen=True, slots=True)
class Scalp:
    """The rest surface and how it follows the face's vertices."""

    rest: np.ndarray  # float32 [rows, columns + 1, 3]
    neighbours: np.ndarray  # int32 [rows * (columns + 1), 5] nearest vertices of the head
    weights: np.ndarray  # float32, same shape, summing to 1

    def surface(self, head: Head, positions: np.ndarray) -> Surface:
        """The scalp of a face whose vertices are ``positions`` [V, 3]."""
        moved = (positions - head.rest)[self.neighbours]
        grid = self.rest + np.einsum("gkc,gk->gc", moved, self.weights).reshape(self.rest.shape)
        ring = grid[_UPPER - 1]
        rest_ring = self.rest[_UPPER - 1]
        centre = _CENTRE + (ring - rest_ring)[:-1].mean(0)
        scale = float(np.ptp(ring[:, 2]) / np.ptp(rest_ring[:, 2]))
        q = grid - centre
        radius = np.where(
            (np.arange(len(grid)) < _UPPER)[:, None], np.linalg.norm(q, axis=-1), np.hypot(q[..., 0], q[..., 2])
        )
        return Surface(centre.astype(np.float32), scale, radius.astype(np.float32))


@cache
def load_scalp() -> Scalp:
    """The scalp of the installed head, measured once by casting rays and then read from the user's cache."""
    head = load_head()
    arrays = cached_arrays(f"scalp-{cache_key()}", lambda: _measure(head))
    return Scalp(arrays["rest"], arrays["neighbours"], arrays["weights"])


def _measure(head: Head) -> Arrays:
    ear = head.masks["ears"] > 0.3
    quads = head.quads["skin"]
    quads = quads[~ear[quads].any(1) & (head.rest[quads][:, :, 1].min(1) > 6.4)]
    corners = head.rest[quads_to_triangles(quads)]

    azimuth = np.linspace(-np.pi, np.pi, _COLUMNS + 1)
    elevation = np.minimum(np.pi / 2 * (1 - np.arange(_UPPER) / (_UPPER - 1)), np.pi / 2 - 0.03)
    flat = np.concatenate([np.cos(elevation), np.ones(_LOWER)])
    rise = np.concatenate([np.sin(elevation), np.zeros(_LOWER)])
    drop = np.concatenate([np.zeros(_UPPER), _DROP * np.arange(1, _LOWER + 1)])
    shape = (_UPPER + _LOWER, _COLUMNS + 1)
    way = np.stack(
        [np.sin(azimuth) * flat[:, None], np.broadcast_to(rise[:, None], shape), np.cos(azimuth) * flat[:, None]], -1
    ).astype(np.float32)
    origin = np.broadcast_to(_CENTRE, (*shape, 3)).copy()
    origin[..., 1] -= drop[:, None]
    hit = _cast(origin.reshape(-1, 3), way.reshape(-1, 3), corners).reshape(shape)

    for row in hit:  # where the ears were cut out there is nothing to hit
        missing = row < 0.2
        row[missing] = np.interp(azimuth[missing], azimuth[~missing], row[~missing])
    hit[:, -1] = hit[:, 0]
    for _ in range(3):
        wrapped = np.concatenate([hit[:, -2:-1], hit, hit[:, 1:2]], 1)
        hit = (wrapped[:, :-2] + 2 * wrapped[:, 1:-1] + wrapped[:, 2:]) / 4
    rest = (origin + way * hit[..., None]).astype(np.float32)

    on_skin = np.zeros(len(head.rest), bool)
    on_skin[head.vertices("skin")] = True
    near = np.flatnonzero(on_skin & ~ear & (head.rest[:, 1] > 6.5) & (head.masks["inside-mouth"] < 0.5))
    distance = ((rest.reshape(-1, 1, 3) - head.rest[near]) ** 2).sum(-1)
    nearest = np.argsort(distance, 1)[:, :_NEIGHBOURS]
    weights = 1 / (np.take_along_axis(distance, nearest, 1) + 2e-3)
    weights /= weights.sum(1, keepdims=True)
    return {"rest": rest, "neighbours": near[nearest].astype(np.int32), "weights": weights.astype(np.float32)}


def _cast(origin: np.ndarray, way: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Distance to the farthest triangle that each ray meets, -1 for none (Möller and Trumbore's test)."""
    a, e1, e2 = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    out = np.empty(len(origin), np.float32)
    for i in range(0, len(origin), 64):
        o, d = origin[i : i + 64, None], way[i : i + 64, None]
        p = np.cross(d, e2[None])
        determinant = (e1 * p).sum(-1)
        inverse = 1 / np.where(np.abs(determinant) < 1e-12, 1e-12, determinant)
        t = o - a
        u = (t * p).sum(-1) * inverse
        q = np.cross(t, np.broadcast_to(e1, t.shape))
        v = (d * q).sum(-1) * inverse
        distance = (e2 * q).sum(-1) * inverse
        met = (u > -1e-4) & (v > -1e-4) & (u + v < 1.0002) & (distance > 0.05)
        out[i : i + 64] = np.where(met, distance, -1).max(1)
    return out
