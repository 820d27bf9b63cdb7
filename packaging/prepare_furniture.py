"""Makes trainer/render/rooms/furniture.npz from the CC0 furniture of Debian's package sweethome3d-furniture (1.8-1).

    apt-get download sweethome3d-furniture && dpkg-deb -x sweethome3d-furniture_1.8-1_all.deb furniture
    pip install fast-simplification==0.2.0
    python packaging/prepare_furniture.py furniture/usr/share/sweethome3d/furniture/BlendSwap-CC-0.sh3f

Models are thinned to some thousand triangles; textures become their mean colour. The archive is read as it is, no
other file of the package is used. resources/LICENCES.md names the author of each model.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path, PurePosixPath

import fast_simplification  # pyright: ignore[reportMissingImports]
import numpy as np
from PIL import Image

OUT = Path(__file__).resolve().parents[1] / "trainer" / "render" / "rooms" / "furniture.npz"

TRIANGLES = {
    "bed1": 2500, "bed2": 2500, "bed3": 3000, "couch": 2500, "sofa2": 2000, "L_shaped_sofa": 2500,
    "armchair2": 1250, "modernArmchair": 1250, "chair": 1080, "sillaBlanca": 900,
    "cupboard": 1080, "plant": 2250, "augalas": 1500, "orchids": 1500, "ceilingFan": 1080,
    "teddyBear": 900, "slippers": 480, "basketball": 300, "electricGuitar": 1250, "handbag": 600,
}  # fmt: skip
"""The models that are taken, and about how many triangles are kept of each."""

_CREASE = np.cos(np.radians(48))


def main(archive: Path) -> None:
    """Write the file and tell its size."""
    arrays = dict[str, np.ndarray]()
    with zipfile.ZipFile(archive) as opened:
        for entry in _catalogue(opened):
            name = PurePosixPath(entry["model"]).stem
            if name in TRIANGLES:
                size = np.array([float(entry[k]) / 100 for k in ("width", "height", "depth")])
                arrays.update({f"{name}/{k}": v for k, v in _model(opened, entry["model"], size).items()})
                print(name, "by", entry.get("creator"), size, len(arrays[f"{name}/triangles"]))  # noqa: T201
    np.savez_compressed(OUT, **arrays)  # pyright: ignore[reportArgumentType]
    print(f"{OUT.name}: {OUT.stat().st_size / 1e6:.2f} MB")  # noqa: T201


def _catalogue(opened: zipfile.ZipFile) -> list[dict[str, str]]:
    entries = dict[int, dict[str, str]]()
    for line in opened.read("PluginFurnitureCatalog.properties").decode("latin1").splitlines():
        if found := re.match(r"(\w+)#(\d+)\s*=\s*(.*)", line.strip()):
            entries.setdefault(int(found[2]), {})[found[1]] = found[3]
    return [entries[k] for k in sorted(entries)]


def _model(opened: zipfile.ZipFile, path: str, size: np.ndarray) -> dict[str, np.ndarray]:
    """A model that stands on y = 0, centred, [width, height, depth] metres large."""
    corners, parts, materials = _read(opened, path.lstrip("/"))
    used = corners[np.unique(np.concatenate([np.ravel(faces) for faces in parts.values()]))]
    low, high = used.min(0), used.max(0)
    corners = (corners - [(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2]) * (
        size / np.maximum(high - low, 1e-6)
    )
    keep = TRIANGLES[PurePosixPath(path).stem] / sum(map(len, parts.values()))
    positions, normals, triangles, slots = ([] for _ in range(4))
    colours = list[tuple[float, ...]]()
    count = 0
    for name, faces in parts.items():
        position, faces = _welded(corners, np.array(faces))
        if keep < 0.95 and len(faces) > 60:
            position, faces = fast_simplification.simplify(position, faces, target_reduction=1 - keep, agg=8)
        if not len(faces):
            continue
        position, normal, faces = _creased(position.astype(np.float64), faces)
        positions.append(position)
        normals.append(normal)
        triangles.append(faces + count)
        slots.append(np.full(len(position), len(colours)))
        colours.append(materials.get(name, (0.6, 0.6, 0.6)))
        count += len(position)
    return {
        "position": np.concatenate(positions).astype(np.float16),
        "normal": np.rint(127 * np.concatenate(normals)).astype(np.int8),
        "triangles": np.concatenate(triangles).astype(np.uint16),
        "slot": np.concatenate(slots).astype(np.uint8),
        "colours": np.array(colours, np.float32),
        "size": size.astype(np.float32),
    }


def _read(
    opened: zipfile.ZipFile, path: str
) -> tuple[np.ndarray, dict[str, list[list[int]]], dict[str, tuple[float, ...]]]:
    """Vertices, triangles by material, and the materials' colours, of a Wavefront file."""
    corners, parts, materials = list[list[float]](), dict[str, list[list[int]]](), dict[str, tuple[float, ...]]()
    material = ""
    for line in opened.read(path).decode("utf-8", "replace").splitlines():
        word, *rest = line.split() or [""]
        if word == "v":
            corners.append([float(x) for x in rest[:3]])
        elif word == "mtllib":
            materials |= _materials(opened, str(PurePosixPath(path).parent / " ".join(rest)))
        elif word == "usemtl":
            material = " ".join(rest)
        elif word == "f":
            ring = [int(x.split("/")[0]) for x in rest]
            ring = [x - 1 if x > 0 else len(corners) + x for x in ring]
            parts.setdefault(material, []).extend([ring[0], ring[k], ring[k + 1]] for k in range(1, len(ring) - 1))
    return np.array(corners), parts, materials


