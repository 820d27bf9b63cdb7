"""A folder of photos, nested as it may be, with or without labels.csv and mattes/."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from diti_studio.core import pictures
from diti_studio.core.errors import PictureError, UsageError
from trainer.data.decoded import OnDemand, Pixels, Undecoded, square
from trainer.data.tables import Table

SUFFIXES = frozenset({
    ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif", ".jp2", ".ppm",
    ".qoi",
})  # fmt: skip
MATTES = "mattes"


def find_pictures(folder: Path) -> list[str]:
    """Names of the pictures under a folder, relative to it, sorted; mattes and hidden files are left out.

    Raises:
        UsageError: it is no folder, or holds no picture.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    out = list[str]()
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != MATTES)
        relative = Path(where).relative_to(folder)
        out += [
            (relative / f).as_posix() for f in files if not f.startswith(".") and Path(f).suffix.lower() in SUFFIXES
        ]
    if not out:
        raise UsageError(f"{folder} holds no pictures.")
    return sorted(out)


def undecoded(folder: Path, names: Sequence[str], box: tuple[int, int, int] | None = None) -> Undecoded:
    """Picture files below a folder."""
    digest = hashlib.sha256(str(folder.resolve()).encode())
    for name in names:
        try:
            status = (folder / name).stat()
        except OSError:  # gone since it was found: it is told when it is read
            continue
        digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return Undecoded(
        len(names),
        lambda i: pictures.load(folder / names[i]).pixels,
        lambda i: names[i],
        digest.hexdigest(),
        box,
    )


def chosen_by(columns: Table, found: Sequence[str], path: Path) -> tuple[list[str], Table]:
    """The pictures that a table names and that are there, in the table's order, and their rows.

    Raises:
        UsageError: the table has no column "name", or names none of them.
    """
    if "name" not in columns:
        raise UsageError(f"{path} has no column 'name' with the names of the pictures.")
    there = set(found)
    named = columns["name"].astype(str).tolist()
    rows = [i for i, name in enumerate(named) if name in there]
    if not rows:
        raise UsageError(f"None of the pictures that {path} names is in {path.parent}.")
    return [named[i] for i in rows], {key: values[rows] for key, values in columns.items()}


def mattes(folder: Path, names: Sequence[str], size: int, *, at_once: bool) -> Pixels | OnDemand | None:
    """Foreground alpha [N,size,size] from mattes/NAME.png beside the pictures; all 0 where a picture has none.

    None when the folder has no mattes.
    """
    if not (folder / MATTES).is_dir():
        return None

    def read(i: int) -> npt.NDArray[np.uint8]:
        path = folder / MATTES / Path(names[i]).with_suffix(".png")
        if path.is_file():
            try:
                image = pictures.open_image(pictures.read_bytes(path), path.name).convert("L")
            except (PictureError, OSError):
                return np.zeros((size, size), np.uint8)
            return square(np.repeat(np.asarray(image)[..., None], 3, axis=2), size)[..., 0]
        return np.zeros((size, size), np.uint8)

    out = OnDemand(len(names), (size, size), read)
    return out[:] if at_once else out
