"""Hair as a few hundred ribbons that grow from the scalp, are combed by a style, and fall round the head.

A ribbon is a lock: a chain of points with a width. Its root, its chances and its layer are fixed numbers, so one
factor changes one thing; ``noise_seed`` shuffles them. Lengths are decimetres on the rest head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.render.factors import FaceFactors
from trainer.render.scalp import Surface

LOCKS = 560
POINTS = 10  # along a lock
_AZIMUTHS = 64  # of the hairline table
LOOSE = ("medium", "long")
_DOWN = np.array([0, -1, 0], np.float32)
_CROWN = np.array([0, 1.0, -0.25], np.float32)  # where the whorl is, from the surface's centre
_KNOT = np.array([0, 0.25, -0.95], np.float32)  # where a ponytail is tied


@dataclass(frozen=True, slots=True)
class Ribbons:
    """Vertices of the locks that grow, two (left edge, right edge) for each of their points; float32 [n, 13].

    Position 3, normal 3, tangent toward the tip 3, then across -1..1, along 0..1, the lock's chance, light let in.
    """

    vertices: np.ndarray
    locks: int

    @property
    def corners(self) -> int:
        """How many of :func:`ribbon_triangles`' corners draw them."""
        return self.locks * (POINTS - 1) * 6


def ribbon_triangles() -> np.ndarray:
    """Triangles of all locks, one lock after the other, int32 [n, 3]; they never change."""
    left = ((np.arange(LOCKS)[:, None] * POINTS + np.arange(POINTS - 1)) * 2).reshape(-1, 1)
    return (left + np.array([0, 2, 3, 0, 3, 1])).reshape(-1, 3).astype(np.int32)


def has_ribbons(f: FaceFactors) -> bool:
    """Whether there is hair long enough to be more than paint on the scalp: a bald head may keep a wreath."""
    return f.hair_style not in ("bald", "buzz") or (f.hair_style == "bald" and f.hairline > 0.5)


def hairline(f: FaceFactors) -> np.ndarray:
    """Lowest height of hair in the rest shape for azimuths -pi..pi, float32 [64]; above the head: none."""
    azimuth = (np.arange(_AZIMUTHS) + 0.5) / _AZIMUTHS * 2 * np.pi - np.pi
    a = np.abs(azimuth)
    receding = f.hairline * f.gender
    front = 7.90 + 0.05 * f.hairline + 0.16 * receding**2
    front = front + 0.30 * receding * np.exp(-(((a - 0.5) / 0.22) ** 2))  # the temples go first
    front = front - 0.03 * np.exp(-((azimuth / 0.18) ** 2))
    y = _mix(front, 7.72, _step(0.55, 0.95, a))
    sideburn = 7.12 if f.gender > 0.5 else 7.3
    y = _mix(y, sideburn, _step(0.98, 1.12, a))
    y = _mix(y, 7.42, _step(1.2, 1.32, a))  # over the ear
    y = _mix(y, 6.92, _step(1.9, 2.35, a))  # the nape
    if f.hair_style == "bald":  # shaven, or a wreath of hair where the top is lost
        y = np.maximum(y, 7.75 + 2.0 * (1 - _step(0.9, 1.2, a))) if f.hairline > 0.5 else np.full_like(y, 9.5)
    return y.astype(np.float32)


def _step(low: float, high: float, x: np.ndarray) -> np.ndarray:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _mix(a: np.ndarray | float, b: np.ndarray | float, t: np.ndarray) -> np.ndarray:
    return a + (b - a) * t


def _unit(v: np.ndarray) -> np.ndarray:
    return v / (np.sqrt(np.einsum("...k,...k", v, v))[..., None] + 1e-6)


@dataclass(frozen=True, slots=True)
class _Locks:
    """What is decided about each lock before it grows; arrays over the n locks above the hairline."""

    azimuth: np.ndarray
    elevation: np.ndarray
    chance: np.ndarray  # [n, 6] in [0, 1)
    root: np.ndarray  # [n, 3]
    side: np.ndarray  # +1 or -1: the side of the parting
    bang: np.ndarray  # bool: falls over the forehead
    tail: np.ndarray  # bool: hangs from the knot of a ponytail
    length: np.ndarray
    lift: np.ndarray  # clearance from the scalp: the layer that the lock lies in


