"""Hair as a few hundred ribbons that grow from the scalp, are combed by a style, and fall round the head.

A ribbon is a lock: a chain of points with a width. Its roots, its chances and its layer are fixed numbers, so one
factor changes one thing; ``noise_seed`` shuffles them. Lengths are in units of the rest head (decimetres).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.render.factors import FaceFactors
from trainer.render.scalp import Surface

LOCKS = 600
POINTS = 10  # along a lock
_AZIMUTHS = 64  # of the hairline table
LOOSE = ("medium", "long")
_DOWN = np.array([0, -1, 0], np.float32)


@dataclass(frozen=True, slots=True)
class Ribbons:
    """Geometry of all locks, flattened: R = LOCKS * POINTS * 2 vertices (left edge, right edge)."""

    position: np.ndarray  # float32 [R, 3]
    normal: np.ndarray  # float32 [R, 3]
    tangent: np.ndarray  # float32 [R, 3] toward the tip
    detail: np.ndarray  # float32 [R, 4]: across -1..1, along 0..1, the lock's chance 0..1, light let in 0..1


def ribbon_triangles() -> np.ndarray:
    """Triangles of :class:`Ribbons`, int32 [n, 3]; they never change."""
    left = (np.arange(LOCKS)[:, None] * POINTS + np.arange(POINTS - 1)) * 2
    left = left.ravel()
    quads = np.stack([left, left + 2, left + 3, left + 1], 1)
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)


def has_ribbons(f: FaceFactors) -> bool:
    """Whether the style has hair long enough to be more than paint on the scalp."""
    return f.hair_style not in ("bald", "buzz")


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
        """The locks of one face; those below the hairline have no width."""
        chance = (self._chance + f.noise_seed * np.array([0.13, 0.29, 0.41, 0.53, 0.67, 0.79], np.float32)) % 1
        columns = (self._azimuth / (2 * np.pi) + 0.5) * _AZIMUTHS
        low = np.interp(columns, np.arange(_AZIMUTHS) + 0.5, hairline(f), period=_AZIMUTHS)
        alive = self._root_height > low + 0.02 + 0.03 * chance[:, 0]

        root = surface.point(self._azimuth, self._elevation)
        side = np.sign(root[:, 0] - surface.centre[0] - 0.42 * f.hair_part * surface.scale)
        side[side == 0] = 1
        front = np.cos(self._azimuth) * _step(-0.2, 0.6, 1.2 - self._elevation)
        bang = (f.fringe > 0) & (np.abs(self._azimuth + 0.35 * (chance[:, 1] - 0.5)) < 0.85) & (front > 0.2)
        bang &= np.array(f.hair_style in (*LOOSE, "short"))
        length = self._lengths(f, surface, chance, bang)
        lift = self._lift(f, chance)
        path = self._comb(f, surface, root, side, bang, length, lift, chance)
        path = self._curl(f, path, surface, length, chance)
        return self._ribbons(f, path, surface, alive, chance)

    def _lengths(self, f: FaceFactors, surface: Surface, chance: np.ndarray, bang: np.ndarray) -> np.ndarray:
        arc = self._elevation * 0.95 * surface.scale  # over the scalp down to the centre's height
        uneven = 0.85 + 0.3 * chance[:, 2]
        if f.hair_style == "short":
            length = (0.20 + 0.28 * f.hair_length) * uneven
            length = length * (0.55 + 0.45 * _step(0.2, 0.9, self._elevation))  # tapered at the sides
        elif f.hair_style == "swept":
            length = (0.45 + 0.35 * f.hair_length) * uneven * (0.45 + 0.55 * _step(0.3, 0.9, self._elevation))
        elif f.hair_style == "afro":
            length = (0.3 + 0.55 * f.hair_length) * (0.8 + 0.4 * chance[:, 2])
        elif f.hair_style == "ponytail":
            length = np.full(LOCKS, 1.0)
        elif f.hair_style == "bald":
            length = 0.16 * uneven
        else:
            end = 0.55 + 0.5 * f.hair_length if f.hair_style == "medium" else 1.25 + 0.9 * f.hair_length
            length = arc * 1.15 + end * (0.9 + 0.12 * chance[:, 2])
        fringe = (0.24 + 0.34 * f.fringe) * (0.9 + 0.2 * chance[:, 2]) + 0.75 * np.maximum(self._elevation - 0.5, 0)
        return np.where(bang, np.minimum(length, fringe) if f.hair_style != "short" else fringe, length).astype(
            np.float32
        )

    def _lift(self, f: FaceFactors, chance: np.ndarray) -> np.ndarray:
        """Clearance of each lock from the scalp: thickness of the hair times its layer."""
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

    def _comb(
        self,
        f: FaceFactors,
        surface: Surface,
        root: np.ndarray,
        side: np.ndarray,
        bang: np.ndarray,
        length: np.ndarray,
        lift: np.ndarray,
        chance: np.ndarray,
    ) -> np.ndarray:
        """Points of every lock, [LOCKS, POINTS, 3]: each step goes where the style, gravity and the head allow."""
        style = f.hair_style
        step = (length / (POINTS - 1) * surface.scale)[:, None]
        x_axis = np.zeros_like(root)
        x_axis[:, 0] = side
        jitter = (chance[:, 4:] - 0.5) * 0.5
        crown = surface.centre + np.array([0, 1.0, -0.25], np.float32) * surface.scale
        knot = surface.centre + np.array([0, 0.25, -0.95], np.float32) * surface.scale
        guard = 0.80 + 0.16 * chance[:, 5]
        hug = 0.6 if style == "swept" else 0.9
        tail = (chance[:, 1] < 0.22) if style == "ponytail" else np.zeros(LOCKS, bool)
        over = np.array([np.sign(f.hair_part + 1e-6) * 0.75, -1.0, 0.25], np.float32)  # down, over one shoulder
        root = np.where(tail[:, None], knot + 0.16 * (chance[:, 2:5] - 0.5), root)
        step = np.where(tail[:, None], (1.3 + 1.2 * f.hair_length) * step, step)
        p, way = root, surface.outward(root)
        path = [p]
        for k in range(1, POINTS):
            s = k / (POINTS - 1)
            out = surface.outward(p)
            top = np.clip(out[:, 1:2], 0, 1)
            away = p - crown
            away[:, 1] = 0
            away = _unit(away)
            if style == "afro":
                kink = np.roll(chance[:, :3], 37 * k, axis=0) - 0.5  # coils change course at every step
                goal = 0.55 * out + 2.4 * kink
            elif style == "swept":
                back = np.array([0.0, 0.25 * (1 - s), -1.0], np.float32) + 0.75 * x_axis * (
                    0.4 + 0.6 * abs(f.hair_part)
                )
                goal = back + (1 - top) * _DOWN * 1.1 + out * max(0.0, 0.9 - 2.2 * s) * (0.3 + f.hair_volume)
            elif style == "ponytail":
                goal = np.where(
                    tail[:, None], over * np.array([1 - s, 1, 1]) + 0.3 * out, _unit(knot - p) + 0.25 * (1 - s) * out
                )
            elif style in ("short", "bald"):
                goal = away * (0.7 - 0.3 * abs(f.hair_part)) + 0.8 * x_axis * top * abs(f.hair_part) + (1 - top) * _DOWN
                goal = goal + out * max(0.0, 0.5 - s) * f.hair_volume
            else:
                comb = np.array([0, 0, -0.55 * (1 - s)], np.float32)
                goal = top * (1.0 * x_axis + 0.3 * away) + comb + _DOWN * (1.15 - top)
            if bang.any():
                forward = np.array([0, 0, 1.0], np.float32) * top + 0.4 * np.abs(f.hair_part) * x_axis * top
                goal = np.where(bang[:, None], forward + _DOWN * (1.1 - top), goal)
            goal = goal + 0.35 * np.stack([jitter[:, 0], 0 * jitter[:, 0], jitter[:, 1]], 1)
            if style != "afro":  # along the scalp, not away from it
                goal = goal - np.maximum(np.einsum("lk,lk->l", goal, out), 0)[:, None] * out * hug
                row, column, radius = surface.coordinates(p)
                loose = np.clip(radius - surface.height(row, column) - lift * surface.scale, 0, 0.3)
                goal = goal - 2.5 * loose[:, None] * out  # cling: hair hangs at the head, not where it was flung
            stiff = 0.2 if style == "afro" or s <= 0.2 else 0.45
            way = _unit(stiff * way + (1 - stiff) * _unit(goal))
            p = p + way * step
            clear = lift * min(1.0, s * 4) + 0.015
            p = surface.push_out(p, clear * surface.scale)
            if style in LOOSE:
                p = self._clear_face(p, surface, side, guard, bang)
            path.append(p)
        return np.stack(path, 1).astype(np.float32)

    @staticmethod
    def _clear_face(
        p: np.ndarray, surface: Surface, side: np.ndarray, guard: np.ndarray, bang: np.ndarray
    ) -> np.ndarray:
        """Turn locks that would fall over the face aside, about the vertical axis."""
        q = p - surface.centre
        azimuth = np.arctan2(q[:, 0], q[:, 2])
        below = _step(0.55, 0.25, q[:, 1] / surface.scale)  # from the hairline to the brows
        inside = np.abs(azimuth) < guard
        turned = np.where(inside & ~bang, azimuth + (side * guard - azimuth) * below, azimuth)
        flat = np.hypot(q[:, 0], q[:, 2])
        return surface.centre + np.stack([np.sin(turned) * flat, q[:, 1], np.cos(turned) * flat], -1)

    def _curl(
        self, f: FaceFactors, path: np.ndarray, surface: Surface, length: np.ndarray, chance: np.ndarray
    ) -> np.ndarray:
        s = np.linspace(0, 1, POINTS, dtype=np.float32)
        wave = 1.0 if f.hair_style == "afro" else f.hair_wave
        if f.hair_style == "ponytail":
            wave *= 0.3
        # Waves run together over neighbouring locks; curls are each lock's own.
        together = np.sin(self._azimuth * 3 + f.noise_seed) + np.sin(self._elevation * 4 + 2 * f.noise_seed)
        phase = 1.3 * together + 2 * np.pi * chance[:, 1] * (0.08 + 0.7 * wave)
        turns = length * (0.9 + 0.9 * wave)
        angle = 2 * np.pi * turns[:, None] * s + phase[:, None]
        size = (0.085 * wave * np.minimum(1, length / 0.5))[:, None] * np.minimum(1, s * 3)
        out = surface.outward(path)
        along = _unit(np.gradient(path, axis=1))
        across = _unit(np.cross(along, out))
        return (
            path + (across * np.sin(angle)[..., None] + out * (0.5 + 0.5 * np.cos(angle))[..., None]) * size[..., None]
        )

    def _ribbons(
        self, f: FaceFactors, path: np.ndarray, surface: Surface, alive: np.ndarray, chance: np.ndarray
    ) -> Ribbons:
        s = np.linspace(0, 1, POINTS, dtype=np.float32)
        tangent = _unit(np.gradient(path, axis=1))
        out = surface.outward(path)
        across = _unit(np.cross(tangent, out))
        width = {"short": 0.055, "swept": 0.055, "afro": 0.055, "ponytail": 0.06, "bald": 0.05}.get(f.hair_style, 0.075)
        half = width * (0.6 + 0.8 * chance[:, 0:1]) * np.minimum(1, 0.45 + 3 * s)
        half = half * alive[:, None]
        edges = np.stack([path - across * half[..., None], path + across * half[..., None]], 2)
        sides = np.array([-1, 1], np.float32)
        round_off = 0.2 if f.hair_style == "afro" else 0.55
        normal = _unit(out[:, :, None] + round_off * sides[None, None, :, None] * across[:, :, None])
        light = 0.45 + 0.55 * chance[:, 3:4] * np.minimum(1, 0.5 + s)
        shape = (LOCKS, POINTS, 2)
        detail = np.stack(
            [
                np.broadcast_to(sides, shape),
                np.broadcast_to(
                    s[None, :, None] * (0.6 if f.hair_style == "afro" else 1), shape
                ),  # coils do not thin out
                np.broadcast_to(chance[:, 0, None, None], shape),
                np.broadcast_to(light[:, :, None], shape),
            ],
            -1,
        )
        return Ribbons(
            edges.reshape(-1, 3).astype(np.float32),
            normal.reshape(-1, 3).astype(np.float32),
            np.repeat(tangent, 2, axis=1).reshape(-1, 3).astype(np.float32),
            detail.reshape(-1, 4).astype(np.float32),
        )
