"""ProMask: learns which few dims of a latent tell an attribute, so that an edit can leave all others alone.

Yue et al. (ICLR 2024) train the linear classifier of a manipulation together with a binary mask that keeps d' of the D
dims, after Zhou et al. ("Effective Sparsification of Neural Networks with Global Sparsity Constraint", CVPR 2021): each
dim is kept with a probability that is learnt through relaxed Bernoulli samples (binary Gumbel-softmax), and the
probabilities are brought back to sum to d' after each step.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from trainer.latents import Floats

KEPT = 1 / 8
"""Share of the dims that a mask keeps."""

_STEPS = 300
_BATCH = 1024
_RATE = 0.02
_WARMEST, _COLDEST = 1.0, 0.1  # temperature of the samples, from the first step to the last
_EDGE = 1e-3  # how near to 0 and 1 a probability is taken in its logit


def learn_masks(
    x: Floats, targets: Floats, binary: npt.NDArray[np.bool_], keep: int, *, seed: int = 0
) -> npt.NDArray[np.bool_]:
    """A mask for each attribute, all learnt at once.

    Args:
        x: [N, D] normalised latents.
        targets: [N, A] values, continuous ones in standard deviations; NaN where unknown.
        binary: [A] which targets are 0 or 1 (cross-entropy); the others are regressed (squared error).
        keep: d', 1..D.

    Returns:
        [A, D] masks with ``keep`` dims each.
    """
    count, dims = x.shape
    attributes = targets.shape[1]
    generator = torch.Generator().manual_seed(seed)
    latents, truth = torch.from_numpy(x).float(), torch.from_numpy(targets).float()
    known = ~truth.isnan()
    truth = truth.nan_to_num()
    classes = torch.from_numpy(binary)
    share = known.sum(dim=0).clamp(min=1)
    mean = truth.sum(dim=0) / share
    # The weights begin at the correlations: at zero no mask would have a gradient.
    weights = (torch.where(known, truth - mean, 0).T @ latents / share[:, None]).requires_grad_()
    bias = torch.where(classes, torch.logit(mean.clamp(_EDGE, 1 - _EDGE)), mean).requires_grad_()
    probabilities = torch.full((attributes, dims), keep / dims).requires_grad_()
    optimiser = torch.optim.Adam([weights, bias, probabilities], _RATE)
    for step in range(_STEPS):
        temperature = _WARMEST + (_COLDEST - _WARMEST) * step / (_STEPS - 1)
        rows = torch.randint(count, (min(_BATCH, count),), generator=generator)
        uniform = torch.rand(attributes, dims, generator=generator).clamp(1e-6, 1 - 1e-6)
        mask = torch.sigmoid((probabilities.clamp(_EDGE, 1 - _EDGE).logit() + uniform.logit()) / temperature)
        read = functional.linear(latents[rows], weights * mask, bias)
        yes_no = functional.binary_cross_entropy_with_logits(read, truth[rows].clamp(0, 1), reduction="none")
        error = torch.where(classes, yes_no, (read - truth[rows]).square())
        # A sum over attributes: they share nothing, and each is to learn as if it were alone.
        loss = (torch.where(known[rows], error, 0).sum(dim=0) / known[rows].sum(dim=0).clamp(min=1)).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            probabilities.copy_(within_budget(probabilities, keep))
    importance = probabilities.detach() + 1e-6 * weights.detach().abs()  # of equal probabilities the stronger
    chosen = importance.topk(keep, dim=1).indices
    return torch.zeros(attributes, dims, dtype=torch.bool).scatter(1, chosen, True).numpy()


def within_budget(values: torch.Tensor, budget: float) -> torch.Tensor:
    """The nearest points [A, D] to ``values`` whose entries lie in 0..1 and sum to at most ``budget`` in each row.

    Found by bisection of what must be taken off every entry of a row.
    """
    low = torch.zeros(len(values), 1)
    high = values.amax(dim=1, keepdim=True).clamp(min=0)
    for _ in range(30):
        middle = (low + high) / 2
        over = (values - middle).clamp(0, 1).sum(dim=1, keepdim=True) > budget
        low, high = torch.where(over, middle, low), torch.where(over, high, middle)
    fits = values.clamp(0, 1).sum(dim=1, keepdim=True) <= budget
    return torch.where(fits, values.clamp(0, 1), (values - high).clamp(0, 1))
