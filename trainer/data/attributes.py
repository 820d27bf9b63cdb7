"""What is known about training pictures, from any source, in one table of named factors.

Attributes that both rendered and hand-labelled pictures have (``trainer.attributes.FACES``) share a column, so that the
factor loss sees them as one thing; every other column keeps its own name. Unknown is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from trainer.attributes import FACES, SHARED_LABELS, Columns, Floats, is_silent, labels

TableKind = Literal["factors", "labels"]

MIRRORED = frozenset({"yaw", "roll", "gaze_x", "light_az", "hair_part"})
"""Factors whose sign turns when a picture is flipped left to right."""


def known_factors(columns: Columns, kind: TableKind) -> dict[str, Floats]:
    """Named factors [N] that a table of rendered factors, or of hand labels, tells about its pictures.

    Numbers as they are, categories as one 0/1 factor each ("hair_style=long"). Labels are read by
    ``trainer.attributes.labels``.
    """
    out = dict[str, Floats]()
    for spec in FACES:
        read = spec.factor if kind == "factors" else spec.label
        if read is None:
            continue
        try:
            values = np.asarray(read(columns), np.float64)
        except (KeyError, ValueError):
            continue  # a table of another domain, or of fewer columns
        out[spec.name] = values
    for name, values in columns.items():
        if name in out or is_silent(name) or (kind == "labels" and name in SHARED_LABELS):
            continue
        if values.dtype.kind in "US":
            if kind == "factors":
                out |= {f"{name}={c}": (values == c).astype(np.float64) for c in sorted(set(values.tolist()))}
        else:
            out[name] = labels(values) if kind == "labels" else values.astype(np.float64)
    return {name: values for name, values in out.items() if _varies(values)}


def _varies(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 0 and bool(known.max() > known.min())


@dataclass(frozen=True, eq=False)
class FactorTable:
    """The columns of the factors of all sources together.

    Attributes:
        names: F of them.
        binary: [F], which are 0 or 1.
        mean, std: [F], over the training pictures; 0 and 1 for binary factors.
        sign: [F], -1 for factors that turn with a flip.
    """

    names: tuple[str, ...]
    binary: npt.NDArray[np.bool_]
    mean: Floats
    std: Floats
    sign: Floats

    @classmethod
    def of(cls, tables: Sequence[Mapping[str, Floats]]) -> FactorTable:
        """From the known factors of the training pictures of each source."""
        names = tuple(dict.fromkeys(name for table in tables for name in table))
        columns = [np.concatenate([t[name] for t in tables if name in t]) for name in names]
        binary = np.array([bool(np.isin(c[~np.isnan(c)], (0, 1)).all()) for c in columns], np.bool_)
        return cls(
            names,
            binary,
            np.array([0.0 if b else np.nanmean(c) for b, c in zip(binary, columns, strict=True)]),
            np.array([1.0 if b else max(float(np.nanstd(c)), 1e-6) for b, c in zip(binary, columns, strict=True)]),
            np.array([-1.0 if name in MIRRORED else 1.0 for name in names]),
        )

    def rows(self, table: Mapping[str, Floats], count: int) -> npt.NDArray[np.float32]:
        """[count, F] raw values of a source's pictures; NaN in the columns that it does not have."""
        out = np.full((count, len(self.names)), np.nan, np.float32)
        for i, name in enumerate(self.names):
            if name in table:
                out[:, i] = table[name]
        return out

    def standardise(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Rows as training targets: in standard deviations, or 0 and 1."""
        return ((rows - self.mean) / self.std).astype(np.float32)