def _materials(opened: zipfile.ZipFile, path: str) -> dict[str, tuple[float, ...]]:
    found, name = dict[str, tuple[float, ...]](), ""
    if path not in opened.namelist():
        return found
    for line in opened.read(path).decode("utf-8", "replace").splitlines():
        word, *rest = line.split() or [""]
        if word == "newmtl":
            name = " ".join(rest)
        elif word == "Kd":
            found[name] = tuple(float(x) for x in rest[:3])
        elif word == "map_Kd":
            texture = str(PurePosixPath(path).parent / rest[-1])
            if texture in opened.namelist():
                picture = Image.open(io.BytesIO(opened.read(texture))).convert("RGB")
                found[name] = tuple(np.asarray(picture.resize((8, 8), Image.Resampling.BOX)).mean((0, 1)) / 255)
    return found


def _welded(corners: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices closer than half a millimetre made one; faces without area left out."""
    used, faces = np.unique(faces, return_inverse=True)
    position = corners[used].astype(np.float32)
    _, first, place = np.unique(
        np.round(position * 2000).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    faces = place.ravel()[faces.reshape(-1, 3)].astype(np.int32)
    a, b, c = faces.T
    return position[first], faces[(a != b) & (b != c) & (a != c)]


def _creased(position: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normals smoothed over edges that are not sharp: positions, normals [V, 3], triangles [T, 3]."""
    across = np.cross(position[faces[:, 1]] - position[faces[:, 0]], position[faces[:, 2]] - position[faces[:, 0]])
    area = np.linalg.norm(across, axis=1)
    faces, across = faces[area > 1e-9], across[area > 1e-9]
    direction = across / np.linalg.norm(across, axis=1, keepdims=True)
    _, place = np.unique(np.round(position * 2000).astype(np.int64), axis=0, return_inverse=True)
    corner = place.ravel()[faces].ravel()
    order = np.argsort(corner, kind="stable")
    normal = np.zeros((len(corner), 3))
    for group in np.split(order, np.flatnonzero(np.diff(corner[order])) + 1):
        face = group // 3
        alike = (direction[face] @ direction[face].T) > _CREASE
        normal[group] = alike @ across[face]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-12
    both = np.concatenate([position[faces].reshape(-1, 3), normal], axis=1)
    key = np.round(both * ([1000] * 3 + [50] * 3)).astype(np.int64)
    _, first, place = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return both[first, :3], both[first, 3:], place.ravel().reshape(-1, 3).astype(np.int32)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