class HairDresser:
    """Grows and combs the locks of one face after the other; holds only what never changes."""

    def __init__(self, rest: Surface) -> None:
        rng = np.random.default_rng(20)
        i = np.arange(LOCKS) + 0.5
        self._azimuth = ((i * 0.618034) % 1 * 2 * np.pi - np.pi).astype(np.float32)
        self._elevation = np.arcsin((i / LOCKS) * 0.999).astype(np.float32)  # even over the upper half-sphere
        self._chance = rng.random((LOCKS, 6)).astype(np.float32)
        self._root_height = rest.point(self._azimuth, self._elevation)[:, 1]

    def grow(self, f: FaceFactors, surface: Surface) -> Ribbons:
        """The locks of one face."""
        locks = self._plan(f, surface)
        path = _curl(f, _comb(f, locks, surface), locks, surface)
        return _ribbons(f, path, locks, surface)

    def _plan(self, f: FaceFactors, surface: Surface) -> _Locks:
        chance = (self._chance + f.noise_seed * np.array([0.13, 0.29, 0.41, 0.53, 0.67, 0.79], np.float32)) % 1
        columns = (self._azimuth / (2 * np.pi) + 0.5) * _AZIMUTHS
        low = np.interp(columns, np.arange(_AZIMUTHS) + 0.5, hairline(f), period=_AZIMUTHS)
        tail = (chance[:, 1] < 0.22) & (f.hair_style == "ponytail")
        alive = tail | (self._root_height > low + 0.02 + 0.03 * chance[:, 0])
        azimuth, elevation, chance, tail = (a[alive] for a in (self._azimuth, self._elevation, chance, tail))

        root = surface.point(azimuth, elevation)
        side = np.where(root[:, 0] - surface.centre[0] < 0.42 * f.hair_part * surface.scale, -1, 1).astype(np.float32)
        front = np.cos(azimuth) * _step(-0.2, 0.6, 1.2 - elevation)
        bang = (np.abs(azimuth + 0.35 * (chance[:, 1] - 0.5)) < 0.85) & (front > 0.2)
        bang &= f.fringe > 0 and f.hair_style in (*LOOSE, "short")
        length = _lengths(f, elevation, chance, surface.scale)
        fringe = (0.24 + 0.34 * f.fringe) * (0.9 + 0.2 * chance[:, 2]) + 0.75 * np.maximum(elevation - 0.5, 0)
        length = np.where(bang, fringe, np.where(tail, 1.3 + 1.2 * f.hair_length, length)).astype(np.float32)
        return _Locks(azimuth, elevation, chance, root, side, bang, tail, length, _lift(f, chance))


def _lengths(f: FaceFactors, elevation: np.ndarray, chance: np.ndarray, scale: float) -> np.ndarray:
    uneven = 0.85 + 0.3 * chance[:, 2]
    if f.hair_style == "short":
        return (0.20 + 0.28 * f.hair_length) * uneven * (0.55 + 0.45 * _step(0.2, 0.9, elevation))
    if f.hair_style == "swept":
        return (0.45 + 0.35 * f.hair_length) * uneven * (0.45 + 0.55 * _step(0.3, 0.9, elevation))
    if f.hair_style == "afro":
        return (0.3 + 0.55 * f.hair_length) * (0.8 + 0.4 * chance[:, 2])
    if f.hair_style == "ponytail":
        return np.ones_like(elevation)
    if f.hair_style == "bald":
        return 0.16 * uneven
    over_scalp = 1.1 * elevation * scale  # down to the height of the brows, and then on
    end = 0.55 + 0.5 * f.hair_length if f.hair_style == "medium" else 1.25 + 0.9 * f.hair_length
    return over_scalp + end * (0.9 + 0.12 * chance[:, 2])


