"""What is done to photos each time they are drawn: other backgrounds, other gamma, other colour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from trainer.data.decoded import OnDemand, Pixels

_CELLS = (3, 6)  # colours along a side of a made-up background


@dataclass(frozen=True, eq=False)
class Augmentation:
    """Makes a few hundred photos last, and keeps the network from learning where they were taken.

    Attributes:
        mattes: [N,S,S] uint8 foreground alpha, all 0 for a picture whose matte is unknown; None when none is known.
        replace: probability that a known background is replaced.
        gamma: spread of the logarithm of gamma.
        colour: spread of the logarithm of each channel's gain.
    """

    mattes: Pixels | OnDemand | None
    replace: float
    gamma: float
    colour: float

    def __call__(self, pixels: Pixels, which: npt.NDArray[np.int64], rng: np.random.Generator) -> Pixels:
        """[n,S,S,3] uint8, the pictures number ``which``, changed at random."""
        count, size = len(pixels), pixels.shape[1]
        out = pixels.astype(np.float32)
        backgrounds = np.flatnonzero(rng.random(count) < self.replace)
        if self.mattes is not None and len(backgrounds):
            alpha = self.mattes[which[backgrounds]].astype(np.float32)[..., None] / 255
            alpha[alpha.max(axis=(1, 2, 3)) == 0] = 1
            new = random_backgrounds(len(backgrounds), size, rng)
            out[backgrounds] = out[backgrounds] * alpha + new * (1 - alpha)
        gamma = np.exp(rng.normal(0, self.gamma, (count, 1))).astype(np.float32)
        gain = np.exp(rng.normal(0, self.colour, (count, 3))).astype(np.float32)
        out = out * (1 / 255)
        np.power(out, gamma[:, :, None, None], out=out)
        out *= gain[:, None, None, :] * 255
        return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def random_backgrounds(count: int, size: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """[count,size,size,3] in [0,255]: broad washes of random colours, soft blobs, or a plain tint."""
    kinds = rng.integers(3, size=count)
    out = np.empty((count, size, size, 3), np.float32)
    for kind, cells in enumerate(_CELLS):
        chosen = np.flatnonzero(kinds == kind)
        colours = rng.uniform(0, 255, (len(chosen), cells, cells, 3)).astype(np.float32)
        if kind == 1:
            colours = colours * 0.6 + rng.uniform(0, 100, (len(chosen), 1, 1, 1)).astype(np.float32)
        weights = _spline(cells, size)
        out[chosen] = np.einsum("yi,nijc,xj->nyxc", weights, colours, weights, optimize=True)
    plain = np.flatnonzero(kinds == 2)
    tint = rng.uniform(20, 240, (len(plain), 1)) + rng.normal(0, 12, (len(plain), 3))
    out[plain] = tint[:, None, None, :]
    return np.clip(out, 0, 255)


@cache
def _spline(cells: int, size: int) -> npt.NDArray[np.float32]:
    """[size,cells]: up-samples ``cells`` numbers to ``size`` smoothly (cubic, edges repeated); rows add up to 1."""
    at = (np.arange(size) + 0.5) * cells / size - 0.5
    first = np.floor(at).astype(int)
    s = at - first
    taps = np.stack([  # Keys' cubic convolution with a = -1/2
        -0.5 * s + s**2 - 0.5 * s**3,
        1 - 2.5 * s**2 + 1.5 * s**3,
        0.5 * s + 2 * s**2 - 1.5 * s**3,
        -0.5 * s**2 + 0.5 * s**3,
    ])  # fmt: skip
    out = np.zeros((size, cells), np.float32)
    for tap in range(4):
        np.add.at(out, (np.arange(size), np.clip(first - 1 + tap, 0, cells - 1)), taps[tap])
    return out
