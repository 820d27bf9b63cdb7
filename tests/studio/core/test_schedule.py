from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diti_studio.core.errors import UsageError
from diti_studio.core.schedule import NoiseSchedule


def test_linear_betas() -> None:
    betas = NoiseSchedule().betas
    assert (len(betas), betas[0], betas[-1]) == (1000, 1e-4, 0.02)
    assert np.allclose(np.diff(betas), (0.02 - 1e-4) / 999, rtol=1e-9)


def test_alpha_bar_is_the_running_product() -> None:
    schedule, product = NoiseSchedule(), 1.0
    for t in range(1000):
        product *= 1 - (1e-4 + t * (0.02 - 1e-4) / 999)
        assert schedule.alpha_bar(t) == pytest.approx(product, rel=1e-9)
    assert product == pytest.approx(4.0358e-5, rel=1e-4)  # the well-known end of this schedule


def test_alpha_bar_beyond_the_ends() -> None:
    schedule = NoiseSchedule()
    assert schedule.alpha_bar(-1) == 1.0
    assert schedule.alpha_bar(1000) == 0.0


def test_cosine_follows_its_formula_until_the_cap() -> None:
    schedule = NoiseSchedule(1000, "cosine")

    def level(t: float) -> float:
        return math.cos((t / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2

    for t in (0, 1, 250, 499, 900, 998):
        assert schedule.alpha_bar(t) == pytest.approx(level(t + 1) / level(0), rel=1e-9)
    assert schedule.betas[-1] == 0.999
    assert schedule.alpha_bar(999) > 0


def test_scaled_linear_is_linear_in_the_root() -> None:
    betas = NoiseSchedule(1000, "scaled_linear", 0.00085, 0.012).betas
    assert (betas[0], betas[-1]) == pytest.approx((0.00085, 0.012))
    assert np.allclose(np.diff(np.sqrt(betas)), (0.012**0.5 - 0.00085**0.5) / 999, rtol=1e-9)


def test_sigmoid_rises_between_its_ends() -> None:
    betas = NoiseSchedule(1001, "sigmoid", 1e-4, 0.02).betas
    assert betas[500] == pytest.approx((1e-4 + 0.02) / 2)
    assert betas[0] == pytest.approx(1e-4 + 0.0199 / (1 + math.exp(6)))
    assert betas[-1] == pytest.approx(1e-4 + 0.0199 / (1 + math.exp(-6)))
    assert (np.diff(betas) > 0).all()


def test_grids_are_spaced_by_a_power() -> None:
    even, quadratic = NoiseSchedule(spacing=1), NoiseSchedule(spacing=2)
    assert even.grid(1).tolist() == quadratic.grid(1).tolist() == [999]
    assert even.grid(4).tolist() == [0, 333, 666, 999]
    assert quadratic.grid(4).tolist() == [0, 111, 444, 999]
    assert even.grid(1000).tolist() == quadratic.grid(1000).tolist() == list(range(1000))


@given(
    st.integers(1, 2000).flatmap(lambda t: st.tuples(st.just(t), st.integers(1, t))), st.floats(1, 4, allow_nan=False)
)
def test_grids_rise_to_the_last_time_step_without_a_step_twice(sizes: tuple[int, int], spacing: float) -> None:
    timesteps, steps = sizes
    grid = NoiseSchedule(timesteps, spacing=spacing).grid(steps)
    assert len(grid) == steps
    assert (grid[0], grid[-1]) == (0 if steps > 1 else timesteps - 1, timesteps - 1)
    assert (np.diff(grid) > 0).all()


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_grids_that_cannot_be_walked_are_refused(steps: int) -> None:
    with pytest.raises(UsageError, match="between 1 and 1000"):
        NoiseSchedule().grid(steps)
