"""What is known about training pictures, from any source, in one table of named factors.

Attributes that both rendered and hand-labelled pictures have (``trainer.attributes.FACES``) share a column, so that the
factor loss sees them as one thing; every other column keeps its own name. Unknown is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from trainer.attributes import FACES, Columns, Floats

TableKind = Literal["factors", "labels"]

MIRRORED = frozenset({"yaw", "roll", "gaze_x", "light_az", "hair_part"})
"""Factors whose sign turns when a picture is flipped left to right."""

# Columns that pick random texture, or that say how the picture was cut out.
_SILENT = {
    "index", "name", "seed", "noise_seed", "bg_seed", "bg_angle", "source_px", "matte", "quality",
    "background_blue",  # the background is replaced
}  # fmt: skip
_SILENT_PREFIXES = ("crop_",)
# Labels that FACES reads.
_SHARED_LABELS = {
    "smiling", "age_group", "male", "eyeglasses", "beard", "hair_colour", "hair_length", "bald", "bangs", "lipstick",
}  # fmt: skip


def known_factors(columns: Columns, kind: TableKind) -> dict[str, Floats]:
    """Named factors [N] that a table of rendered factors, or of hand labels, tells about its pictures.

    Numbers as they are, categories as one 0/1 factor each ("hair_style=long"). A label of -1 is unknown.
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
        if name in out or name in _SILENT or name.startswith(_SILENT_PREFIXES):
            continue
        if kind == "labels" and name in _SHARED_LABELS:
            continue
        if values.dtype.kind in "US":
            if kind == "factors":
                out |= {f"{name}={c}": (values == c).astype(np.float64) for c in sorted(set(values.tolist()))}
        else:
            numbers = values.astype(np.float64)
            out[name] = np.where(numbers == -1, np.nan, numbers) if kind == "labels" else numbers
    return {name: values for name, values in out.items() if np.nanmax(values) > np.nanmin(values)}


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


def typed_columns(rows: Sequence[Mapping[str, str]]) -> dict[str, npt.NDArray[Any]]:
    """The columns of a table read as text: numbers where all of a column are numbers, with "" as NaN."""
    out = dict[str, npt.NDArray[Any]]()
    for name in rows[0] if rows else ():
        texts = [row[name] or "" for row in rows]
        try:
            out[name] = np.array([float(text) if text.strip() else np.nan for text in texts])
        except ValueError:
            out[name] = np.array(texts)
    return out
