"""What is known about the pictures that a representation is measured on, in the form that the measures need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from trainer.attributes import AttributeSpec
from trainer.data.pictures import Pictures

Floats = npt.NDArray[np.floating]
Mask = npt.NDArray[np.bool_]
Kind = Literal["continuous", "binary", "categorical"]

BINS = 10
"""Continuous factors are cut into so many parts of equal counts where a measure needs classes."""


@dataclass(frozen=True, eq=False)
class Factors:
    """The factors, or labels, of N pictures.

    Attributes:
        names, kinds: F of them.
        values: [N, F]; binary factors are 0 or 1, categories their number 0, 1, 2..., unknown is NaN.
    """

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    values: Floats

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of(cls, columns: Mapping[str, npt.NDArray[Any]], domains: Mapping[str, Mapping[str, Any]]) -> Factors:
        """From a table and the domains of its factors as render.json has them."""
        kinds = tuple[Kind, ...](domain["kind"] for domain in domains.values())
        values = [_numbers(columns[name], domain.get("categories", ())) for name, domain in domains.items()]
        return cls(tuple(domains), kinds, np.stack(values, axis=1))

    @classmethod
    def of_attributes(cls, pictures: Pictures, specs: Sequence[AttributeSpec]) -> Factors:
        """The named attributes of pictures of a domain that has them."""
        return cls(tuple(s.name for s in specs), tuple(s.kind for s in specs), pictures.values(specs))

    def take(self, which: npt.NDArray[Any]) -> Factors:
        """Some of the pictures, by mask or indices."""
        return Factors(self.names, self.kinds, self.values[which])

    def chosen(self, which: Mask) -> Factors:
        """Some of the factors, by mask [F]."""
        indices = np.flatnonzero(which).tolist()
        return Factors(
            tuple(self.names[i] for i in indices), tuple(self.kinds[i] for i in indices), self.values[:, indices]
        )

    def complete(self) -> Factors:
        """The factors that are known of every picture and vary."""
        return self.chosen(np.array([not np.isnan(v).any() and v.max() > v.min() for v in self.values.T], np.bool_))

    def labels(self) -> Factors:
        """Yes-or-no labels: one for each category, and for continuous factors whether they exceed their median."""
        names, out = list[str](), list[Floats]()
        for name, kind, values in zip(self.names, self.kinds, self.values.T, strict=True):
            known = ~np.isnan(values)
            if kind == "categorical":
                for code in np.unique(values[known]).astype(int).tolist():
                    names.append(f"{name}={code}")
                    out.append(np.where(known, values == code, np.nan))
            else:
                threshold = 0.5 if kind == "binary" else np.median(values[known]) if known.any() else 0.0
                names.append(name)
                out.append(np.where(known, values > threshold, np.nan))
        return Factors(tuple(names), ("binary",) * len(names), np.stack(out, axis=1).astype(np.float64))

    def targets(self) -> tuple[Floats, npt.NDArray[np.int64]]:
        """[N, T] numbers for a linear reader, a category as one 0/1 column for each code, and [T] whose they are."""
        columns, owners = list[Floats](), list[int]()
        for i, (kind, values) in enumerate(zip(self.kinds, self.values.T, strict=True)):
            if kind == "categorical":
                codes = np.unique(values)
                columns += [(values == code).astype(np.float64) for code in codes]
                owners += [i] * len(codes)
            else:
                columns.append(values)
                owners.append(i)
        return np.stack(columns, axis=1), np.array(owners)

    def classes(self) -> npt.NDArray[np.int64]:
        """[N, F]: categories and binary factors as they are, continuous ones in BINS parts of equal counts."""
        return np.stack([cut(values, BINS) for values in self.values.T], axis=1)


def cut(values: Floats, parts: int) -> npt.NDArray[np.int64]:
    """[N] classes 0, 1, ...: the values themselves where there are at most ``parts``, else quantiles."""
    different, codes = np.unique(values, return_inverse=True)
    if len(different) <= parts:
        return codes
    edges = np.unique(np.quantile(values, np.linspace(0, 1, parts + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right")


def _numbers(values: npt.NDArray[Any], categories: Sequence[str]) -> Floats:
    if not categories:
        return values.astype(np.float64)
    codes = {name: float(i) for i, name in enumerate(categories)}
    return np.array([codes.get(str(value), np.nan) for value in values])
