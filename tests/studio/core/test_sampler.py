from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from diti_studio.core.groups import TimestepGroups
from diti_studio.core.sampler import Diffusion, Solver, Step, generate, invert, last, slerp
from diti_studio.core.schedule import NoiseSchedule

Array = np.ndarray[Any, np.dtype[Any]]
GROUPS = TimestepGroups.balanced(48, 8, stage_ends=(250, 625, 1000))
SCHEDULE = NoiseSchedule()
SOLVERS: tuple[Solver, ...] = ("ddim", "dpm++2m")


def made_up(x: Array, t: int, z: Array) -> tuple[Array, Array]:
    """A denoiser without meaning that mixes all that it is given, and sees the masked z as a whole."""
    tone = (z @ np.linspace(-1, 1, z.shape[1], dtype=z.dtype))[:, None, None, None]
    return np.tanh(0.8 * x + 0.1 * tone), np.sin(x - tone + x.dtype.type(t / 1000))


def diffusion(denoise: Callable[[Array, int, Array], tuple[Array, Array]] = made_up) -> Diffusion:
    return Diffusion(denoise, GROUPS, SCHEDULE)


def pictures(batch: int = 2, seed: int = 0) -> Array:
    return np.random.default_rng(seed).uniform(-0.9, 0.9, (batch, 3, 4, 4)).astype(np.float32)


def noises(batch: int = 2, seed: int = 1) -> Array:
    return np.random.default_rng(seed).standard_normal((batch, 3, 4, 4)).astype(np.float32)


def latents(batch: int = 2, seed: int = 2) -> Array:
    return np.random.default_rng(seed).standard_normal((batch, 48)).astype(np.float32)


def visited(steps: int) -> list[int]:
    """The quadratic sub-sequence, both ends included."""
    return [max(i, round(999 * (i / (steps - 1)) ** 2)) for i in range(steps)] if steps > 1 else [999]


