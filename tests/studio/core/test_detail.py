from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from diti_studio.core.detail import PARTING, SPECKS, bands, enlarge, keep_detail, parting
from diti_studio.core.total_variation import denoise

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
    reach = round(13 * LARGE / SMALL)  # the changed pixels, and what fit and bicubic filter carry further
    assert np.array_equal(out[reach:], SOURCE[reach:])
    assert np.array_equal(out[:, reach:], SOURCE[:, reach:])
    centre = slice(round(5 * LARGE / SMALL), round(7 * LARGE / SMALL))
    assert (out[centre, centre].astype(int) - SOURCE[centre, centre]).mean() > 5


def test_what_leaves_the_range_is_cut_off() -> None:
    bright, dark = np.full_like(SOURCE, 250), np.full_like(SOURCE, 5)
    assert np.all(keep_detail(bright, even(100), even(120)) == 255)
    assert np.all(keep_detail(dark, even(120), even(100)) == 0)


def test_a_change_that_does_not_follow_from_the_source_goes_over_to_the_networks_picture() -> None:
    source = np.rint(enlarge(BEFORE, LARGE)).clip(0, 255).astype(np.uint8)
    after = BEFORE.copy()
    after[:, : SMALL // 2] = np.random.default_rng(5).integers(0, 2, (SMALL, SMALL // 2, 1)) * 255
    out = keep_detail(source, BEFORE, after)
    left = slice(0, LARGE // 4)
    shown = BEFORE + denoise(after - BEFORE, SPECKS)
    assert np.array_equal(out[:, left], np.rint(np.clip(enlarge(shown, LARGE), 0, 255)).astype(np.uint8)[:, left])
    assert np.array_equal(out[:, -LARGE // 4 :], source[:, -LARGE // 4 :])


def test_texture_that_the_network_cannot_see_follows_the_change() -> None:
    """Contrast is halved at the network's size; stripes that are finer lose half of theirs too."""
    tone = np.linspace(60, 190, LARGE, dtype=np.float32)[:, None, None]
    stripes = np.where(np.arange(LARGE) % 2, 8, -8)[None, :, None]
    source = np.rint(tone + stripes + np.zeros((1, 1, 3))).astype(np.uint8)
    before = enlarge(source.astype(np.float32), SMALL)
    out = keep_detail(source, before, 60 + before / 2)
    inner = slice(20, -20)
    assert np.abs(out[inner, inner] - (60 + source[inner, inner] / 2)).max() <= 3  # of 8


def test_an_edge_is_as_sharp_in_the_change_as_in_the_source() -> None:
    """One side of an edge that falls inside a pixel of the network's is made lighter."""
    source = np.full((LARGE, LARGE, 3), 60, np.uint8)
    source[:, 103:] = 180
    edited = source.copy()
    edited[:, 103:] = 220
    before, after = (enlarge(p.astype(np.float32), SMALL) for p in (source, edited))
    out = keep_detail(source, before, after)
    assert (
        np.abs(out.astype(int) - edited).mean() < 0.5 * np.abs(source + enlarge(after - before, LARGE) - edited).mean()
    )


def test_bands_cover_every_row_once() -> None:
    rows = list(bands(3001, 2000))
    assert rows[0].start == 0
    assert rows[-1].stop == 3001
    assert all(a.stop == b.start for a, b in pairwise(rows))
    assert len(rows) > 3
    assert list(bands(1, 10**9)) == [slice(0, 1)]


def test_parting_is_a_ramp_between_its_ends() -> None:
    start, end = PARTING
    assert np.all(parting(even(start - 0.01)) == 0)
    assert np.allclose(parting(even((start + end) / 2)), 0.5, atol=0.01)
    assert np.allclose(parting(even(end + 5)), 1)
    assert np.allclose(parting(-even(end + 5)), 1)  # darker counts like brighter
    weight = parting(np.random.default_rng(3).normal(0, 80, (SMALL, SMALL, 3)).astype(np.float32))
    assert weight.shape == (SMALL, SMALL)
    assert 0 <= weight.min() <= weight.max() <= 1


def test_one_odd_pixel_is_no_parting() -> None:
    change = even(0)
    change[10, 10] = 100
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
