"""Which columns of tables say something about looks, and what stands beside the attributes in a regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.attributes import faces, rooms
from trainer.attributes.faces import FACES
from trainer.attributes.spec import AttributeSpec, Columns, Floats, table

SILENT = frozenset({
    "index", "name", "seed", "noise_seed", "bg_seed", "bg_angle", "source_px", "matte", "quality",
    "background_blue",  # the background is replaced
})  # fmt: skip
"""Columns that pick random texture, or that say how the picture was cut out; so do those that begin with "crop_"."""


def is_silent(name: str) -> bool:
    """Whether a column says nothing about looks."""
    return name in SILENT or name.startswith("crop_")


# Columns that say nothing about looks, and those that attributes are computed from: these would be collinear.
_REDUNDANT = SILENT | faces.REDUNDANT | rooms.REDUNDANT
_SAME = 0.99  # correlation above which a factor is an attribute under another name


def confounders(columns: Columns, specs: Sequence[AttributeSpec] = FACES) -> Floats:
    """[N, F]: every rendered factor, categories as 0/1 columns (the first left out), for regression beside ``specs``.

    Factors that an attribute is, whatever it is called there, stand among the attributes and are left out here.
    """
    attributes = [_standardised(values) for values in table(specs, columns).T]
    out = list[Floats]()
    for name, values in columns.items():
        if name in _REDUNDANT:
            continue
        if values.dtype.kind in "US":
            found = [(values == category).astype(np.float64) for category in sorted(set(values.tolist()))[1:]]
        else:
            found = [values.astype(np.float64)]
        out += [f for f in found if not any(abs(float(_standardised(f) @ a)) > _SAME * len(f) for a in attributes)]
    return np.stack(out, axis=1) if out else np.zeros((len(next(iter(columns.values()))), 0))


def _standardised(values: Floats) -> Floats:
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))
