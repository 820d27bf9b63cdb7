"""How a change that is known at the network's size follows from the picture it happens to, colour by colour.

The guided filter of He, Sun and Tang ("Guided image filtering", ECCV 2010; TPAMI 2013, eq. 19 for a coloured guide),
fitted at the small size and applied at the large one as in its fast variant (He and Sun, arXiv:1505.00996, 2015). What
the fit cannot explain is kept rather than smoothed away, so that the large change, made small, is the small change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]  # float32 throughout

STEADINESS = 100.0
"""The filter's epsilon, in squared grey levels: guides that vary less than its root explain nothing."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A change as an affine map of the guide around each pixel: change = gain guide + offset, exactly.

    Attributes:
        gain: [s,s,3,3], from a colour of the guide (third axis) to one of the change (fourth).
        offset: [s,s,3] in grey levels.
        unexplained: [s,s,3], what the map alone would leave of the change; it is part of the offset.
    """

    gain: Floats
    offset: Floats
    unexplained: Floats


def fit(change: Floats, guide: Floats) -> Fit:
    """Fits a change [s,s,3] to a guide [s,s,3], both float32 in grey levels; exactly zero where nothing changes."""
    products = [guide[:, :, i] * guide[:, :, j] for i in range(3) for j in range(i, 3)]
    crossed = [guide[:, :, i] * change[:, :, j] for i in range(3) for j in range(3)]
    means = _mean(np.concatenate([guide, change, np.stack(products + crossed, axis=2)], axis=2))
    mean, mean_change = means[:, :, :3], means[:, :, 3:6]
    variance = {
        (i, j): means[:, :, 6 + k] - mean[:, :, i] * mean[:, :, j]
        for k, (i, j) in enumerate((i, j) for i in range(3) for j in range(i, 3))
    }
    covariance = means[:, :, 12:].reshape(*change.shape[:2], 3, 3) - mean[:, :, :, None] * mean_change[:, :, None, :]
    gain = _solve(variance, covariance)
    offset = change - apply(gain, guide)
    return Fit(gain, offset, offset - mean_change + apply(gain, mean))


def apply(gain: Floats, guide: Floats) -> Floats:
    """The product [h,w,3] of gains [h,w,3,3] with a guide [h,w,3]."""
    return _combined([guide[:, :, i] for i in range(3)], gain)


def _solve(variance: Mapping[tuple[int, int], Floats], covariance: Floats) -> Floats:
    """(variance + STEADINESS)^-1 covariance by cofactors: a symmetric 3 by 3 system at each pixel."""
    a, d, f = (np.maximum(variance[i, i], 0) + np.float32(STEADINESS) for i in range(3))
    b, c, e = variance[0, 1], variance[0, 2], variance[1, 2]
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    middle, beside, last = a * f - c * c, b * c - a * e, a * d - b * b
    cofactors = ((first, second, third), (second, middle, beside), (third, beside, last))
    scale = 1 / (a * first + b * second + c * third)
    out = np.empty_like(covariance)
    for i, row in enumerate(cofactors):
        out[:, :, i] = _combined(row, covariance) * scale[:, :, None]
    return out


def _combined(factors: Sequence[Floats], of: Floats) -> Floats:
    """The sum [h,w,3] over the third axis of [h,w,3,3], each of its three times a factor [h,w]."""
    return (
        factors[0][:, :, None] * of[:, :, 0]
        + factors[1][:, :, None] * of[:, :, 1]
        + factors[2][:, :, None] * of[:, :, 2]
    )


def _mean(values: Floats) -> Floats:
    """The mean over 5 by 5 pixels, weighted 1 2 3 2 1 a side; exactly zero where all are."""
    for axis in (0, 1):
        padded = np.concatenate([values.take([0, 0], axis), values, values.take([-1, -1], axis)], axis)
        n = values.shape[axis]
        shifted = [padded[i : i + n] if axis == 0 else padded[:, i : i + n] for i in range(5)]
        values = (shifted[0] + shifted[4] + 2 * (shifted[1] + shifted[3]) + 3 * shifted[2]) / np.float32(9)
    return values
