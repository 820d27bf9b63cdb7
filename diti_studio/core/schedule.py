"""The noise schedule of the forward diffusion and the grids of time-steps that samplers walk."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import UsageError

BetaSchedule = Literal["linear", "scaled_linear", "cosine", "sigmoid"]

SPACING = 2.0
"""The power by which time-steps are spaced; ``python -m benchmarks steps --spacings 1,1.5,2`` compares."""


@dataclass(frozen=True)
class NoiseSchedule:
    """x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps, for t in 0..timesteps-1.

    ``linear`` spaces beta evenly from beta_start to beta_end (Ho et al., arXiv 2006.11239); ``scaled_linear`` spaces
    sqrt(beta) evenly (Rombach et al., arXiv 2112.10752); ``sigmoid`` takes beta along a logistic curve, of -6 to 6,
    between the two ends (Xu et al., arXiv 2203.02923); ``cosine`` is Nichol and Dhariwal's (arXiv 2102.09672, equation
    17), with beta capped at 0.999, and ignores the two ends. ``spacing`` is that of the ``grid``.
    """

    timesteps: int = 1000
    kind: BetaSchedule = "linear"
    beta_start: float = 1e-4
    beta_end: float = 0.02
    spacing: float = SPACING

    @cached_property
    def betas(self) -> npt.NDArray[np.floating]:
        """[T] float64."""
        if self.kind == "linear":
            return np.linspace(self.beta_start, self.beta_end, self.timesteps)
        if self.kind == "scaled_linear":
            return np.square(np.linspace(math.sqrt(self.beta_start), math.sqrt(self.beta_end), self.timesteps))
        if self.kind == "sigmoid":
            rise = 1 / (1 + np.exp(-np.linspace(-6, 6, self.timesteps)))
            return self.beta_start + (self.beta_end - self.beta_start) * rise
        s = np.arange(self.timesteps + 1) / self.timesteps
        level = np.cos((s + 0.008) / 1.008 * math.pi / 2) ** 2
        return np.minimum(1 - level[1:] / level[:-1], 0.999)

    @cached_property
    def alpha_bars(self) -> npt.NDArray[np.floating]:
        """[T] float64: the product of 1 - beta up to and with t."""
        return np.cumprod(1 - self.betas)

    def alpha_bar(self, t: int) -> float:
        """abar_t; 1 at t = -1 (the picture itself) and 0 at t = T (pure noise)."""
        if t < 0:
            return 1.0
        return 0.0 if t >= self.timesteps else float(self.alpha_bars[t])

    def grid(self, steps: int) -> npt.NDArray[np.int64]:
        """The time-steps that a walk visits: (T - 1) (i / (steps - 1))^spacing for i = 0..steps-1, ascending.

        A power above 1 visits the small time-steps more often, where a picture gets its detail; 1 spaces them evenly, 2
        is the quadratic sub-sequence of Song et al., arXiv 2010.02502, appendix D.2. Both ends are visited: what an
        inversion does not ask the network at the largest time-step, generation cannot give back. One step visits
        T - 1. Raises UsageError unless 1 <= steps <= T.
        """
        if not 1 <= steps <= self.timesteps:
            raise UsageError(f"{steps} steps cannot be taken: choose between 1 and {self.timesteps}.")
        i = np.arange(steps)
        share = i / (steps - 1) if steps > 1 else np.ones(1)
        return np.maximum(np.rint((self.timesteps - 1) * share**self.spacing).astype(np.int64), i)
