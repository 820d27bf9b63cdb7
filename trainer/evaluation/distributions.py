"""How two sets of pictures compare as wholes, in a space of features [N, D]: one row a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

Floats = npt.NDArray[np.floating]

NEIGHBOURS = 3
"""k of precision and recall, as their authors advise."""


@dataclass(frozen=True)
class Likeness:
    """One set of pictures against real ones.

    Attributes:
        precision: share of its pictures that lie among the real ones, 0..1: quality.
        recall: share of the real ones that lie among its pictures, 0..1: diversity.
        frechet: Fréchet distance of two Gaussians fitted to the sets, in squared units of the features.
    """

    precision: float
    recall: float
    frechet: float

    @classmethod
    def of(cls, made: Floats, real: Floats) -> Likeness:
        return cls(share_among(made, real), share_among(real, made), frechet(made, real))


def share_among(points: Floats, others: Floats, k: int = NEIGHBOURS) -> float:
    """Share of ``points`` that lie in the union of balls around ``others``, each as wide as its k-th neighbour is far.

    There must be more than k others.
    The improved precision (made pictures among real ones) and recall (the other way round) of Kynkäänniemi et al.,
    arXiv 1904.06991, equation 1.
    """
    radii = np.sort(cdist(others, others), axis=1)[:, k]  # the nearest of all is the point itself
    return float((cdist(points, others) <= radii).any(axis=1).mean())


def frechet(a: Floats, b: Floats) -> float:
    """Fréchet distance of the Gaussians of two sets (Heusel et al., arXiv 1706.08500, equation 6).

    Biased: two sets of one distribution are apart, by less the larger they are. Compare only with sets of one size.
    """
    spread_a, spread_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = _root(spread_a)
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ spread_b @ root), 0)).sum()
    between = np.square(a.mean(axis=0) - b.mean(axis=0)).sum()
    return float(between + np.trace(spread_a) + np.trace(spread_b) - 2 * shared)


def _root(matrix: Floats) -> Floats:
    """The square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
