"""The sources of pictures: rendered folders, folders of photos, CelebA, LFW, Diff-AE's LMDB."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import UsageError
from diti_studio.core.framing import FramingRecipe
from trainer.config import DataOptions
from trainer.data import held_out
from trainer.data.archive import archive, is_archive
from trainer.data.attributes import Floats, TableKind, known_factors
from trainer.data.celeba import ALIGNED, ATTRIBUTES, BOX, celeba, is_celeba, is_lfw, lfw
from trainer.data.decoded import Images, OnDemand, Part, Pixels, decode, square
from trainer.data.folder import MATTES, chosen_by, find_pictures, mattes, undecoded
from trainer.data.pictures import Pictures
from trainer.data.portraits import Augmentation
from trainer.data.tables import Table, read_csv

LABELS = "labels.csv"
FACTORS = "factors.csv"
IMAGES = "images.npy"

_AS_THEY_ARE = FramingRecipe(name="centre")


@dataclass(frozen=True, eq=False)
class Source:
    """Pictures of one folder, at the size of the network, to train on.

    Attributes:
        images: [N,S,S,3] uint8.
        factors: what is known, by name, each [N]; NaN where unknown.
        held: [N], which are never trained on.
        fingerprint: digest of table and a sample of the pixels.
        mattes: [N,S,S] uint8 foreground alpha, all 0 for a picture whose matte is unknown; None when none is known.
        augmentation: what is done to a picture each time it is drawn; None for renders.
        notes: a sentence for each file that could not be used.
    """

    folder: Path
    kind: TableKind
    images: Images
    factors: Mapping[str, Floats]
    held: npt.NDArray[np.bool_]
    fingerprint: str
    mattes: Images | None = None
    augmentation: Augmentation | None = None
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.held)


def open_source(folder: Path, size: int, options: DataOptions) -> Source:
    """Reads a source to train on; see ``open_pictures``.

    Raises:
        UsageError: it does not exist, holds no pictures, or nothing to train on is left.
    """
    pictures = open_pictures(folder, size, options)
    if pictures.held.all():
        raise UsageError(f"{folder} holds too few pictures to train on.")
    kind: TableKind = "factors" if pictures.kind == "rendered" else "labels"
    augmentation = alpha = None
    if pictures.kind == "labelled":
        if (folder / MATTES).is_dir():
            at_once = not isinstance(pictures.images, OnDemand)
            alpha = mattes(folder, pictures.columns["name"].astype(str).tolist(), size, at_once=at_once)
        augmentation = Augmentation(options.replace_background, options.gamma, options.colour, options.place)
    factors = known_factors(pictures.columns, kind)
    return Source(
        folder, kind, pictures.images, factors, pictures.held, _fingerprint(pictures.images, pictures.columns),
        alpha, augmentation, pictures.notes,
    )  # fmt: skip


def open_pictures(folder: Path, size: int, options: DataOptions | None = None) -> Pictures:
    """Reads a source at the size of the network, with the table of what is known about it.

    It may be a folder of renders (images.npy, factors.csv); CelebA (img_align_celeba/, list_attr_celeba,
    list_eval_partition); LFW with lfw_attributes.txt; an LMDB of Diff-AE's layout; or a folder of photos, nested as it
    may be, with or without labels.csv (name, and a column for each attribute) and mattes/. Photos are framed as
    ``options.framing`` says; pictures that came cut (all others, and photos with mattes) are not.

    Raises:
        UsageError: it does not exist, holds no pictures, or none that can be used.
    """
    options = options or DataOptions()
    if (folder / IMAGES).is_file() and (folder / FACTORS).is_file():
        return _renders(folder, size, options)
    if is_archive(folder):
        found = decode(archive(folder, size), size, options, _AS_THEY_ARE)
        parts = _parts(held_out.held_renders(archive(folder, size).count))[found.good]
        return Pictures("labelled", cast(Pixels, found.images), {}, folder, parts, found.notes)
    if is_celeba(folder) or (folder.name == ALIGNED and is_celeba(folder.parent)):
        where, names, columns, parts = celeba(folder if is_celeba(folder) else folder.parent)
        parts = _parts(held_out.held_names(names)) if parts is None else parts
        found = decode(undecoded(where, names, BOX), size, options, _AS_THEY_ARE)
    elif is_lfw(folder):
        where, names, columns, parts = lfw(folder)
        people = [name.split("/")[0] for name in names]
        parts = _parts(held_out.held_groups(people)) if parts is None else parts
        found = decode(undecoded(where, names), size, options, options.framing)
    else:
        names, columns = find_pictures(folder), Table()
        parts = _parts(held_out.held_names(names))
        if (folder / LABELS).is_file():
            names, columns = chosen_by(read_csv(folder / LABELS), names, folder / LABELS)
            parts = _parts(held_out.held_rows(len(names)))
        framing = _AS_THEY_ARE if (folder / MATTES).is_dir() else options.framing
        found = decode(undecoded(folder, names), size, options, framing)
    columns = {"name": np.array(names)[found.good]} | {key: values[found.good] for key, values in columns.items()}
    return Pictures("labelled", cast(Pixels, found.images), columns, folder, parts[found.good], found.notes)


def is_known(folder: Path) -> bool:
    """Whether a source comes with a table of what is known about its pictures."""
    if (folder / FACTORS).is_file():
        return (folder / IMAGES).is_file()
    attributes = [folder / f"{ATTRIBUTES}{suffix}" for suffix in (".txt", ".csv")]
    return (folder / LABELS).is_file() or is_lfw(folder) or any(path.is_file() for path in attributes)


def contrast(
    name: str, with_folder: Path, without_folder: Path, size: int, options: DataOptions | None = None
) -> Pictures:
    """Pictures that show something and pictures that do not, from two folders, as one table with one column.

    Args:
        name: what is shown, in a user's words; the column's name.

    Raises:
        UsageError: a folder holds no pictures that can be used.
    """
    found = [open_pictures(folder, size, options) for folder in (with_folder, without_folder)]
    names = [f"{p.folder.name}/{n}" for p in found for n in p.columns.get("name", np.arange(len(p.images))).tolist()]
    column = np.repeat([1.0, 0.0], [len(p.images) for p in found])
    held = np.concatenate([held_out.held_names([str(i) for i in range(len(p.images))]) for p in found])
    images = np.concatenate([p.images[:] for p in found])
    notes = [note for p in found for note in p.notes]
    return Pictures("labelled", images, {"name": np.array(names), name: column}, with_folder, _parts(held), notes)


def _renders(folder: Path, size: int, options: DataOptions) -> Pictures:
    try:
        images = np.load(folder / IMAGES, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder / IMAGES} cannot be read: {error}.") from error
    if images.ndim != 4 or images.shape[1] != images.shape[2] or images.shape[3] != 3 or images.dtype != np.uint8:
        raise UsageError(f"{folder / IMAGES} does not hold square 8-bit colour pictures.")
    if images.shape[1] < size:
        raise UsageError(f"{folder} holds pictures of {images.shape[1]} pixels: at least {size} are needed.")
    columns = read_csv(folder / FACTORS)
    count = min(len(images), len(next(iter(columns.values()))))
    keep = np.arange(count)
    if (folder / "done.npy").is_file():  # the folder of a renderer that has not finished
        keep = np.flatnonzero(np.load(folder / "done.npy", allow_pickle=False)[:count])
    if not len(keep):
        raise UsageError(f"{folder} holds no finished pictures.")
    kept: Images = images if len(keep) == len(images) else Part(images, keep)
    if images.shape[1] != size:
        resized = OnDemand(len(keep), (size, size, 3), lambda i: square(images[keep[i]], size))
        kept = resized[:] if len(keep) * size * size * 3 <= options.memory_mib << 20 else resized
    return Pictures("rendered", cast(Pixels, kept), {name: values[keep] for name, values in columns.items()}, folder)


def _parts(held: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """A partition of training and test pictures."""
    return np.where(held, 2, 0)


def _fingerprint(images: Images, columns: Mapping[str, npt.NDArray[Any]]) -> str:
    digest = hashlib.sha256(str(len(images)).encode())
    for name, values in columns.items():
        digest.update(name.encode())
        digest.update(values.tobytes())
    for i in np.linspace(0, len(images) - 1, min(64, len(images))).astype(int).tolist():
        digest.update(np.ascontiguousarray(images[i]).tobytes())
    return digest.hexdigest()[:16]
