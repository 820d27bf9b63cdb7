"""Takes specks out of a change, and leaves its edges and areas: total-variation denoising.

min_u 1/2 |u - f|^2 + weight TV(u), in which TV sums the length of the gradient of all colours together (Blomgren and
Chan, "Color TV", IEEE Transactions on Image Processing 7, 1998, in Bresson and Chan's coupling, 2008). Solved in the
dual by the fast gradient projection of Beck and Teboulle ("Fast gradient-based algorithms for constrained total
variation image denoising and deblurring problems", IEEE TIP 18, 2009, section IV).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]  # float32 throughout

ITERATIONS = 8
"""Few, as every picture waits for it: most of the way to the minimum (tests/studio/core/test_total_variation.py)."""

_STEP = 1 / 8  # over the weight: the inverse of the largest eigenvalue of the discrete Laplacian


def denoise(values: Floats, weight: float, iterations: int = ITERATIONS) -> Floats:
    """[h,w,C] float32 -> the same without what is small and sharp; exactly zero far from all that is not.

    Args:
        weight: in the units of the values, 0 takes nothing out: a lone pixel loses 3.4 times as much, all its colours
            together (the square root of the sum of their squares); an area loses the less the larger it is.
    """
    if not weight:
        return values
    f = np.ascontiguousarray(values.transpose(2, 0, 1))
    step = np.float32(_STEP / weight)
    dual = np.zeros((2, *f.shape), np.float32)  # one for each direction of the gradient
    ahead, momentum = dual, 1.0
    for _ in range(iterations):
        u = _primal(f, ahead, weight)
        moved = ahead.copy()
        moved[0, :, :-1] += step * (u[:, 1:] - u[:, :-1])
        moved[1, :, :, :-1] += step * (u[:, :, 1:] - u[:, :, :-1])
        length = np.sqrt(np.einsum("dchw,dchw->hw", moved, moved))
        moved /= np.maximum(length, 1, out=length)
        later = (1 + math.sqrt(1 + 4 * momentum * momentum)) / 2
        ahead = moved + np.float32((momentum - 1) / later) * (moved - dual)
        dual, momentum = moved, later
    return np.ascontiguousarray(_primal(f, dual, weight).transpose(1, 2, 0))


def _primal(f: Floats, dual: Floats, weight: float) -> Floats:
    """f + weight div(dual), [C,h,w]; nothing flows across the border."""
    out = f.copy()
    down, right = np.float32(weight) * dual[0, :, :-1], np.float32(weight) * dual[1, :, :, :-1]
    out[:, :-1] += down
    out[:, 1:] -= down
    out[:, :, :-1] += right
    out[:, :, 1:] -= right
    return out
