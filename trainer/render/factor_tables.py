"""Typed tables of factors: the fields of a dataclass, each with the domain of its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

Kind = Literal["continuous", "categorical", "binary"]


@dataclass(frozen=True, slots=True)
class Factor:
    """The domain of one factor: a closed range, a list of categories, or 0 and 1."""

    kind: Kind
    low: float = 0.0
    high: float = 1.0
    categories: tuple[str, ...] = ()

    def describe(self) -> dict[str, Any]:
        """The entry of this factor in ``render.json``."""
        if self.kind == "categorical":
            return {"kind": self.kind, "categories": list(self.categories)}
        return {"kind": self.kind, "range": [self.low, self.high]}


def range_factor(low: float, high: float, default: float) -> Any:
    """The field of a continuous factor."""
    return field(default=default, metadata={"factor": Factor("continuous", low, high)})


def choice_factor(categories: tuple[str, ...], default: str) -> Any:
    """The field of a factor with categories."""
    return field(default=default, metadata={"factor": Factor("categorical", categories=categories)})


def flag_factor() -> Any:
    """The field of a factor that is 0 or 1."""
    return field(default=0, metadata={"factor": Factor("binary")})


def factors_of(table: type[Any]) -> Mapping[str, Factor]:
    """Every factor's name and domain, in the order of the dataclass's fields."""
    return MappingProxyType({f.name: f.metadata["factor"] for f in fields(table)})


def weighted(rng: np.random.Generator, categories: Sequence[str], weights: Sequence[float]) -> str:
    """A category drawn at random; weights need not sum to 1."""
    p = np.array(weights, np.float64)
    return categories[int(rng.choice(len(p), p=p / p.sum()))]
