"""A picture along its own diffusion: what noise has covered at each time, and what is still known of it.

At time t the frozen diffusion model alone, without the latent, predicts from x_t the picture that it still sees. What
it no longer sees is what the time-step groups up to t have to give back: that is how DiTi finds out at which time an
attribute is lost (Yue et al., ICLR 2024, section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from diti_studio.core.cancel import CancelToken
from diti_studio.core.sampler import Array, Diffusion, invert


@dataclass(frozen=True, eq=False)
class Passed:
    """Where the walk up to noise was at one time-step.

    Attributes:
        t: the time-step.
        noised: [B,3,s,s] float32, x_t on the inversion's trajectory.
        known: [B,3,s,s] float32 in [-1, 1], the picture that the frozen model alone predicts from x_t.
        rebuilt: [B,3,s,s] float32 in [-1, 1], the same with the latent's groups 0..group(t).
    """

    t: int
    noised: Array
    known: Array
    rebuilt: Array


def stations(grid: Sequence[int], borders: Sequence[int], count: int) -> tuple[int, ...]:
    """Time-steps of a grid at which to look: its two ends, what lies nearest to the stages' borders, and between them
    what halves the widest gap, until there are ``count``; ascending. Gaps are compared as differences of sqrt(t), since
    a picture is lost faster the earlier it is.

    Args:
        grid: the time-steps that a walk visits, ascending.
        borders: where stages begin.
        count: how many are wanted; fewer when the grid is shorter, and borders are thinned out when they are more.
    """

    def nearest(t: float) -> int:
        return min(grid, key=lambda step: abs(step - t))

    ends = (grid[0], grid[-1])
    inner = sorted({nearest(border) for border in borders} - set(ends))
    room = max(count - 2, 0)
    if len(inner) > room:
        inner = [inner[i * len(inner) // room] for i in range(room)]
    chosen = sorted({*ends, *inner})
    while len(chosen) < min(count, len(grid)):
        halves = [(b**0.5 - a**0.5, nearest((a + b) / 2)) for a, b in pairwise(chosen)]
        fresh = [half for half in halves if half[1] not in chosen]
        if not fresh:
            break
        chosen = sorted([*chosen, max(fresh)[1]])
    return tuple(chosen)


def walk(
    diffusion: Diffusion, x0: Array, z: Array, steps: int, times: Sequence[int], cancel: CancelToken | None = None
) -> list[Passed]:
    """Inverts pictures and looks at them at the given time-steps: one network call more for each of them.

    Args:
        x0: [B,3,s,s] float32 in [-1, 1].
        z: [B,D] float32, unmasked.
        steps: of the inversion; see ``NoiseSchedule.grid``.
        times: time-steps of that grid.
    """
    passed, x = list[Passed](), x0
    blank: npt.NDArray[np.float32] = np.zeros(z.shape, np.float32)
    for step in invert(diffusion, x0, z, steps):
        if step.t in times:
            eps, _ = diffusion.denoise(x, step.t, blank)  # eps is the frozen branch's: it does not see the latent
            passed.append(Passed(step.t, x, diffusion.clean(x, step.t, eps), step.x0))
        x = step.x
        if cancel is not None:
            cancel.check()
    return passed
