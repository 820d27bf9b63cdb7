"""Where the photograph is taken from, and projections as matrices [4, 4] for column vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trainer.render.rooms.factors import RoomFactors

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Camera:
    """A camera: its place, the direction it looks in, and its field of view in radians."""

    place: npt.NDArray[np.float32]
    forward: npt.NDArray[np.float32]
    field: float

    @classmethod
    def of(cls, f: RoomFactors) -> Camera:
        """It looks at the middle of the room's back, turned and tilted as asked; zoom narrows its view."""
        x = f.camera_side * (f.room_width / 2 - 0.4)
        z = f.room_depth - 0.12 - 1.0 * (1 - f.camera_distance)
        place = np.array([x, f.camera_height, z], np.float32)
        yaw = math.atan2(0.3 * x - x, z - 0.8) + math.radians(f.camera_turn)
        pitch = 0.9 * math.atan2(0.72 - f.camera_height, math.hypot(x, z - 0.8)) + math.radians(f.camera_tilt)
        forward = np.array([math.sin(yaw) * math.cos(pitch), math.sin(pitch), -math.cos(yaw) * math.cos(pitch)])
        return cls(place, forward.astype(np.float32), math.radians(70 - 20 * f.zoom))

    @property
    def matrix(self) -> Matrix:
        return perspective(self.field, 0.05, 20.0) @ look_along(self.place, self.forward)


def perspective(field: float, near: float, far: float) -> Matrix:
    """A square picture of a field of view in radians."""
    t = 1 / math.tan(field / 2)
    return np.array(
        [[t, 0, 0, 0], [0, t, 0, 0], [0, 0, (far + near) / (near - far), 2 * far * near / (near - far)], [0, 0, -1, 0]],
        np.float32,
    )


def parallel(half: float, near: float, far: float) -> Matrix:
    """A square of side 2 ``half``, seen from infinitely far."""
    return np.diag([1 / half, 1 / half, -2 / (far - near), 1]).astype(np.float32) + np.array(
        [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, -(far + near) / (far - near)], [0, 0, 0, 0]], np.float32
    )


def look_along(eye: npt.ArrayLike, forward: npt.ArrayLike, up: tuple[float, float, float] = (0, 1, 0)) -> Matrix:
    """The room as seen from a point in a direction; ``up`` may not be parallel to it."""
    ahead = np.asarray(forward, np.float64)
    ahead = ahead / np.linalg.norm(ahead)
    right = _cross(ahead, up)
    right /= np.linalg.norm(right)
    out = np.eye(4, dtype=np.float32)
    out[0, :3], out[1, :3], out[2, :3] = right, _cross(right, ahead), -ahead
    out[:3, 3] = -out[:3, :3] @ np.asarray(eye, np.float32)
    return out


def _cross(a: npt.ArrayLike, b: npt.ArrayLike) -> npt.NDArray[np.floating]:
    """Of two vectors; numpy's takes ten times as long for so few numbers."""
    (ax, ay, az), (bx, by, bz) = np.asarray(a, float).tolist(), np.asarray(b, float).tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
