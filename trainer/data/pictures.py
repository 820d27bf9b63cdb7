"""Pictures with what is known about them, and which of them no training step may see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from trainer.attributes import AttributeSpec, confounders, table
from trainer.data.decoded import Pixels
from trainer.data.held_out import Mask, held_renders, held_rows

Kind = Literal["rendered", "labelled"]

Part = Literal["train", "valid", "test"]
PARTS: tuple[Part, ...] = ("train", "valid", "test")


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures [N, s, s, 3] uint8 and a table of their factors or hand labels.

    Attributes:
        images: in memory, or a stand-in that reads what it is asked for when it is indexed (``decoded.Images``).
        columns: the table, each column [N]; empty when nothing is known.
        parts: [N], 0, 1 or 2 as the source's own partition says (``PARTS``); None where it has none.
        notes: a sentence for each picture that could not be used.
    """

    kind: Kind
    images: Pixels
    columns: dict[str, npt.NDArray[Any]]
    folder: Path
    parts: npt.NDArray[np.int64] | None = None
    notes: list[str] = field(default_factory=list[str])

    @cached_property
    def held(self) -> Mask:
        """[N]: which pictures are held out; all that are no training pictures where there is a partition."""
        if self.parts is not None:
            return self.parts > 0
        return (held_renders if self.kind == "rendered" else held_rows)(len(self.images))

    def part(self, name: Part) -> Mask:
        """[N]: which pictures are of a part; without a partition those held out are "test", and none is "valid"."""
        parts = self.held.astype(np.int64) * 2 if self.parts is None else self.parts
        return parts == PARTS.index(name)

    def values(self, specs: Sequence[AttributeSpec]) -> npt.NDArray[np.floating]:
        """[N, A] values of the attributes, NaN where unknown."""
        if not self.columns:
            return np.full((len(self.images), len(specs)), np.nan)
        return table(specs, self.columns, labels=self.kind == "labelled")

    def others(self, specs: Sequence[AttributeSpec]) -> npt.NDArray[np.floating]:
        """[N, F] further factors that are known; F is 0 for hand labels."""
        return confounders(self.columns, specs) if self.kind == "rendered" else np.zeros((len(self.images), 0))

    @cached_property
    def description(self) -> dict[str, Any]:
        """What render.json says of a folder of renders; empty for other folders."""
        path = self.folder / "render.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @property
    def changes(self) -> tuple[tuple[str, ...], ...]:
        """The factors that change together from each even picture to the next; empty where pictures are no pairs."""
        return tuple(tuple(names) for names in self.description.get("changes", ()))

    def pairs(self, *, held: bool) -> npt.NDArray[np.int64]:
        """[P, 2]: indices of counterfactual pairs, both of which are held out, or neither."""
        index = self.columns["index"].astype(np.int64)  # not all are there while a folder is still being rendered
        first = np.flatnonzero((index[:-1] % 2 == 0) & (index[1:] == index[:-1] + 1))
        both = np.stack([first, first + 1], axis=1)
        return both[(self.held[both] == held).all(axis=1)]

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the table and of the number and size of the pictures."""
        digest = hashlib.sha256(f"{self.kind} {self.images.shape}".encode())
        for name, values in self.columns.items():
            digest.update(name.encode() + values.tobytes())
        return digest.hexdigest()[:16]

    def take(self, which: npt.NDArray[Any]) -> Pictures:
        """A part of the pictures, by mask or indices, read into memory; ``held`` and ``parts`` are not told of it."""
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
