"""Pictures with known values, and which of them no training step may see."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from diti_studio.core.errors import UsageError
from trainer.attributes import AttributeSpec, confounders, table
from trainer.config import Config, parse_source
from trainer.data.held_out import held_renders, held_rows

Pixels = npt.NDArray[np.uint8]
Kind = Literal["rendered", "labelled"]


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures [N, s, s, 3] uint8 and a table of their factors or hand labels."""

    kind: Kind
    images: Pixels
    columns: dict[str, npt.NDArray[Any]]
    folder: Path

    @cached_property
    def held(self) -> npt.NDArray[np.bool_]:
        """[N]: which pictures are held out."""
        return (held_renders if self.kind == "rendered" else held_rows)(len(self.images))

    def values(self, specs: Sequence[AttributeSpec]) -> npt.NDArray[np.floating]:
        """[N, A] values of the attributes, NaN where unknown."""
        return table(specs, self.columns, labels=self.kind == "labelled")

    def others(self, specs: Sequence[AttributeSpec]) -> npt.NDArray[np.floating]:
        """[N, F] further factors that are known; F is 0 for hand labels."""
        return confounders(self.columns, specs) if self.kind == "rendered" else np.zeros((len(self.images), 0))

    @cached_property
    def description(self) -> dict[str, Any]:
        """What render.json says of a folder of renders; empty for other folders."""
        path = self.folder / "render.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the table and the number and size of the pictures."""
        digest = hashlib.sha256(f"{self.kind} {self.images.shape}".encode())
        for name, values in self.columns.items():
            digest.update(name.encode() + values.tobytes())
        return digest.hexdigest()[:16]

    def take(self, which: npt.NDArray[Any]) -> Pictures:
        """A part of the pictures, by mask or indices, read into memory."""
        return Pictures(
            self.kind,
            np.ascontiguousarray(self.images[which]),
            {name: values[which] for name, values in self.columns.items()},
            self.folder,
        )

    def spread(self, which: npt.NDArray[np.bool_], count: int) -> Pictures:
        """At most ``count`` of the pictures of a mask, evenly spread."""
        indices = np.flatnonzero(which)
        return self.take(indices[np.linspace(0, len(indices) - 1, min(count, len(indices))).round().astype(int)])


def load(folder: Path, size: int) -> Pictures:
    """A folder of renders (images.npy, factors.csv) or of hand-labelled pictures (labels.csv).

    Raises:
        UsageError: the folder is neither, or the renders have another size.
    """
    if (folder / "factors.csv").is_file() and (folder / "images.npy").is_file():
        return _load_renders(folder, size)
    if (folder / "labels.csv").is_file():
        return _load_labelled(folder, size)
    raise UsageError(f"{folder} holds neither renders (factors.csv) nor labelled pictures (labels.csv).")


def load_sets(folders: Sequence[Path], size: int) -> list[Pictures]:
    """Several folders, as ``load`` reads each."""
    return [load(folder, size) for folder in folders]


def sets_of_run(config: Config) -> list[Pictures]:
    """The pictures that a run was trained on, as far as something is known about them and they are still there."""
    folders = [parse_source(source)[0] for source in config.data.sources]
    known = [folder for folder in folders if any((folder / name).is_file() for name in ("factors.csv", "labels.csv"))]
    return load_sets(known, config.image_size)


def kinds_of(sets: Sequence[Pictures]) -> tuple[Kind, ...]:
    """The kinds of pictures that there are, in order of appearance."""
    return tuple(dict.fromkeys(pictures.kind for pictures in sets))


def held_out(sets: Sequence[Pictures], kind: Kind, count: int) -> tuple[Pixels, list[Pictures]]:
    """Held-out pictures of a kind from all sets, at most ``count`` and evenly spread; and the parts they come from."""
    of_kind = [pictures for pictures in sets if pictures.kind == kind]
    parts = [pictures.spread(pictures.held, -(-count // len(of_kind))) for pictures in of_kind]
    return np.concatenate([part.images for part in parts]), parts


def _load_renders(folder: Path, size: int) -> Pictures:
    images = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
    columns = _columns(folder / "factors.csv")
    count = min(len(images), len(next(iter(columns.values()))))
    finished = folder / "done.npy"
    keep = np.arange(count)
    if finished.is_file():
        keep = np.flatnonzero(np.load(finished, allow_pickle=False)[:count])
    if images.shape[1] != size:
        raise UsageError(f"{folder} holds pictures of {images.shape[1]} pixels: {size} are needed.")
    if len(keep) < len(images):
        images = images[keep]
    return Pictures("rendered", images, {name: values[keep] for name, values in columns.items()}, folder)


def _load_labelled(folder: Path, size: int) -> Pictures:
    columns = _columns(folder / "labels.csv")
    images = np.empty((len(columns["name"]), size, size, 3), np.uint8)
    for i, name in enumerate(columns["name"]):
        with Image.open(folder / Path(str(name)).name) as picture:
            images[i] = np.asarray(picture.convert("RGB").resize((size, size), Image.Resampling.LANCZOS))
    return Pictures("labelled", images, columns, folder)


def _columns(path: Path) -> dict[str, npt.NDArray[Any]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise UsageError(f"{path} has no rows.")
    return {name: _typed([row[name] for row in rows]) for name in rows[0]}


def _typed(texts: list[str]) -> npt.NDArray[Any]:
    try:
        return np.array([float(text) for text in texts])
    except ValueError:
        return np.array(texts)
