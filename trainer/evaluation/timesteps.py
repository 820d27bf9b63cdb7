"""Which attribute lives at which time-steps: what is left of it when only a stage's dims are read, or all but those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from diti_studio.core.groups import TimestepGroups
from trainer.evaluation.disentanglement import Units, groups_of_dims, stages_of_dims
from trainer.evaluation.factors import Factors, Floats, Mask
from trainer.evaluation.linear import explained, read_linearly
from trainer.latents import Statistics


@dataclass(frozen=True, eq=False)
class TimeMap:
    """Share of an attribute's variance that a linear layer reads (R^2 on pictures that it was not fitted on, 0..1).

    A category's is that of its 0/1 columns together.

    Attributes:
        names: [F].
        ends: [S] the stages' ends in time; stage s is t = ends[s - 1] .. ends[s].
        whole: [F] from all dims.
        only: [F, S] from the dims of one stage.
        without: [F, S] from all other dims: where it is lower than ``whole``, nothing else holds what the stage holds.
        groups: [F, k] from the dims of one group.
    """

    names: tuple[str, ...]
    ends: tuple[int, ...]
    whole: Floats
    only: Floats
    without: Floats
    groups: Floats

    @property
    def titles(self) -> tuple[str, ...]:
        """The stages by their time-steps."""
        return stage_titles(self.ends)


def stage_titles(ends: Sequence[int]) -> tuple[str, ...]:
    """Such as ``t 50–100`` for each stage, by the stages' ends in time."""
    return tuple(f"t {start}–{end}" for start, end in zip((0, *ends), ends, strict=False))


def time_map(z: Floats, factors: Factors, fit: Mask, groups: TimestepGroups, *, each_group: bool = True) -> TimeMap:
    """Measures latents [N, D] of a representation with these groups; factors that are not known throughout are left
    out. ``each_group``: False leaves ``groups`` empty, [F, 0]."""
    factors = factors.complete()
    targets, owners = factors.targets()
    target = Statistics.of(targets[fit]).normalise(targets)

    def read(dims: npt.NDArray[np.bool_]) -> Floats:
        if not dims.any():
            return np.zeros(len(factors))
        found = read_linearly(z[:, dims], target, fit)
        return np.array([explained(found[:, owners == i], target[~fit][:, owners == i]) for i in range(len(factors))])

    def each(units: Units) -> list[Floats]:
        return [read(units == unit) for unit in range(int(units.max()) + 1)]

    stages = stages_of_dims(groups)
    ends = tuple(groups.stage_ends[s] for s in sorted({group.stage for group in groups.groups}))
    return TimeMap(
        factors.names,
        ends,
        read(np.ones(z.shape[1], np.bool_)),
        np.stack(each(stages), axis=1),
        np.stack([read(stages != stage) for stage in range(len(ends))], axis=1),
        np.stack(each(groups_of_dims(groups)), axis=1) if each_group else np.zeros((len(factors), 0)),
    )
