"""Pictures as networks take and give them: channels first, in [-1, 1]; and on the way back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Pixels = npt.NDArray[np.uint8]


def to_model(pixels: Pixels) -> npt.NDArray[np.float32]:
    """[..., s, s, 3] uint8 -> [..., 3, s, s] float32 in [-1, 1]."""
    return np.ascontiguousarray(np.moveaxis(pixels, -1, -3), np.float32) / np.float32(127.5) - np.float32(1)


def to_grey_levels(x: Array) -> Array:
    """[..., 3, s, s], clipped to [-1, 1] -> [..., s, s, 3] float in 0..255."""
    return (np.moveaxis(np.clip(x, -1, 1), -3, -1) + np.float32(1)) * np.float32(127.5)


def rounded(grey_levels: Array) -> Pixels:
    """Grey levels in 0..255 as uint8."""
    return np.rint(grey_levels).astype(np.uint8)


def to_pixels(x: Array) -> Pixels:
    """[..., 3, s, s] in [-1, 1] -> [..., s, s, 3] uint8, clipped and rounded: the way back of ``to_model``."""
    return rounded(to_grey_levels(x))
