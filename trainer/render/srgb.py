"""Colours as they are stored, and as light."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def linear(srgb: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """sRGB in [0, 1] (what lies beyond is clipped) to linear light, by the plain power that the renderers undo."""
    return (np.clip(np.asarray(srgb, np.float32), 0, 1) ** 2.2).astype(np.float32)
