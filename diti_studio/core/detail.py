"""Showing the change, not the network's picture.

What a person sees is the source's own pixels plus what the edit changed, R(z') - R(z), scaled up to them (method:
showing the change). At zero edit that is the source, bit for bit. Where the change is large the plain sum ghosts (a
turned head would show twice), so it is blended toward the network's picture by how far the two have parted locally.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]  # float32 throughout

# Mean change over a neighbourhood, in grey levels, at which blending begins and at which the network's picture is
# shown alone. Chosen by benchmarks/detail.py, which measures ghosts against sharpness lost.
PARTING = (40.0, 100.0)
NEIGHBOURHOOD = 6  # model pixels


def keep_detail(source: Pixels, before: Floats, after: Floats) -> Pixels:
    """The source with the change from ``before`` to ``after`` put in.

    Args:
        source: [S,S,3] uint8, the framed square in the photo's own pixels.
        before: [s,s,3] float32 in grey levels (0..255), the network's picture without the edit.
        after: [s,s,3] float32, with it.

    Returns:
        [S,S,3] uint8; exactly ``source`` where and when nothing changed.
    """
    change = after - before
    if not np.any(change):
        return source
    side = len(source)
    summed = source + enlarge(change, side)
    weight = enlarge(parting(change)[:, :, None], side)
    out = np.where(weight > 0, summed + weight * (enlarge(after, side) - summed), summed) if weight.any() else summed
    return np.rint(np.clip(out, 0, 255)).astype(np.uint8)


def parting(change: Floats) -> Floats:
    """[s,s] float32 in 0..1: how far two pictures have parted around each pixel, from their difference [s,s,3]."""
    side = len(change)
    local = np.abs(change).mean(axis=2, keepdims=True)
    blurred = enlarge(enlarge(local, max(1, side // NEIGHBOURHOOD)), side)[:, :, 0]
    start, end = PARTING
    ramp = np.clip((blurred - start) / (end - start), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def enlarge(values: Floats, side: int) -> Floats:
    """[s,s,C] float32 -> [side,side,C] float32, bicubic (Lanczos when it shrinks)."""
    if len(values) == side:
        return values
    kind = Image.Resampling.BICUBIC if side > len(values) else Image.Resampling.LANCZOS
    planes = [
        np.asarray(Image.fromarray(np.ascontiguousarray(values[:, :, c])).resize((side, side), kind))
        for c in range(values.shape[2])
    ]
    return np.stack(planes, axis=2)
