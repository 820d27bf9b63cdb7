from __future__ import annotations

import numpy as np
import pytest

from diti_studio.core import guided

RANDOM = np.random.default_rng(0)
GUIDE = RANDOM.uniform(0, 255, (24, 24, 3)).astype(np.float32)


def test_gain_and_offset_give_the_change_back() -> None:
    change = RANDOM.normal(0, 30, GUIDE.shape).astype(np.float32)
    fit = guided.fit(change, GUIDE)
    assert np.allclose(guided.apply(fit.gain, GUIDE) + fit.offset, change, atol=1e-3)


def test_an_affine_map_of_the_colours_is_found() -> None:
    gain = np.array([[0.2, 0, 0.1], [-0.3, 0.4, 0], [0, 0, -0.5]], np.float32)
    fit = guided.fit(GUIDE @ gain + 9, GUIDE)
    assert np.allclose(fit.gain[2:-2, 2:-2], gain, atol=0.03)
    assert np.abs(fit.unexplained).max() < 3


def test_what_does_not_vary_with_the_guide_is_an_offset() -> None:
    fit = guided.fit(np.full_like(GUIDE, 7), GUIDE)
    assert np.abs(fit.gain).max() < 1e-3
    assert np.allclose(fit.offset, 7, atol=0.1)
    flat = guided.fit(RANDOM.normal(0, 30, GUIDE.shape).astype(np.float32), np.full_like(GUIDE, 90))
    assert np.abs(flat.gain).max() < 0.05


def test_the_unexplained_is_what_an_unrelated_change_leaves() -> None:
    change = RANDOM.normal(0, 30, GUIDE.shape).astype(np.float32)
    assert 0.4 < np.abs(guided.fit(change, GUIDE).unexplained).mean() / np.abs(change).mean() < 1


def test_where_nothing_changes_the_fit_is_exactly_zero() -> None:
    change = np.zeros_like(GUIDE)
    change[:4, :4] = 50
    fit = guided.fit(change, GUIDE)
    for part in (fit.gain, fit.offset, fit.unexplained):
        assert not part[6:].any()
        assert not part[:, 6:].any()


def test_the_system_is_solved_as_numpy_solves_it() -> None:
    """The middle pixel's gain, from the formula (He et al. 2013, eq. 19) and its weights written out."""
    change = RANDOM.normal(0, 30, GUIDE.shape).astype(np.float32)
    weights = np.outer([1, 2, 3, 2, 1], [1, 2, 3, 2, 1]).ravel() / 81
    colours, changes = (p[10:15, 10:15].reshape(25, 3).astype(np.float64) for p in (GUIDE, change))
    mean, mean_change = weights @ colours, weights @ changes
    covariance = (colours * weights[:, None]).T @ colours - np.outer(mean, mean)
    crossed = (colours * weights[:, None]).T @ changes - np.outer(mean, mean_change)
    expected = np.linalg.solve(covariance + guided.STEADINESS * np.eye(3), crossed)
    assert guided.fit(change, GUIDE).gain[12, 12] == pytest.approx(expected, abs=1e-4)
