"""The sources of pictures: rendered folders, and folders of photos with or without mattes and labels."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import UsageError
from trainer.config import DataOptions
from trainer.data import held_out
from trainer.data.attributes import Floats, TableKind, known_factors, typed_columns
from trainer.data.folder import Pixels, decode_mattes, decode_pictures, find_pictures, square
from trainer.data.portraits import Augmentation

LABELS = "labels.csv"
FACTORS = "factors.csv"
IMAGES = "images.npy"


class Images(Protocol):
    """Pixels [N,S,S,3] uint8, in memory or on disk."""

    def __len__(self) -> int: ...
    def __getitem__(self, which: Any, /) -> Any: ...


@dataclass(frozen=True, eq=False)
class Source:
    """Pictures of one folder, at the size of the network.

    Attributes:
        images: [N,S,S,3] uint8.
        factors: what is known, by name, each [N]; NaN where unknown.
        held: [N], which are never trained on.
        fingerprint: digest of names, table and a sample of the pixels.
        augmentation: what is done to a picture each time it is drawn; None for renders.
        notes: a sentence for each file that could not be read.
    """

    folder: Path
    kind: TableKind
    images: Images
    factors: Mapping[str, Floats]
    held: npt.NDArray[np.bool_]
    fingerprint: str
    augmentation: Augmentation | None = None
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.held)

    def draw(self, which: npt.NDArray[np.int64], rng: np.random.Generator) -> Pixels:
        """Pictures by index, [n,S,S,3] uint8, augmented."""
        pixels = self.images[which]
        return pixels if self.augmentation is None else self.augmentation(pixels, which, rng)


def open_source(folder: Path, size: int, options: DataOptions) -> Source:
    """Reads a folder: renders (images.npy, factors.csv), or pictures with optional mattes/ and labels.csv.

    Raises:
        UsageError: it does not exist, holds no pictures, or nothing to train on is left.
    """
    rendered = (folder / IMAGES).is_file() and (folder / FACTORS).is_file()
    source = _renders(folder, size) if rendered else _pictures(folder, size, options)
    if source.held.all():
        raise UsageError(f"{folder} holds too few pictures to train on.")
    return source


def _renders(folder: Path, size: int) -> Source:
    try:
        images = np.load(folder / IMAGES, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder / IMAGES} cannot be read: {error}.") from error
    if images.ndim != 4 or images.shape[1] != images.shape[2] or images.shape[3] != 3 or images.dtype != np.uint8:
        raise UsageError(f"{folder / IMAGES} does not hold square 8-bit colour pictures.")
    columns = _read_table(folder / FACTORS)
    count = min(len(images), len(next(iter(columns.values()))))
    keep = np.arange(count)
    if (folder / "done.npy").is_file():  # the folder of a renderer that has not finished
        keep = np.flatnonzero(np.load(folder / "done.npy", allow_pickle=False)[:count])
    if not len(keep):
        raise UsageError(f"{folder} holds no finished pictures.")
    kept: Images = images if len(keep) == len(images) else images[keep]
    if images.shape[1] != size:
        kept = np.stack([square(image, size) for image in kept])  # type: ignore[arg-type]
    columns = {name: values[keep] for name, values in columns.items()}
    factors = known_factors(columns, "factors")
    held = held_out.held_renders(len(keep))
    return Source(folder, "factors", kept, factors, held, _fingerprint(kept, columns))


def _pictures(folder: Path, size: int, options: DataOptions) -> Source:
    columns = _read_table(folder / LABELS) if (folder / LABELS).is_file() else {}
    if columns and "name" not in columns:
        raise UsageError(f"{folder / LABELS} has no column 'name' with the names of the pictures.")
    found = find_pictures(folder)
    names = found
    if columns:
        there = set(found)
        names = [name for name in columns["name"].astype(str).tolist() if name in there]
        if not names:
            raise UsageError(f"None of the pictures that {folder / LABELS} names is in {folder}.")
        rows = {name: i for i, name in enumerate(columns["name"].astype(str).tolist())}
        columns = {key: values[[rows[name] for name in names]] for key, values in columns.items()}
    held = held_out.held_rows(len(names)) if columns else held_out.held_names(names)
    images, good, notes = decode_pictures(folder, names, size)
    if not good:
        raise UsageError(f"None of the {len(names)} pictures in {folder} can be read: {notes[0]}")
    names = [names[i] for i in good]
    columns = {key: values[good] for key, values in columns.items()}
    augmentation = Augmentation(
        decode_mattes(folder, names, size), options.replace_background, options.gamma, options.colour
    )
    factors = known_factors(columns, "labels")
    table = {"name": np.array(names)} | columns
    return Source(folder, "labels", images, factors, held[good], _fingerprint(images, table), augmentation, notes)


def _read_table(path: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            columns = typed_columns(list(csv.DictReader(file)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    if not columns:
        raise UsageError(f"{path} has no rows.")
    return columns


def _fingerprint(images: Images, columns: Mapping[str, npt.NDArray[Any]]) -> str:
    digest = hashlib.sha256(str(len(images)).encode())
    for name, values in columns.items():
        digest.update(name.encode())
        digest.update(values.tobytes())
    for i in np.linspace(0, len(images) - 1, min(64, len(images))).astype(int).tolist():
        digest.update(np.ascontiguousarray(images[i]).tobytes())
    return digest.hexdigest()[:16]