def _lift(f: FaceFactors, chance: np.ndarray) -> np.ndarray:
    thick = {
        "short": 0.05 + 0.10 * f.hair_volume,
        "swept": 0.06 + 0.16 * f.hair_volume,
        "medium": 0.10 + 0.17 * f.hair_volume,
        "long": 0.09 + 0.15 * f.hair_volume,
        "ponytail": 0.04 + 0.06 * f.hair_volume,
        "afro": 0.05,
        "bald": 0.03,
    }[f.hair_style]
    thick *= 1 + 0.5 * f.hair_wave
    return (0.02 + thick * (0.25 + 0.75 * chance[:, 3])).astype(np.float32)


def _comb(f: FaceFactors, locks: _Locks, surface: Surface) -> np.ndarray:
    """Points of every lock, [n, POINTS, 3]: each step goes where the style, gravity and the head allow."""
    style, scale = f.hair_style, surface.scale
    knot = surface.centre + _KNOT * scale
    x_axis = locks.side[:, None] * np.array([1, 0, 0], np.float32)
    jitter = 0.35 * 0.5 * (locks.chance[:, 4:] - 0.5)
    stray = np.stack([jitter[:, 0], np.zeros_like(jitter[:, 0]), jitter[:, 1]], 1)
    guard = 0.80 + 0.16 * locks.chance[:, 5]
    step = (locks.length / (POINTS - 1) * scale)[:, None]
    p = np.where(locks.tail[:, None], knot + 0.16 * (locks.chance[:, 2:5] - 0.5), locks.root)
    out = way = surface.outward(p)
    row, column, radius = surface.coordinates(p)
    ground = surface.height(row, column)
    path = [p]
    for k in range(1, POINTS):
        s = k / (POINTS - 1)
        goal = _goal(f, locks, p, out, x_axis, surface, s, k) + stray
        if style != "afro":
            outward = np.maximum(np.einsum("lk,lk->l", goal, out), 0)
            away = np.clip(radius - ground - locks.lift * scale, 0, 0.3)
            # Along the scalp, not off it; and hair hangs at the head, not where it was flung.
            goal -= ((0.6 if style == "swept" else 0.9) * outward + 2.5 * away)[:, None] * out
        stiff = 0.2 if style == "afro" or s <= 0.2 else 0.45
        way = _unit(stiff * way + (1 - stiff) * _unit(goal))
        p = p + way * step

        out = surface.outward(p)
        row, column, radius = surface.coordinates(p)
        ground = surface.height(row, column)
        clear = (locks.lift * min(1.0, 4 * s) + 0.015) * scale
        p = p + out * np.maximum(ground + clear - radius, 0)[:, None]
        radius = np.maximum(radius, ground + clear)
        if style in LOOSE:
            p = _clear_face(p, locks, surface, guard)
        path.append(p)
    return np.stack(path, 1).astype(np.float32)


def _goal(
    f: FaceFactors,
    locks: _Locks,
    p: np.ndarray,
    out: np.ndarray,
    x_axis: np.ndarray,
    surface: Surface,
    s: float,
    k: int,
) -> np.ndarray:
    """Where the style would have the locks go next; ``s`` is how far along they are, ``k`` the step's number."""
    style, part = f.hair_style, abs(f.hair_part)
    top = np.clip(out[:, 1:2], 0, 1)  # 1 on the crown, 0 where the head's side is upright
    if style == "afro":
        return 0.55 * out + 2.4 * (np.roll(locks.chance[:, :3], 37 * k, axis=0) - 0.5)  # coils turn at every step
    if style == "ponytail":
        to_knot = _unit(surface.centre + _KNOT * surface.scale - p) + 0.25 * (1 - s) * out
        over_shoulder = np.array([(0.75 if f.hair_part > 0 else -0.75) * (1 - s), -1.0, 0.25], np.float32)
        return np.where(locks.tail[:, None], over_shoulder + 0.3 * out, to_knot)
    if style == "swept":
        back = np.array([0.0, 0.25 * (1 - s), -1.0], np.float32) + 0.75 * x_axis * (0.4 + 0.6 * part)
        return back + (1 - top) * _DOWN * 1.1 + out * max(0.0, 0.9 - 2.2 * s) * (0.3 + f.hair_volume)
    from_crown = (p - surface.centre - _CROWN * surface.scale) * np.array([1, 0, 1], np.float32)
    from_crown = _unit(from_crown)
    if style in LOOSE:
        comb = np.array([0, 0, -0.55 * (1 - s)], np.float32)
        goal = top * (1.0 * x_axis + 0.3 * from_crown) + comb + _DOWN * (1.15 - top)
    else:
        goal = from_crown * (0.7 - 0.3 * part) + 0.8 * x_axis * top * part + (1 - top) * _DOWN
        goal = goal + out * max(0.0, 0.5 - s) * f.hair_volume
    if locks.bang.any():
        forward = np.array([0, 0, 1.0], np.float32) * top + 0.4 * part * x_axis * top
        goal = np.where(locks.bang[:, None], forward + _DOWN * (1.1 - top), goal)
    return goal


