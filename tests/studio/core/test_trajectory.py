"""A picture along its own diffusion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diti_studio.core import pictures
from diti_studio.core.cancel import CancelToken
from diti_studio.core.editor import Editor
from diti_studio.core.errors import Cancelled
from diti_studio.core.trajectory import stations
from tests.studio.packs_factory import picture


def test_borders_of_stages_are_among_the_stations_and_the_widest_gaps_are_halved() -> None:
    assert stations(1000, (0, 50, 100, 300, 500), 8) == (0, 50, 100, 200, 300, 500, 749, 999)


@given(st.integers(2, 1000), st.data())
def test_stations_ascend_and_go_from_end_to_end(timesteps: int, data: st.DataObject) -> None:
    borders = data.draw(st.lists(st.integers(0, timesteps - 1), max_size=12))
    count = data.draw(st.integers(2, 12))
    found = stations(timesteps, borders, count)
    assert sorted(set(found)) == list(found)
    assert (found[0], found[-1]) == (0, timesteps - 1)
    assert len(found) == min(count, timesteps)


def test_noise_covers_the_picture_and_the_latent_gives_it_back(editor: Editor) -> None:
    subject = editor.open(pictures.from_pixels(picture()))
    passed = editor.trajectory(subject)
    times = [station.t for station in passed]
    assert len(times) == 8
    assert {0, 250, 625, 999} <= set(times)

    def error(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> float:
        return float(np.abs(pixels.astype(float) - subject.model_square).mean())

    assert error(passed[0].noised) < 2
    lost = [error(station.known) for station in passed]
    assert lost[0] < 2 < min(lost[1:])
    assert lost[-1] > 20
    assert np.abs(passed[-1].known.astype(int) - 128).max() <= 8  # all that the toy's frozen model then knows is grey
    assert error(passed[-1].rebuilt) < lost[-1] / 4
    assert error(passed[-1].noised) > 50


def test_a_trajectory_can_be_cancelled(editor: Editor) -> None:
    subject = editor.open(pictures.from_pixels(picture()))
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        editor.trajectory(subject, cancel=token)
