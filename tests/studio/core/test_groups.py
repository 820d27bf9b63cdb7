from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diti_studio.core.errors import UsageError
from diti_studio.core.groups import TimestepGroups

UNEQUAL = TimestepGroups.unequal()
BALANCED = TimestepGroups.balanced()


@st.composite
def layouts(draw: st.DrawFn) -> TimestepGroups:
    timesteps = draw(st.integers(1, 1200))
    count = draw(st.integers(1, min(timesteps, 70)))
    dims = draw(st.lists(st.integers(1, 5), min_size=count, max_size=count))
    inner = draw(st.sets(st.integers(1, timesteps - 1), max_size=5)) if timesteps > 1 else set[int]()
    return TimestepGroups(timesteps, tuple(dims), (*sorted(inner), timesteps))


def test_unequal_layout_is_that_of_the_paper() -> None:
    assert [len(UNEQUAL.stage_groups(stage)) for stage in range(5)] == [4, 3, 13, 12, 32]
    assert UNEQUAL.dim_ends[:9].tolist() == [2, 4, 6, 10, 18, 26, 35, 60, 85]
    assert [int(UNEQUAL.dim_ends[UNEQUAL.stage_groups(stage)[-1]]) for stage in range(5)] == [10, 35, 362, 462, 512]
    assert (len(UNEQUAL), UNEQUAL.latent_dim) == (64, 512)


def test_last_group_of_a_stage_takes_what_is_left() -> None:
    # 327 dims for 13 groups: 12 x 25 and 27; 100 for 12: 11 x 8 and 12; 50 for 32: 31 x 1 and 19.
    assert [UNEQUAL.dims[i] for i in UNEQUAL.stage_groups(2)] == [25] * 12 + [27]
    assert [UNEQUAL.dims[i] for i in UNEQUAL.stage_groups(3)] == [8] * 11 + [12]
    assert [UNEQUAL.dims[i] for i in UNEQUAL.stage_groups(4)] == [1] * 31 + [19]


def test_balanced_layout_shares_equally() -> None:
    assert BALANCED.dims == (8,) * 64
    assert BALANCED[63].dim_start == 504
    assert [len(BALANCED.stage_groups(stage)) for stage in range(5)] == [4, 3, 13, 12, 32]


def test_single_group_masks_nothing() -> None:
    single = TimestepGroups.single(48)
    assert np.all(single.mask(np.array([0, 500, 999])) == 1)
    assert np.all(single.own_mask(0) == 1)


@pytest.mark.parametrize(("t", "group"), [(0, 0), (15, 0), (16, 1), (31, 1), (32, 2), (500, 32), (984, 62), (999, 63)])
def test_group_of_known_timesteps(t: int, group: int) -> None:
    assert int(UNEQUAL.group_of(t)) == group


def test_group_of_every_timestep_is_the_floor() -> None:
    assert UNEQUAL.group_of(np.arange(1000)).tolist() == [t * 64 // 1000 for t in range(1000)]


def test_masks_of_known_timesteps() -> None:
    cumulative, own = UNEQUAL.mask(130), UNEQUAL.own_mask(130)  # group 8: dims 60..84
    assert cumulative.tolist() == [1.0] * 85 + [0.0] * 427
    assert own.tolist() == [0.0] * 60 + [1.0] * 25 + [0.0] * 427
    assert cumulative.dtype == own.dtype == np.float32


def test_masks_of_many_timesteps_are_stacked() -> None:
    t = np.array([[0, 130], [999, 16]])
    assert UNEQUAL.mask(t).shape == UNEQUAL.own_mask(t).shape == (2, 2, 512)
    assert np.array_equal(UNEQUAL.mask(t)[0, 1], UNEQUAL.mask(130))
    assert np.array_equal(UNEQUAL.own_mask(t)[1, 0], UNEQUAL.own_mask(999))


@given(layouts())
def test_every_timestep_is_in_exactly_one_group(groups: TimestepGroups) -> None:
    owners = [[i for i, g in enumerate(groups.groups) if g.t_start <= t < g.t_end] for t in range(groups.timesteps)]
    assert owners == [[i] for i in groups.group_of(np.arange(groups.timesteps)).tolist()]


@given(layouts())
def test_groups_own_consecutive_dims_and_belong_to_the_stage_of_their_first_timestep(groups: TimestepGroups) -> None:
    first = 0
    for group, size in zip(groups.groups, groups.dims, strict=True):
        assert (group.dim_start, group.dim_end) == (first, first + size)
        assert groups.stage_ends[group.stage] > group.t_start
        assert group.stage == 0 or groups.stage_ends[group.stage - 1] <= group.t_start
        first += size
    assert first == groups.latent_dim


@given(layouts())
def test_masks_are_nested_and_made_of_own_masks(groups: TimestepGroups) -> None:
    starts = np.array([g.t_start for g in groups.groups])
    cumulative, own = groups.mask(starts), groups.own_mask(starts)
    assert np.all(np.diff(cumulative, axis=0) >= 0)
    assert np.array_equal(cumulative, np.cumsum(own, axis=0))
    assert np.array_equal(own.sum(axis=0), np.ones(groups.latent_dim))


@given(layouts(), st.data())
def test_dims_of_a_range_are_those_of_its_groups(groups: TimestepGroups, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(groups) - 1))
    end = data.draw(st.integers(start + 1, len(groups)))
    covered = np.arange(groups.latent_dim)[groups.dims_of(start, end)]
    assert len(covered) == sum(groups.dims[start:end])
    assert covered[0] == groups[start].dim_start
    assert covered[-1] == groups[end - 1].dim_end - 1


@given(layouts())
def test_stages_share_out_all_groups(groups: TimestepGroups) -> None:
    stages = [list(groups.stage_groups(s)) for s in range(len(groups.stage_ends))]
    assert [i for stage in stages for i in stage] == list(range(len(groups)))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 65), (5, 5), (6, 5), (64, 65)])
def test_ranges_that_do_not_fit_are_refused(start: int, end: int) -> None:
    with pytest.raises(UsageError, match="0 to 63"):
        UNEQUAL.dims_of(start, end)


@pytest.mark.parametrize(
    ("timesteps", "dims", "ends"),
    [
        (10, (), (10,)),
        (2, (1, 1, 1), (2,)),
        (10, (1, 0), (10,)),
        (10, (1, -1, 5), (10,)),
        (10, (1, 1), ()),
        (10, (1, 1), (5,)),
        (10, (1, 1), (5, 5, 10)),
        (10, (1, 1), (0, 10)),
        (10, (1, 1), (10, 5)),
    ],
)
def test_impossible_layouts_are_refused(timesteps: int, dims: tuple[int, ...], ends: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"group|latent dim|[Ss]tage"):
        TimestepGroups(timesteps, dims, ends)


def test_layouts_that_cannot_be_shared_out_are_refused() -> None:
    with pytest.raises(ValueError, match="shared equally"):
        TimestepGroups.balanced(100, 64)
    with pytest.raises(ValueError, match="no group"):
        TimestepGroups.unequal(groups=4)
