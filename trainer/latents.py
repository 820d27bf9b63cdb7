"""Statistics of the latent over the training pictures: mean, spread, and each group's own principal directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from diti_studio.core.groups import TimestepGroups

Floats = npt.NDArray[np.floating]

COMPONENTS = 4
_DEAD = 1e-6  # a dim that varies less than this carries nothing; dividing by its spread would only raise noise


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and standard deviation [D] of z, float64; the deviation of a dim that never varies is 1."""

    mean: Floats
    std: Floats

    @classmethod
    def of(cls, z: Floats) -> Statistics:
        """Over latents [N, D], N at least 2."""
        std = z.std(axis=0, dtype=np.float64)
        return cls(z.mean(axis=0, dtype=np.float64), np.where(std > _DEAD, std, 1.0))

    def normalise(self, z: Floats) -> Floats:
        """(z - mean) / std, [N, D] float64."""
        return (z - self.mean) / self.std


def principal_directions(z: Floats, groups: TimestepGroups, components: int = COMPONENTS) -> Floats:
    """The main ways in which each group's own dims vary.

    Args:
        z: [N, D] latents of the training pictures.
        components: C, how many a group gets; zero beyond its number of dims.

    Returns:
        [C, D]: row c holds, on each group's own dims, its c-th principal direction times its standard deviation, so
        that adding it moves the picture by one standard deviation. The sign is such that the largest entry is
        positive: the same data give the same slider.
    """
    out = np.zeros((components, groups.latent_dim))
    for group in groups.groups:
        own = slice(group.dim_start, group.dim_end)
        centred = z[:, own] - z[:, own].mean(axis=0, dtype=np.float64)
        variances, vectors = np.linalg.eigh(centred.T @ centred / len(z))
        count = min(components, group.dim_end - group.dim_start)
        for c in range(count):
            vector = vectors[:, -1 - c] * np.sqrt(max(variances[-1 - c], 0.0))
            out[c, own] = vector * (1 if vector[np.abs(vector).argmax()] >= 0 else -1)
    return out
