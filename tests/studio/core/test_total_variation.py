from __future__ import annotations

import numpy as np
import pytest

from diti_studio.core.total_variation import denoise


def _energy(u: np.ndarray, f: np.ndarray, weight: float) -> float:
    down, right = np.zeros_like(u), np.zeros_like(u)
    down[:-1], right[:, :-1] = u[1:] - u[:-1], u[:, 1:] - u[:, :-1]
    return float(0.5 * np.square(u - f).sum() + weight * np.sqrt((down**2 + right**2).sum(axis=2)).sum())


def _noisy(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    f = np.zeros((24, 32, 3), np.float32)
    f[6:16, 8:20] = (40, -20, 10)
    return f + rng.normal(0, 4, f.shape).astype(np.float32)


def test_a_step_moves_by_what_the_formula_says() -> None:
    """Two halves of n pixels draw together by weight / n along the colours in which they differ (3 : 0 : 4)."""
    f = np.zeros((6, 20, 3), np.float32)
    f[:, 10:] = (30, 0, 40)
    u = denoise(f, 10, 2000)
    np.testing.assert_allclose(u[:, :10], np.broadcast_to([0.6, 0, 0.8], (6, 10, 3)), atol=0.02)
    np.testing.assert_allclose(u[:, 10:], np.broadcast_to([29.4, 0, 39.2], (6, 10, 3)), atol=0.02)


def test_the_minimum_is_approached_from_the_first_steps_on() -> None:
    f = _noisy()
    energies = [_energy(denoise(f, 8, n), f, 8) for n in (2, 8, 400)]
    assert energies[0] > energies[1] > energies[2]
    assert energies[1] - energies[2] < 0.25 * (energies[0] - energies[2])
    best = denoise(f, 8, 400)
    rng = np.random.default_rng(1)
    for _ in range(20):
        assert _energy(best + rng.normal(0, 0.3, f.shape).astype(np.float32), f, 8) > energies[2]


def test_it_agrees_with_a_library_on_one_colour() -> None:
    restoration = pytest.importorskip("skimage.restoration")
    f = _noisy()[:, :, :1]
    theirs = restoration.denoise_tv_chambolle(f[:, :, 0], weight=8, eps=1e-9, max_num_iter=3000)
    np.testing.assert_allclose(denoise(f, 8, 1000)[:, :, 0], theirs, atol=0.3)


def test_specks_go_and_areas_and_lines_stay() -> None:
    f = np.zeros((40, 40, 3), np.float32)
    f[5, 5] = f[30, 8] = 12  # specks
    f[10:25, 10:25] = 50  # an area
    f[32, 4:36] = -60  # a line
    u = denoise(f, 8)
    assert np.abs(u[5, 5]).max() < 2
    assert np.abs(u[12:23, 12:23] - 50).max() < 3
    assert (u[32, 8:32] < -35).all()


def test_nothing_stays_nothing() -> None:
    f = np.zeros((64, 64, 3), np.float32)
    assert not denoise(f, 8).any()
    f[20, 20] = 100
    far = np.ones((64, 64), bool)
    far[8:33, 8:33] = False
    assert not denoise(f, 8)[far].any()
    assert denoise(f, 8).dtype == np.float32
