"""Which dims of the latent belong to which range of diffusion time-steps.

DiTi cuts the time axis into k groups, group(t) = floor(t * k / T), and gives each group consecutive dims of the
latent z. At time-step t the decoder sees the dims of groups 0..group(t) only (Yue et al., ICLR 2024, section 4.2): this
module is the one definition of that map, for training and for use.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import UsageError


@dataclass(frozen=True)
class Group:
    """One time-step group: t_start <= t < t_end owns the latent dims dim_start <= d < dim_end."""

    t_start: int
    t_end: int
    dim_start: int
    dim_end: int
    stage: int


@dataclass(frozen=True)
class TimestepGroups:
    """The groups of a latent.

    Attributes:
        timesteps: T, the length of the diffusion.
        dims: for each group the number of latent dims that it owns; their sum is D.
        stage_ends: where each stage ends in time, ascending, the last one is T. A group belongs to the
            first stage that ends after the group's first time-step.
    """

    timesteps: int
    dims: tuple[int, ...]
    stage_ends: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.dims) <= self.timesteps:
            raise ValueError("there must be between one group and one group a time-step")
        if min(self.dims) < 1:
            raise ValueError("each group must own at least one latent dim")
        ends = self.stage_ends
        if not ends or ends[-1] != self.timesteps or ends[0] < 1 or any(a >= b for a, b in pairwise(ends)):
            raise ValueError("stage ends must ascend and the last one must be the number of time-steps")

    # -- the layouts of the papers ---------------------------------------------------------------------

    @classmethod
    def balanced(
        cls,
        latent_dim: int = 512,
        groups: int = 64,
        timesteps: int = 1000,
        stage_ends: Sequence[int] = (50, 100, 300, 500, 1000),
    ) -> TimestepGroups:
        """The same number of dims for each group; latent_dim must be a multiple of groups."""
        if latent_dim % groups:
            raise ValueError(f"{latent_dim} latent dims cannot be shared equally by {groups} groups")
        return cls(timesteps, (latent_dim // groups,) * groups, tuple(stage_ends))

    @classmethod
    def unequal(
        cls,
        groups: int = 64,
        timesteps: int = 1000,
        stage_ends: Sequence[int] = (50, 100, 300, 500, 1000),
        stage_dims: Sequence[int] = (10, 25, 327, 100, 50),
    ) -> TimestepGroups:
        """DiTi's own layout: each stage owns a number of dims, shared evenly by its groups, the last takes the rest."""
        counts = [0] * len(stage_ends)
        for group in range(groups):
            counts[_stage_of(_first_timestep(group, groups, timesteps), stage_ends)] += 1
        dims: list[int] = []
        for count, total in zip(counts, stage_dims, strict=True):
            if count == 0:
                raise ValueError("a stage holds no group: use more groups or fewer stages")
            share = total // count
            dims += [share] * (count - 1) + [total - share * (count - 1)]
        return cls(timesteps, tuple(dims), tuple(stage_ends))

    @classmethod
    def single(cls, latent_dim: int = 512, timesteps: int = 1000) -> TimestepGroups:
        """PDAE: one group, no mask (Zhang et al., NeurIPS 2022)."""
        return cls(timesteps, (latent_dim,), (timesteps,))

    # -- the map ---------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.dims)

    def __getitem__(self, index: int) -> Group:
        return self.groups[index]

    @property
    def latent_dim(self) -> int:
        """D, the width of z."""
        return sum(self.dims)

    @cached_property
    def dim_ends(self) -> npt.NDArray[np.int64]:
        """[k] int64: the number of dims of groups 0..i."""
        return np.cumsum(np.array(self.dims, np.int64))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups in order of time."""
        count, out, first = len(self.dims), list[Group](), 0
        for i, dims in enumerate(self.dims):
            start = _first_timestep(i, count, self.timesteps)
            end = _first_timestep(i + 1, count, self.timesteps)
            out.append(Group(start, end, first, first + dims, _stage_of(start, self.stage_ends)))
            first += dims
        return tuple(out)

    def group_of(self, t: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Group of each time-step: floor(t k / T). Shape as t; t in 0..T-1."""
        return np.asarray(t, np.int64) * len(self.dims) // self.timesteps

    def mask(self, t: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """M: [..., D] float32, 1 on the dims of groups 0..group(t), else 0."""
        seen = self.dim_ends[self.group_of(t)]
        return (np.arange(self.latent_dim) < seen[..., None]).astype(np.float32)

    def own_mask(self, t: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """K: [..., D] float32, 1 on the dims of group(t) only."""
        group = self.group_of(t)
        dims = np.arange(self.latent_dim)
        first = self.dim_ends[group] - np.array(self.dims, np.int64)[group]
        return ((dims >= first[..., None]) & (dims < self.dim_ends[group][..., None])).astype(np.float32)

    def dims_of(self, start: int, end: int) -> slice:
        """The latent dims of groups start..end-1. Raises UsageError when the range is empty or out of bounds."""
        if not 0 <= start < end <= len(self.dims):
            raise UsageError(
                f"The range {start}-{end} does not fit: groups are numbered 0 to {len(self.dims) - 1}, "
                "and the second number, which is left out, must be the larger one."
            )
        return slice(self.groups[start].dim_start, self.groups[end - 1].dim_end)

    def dims_mask(self, groups: Collection[int]) -> npt.NDArray[np.bool_]:
        """[D] bool: the latent dims that these groups own."""
        owned = np.zeros(self.latent_dim, np.bool_)
        for index in groups:
            owned[self.dims_of(index, index + 1)] = True
        return owned

    def stage_groups(self, stage: int) -> range:
        """Indices of the groups of a stage."""
        inside = [i for i, group in enumerate(self.groups) if group.stage == stage]
        return range(inside[0], inside[-1] + 1) if inside else range(0)


def _first_timestep(group: int, groups: int, timesteps: int) -> int:
    return -(-group * timesteps // groups)


def _stage_of(t: int, stage_ends: Sequence[int]) -> int:
    return next(i for i, end in enumerate(stage_ends) if end > t)
