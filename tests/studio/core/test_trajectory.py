"""A picture along its own diffusion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diti_studio.core import pictures
from diti_studio.core.cancel import CancelToken
from diti_studio.core.editor import Editor, Settings
from diti_studio.core.errors import Cancelled
from diti_studio.core.trajectory import stations
from tests.studio.packs_factory import picture

SETTINGS = Settings(invert_steps=20, steps=5)


def test_borders_of_stages_are_among_the_stations_and_the_widest_gaps_are_halved() -> None:
    grid = range(0, 1000, 50)
    assert stations(grid, (0, 50, 100, 300, 500), 8) == (0, 50, 100, 200, 300, 500, 700, 950)


@given(st.integers(1, 60), st.lists(st.integers(0, 999), max_size=12), st.integers(2, 12))
def test_stations_ascend_lie_on_the_grid_and_hold_its_ends(steps: int, borders: list[int], count: int) -> None:
    grid = list(range(0, 1000, 1000 // steps))
    found = stations(grid, borders, count)
    assert set(found) <= set(grid)
    assert sorted(set(found)) == list(found)
    assert (found[0], found[-1]) == (grid[0], grid[-1])
    assert len(found) == min(count, len(grid))


def test_noise_covers_the_picture_and_the_latent_gives_it_back(editor: Editor) -> None:
    subject = editor.open(pictures.from_pixels(picture()))
    passed = editor.trajectory(subject, SETTINGS)
    times = [station.t for station in passed]
    assert times == sorted(times)
    assert len(times) == 8
    assert {0, 250, 600} <= set(times)  # 625 is not of the grid

    def error(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> float:
        return float(np.abs(pixels.astype(float) - subject.model_square).mean())

    np.testing.assert_array_equal(passed[0].noised, subject.model_square)
    lost = [error(station.known) for station in passed]
    assert lost == sorted(lost)  # the toy's frozen model falls back to grey, more with each step
    assert lost[-1] > 20
    assert error(passed[-1].rebuilt) < lost[-1] / 4
    assert error(passed[-1].noised) > 10


def test_a_trajectory_can_be_cancelled(editor: Editor) -> None:
    subject = editor.open(pictures.from_pixels(picture()))
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        editor.trajectory(subject, SETTINGS, cancel=token)
