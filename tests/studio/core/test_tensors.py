from __future__ import annotations

import numpy as np

from diti_studio.core.tensors import to_grey_levels, to_model, to_pixels


def test_every_grey_level_comes_back() -> None:
    pixels = np.arange(256, dtype=np.uint8).repeat(3).reshape(4, 8, 8, 3)
    x = to_model(pixels)
    assert (x.shape, x.dtype) == ((4, 3, 8, 8), np.float32)
    assert (x.min(), x.max()) == (-1, 1)
    np.testing.assert_array_equal(to_pixels(x), pixels)
    np.testing.assert_array_equal(to_pixels(x[0]), pixels[0])


def test_channels_come_first_and_rows_stay_rows() -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[1, 2, 0] = 255
    assert np.argwhere(to_model(pixels) == 1).tolist() == [[0, 1, 2]]


def test_what_leaves_the_range_is_clipped() -> None:
    x = np.full((3, 1, 1), 1.5, np.float32)
    assert (to_grey_levels(x) == 255).all()
    assert (to_pixels(-x) == 0).all()
