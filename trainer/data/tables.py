"""Tables of what is known about pictures: CSV, and the text files that come with CelebA and LFW."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import UsageError

Table = dict[str, npt.NDArray[Any]]
"""Column name -> [N] numbers (float64, NaN where empty) or text."""


def read_csv(path: Path) -> Table:
    """A CSV file with a header. Raises UsageError when it cannot be read or has no rows."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            columns = typed_columns(list(csv.DictReader(file)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    if not columns:
        raise UsageError(f"{path} has no rows.")
    return columns


def typed_columns(rows: Sequence[Mapping[str, str]]) -> Table:
    """The columns of a table read as text: numbers where all of a column are numbers, with "" as NaN."""
    return {name: _typed([row[name] or "" for row in rows]) for name in (rows[0] if rows else ()) if name is not None}


def read_celeba(folder: Path, stem: str) -> Table | None:
    """A list of CelebA: STEM.csv, or STEM.txt as its authors wrote it; the first column is called "name".

    The text form has a line with the number of rows and one with the columns, except for the partition, which has
    neither (Liu et al., "Deep Learning Face Attributes in the Wild", ICCV 2015).

    Returns:
        None when there is neither file.

    Raises:
        UsageError: it is there and cannot be read.
    """
    if (folder / f"{stem}.csv").is_file():
        table = read_csv(folder / f"{stem}.csv")
        return {"name" if i == 0 else name: values for i, (name, values) in enumerate(table.items())}
    path = folder / f"{stem}.txt"
    if not path.is_file():
        return None
    rows = [line.split() for line in _lines(path)]
    columns = ["partition"]
    if rows and len(rows[0]) == 1 and rows[0][0].isdigit():
        columns, rows = rows[1] if len(rows) > 1 else [], rows[2:]
    return _columns(path, ["name", *columns], rows)


def read_lfw(path: Path) -> Table:
    """lfw_attributes.txt: tab-separated person, imagenum and 73 numbers; the columns stand in the last line with a #.

    Kumar et al., "Attribute and Simile Classifiers for Face Verification", ICCV 2009.

    Raises:
        UsageError: it cannot be read or names no columns.
    """
    lines = _lines(path)
    heads = [line for line in lines if line.startswith("#") and "\t" in line]
    if not heads:
        raise UsageError(f"{path} does not name its columns in a line that begins with #.")
    names = [name.strip() for name in heads[-1].lstrip("#").strip("\t ").split("\t")]
    return _columns(path, names, [line.split("\t") for line in lines if not line.startswith("#")])


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    return [line for line in text.splitlines() if line.strip()]


def _columns(path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    if not rows:
        raise UsageError(f"{path} has no rows.")
    wrong = next((i for i, row in enumerate(rows) if len(row) != len(names)), None)
    if wrong is not None:
        raise UsageError(f"{path} is damaged: its row {wrong + 1} has {len(rows[wrong])} columns and not {len(names)}.")
    return {name: _typed([row[i].strip() for row in rows]) for i, name in enumerate(names)}


def _typed(texts: Sequence[str]) -> npt.NDArray[Any]:
    try:
        return np.array([float(text) if text.strip() else np.nan for text in texts])
    except ValueError:
        return np.array(texts)
