"""The stored models of furniture, and what each of their parts is made of.

``furniture.npz`` is made by ``packaging/prepare_furniture.py`` from models that are in the public domain (CC0).
"""

from __future__ import annotations

import functools
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import DitiError
from trainer.render.rooms.geometry import Mesh

_FILE = Path(__file__).parent / "furniture.npz"

ROLES: dict[str, tuple[str, ...]] = {
    "bed1": ("wood", "sheet", "cover", "sheet", "pillow"),
    "bed2": ("wood", "sheet", "cover", "sheet", "pillow"),
    "bed3": ("pillow", "wood", "cover", "sheet", "wood"),
    "couch": ("cover", "metal", "pillow"),
    "sofa2": ("cover", "cover", "wood"),
    "L_shaped_sofa": ("wood", "cover"),
    "armchair2": ("chair",),
    "modernArmchair": ("chair", "chair", "metal"),
    "chair": ("wood", "chair"),
    "sillaBlanca": ("wood", "chair"),
    "cupboard": ("wood",) + ("",) * 8,
    "plant": ("", "", "leaf"),
    "augalas": ("", "", "leaf", "leaf"),
    "orchids": ("", "", "leaf", "leaf", "leaf", ""),
}
"""What the parts of a model stand for, in the order of its materials; "" keeps the model's own colour."""


@dataclass(frozen=True)
class Model:
    """A piece of furniture that stands on y = 0, its back toward negative z.

    Attributes:
        mesh: its surface.
        slot: the part that each vertex belongs to, [V].
        colours: sRGB of the parts, [P, 3].
        size: width, height, depth in metres.
    """

    mesh: Mesh
    slot: npt.NDArray[np.uint8]
    colours: npt.NDArray[np.float32]
    size: tuple[float, float, float]


@functools.cache
def load_furniture() -> dict[str, Model]:
    """All models by name. Raises :class:`DitiError` when the file is missing or damaged."""
    try:
        with np.load(_FILE, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return {name: _model(name, arrays) for name in dict.fromkeys(key.split("/")[0] for key in arrays)}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DitiError(
            f"The furniture of rooms, {_FILE}, cannot be read ({error}): install DiTi Studio anew."
        ) from error


def _model(name: str, arrays: dict[str, np.ndarray]) -> Model:
    position = arrays[f"{name}/position"].astype(np.float32)
    normal = arrays[f"{name}/normal"].astype(np.float32) / 127
    slot = arrays[f"{name}/slot"]
    roles = ROLES.get(name, ())
    if "cover" in roles and "sheet" in roles:
        position = _parted(position, normal, np.array(roles)[slot])
    mesh = Mesh(position, normal, arrays[f"{name}/triangles"].astype(np.int32))
    width, height, depth = (float(x) for x in arrays[f"{name}/size"])
    return Model(mesh, slot, arrays[f"{name}/colours"], (width, height, depth))


def _parted(position: np.ndarray, normal: np.ndarray, role: np.ndarray) -> np.ndarray:
    """Thinning lets a bed's blanket and sheet pierce each other: the blanket is blown up, the sheet let down."""
    grown = position + normal * np.select([role == "cover", role == "sheet"], [0.018, -0.015])[:, None]
    lying = (role == "sheet") & (normal[:, 1] > 0.2) & (position[:, 2] > position[:, 2].min() * 0.44)
    grown[lying, 1] -= 0.09
    return grown.astype(np.float32)