def _clear_face(p: np.ndarray, locks: _Locks, surface: Surface, guard: np.ndarray) -> np.ndarray:
    """Turn locks that would fall over the face aside, about the vertical axis, as far as ``guard`` (radians)."""
    q = p - surface.centre
    azimuth = np.arctan2(q[:, 0], q[:, 2])
    below = _step(0.55, 0.25, q[:, 1] / surface.scale)  # from the hairline to the brows
    inside = (np.abs(azimuth) < guard) & ~locks.bang
    turned = np.where(inside, azimuth + (locks.side * guard - azimuth) * below, azimuth)
    flat = np.hypot(q[:, 0], q[:, 2])
    return surface.centre + np.stack([np.sin(turned) * flat, q[:, 1], np.cos(turned) * flat], -1)


def _curl(f: FaceFactors, path: np.ndarray, locks: _Locks, surface: Surface) -> np.ndarray:
    """Wind the locks about their paths. Waves run together over neighbouring locks; curls are each lock's own."""
    s = np.linspace(0, 1, POINTS, dtype=np.float32)
    wave = {"afro": 1.0, "ponytail": 0.3 * f.hair_wave}.get(f.hair_style, f.hair_wave)
    together = np.sin(locks.azimuth * 3 + f.noise_seed) + np.sin(locks.elevation * 4 + 2 * f.noise_seed)
    phase = 1.3 * together + 2 * np.pi * locks.chance[:, 1] * (0.08 + 0.7 * wave)
    turns = locks.length * (0.9 + 0.9 * wave)
    angle = 2 * np.pi * turns[:, None] * s + phase[:, None]
    size = (0.085 * wave * np.minimum(1, locks.length / 0.5))[:, None] * np.minimum(1, s * 3)
    out = surface.outward(path)
    across = _unit(np.cross(np.gradient(path, axis=1), out))
    return path + across * (size * np.sin(angle))[..., None] + out * (size * (0.5 + 0.5 * np.cos(angle)))[..., None]


def _ribbons(f: FaceFactors, path: np.ndarray, locks: _Locks, surface: Surface) -> Ribbons:
    s = np.linspace(0, 1, POINTS, dtype=np.float32)
    afro = f.hair_style == "afro"
    tangent = _unit(np.gradient(path, axis=1))
    out = surface.outward(path)
    across = _unit(np.cross(tangent, out))
    width = 0.075 if f.hair_style in LOOSE else 0.06 if f.hair_style == "ponytail" else 0.055
    half = width * (0.6 + 0.8 * locks.chance[:, 0:1]) * np.minimum(1, 0.45 + 3 * s)
    shift = across * half[..., None]
    tilt = (0.2 if afro else 0.55) * across  # a lock is rounded: its edges look aside
    vertices = np.empty((*path.shape[:2], 2, 13), np.float32)
    for k, sign in enumerate((-1, 1)):
        vertices[:, :, k, 0:3] = path + sign * shift
        vertices[:, :, k, 3:6] = out + sign * tilt
        vertices[:, :, k, 9] = sign
    vertices[..., 6:9] = tangent[:, :, None]
    vertices[..., 10] = (s * (0.6 if afro else 1))[:, None]  # coils do not thin out at their tips
    vertices[..., 11] = locks.chance[:, 0, None, None]
    vertices[..., 12] = (0.45 + 0.55 * locks.chance[:, 3:4] * np.minimum(1, 0.5 + s))[..., None]
    return Ribbons(vertices.reshape(-1, 13), len(path))
