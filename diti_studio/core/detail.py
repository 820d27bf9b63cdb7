"""Showing the change, not the network's picture.

What a person sees is the source's own pixels plus what the edit changed, R(z') - R(z), scaled up to them (method:
showing the change). It is scaled up along the source's own edges and texture, which the network's size does not hold:
see ``guided``. At zero edit that is the source, bit for bit. Where the change does not follow from the source (a turned
head would show twice) the sum is blended toward the network's picture. Specks of the change, which networks make where
their noise does not suit the new latent, are taken out before: see ``total_variation``.

All is added in sRGB's own levels, in which the network works and its input was made small. In linear light it would
come out up to 4.7 dB worse (benchmarks/detail.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from diti_studio.core import guided, total_variation

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]  # float32 throughout

# Mean over a neighbourhood of what the source does not explain of the change, in grey levels, at which blending begins
# and at which the network's picture is shown alone. Chosen by benchmarks/detail.py, which knows the truth.
PARTING = (6.0, 18.0)
NEIGHBOURHOOD = 6  # model pixels

SPECKS = 8.0
"""The weight in grey levels with which specks are taken out. Chosen by benchmarks/specks.py, which knows the truth."""

_BAND_PIXELS = 1 << 17  # composed at a time: memory stays bounded however large the photo


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
    change = total_variation.denoise(change, SPECKS)
    after = before + change
    side = len(source)
    fit = guided.fit(change, _reduced(source, len(change)))
    planes = [fit.gain.reshape(*change.shape[:2], 9), fit.offset]
    weight = parting(fit.unexplained)
    parted = bool(weight.any())
    if parted:
        planes += [weight[:, :, None], after]
    small = np.concatenate(planes, axis=2).transpose(2, 0, 1)
    across = _weights(len(change), side)
    out = np.empty_like(source)
    for rows in bands(side, side):
        large = np.matmul(np.matmul(across[:, rows].T, small), across)  # plane by plane, as what follows: it is quicker
        own = source[rows].astype(np.float32).transpose(2, 0, 1).copy()
        for c in range(3):
            summed = large[9 + c]
            summed += own[c]
            for i in range(3):
                gain = large[3 * i + c]
                gain *= own[i]
                summed += gain
            if parted:
                summed += np.maximum(large[12], 0) * (large[13 + c] - summed)
            out[rows, :, c] = np.rint(np.clip(summed, 0, 255, out=summed), out=summed)
    return out


def sketch(source: Pixels, before: Floats, after: Floats) -> Pixels:
    """``keep_detail`` in a fraction of its time, for a picture that is still forming: the change, enlarged as it is."""
    change = after - before
    if not np.any(change):
        return source
    return np.rint(np.clip(source + enlarge(change, len(source)), 0, 255)).astype(np.uint8)


def parting(unexplained: Floats) -> Floats:
    """[s,s] float32 in 0..1: how far two pictures have parted around each pixel, from what nothing explains [s,s,3]."""
    side = len(unexplained)
    local = np.abs(unexplained).mean(axis=2, keepdims=True)
    blurred = enlarge(enlarge(local, max(1, side // NEIGHBOURHOOD)), side)[:, :, 0]
    start, end = PARTING
    ramp = np.clip((blurred - start) / (end - start), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def bands(height: int, width: int) -> Iterator[slice]:
    """Rows of a picture, so few at a time that floats of them take little memory."""
    rows = max(1, _BAND_PIXELS // width)
    return (slice(start, min(start + rows, height)) for start in range(0, height, rows))


def enlarge(values: Floats, side: int) -> Floats:
    """[s,s,C] float32 -> [side,side,C] float32, bicubic (Lanczos when it shrinks)."""
    if len(values) == side:
        return values
    across = _weights(len(values), side)
    planes = np.matmul(np.matmul(across.T, values.transpose(2, 0, 1)), across)
    return np.ascontiguousarray(planes.transpose(1, 2, 0))


@lru_cache(maxsize=8)
def _weights(small: int, side: int) -> Floats:
    """[small,side] float32: the share of each small pixel in each large one, along a side, as Pillow resamples."""
    kind = Image.Resampling.BICUBIC if side > small else Image.Resampling.LANCZOS
    return np.asarray(Image.fromarray(np.eye(small, dtype=np.float32)).resize((side, small), kind))


def _reduced(source: Pixels, side: int) -> Floats:
    """[S,S,3] uint8 -> [side,side,3] float32."""
    if len(source) == side:
        return source.astype(np.float32)
    kind = Image.Resampling.LANCZOS if side < len(source) else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(source).resize((side, side), kind)).astype(np.float32)
