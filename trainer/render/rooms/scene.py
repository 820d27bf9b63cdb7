"""Collects the surfaces of one room, each with its material and colour, into the arrays that are drawn."""

from __future__ import annotations

import zlib
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from trainer.render.rooms.factors import RoomFactors
from trainer.render.rooms.furniture import ROLES, load_furniture
from trainer.render.rooms.geometry import Floats, Ints, Mesh, about_y
from trainer.render.rooms.palette import Palette
from trainer.render.srgb import linear


class Material(IntEnum):
    """How a surface is shaded; the shaders know the same numbers by the same names."""

    MATTE = 0
    WALL = 1
    FLOOR = 2
    CEILING = 3
    COVER = 4
    WOOD = 5
    RUG = 6
    PICTURE = 7
    WINDOW = 8
    SHADE = 9
    CURTAIN = 10
    METAL = 11
    LEAF = 12
    BOOKS = 13
    MIRROR = 14
    PILLOW = 15
    FABRIC = 16


PROGRAMS = ("solids", "cloth", "prints", "shell", "floor")
"""The fragment shaders; each shades a few materials, so that none pays for the others."""

_PROGRAM_OF = np.array([0, 3, 4, 3, 1, 0, 2, 2, 3, 0, 0, 0, 0, 2, 0, 1, 1])

_ROLE_MATERIAL = {
    "wood": Material.WOOD, "sheet": Material.FABRIC, "cover": Material.COVER, "pillow": Material.PILLOW,
    "chair": Material.FABRIC, "metal": Material.METAL,
}  # fmt: skip


class Surfaces(NamedTuple):
    """What is drawn.

    vertices: position, normal, place on the piece, colour and material, [V, 13] float32.
    triangles: [T, 3], those that cast shadows first, and sorted by program.
    runs: how many triangles each program has among those with and those without shadow, [2, len(PROGRAMS)].
    """

    vertices: Floats
    triangles: Ints
    runs: npt.NDArray[np.int64]


class Scene:
    """A room under construction."""

    def __init__(self, factors: RoomFactors) -> None:
        self.factors = factors
        self.palette = Palette.of(factors)
        self.lamps = list[tuple[float, float, float]]()
        self.casts_shadow = True
        self._parts = list[tuple[Floats, Floats, Floats, Floats, Ints]]()
        self._shadowed = list[bool]()
        self._count = 0

    def dice(self, what: str) -> np.random.Generator:
        """The meaningless part of ``what``: the same as long as ``noise_seed`` is the same."""
        return np.random.default_rng([round(self.factors.noise_seed * 1e6), zlib.crc32(what.encode())])

    def add(
        self, mesh: Mesh, at: npt.ArrayLike, material: Material, colour: npt.ArrayLike, turn: Floats | None = None
    ) -> None:
        """A mesh at a place [3], first turned by a rotation [3, 3]; the colour is linear RGB."""
        position, normal = mesh.position, mesh.normal
        if turn is not None:
            position, normal = position @ turn.T, normal @ turn.T
        look = np.empty((len(position), 4), np.float32)
        look[:, :3], look[:, 3] = colour, material
        self.put(position + np.asarray(at, np.float32), normal, mesh.position, look, mesh.triangles)

    def put(self, position: Floats, normal: Floats, local: Floats, look: Floats, triangles: Ints) -> None:
        """Vertices with all that they carry, in the room's frame."""
        self._parts.append((position, normal, local, look, triangles + self._count))
        self._shadowed.append(self.casts_shadow)
        self._count += len(position)

    def model(self, name: str, at: npt.ArrayLike, angle: float = 0.0, scale: npt.ArrayLike = 1.0) -> None:
        """A stored piece of furniture."""
        piece = load_furniture()[name]
        roles = ROLES.get(name, ())
        looks = np.empty((len(piece.colours), 4), np.float32)
        for i, own in enumerate(piece.colours):
            role = roles[i] if i < len(roles) else ""
            if role in ("", "leaf"):
                looks[i, :3] = linear(np.clip(own, 0.02, 0.88))
                looks[i, 3] = Material.LEAF if role else Material.MATTE
            else:
                looks[i, :3] = getattr(self.palette, role)
                looks[i, 3] = _ROLE_MATERIAL[role]
        turn = about_y(angle)
        local = piece.mesh.position * np.asarray(scale, np.float32)
        self.put(
            local @ turn.T + np.asarray(at, np.float32), piece.mesh.normal @ turn.T, local, looks[piece.slot],
            piece.mesh.triangles,
        )  # fmt: skip

    def frame(self, at: npt.ArrayLike, angle: float) -> Frame:
        """A piece's own frame: x to its right, z to its front."""
        return Frame(self, np.asarray(at, np.float32), angle)

    def surfaces(self) -> Surfaces:
        """All that was added."""
        vertices = np.empty((self._count, 13), np.float32)
        for columns, k in ((slice(0, 3), 0), (slice(3, 6), 1), (slice(6, 9), 2), (slice(9, 13), 3)):
            vertices[:, columns] = np.concatenate([part[k] for part in self._parts])
        triangles = np.concatenate([part[4] for part in self._parts])
        bright = np.repeat(~np.array(self._shadowed), [len(part[4]) for part in self._parts])
        key = _PROGRAM_OF[vertices[triangles[:, 0], 12].astype(np.int64)] + len(PROGRAMS) * bright
        runs = np.bincount(key, minlength=2 * len(PROGRAMS)).reshape(2, -1)
        return Surfaces(vertices, triangles[np.argsort(key, kind="stable")].astype(np.int32), runs)


class Frame:
    """Adds to a scene in a piece's own frame."""

    def __init__(self, scene: Scene, origin: Floats, angle: float) -> None:
        self.scene = scene
        self.origin = origin
        self.angle = angle
        self._turn = about_y(angle)

    def __call__(
        self, mesh: Mesh, at: npt.ArrayLike, material: Material, colour: npt.ArrayLike, turn: Floats | None = None
    ) -> None:
        whole = self._turn if turn is None else self._turn @ turn
        self.scene.add(mesh, self.place(*np.asarray(at, np.float32)), material, colour, whole)

    def place(self, x: float, y: float, z: float) -> Floats:
        """A point of the frame in the room, [3]."""
        return self.origin + self._turn @ np.array([x, y, z], np.float32)

    def direction(self, x: float, y: float, z: float) -> Floats:
        return self._turn @ np.array([x, y, z], np.float32)
