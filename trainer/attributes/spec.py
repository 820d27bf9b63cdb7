"""What an attribute is, and how its value is found in tables.

A value comes from the factors of a rendered picture, or from a hand label of a real one; the two are brought to the
same scale here, so that they can be used together. Unknown is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Columns = Mapping[str, npt.NDArray[Any]]
"""A table: column name -> [N] numbers or strings."""


@dataclass(frozen=True)
class Read:
    """Reads a value [N] from a table.

    Attributes:
        columns: what must change for the value to change.
        value: may raise KeyError or ValueError where the table has no such columns.
    """

    columns: tuple[str, ...]
    value: Callable[[Columns], Floats]

    def __call__(self, columns: Columns) -> Floats:
        return self.value(columns)


@dataclass(frozen=True)
class AttributeSpec:
    """An attribute that a direction is sought for.

    Attributes:
        factor: its value [N] from the table of rendered factors; None where no renderer knows it.
        label: its value [N] from hand labels, on the same scale; None where nobody labelled it.
        family: attributes of one family say partly the same (blond hair is not dark): a change of one is not counted
            as a leak of the other.
        kind: how the probe reads it, continuous (in standard deviations) or binary (as a logit).
    """

    name: str
    title: str
    minus: str
    plus: str
    factor: Read | None
    label: Read | None = None
    family: str = ""
    kind: Literal["continuous", "binary"] = "continuous"

    def unit(self, values: Floats) -> float:
        """What amount 1 stands for: a standard deviation; half of the way from no to yes for a binary attribute."""
        return 0.5 if self.kind == "binary" else float(np.nanstd(values))


def number(name: str) -> Read:
    """The column as it is."""
    return Read((name,), lambda columns: columns[name].astype(np.float64))


def one_of(name: str, *categories: str) -> Read:
    """1 where the column holds one of the categories, else 0."""
    return Read((name,), lambda columns: np.isin(columns[name].astype(str), categories).astype(np.float64))


def scaled(name: str, values: Sequence[float], *, unknown: float | None = None) -> Read:
    """A hand label 0, 1, 2... as the values that rendered faces of that look have."""

    def read(columns: Columns) -> Floats:
        labels = columns[name].astype(np.float64)
        out = np.interp(labels, np.arange(len(values)), np.asarray(values, np.float64))
        return out if unknown is None else np.where(labels == unknown, np.nan, out)

    return Read((name,), read)


def is_label(name: str, *codes: int) -> Read:
    """1 where a hand label is one of the codes, 0 where it is another, NaN where it is -1."""

    def read(columns: Columns) -> Floats:
        labels = columns[name].astype(np.float64)
        return np.where(labels < 0, np.nan, np.isin(labels, codes).astype(np.float64))

    return Read((name,), read)


def labels(values: npt.NDArray[Any]) -> Floats:
    """A column of hand labels [N] as numbers, NaN where unknown.

    -1 and 1 alone are no and yes (CelebA's way), 0 and 1; among whole numbers -1 is "unknown"; all else is as it is.
    """
    numbers = values.astype(np.float64)
    known = numbers[~np.isnan(numbers)]
    if set(known.tolist()) == {-1.0, 1.0}:
        return (numbers + 1) / 2
    if len(known) and (known == np.rint(known)).all() and known.min() == -1:
        return np.where(numbers == -1, np.nan, numbers)
    return numbers


def label(name: str) -> Read:
    """A column of hand labels, as ``labels`` reads it."""
    return Read((name,), lambda columns: labels(columns[name]))


def table(specs: Sequence[AttributeSpec], columns: Columns, *, labels: bool = False) -> Floats:
    """[N, A]: the values of the attributes in a table of factors, or of hand labels; NaN where unknown."""
    count = len(next(iter(columns.values())))
    out = np.full((count, len(specs)), np.nan)
    for i, spec in enumerate(specs):
        read = spec.label if labels else spec.factor
        if read is None:
            continue
        try:
            out[:, i] = read(columns)
        except (KeyError, ValueError):  # a table of other columns, or of text where numbers are read
            continue
    return out