def walk_by_the_book(x: Array, z: Array, moves: list[tuple[int, int]]) -> list[tuple[Array, Array]]:
    """The method's DDIM with eta = 0 in float64, one (from, to) move after the other: (x, x0) after each."""
    betas = [1e-4 + i * (0.02 - 1e-4) / 999 for i in range(1000)]
    abar = {-1: 1.0, 1000: 0.0}
    for i, beta in enumerate(betas):
        abar[i] = abar[i - 1] * (1 - beta)
    x, z = x.astype(np.float64), z.astype(np.float64)
    out = list[tuple[Array, Array]]()
    for t, to in moves:
        seen = z.copy()
        seen[:, 6 * (t * 8 // 1000 + 1) :] = 0  # 8 groups of 6 dims: those after group(t) are not seen
        eps, shift = made_up(x, t, seen)
        guided = eps - (1 - abar[t]) ** 0.5 * shift
        x0 = np.minimum(np.maximum((x - (1 - abar[t]) ** 0.5 * guided) / abar[t] ** 0.5, -1), 1)
        noise = (x - abar[t] ** 0.5 * x0) / (1 - abar[t]) ** 0.5
        x = abar[to] ** 0.5 * x0 + (1 - abar[to]) ** 0.5 * noise
        out.append((x, x0))
    return out


@pytest.mark.parametrize("steps", [1, 4, 7, 50])
def test_inversion_is_ddim_upwards(steps: int) -> None:
    grid = visited(steps)
    expected = walk_by_the_book(pictures(), latents(), list(zip(grid, [*grid[1:], 1000], strict=True)))
    got = list(invert(diffusion(), pictures(), latents(), steps, solver="ddim"))
    assert [(s.index, s.of, s.t) for s in got] == [(i + 1, len(grid), t) for i, t in enumerate(grid)]
    for step, (x, x0) in zip(got, expected, strict=True):
        assert np.allclose(step.x, x, rtol=1e-3, atol=1e-3)
        assert np.allclose(step.x0, x0, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("steps", [1, 4, 7, 50])
def test_generation_is_ddim_downwards(steps: int) -> None:
    grid = visited(steps)[::-1]
    expected = walk_by_the_book(noises(), latents(), list(zip(grid, [*grid[1:], -1], strict=True)))
    got = list(generate(diffusion(), noises(), latents(), steps, solver="ddim"))
    assert [(s.index, s.of, s.t) for s in got] == [(i + 1, len(grid), t) for i, t in enumerate(grid)]
    for step, (x, x0) in zip(got, expected, strict=True):
        assert np.allclose(step.x, x, rtol=1e-3, atol=1e-3)
        assert np.allclose(step.x0, x0, rtol=1e-3, atol=1e-3)
    assert np.array_equal(got[-1].x, got[-1].x0)  # the last move goes to the picture itself


@pytest.mark.parametrize("solver", SOLVERS)
def test_all_stays_float32_and_predictions_stay_in_range(solver: Solver) -> None:
    up, down = (
        walk(diffusion(), x, latents(), 5, solver=solver) for walk, x in ((invert, pictures()), (generate, noises()))
    )
    steps = [*up, *down]
    assert {s.x.dtype for s in steps} == {s.x0.dtype for s in steps} == {np.dtype(np.float32)}
    assert all(np.abs(s.x0).max() <= 1 for s in steps)


def test_one_step_of_dpm_is_ddim() -> None:
    for steps in (1, 2):  # the first and the last step are of first order
        ddim, dpm = (last(generate(diffusion(), noises(), latents(), steps, solver=s)) for s in SOLVERS)
        assert np.allclose(ddim, dpm, atol=1e-5)


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("steps", [4, 7, 20])
def test_dpm_is_algorithm_2_of_its_paper(steps: int, up: bool) -> None:
    """Lu et al., arXiv 2211.01095, algorithm 2, in its own letters, with its first and last steps of first order."""
    abar = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    alpha, sigma = np.sqrt(abar), np.sqrt(1 - abar)
    lam = np.log(alpha / sigma)
    times = visited(steps) if up else visited(steps)[::-1]
    start, z = pictures() if up else noises(), latents().astype(np.float64)
    x = start.astype(np.float64)
    predictions = list[Array]()
    for i, t in enumerate(times):
        eps, shift = made_up(x, t, z * GROUPS.mask(t))
        predictions.append(np.clip((x - sigma[t] * (eps - sigma[t] * shift)) / alpha[t], -1, 1))
        if i + 1 == len(times):  # on to pure noise, or to the picture itself
            x = (x - alpha[t] * predictions[-1]) / sigma[t] if up else predictions[-1]
            break
        to = times[i + 1]
        h = lam[to] - lam[t]
        if i == 0:  # from the clipped picture, as the method has it
            x = alpha[to] * predictions[0] + sigma[to] * (x - alpha[t] * predictions[0]) / sigma[t]
            continue
        r = (lam[t] - lam[times[i - 1]]) / h
        d = (1 + 1 / (2 * r)) * predictions[-1] - 1 / (2 * r) * predictions[-2]
        x = sigma[to] / sigma[t] * x - alpha[to] * (np.exp(-h) - 1) * d
    got = list((invert if up else generate)(diffusion(), start, latents(), steps, solver="dpm++2m"))
    assert len(got) == len(times)
    for step, prediction in zip(got, predictions, strict=True):
        assert np.allclose(step.x0, prediction, rtol=1e-3, atol=1e-3)
    assert np.allclose(got[-1].x, x, rtol=1e-3, atol=1e-3)


def gaussian(spread: float) -> Callable[[Array, int, Array], tuple[Array, Array]]:
    """The perfect denoiser of pictures whose pixels are normal with that spread: eps = E[eps | x_t]."""

    def denoise(x: Array, t: int, z: Array) -> tuple[Array, Array]:
        abar = SCHEDULE.alpha_bar(t)
        return (1 - abar) ** 0.5 * x / (abar * spread**2 + 1 - abar), np.zeros_like(x)

    return denoise


def error(walk: Callable[..., Iterator[Step]], solver: Solver, steps: int, spread: float = 0.25) -> float:
    """Distance from the exact solution of the probability flow: x_t over its spread at t never changes."""

    def spread_at(t: int) -> float:
        return (SCHEDULE.alpha_bar(t) * spread**2 + 1 - SCHEDULE.alpha_bar(t)) ** 0.5

    start = np.clip(noises(1), -3, 3).astype(np.float64)  # so that no prediction is clipped
    if walk is invert:
        start *= spread_at(0)
    made = list(walk(diffusion(gaussian(spread)), start, latents(1), steps, solver=solver))
    exact = start * spread_at(made[-1].t) / spread_at(made[0].t)
    return float(np.abs(made[-2].x - exact).max() / np.abs(exact).max())  # the last move, beyond the grid, left out


@pytest.mark.parametrize("walk", [invert, generate])
def test_dpm_is_of_second_order_where_ddim_is_of_first(walk: Callable[..., Iterator[Step]]) -> None:
    counts = (25, 50, 100)
    ddim = [error(walk, "ddim", n) for n in counts]
    dpm = [error(walk, "dpm++2m", n) for n in counts]
    assert all(1.4 < a / b < 2.6 for a, b in pairwise(ddim)), ddim
    assert all(a / b > 2.8 for a, b in pairwise(dpm)), dpm
    assert dpm[-1] < ddim[-1] / 2


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("walk", [invert, generate])
def test_the_network_sees_only_the_groups_up_to_that_of_the_timestep(
    walk: Callable[..., Iterator[Step]], solver: Solver
) -> None:
    asked = list[tuple[int, Array]]()

    def recorded(x: Array, t: int, z: Array) -> tuple[Array, Array]:
        asked.append((t, z))
        return made_up(x, t, z)

    z = latents()
    list(walk(diffusion(recorded), pictures(), z, 40, solver=solver))
    times = [t for t, _ in asked]
    assert times == sorted(visited(40), reverse=walk is generate)
    for t, seen in asked:
        end = 6 * (t * 8 // 1000 + 1)
        assert np.array_equal(seen[:, :end], z[:, :end])
        assert not seen[:, end:].any()


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_batch_is_its_singles(solver: Solver) -> None:
    x0, x_t, z = pictures(3), noises(3), latents(3)
    for walk, x in ((invert, x0), (generate, x_t)):
        together = last(walk(diffusion(), x, z, 6, solver=solver))
        for i in range(3):
            alone = last(walk(diffusion(), x[i : i + 1], z[i : i + 1], 6, solver=solver))
            assert np.allclose(alone, together[i : i + 1], atol=1e-5)


def test_walks_are_lazy_and_can_be_left_early() -> None:
    calls = list[int]()

    def counted(x: Array, t: int, z: Array) -> tuple[Array, Array]:
        calls.append(t)
        return made_up(x, t, z)

    for walk in (
        invert(diffusion(counted), pictures(), latents(), 10, solver="ddim"),
        generate(diffusion(counted), noises(), latents(), 10, solver="ddim"),
    ):
        calls.clear()
        next(walk)
        assert len(calls) == 1
        next(walk)
        walk.close()  # type: ignore[attr-defined]
        assert list(walk) == []
        assert len(calls) == 2


def test_inputs_are_left_alone() -> None:
    x0, x_t, z = pictures(), noises(), latents()
    for array in (x0, x_t, z):
        array.flags.writeable = False
    list(invert(diffusion(), x0, z, 4, solver="dpm++2m"))
    list(generate(diffusion(), x_t, z, 4, solver="dpm++2m"))


def test_a_fine_walk_up_and_down_comes_back() -> None:
    x0 = pictures(1)
    denoise = gaussian(0.4)
    x_t = last(invert(diffusion(denoise), x0 * 0.4, latents(1), 500, solver="ddim"))
    back = last(generate(diffusion(denoise), x_t, latents(1), 500, solver="ddim"))
    assert np.abs(back - x0 * 0.4).max() < 0.02


def test_slerp_ends_and_norm() -> None:
    a, b = noises(1, 3)[0], noises(1, 4)[0]
    assert np.allclose(slerp(a, b, 0), a, atol=1e-6)
    assert np.allclose(slerp(a, b, 1), b, atol=1e-6)
    b = b * (np.linalg.norm(a) / np.linalg.norm(b))
    for alpha in (0.2, 0.5, 0.9):
        assert np.linalg.norm(slerp(a, b, alpha)) == pytest.approx(float(np.linalg.norm(a)), rel=1e-5)


def test_slerp_halves_the_angle() -> None:
    a, b = np.zeros((3, 1, 1), np.float32), np.zeros((3, 1, 1), np.float32)
    a[0], b[1] = 1, 1
    assert np.allclose(slerp(a, b, 0.5).ravel(), [0.5**0.5, 0.5**0.5, 0])
    assert np.allclose(slerp(a, b, 1 / 3).ravel(), [np.cos(np.pi / 6), 0.5, 0], atol=1e-6)


def test_slerp_of_parallel_noises_is_a_straight_line() -> None:
    a = noises(1)[0]
    assert np.allclose(slerp(a, a, 0.3), a)
    assert np.allclose(slerp(a, 2 * a, 0.5), 1.5 * a)
