"""CelebA and LFW as their authors hand them out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import UsageError
from trainer.attributes import labels
from trainer.data.folder import find_pictures
from trainer.data.tables import Table, read_celeba, read_lfw

ALIGNED = "img_align_celeba"
ATTRIBUTES = "list_attr_celeba"
PARTITION = "list_eval_partition"
BOX = (25, 57, 128)
"""Left, top and side of the crop of CelebA's aligned 178x218 pictures that CelebA64 is made of."""
ALIGNED_SIZE = (178, 218)

LFW_ATTRIBUTES = "lfw_attributes.txt"
_LFW_FOLDERS = ("lfw", "lfw_funneled", "lfw-deepfunneled", "lfw-py/lfw_funneled")
_LFW_TEST = "peopleDevTest.txt"


def is_celeba(folder: Path) -> bool:
    """Whether a folder is CelebA's."""
    return (folder / ALIGNED).is_dir()


def celeba(folder: Path) -> tuple[Path, list[str], Table, npt.NDArray[np.int64] | None]:
    """Where the pictures are, their names, the 40 attributes (0 or 1), and the partition (0, 1, 2).

    Table and partition are left out when their files are missing.

    Raises:
        UsageError: a file cannot be read, or the lists name no picture that is there.
    """
    pictures = folder / ALIGNED
    if (pictures / ALIGNED).is_dir():  # as Kaggle packs it
        pictures = pictures / ALIGNED
    names = find_pictures(pictures)
    attributes, partition = read_celeba(folder, ATTRIBUTES), read_celeba(folder, PARTITION)
    columns = Table()
    if attributes is not None:
        names, columns = _rows(attributes, names, folder / ATTRIBUTES)
        columns = {name: values if name == "name" else labels(values) for name, values in columns.items()}
    parts = None
    if partition is not None:
        known, rows = _rows(partition, names, folder / PARTITION)
        if known != names:
            at = {name: i for i, name in enumerate(names)}
            keep = [at[name] for name in known]
            columns = {name: values[keep] for name, values in columns.items()}
            names = known
        parts = next(values for name, values in rows.items() if name != "name").astype(np.int64)
        if not np.isin(parts, (0, 1, 2)).all():
            raise UsageError(f"{folder / PARTITION} holds other parts than 0, 1 and 2.")
    return pictures, names, columns, parts


def is_lfw(folder: Path) -> bool:
    """Whether a folder is LFW's, with its attributes."""
    return (folder / LFW_ATTRIBUTES).is_file()


def lfw(folder: Path) -> tuple[Path, list[str], Table, npt.NDArray[np.int64] | None]:
    """Where the pictures are, their names (Person/Person_0001.jpg), the 73 numbers, and the split by people.

    The split is that of peopleDevTest.txt; None when it is not there.

    Raises:
        UsageError: the table cannot be read, or names no picture that is there.
    """
    table = read_lfw(folder / LFW_ATTRIBUTES)
    if not {"person", "imagenum"} <= set(table):
        raise UsageError(f"{folder / LFW_ATTRIBUTES} has no columns 'person' and 'imagenum'.")
    people = [str(person).replace(" ", "_") for person in table.pop("person")]
    numbers = table.pop("imagenum").astype(int)
    table = {"name": np.array([f"{p}/{p}_{n:04d}.jpg" for p, n in zip(people, numbers, strict=True)])} | table
    pictures = next((folder / name for name in _LFW_FOLDERS if (folder / name).is_dir()), folder)
    names, columns = _rows(table, find_pictures(pictures), folder / LFW_ATTRIBUTES)
    return pictures, names, columns, _people_split(folder / _LFW_TEST, names)


def _people_split(path: Path, names: list[str]) -> npt.NDArray[np.int64] | None:
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    people = {line.split("\t")[0].strip() for line in lines if "\t" in line}
    return np.array([2 if name.split("/")[0] in people else 0 for name in names], np.int64)


def _rows(table: Table, names: list[str], path: Path) -> tuple[list[str], Table]:
    """The pictures that are both in a table and there, in the order of the names, and their rows."""
    at = {str(name): i for i, name in enumerate(table["name"])}
    kept = [name for name in names if name in at]
    if not kept:
        raise UsageError(f"None of the pictures that {path.name} names is in {path.parent}.")
    rows = [at[name] for name in kept]
    return kept, {name: values[rows] for name, values in table.items()}
