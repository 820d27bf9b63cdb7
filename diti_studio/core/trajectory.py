"""A picture along its diffusion: what noise has covered at each time, and what is still known of it.

At time t the frozen diffusion model alone, without the latent, predicts from x_t the picture that it still sees. What
it no longer sees is what the time-step groups up to t have to give back: that is how DiTi finds out at which time an
attribute is lost (Yue et al., ICLR 2024, section 4). So x_t is taken from the forward diffusion. The inversion's x_t
would not do: it hides the picture in its noise, to be found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from diti_studio.core.sampler import Array, Diffusion

SCALE = 2 / 3
SEED = 0  # of the noise that is added, the same at each time, so that it is seen to grow


@dataclass(frozen=True, eq=False)
class Passed:
    """A picture at one time of its diffusion.

    Attributes:
        t: the time-step.
        noised: [B,3,s,s] float32, x_t of the forward diffusion.
        known: [B,3,s,s] float32 in [-1, 1], the picture that the frozen model alone predicts from x_t.
        rebuilt: [B,3,s,s] float32 in [-1, 1], the same with the latent's groups 0..group(t).
    """

    t: int
    noised: Array
    known: Array
    rebuilt: Array


def stations(timesteps: int, borders: Sequence[int], count: int) -> tuple[int, ...]:
    """Time-steps at which to look: the first, the last, where stages begin, and between them what halves the widest
    gap, until there are ``count``; ascending. Gaps are compared on the scale t ** SCALE, since a picture is lost faster
    the earlier it is.

    Args:
        timesteps: T.
        borders: where stages begin; thinned out evenly when they are more than fit.
        count: how many are wanted, 2 or more; fewer when T is smaller.
    """
    inner = sorted(set(borders) - {0, timesteps - 1})
    if len(inner) > count - 2:
        inner = [inner[i * len(inner) // (count - 2)] for i in range(count - 2)]
    chosen = sorted({0, *inner, timesteps - 1})
    while len(chosen) < min(count, timesteps):
        _, a, b = max((b**SCALE - a**SCALE, a, b) for a, b in pairwise(chosen) if b - a > 1)
        chosen = sorted([*chosen, (a + b) // 2])
    return tuple(chosen)


def noised(diffusion: Diffusion, x0: Array, z: Array, times: Sequence[int]) -> Iterator[Passed]:
    """Noises pictures and asks the model what it still sees of them: two network calls for each time.

    Args:
        x0: [B,3,s,s] float32 in [-1, 1].
        z: [B,D] float32, unmasked.
        times: time-steps, 0..T-1.
    """
    noise = np.random.default_rng(SEED).standard_normal(x0.shape, np.float32)
    blank = np.zeros(z.shape, np.float32)
    for t in times:
        x = diffusion.noised(x0, t, noise)
        eps, _ = diffusion.denoise(x, t, blank)  # eps is the frozen branch's: it does not see the latent
        rebuilt, _ = diffusion.predict(x, t, z)
        yield Passed(t, x, diffusion.clean(x, t, eps), rebuilt)
