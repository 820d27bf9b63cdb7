"""Walks a picture along its diffusion: up to noise (inversion) and back down (generation), one step at a time.

Both directions are generators, so that a caller can show each step and stop between two. The guided noise is
eps - sqrt(1 - abar_t) * shift; the latent is masked at every step so that only the groups 0..group(t) are seen
(docs/method.md, "Inversion and generation"). Solvers: DDIM, of first order (Song et al., arXiv 2010.02502, equation
12 with eta = 0), and DPM-Solver++ 2M, of second (Lu et al., arXiv 2211.01095, algorithm 2).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from diti_studio.core.groups import TimestepGroups
from diti_studio.core.schedule import NoiseSchedule

Array = npt.NDArray[np.floating]  # float32 throughout; numpy's stubs lose that in products with plain numbers
Solver = Literal["ddim", "dpm++2m"]

Denoiser = Callable[[Array, int, Array], tuple[Array, Array]]
"""(x_t [B,3,H,W], t, masked z [B,D]) -> (eps, shift), both [B,3,H,W]."""


@dataclass(frozen=True)
class Step:
    """One network call done.

    Attributes:
        index, of: 1-based number of the step, and how many there are.
        t: the time-step at which the network was asked.
        x: [B,3,H,W] float32, where the walk is after this step.
        x0: [B,3,H,W] float32 in [-1, 1], the picture that the network sees in x_t.
    """

    index: int
    of: int
    t: int
    x: Array
    x0: Array


@dataclass(frozen=True)
class Diffusion:
    """What a sampler needs to know of a pack: its network, groups and noise schedule."""

    denoise: Denoiser
    groups: TimestepGroups
    schedule: NoiseSchedule

    def predict(self, x: Array, t: int, z: Array) -> tuple[Array, Array]:
        """(x0, noise): the clipped predicted picture and the noise recomputed from it, at time-step t."""
        eps, shift = self.denoise(x, t, z * self.groups.mask(t))
        signal, noise = _levels(self.schedule.alpha_bar(t))
        x0 = self.clean(x, t, eps - noise * shift)
        return x0, (x - signal * x0) / noise

    def noised(self, x0: Array, t: int, eps: Array) -> Array:
        """x_t of the forward diffusion."""
        signal, noise = _levels(self.schedule.alpha_bar(t))
        return signal * x0 + noise * eps

    def clean(self, x: Array, t: int, eps: Array) -> Array:
        """The clipped picture that is left when the noise ``eps`` is taken from x_t."""
        signal, noise = _levels(self.schedule.alpha_bar(t))
        return np.clip((x - noise * eps) / signal, -1, 1)


def invert(diffusion: Diffusion, x0: Array, z: Array, steps: int, *, solver: Solver) -> Iterator[Step]:
    """From pictures to the noise that regenerates them; the last step ends in pure noise, x_T.

    Args:
        x0: [B,3,H,W] float32 in [-1, 1].
        z: [B,D] float32, unmasked.
        steps: how many; see ``NoiseSchedule.grid``.
        solver: as for ``generate``, walked upwards.
    """
    times = diffusion.schedule.grid(steps).tolist()
    return _walk(diffusion, x0, z, [*times, diffusion.schedule.timesteps], solver)


def generate(diffusion: Diffusion, x_t: Array, z: Array, steps: int, *, solver: Solver) -> Iterator[Step]:
    """From x_T to pictures under the latent z; the last step's x is the picture, in [-1, 1].

    ``dpm++2m`` is the second-order multistep solver of Lu et al., arXiv 2211.01095, algorithm 2 (data prediction): it
    needs fewer steps than ``ddim``. Its first and last steps are of first order, as the authors advise for few steps.

    Args:
        x_t: [B,3,H,W] float32, the noise.
        z: [B,D] float32, unmasked.
    """
    return _walk(diffusion, x_t, z, [*diffusion.schedule.grid(steps)[::-1].tolist(), -1], solver)


def last(walk: Iterable[Step]) -> Array:
    """Where a walk ends: x [B,3,H,W] after its last step."""
    return deque(walk, maxlen=1)[0].x


def _walk(diffusion: Diffusion, x: Array, z: Array, times: Sequence[int], solver: Solver) -> Iterator[Step]:
    """The probability flow from times[0] to times[-1], where the network is not asked any more; up or down."""
    of = len(times) - 1
    before: Array | None = None
    gap_before = 0.0
    for i, (t, after) in enumerate(pairwise(times)):
        x0, eps = diffusion.predict(x, t, z)
        signal, noise = _levels(diffusion.schedule.alpha_bar(after))
        final = i + 1 == of
        gap = 0.0 if final else _log_snr(diffusion.schedule, after) - _log_snr(diffusion.schedule, t)
        if solver == "ddim" or final or before is None:
            x = signal * x0 + noise * eps
        else:
            blend = gap / (2 * gap_before)
            slope = (1 + blend) * x0 - blend * before
            _, noise_t = _levels(diffusion.schedule.alpha_bar(t))
            x = (noise / noise_t) * x - signal * math.expm1(-gap) * slope
        before, gap_before = x0, gap
        yield Step(i + 1, of, t, x, x0)


def slerp(a: Array, b: Array, alpha: float) -> Array:
    """Spherical interpolation between two noises of the same shape [3,H,W]; alpha 0 gives a, 1 gives b."""
    cosine = float(np.vdot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))
    angle = math.acos(min(1.0, max(-1.0, cosine)))
    if angle < 1e-4:
        return (1 - alpha) * a + alpha * b
    return (math.sin((1 - alpha) * angle) * a + math.sin(alpha * angle) * b) / math.sin(angle)


def _levels(alpha_bar: float) -> tuple[float, float]:
    """(signal, noise): the weights of picture and noise in x_t. Plain floats, so that float32 arrays stay float32."""
    return alpha_bar**0.5, (1 - alpha_bar) ** 0.5


def _log_snr(schedule: NoiseSchedule, t: int) -> float:
    """lambda = log(signal / noise), half the logarithm of the signal-to-noise ratio."""
    alpha_bar = schedule.alpha_bar(t)
    return 0.5 * math.log(alpha_bar / (1 - alpha_bar))
