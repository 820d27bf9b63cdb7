from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from diti_studio.core.detail import PARTING, enlarge, keep_detail, parting

SMALL, LARGE = 32, 200
SOURCE = np.random.default_rng(0).integers(0, 256, (LARGE, LARGE, 3), np.uint8)
BEFORE = np.random.default_rng(1).uniform(60, 190, (SMALL, SMALL, 3)).astype(np.float32)


def even(level: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.full((SMALL, SMALL, 3), level, np.float32)


def test_no_change_is_the_source_bit_for_bit() -> None:
    assert keep_detail(SOURCE, BEFORE, BEFORE.copy()) is SOURCE


def test_a_small_change_is_added_to_the_sources_own_pixels() -> None:
    source = SOURCE // 2 + 50
    out = keep_detail(source, BEFORE, BEFORE + np.float32(7))
    assert np.array_equal(out, source + 7)
    assert out.dtype == np.uint8


def test_a_change_in_one_place_leaves_the_others_bit_for_bit() -> None:
    after = BEFORE.copy()
    after[4:8, 4:8] += 10
    out = keep_detail(SOURCE, BEFORE, after)
    reach = round(11 * LARGE / SMALL)  # the changed pixels and what the bicubic filter carries further
    assert np.array_equal(out[reach:], SOURCE[reach:])
    assert np.array_equal(out[:, reach:], SOURCE[:, reach:])
    centre = slice(round(5 * LARGE / SMALL), round(7 * LARGE / SMALL))
    assert (out[centre, centre].astype(int) - SOURCE[centre, centre]).mean() > 5


def test_what_leaves_the_range_is_cut_off() -> None:
    bright, dark = np.full_like(SOURCE, 250), np.full_like(SOURCE, 5)
    assert np.all(keep_detail(bright, even(100), even(120)) == 255)
    assert np.all(keep_detail(dark, even(120), even(100)) == 0)


def test_a_large_change_goes_over_to_the_networks_picture() -> None:
    after = 255 - BEFORE
    after[:, : SMALL // 2] = 250
    before = BEFORE.copy()
    before[:, : SMALL // 2] = 10
    out = keep_detail(SOURCE, before, after)
    left = slice(0, LARGE // 4)
    assert np.array_equal(out[:, left], np.rint(np.clip(enlarge(after, LARGE), 0, 255)).astype(np.uint8)[:, left])


def test_between_the_two_the_texture_fades() -> None:
    """The higher the change, the less of the source's texture is left."""
    source = np.clip(128 + np.random.default_rng(2).normal(0, 15, SOURCE.shape), 0, 255).astype(np.uint8)
    levels = (5, *np.linspace(*PARTING, 5), 110)
    left = [float(keep_detail(source, even(60), even(60 + level)).std()) for level in levels]
    assert left[0] == pytest.approx(float(source.std()), rel=0.01)
    assert all(a > b for a, b in pairwise(left[1:-1]))
    assert left[-1] < 0.5


def test_parting_is_a_ramp_between_its_ends() -> None:
    start, end = PARTING
    assert np.all(parting(even(start)) == 0)
    assert np.allclose(parting(even((start + end) / 2)), 0.5, atol=0.01)
    assert np.allclose(parting(even(end + 5)), 1)
    assert np.allclose(parting(-even(end + 5)), 1)  # darker counts like brighter
    weight = parting(np.random.default_rng(3).normal(0, 80, (SMALL, SMALL, 3)).astype(np.float32))
    assert weight.shape == (SMALL, SMALL)
    assert 0 <= weight.min() <= weight.max() <= 1


def test_one_odd_pixel_is_no_parting() -> None:
    change = even(0)
    change[10, 10] = 200
    assert np.all(parting(change) == 0)


def test_enlarging_keeps_levels_and_shape() -> None:
    assert np.allclose(enlarge(even(17), 99), 17, atol=1e-3)
    assert enlarge(BEFORE, 99).shape == (99, 99, 3)
    assert enlarge(BEFORE, SMALL) is BEFORE
    ramp = np.linspace(0, 255, SMALL, dtype=np.float32)[None, :, None].repeat(SMALL, 0)
    assert np.all(np.diff(enlarge(ramp, 128)[64, 8:-8, 0]) > 0)


def test_shrinking_averages() -> None:
    chequered = np.indices((64, 64)).sum(0)[:, :, None].astype(np.float32) % 2 * 255
    assert np.allclose(enlarge(chequered, 8)[2:-2, 2:-2], 127.5, atol=3)


@pytest.mark.parametrize("side", [8, 31, 32, 33, 257])
def test_any_side_of_the_source_is_kept(side: int) -> None:
    source = np.random.default_rng(4).integers(0, 256, (side, side, 3), np.uint8)
    assert keep_detail(source, BEFORE, BEFORE + np.float32(3)).shape == (side, side, 3)
