"""The losses of the two stages, each a module that holds its networks, so that it can be wrapped for many devices.

Losses are sums of squared errors of eps, averaged over pixels and pictures, each picture weighed by its time-step.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from diti_studio.core.groups import TimestepGroups
from diti_studio.core.schedule import NoiseSchedule
from trainer.config import ObjectiveOptions
from trainer.models import DiffusionModel, Encoder, ShiftDecoder

BINS = 50
"""The frozen model's error is measured in so many equal parts of the time axis."""

_MIN_SNR = 5.0


class DiffusionObjective(nn.Module):
    """The loss of the diffusion model (stage dm).

    For eps-prediction the simple loss of Ho et al. (arXiv 2006.11239, equation 14); for v and x_0 the min-SNR-5
    weight of Hang et al. (arXiv 2303.09556), which is min(snr, 5) on the error of x_0.
    """

    def __init__(self, model: DiffusionModel) -> None:
        super().__init__()
        self.model = model
        snr = torch.from_numpy(_snr(model.schedule))
        # On the error of eps, which is snr times that of x_0; for v this is min(snr, 5) / (snr + 1) on the error of v.
        weights = torch.ones_like(snr) if model.prediction == "epsilon" else snr.clamp(max=_MIN_SNR) / snr
        self.weights: torch.Tensor
        self.register_buffer("weights", weights.float(), persistent=False)

    def forward(
        self, x_0: torch.Tensor, t: torch.Tensor, noise: torch.Tensor, targets: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Losses by name; "loss" is what is minimised. ``targets`` are not looked at."""
        eps = self.model(self.model.noised(x_0, noise, t), t)
        return {"loss": (self.weights[t] * _per_picture(noise - eps)).mean()}


class DitiObjective(nn.Module):
    """The loss of the encoder and the shift branch (Yue et al., ICLR 2024, section 4; method: training loss).

    ``base``: the decoder sees the latent dims of groups 0..group(t). ``stop_grad``: the same, but only the dims of
    group(t) itself get a gradient. ``dual``: the sum of both. With a single group this is PDAE.

    Args:
        weights: [T], of each time-step.
        binary: [F], which of the known factors are 0 or 1 (cross-entropy); the others are standardised (squared error).
    """

    def __init__(
        self,
        encoder: Encoder,
        decoder: ShiftDecoder,
        groups: TimestepGroups,
        options: ObjectiveOptions,
        weights: npt.NDArray[np.floating],
        binary: npt.NDArray[np.bool_],
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.options = options
        self.head = FactorHead(groups.latent_dim, binary) if options.factor_weight > 0 and len(binary) else None
        steps = np.arange(groups.timesteps)
        self.weights: torch.Tensor
        self.gains: torch.Tensor
        self.seen: torch.Tensor
        self.own: torch.Tensor
        self.register_buffer("weights", torch.from_numpy(weights).float(), persistent=False)
        self.register_buffer("gains", _gains(decoder.frozen.schedule, options), persistent=False)
        self.register_buffer("seen", torch.from_numpy(groups.mask(steps)), persistent=False)
        self.register_buffer("own", torch.from_numpy(groups.own_mask(steps)), persistent=False)

    def forward(
        self, x_0: torch.Tensor, t: torch.Tensor, noise: torch.Tensor, targets: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Losses by name; "loss" is what is minimised. ``targets``: [B,F] known factors, NaN where unknown."""
        x_t = self.decoder.frozen.noised(x_0, noise, t)
        z = self.encoder(x_0).float()
        features, eps = self.decoder.unguided(x_t, t)
        gain = self.gains[t][:, None, None, None]

        def error(masked: torch.Tensor) -> torch.Tensor:
            shift = self.decoder.shift(features, t, masked)
            return (self.weights[t] * _per_picture(noise - eps - gain * shift)).mean()

        seen, own = self.seen[t], self.own[t]
        out = dict[str, torch.Tensor]()
        if self.options.loss != "stop_grad":
            out["base"] = error(z * seen)
        if self.options.loss != "base":
            out["stop_grad"] = error(z * own + (z * (seen - own)).detach())
        loss = torch.stack(list(out.values())).sum()
        if self.head is not None:
            out["factors"] = self.head(z, targets)
            loss = loss + self.options.factor_weight * out["factors"]
        return {"loss": loss, **out}


class FactorHead(nn.Module):
    """How badly a linear layer reads the known factors off z [B,D]; ours, not the paper's.

    The latent is normalised by running statistics first, so that growing z does not make the task easier. The head is
    used in training only; it makes the encoder look at small parts (a mouth, glasses) long before the pixels would.
    """

    def __init__(self, latent_dim: int, binary: npt.NDArray[np.bool_]) -> None:
        super().__init__()
        self.normal = nn.BatchNorm1d(latent_dim, affine=False, momentum=0.02)
        self.linear = nn.Linear(latent_dim, len(binary))
        self.binary: torch.Tensor
        self.register_buffer("binary", torch.from_numpy(binary), persistent=False)

    def forward(self, z: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean loss over the known entries of targets [B,F]; 0 when there are none."""
        read = self.linear(self.normal(z)).float()
        known = ~targets.isnan()
        target = targets.nan_to_num()
        yes_no = functional.binary_cross_entropy_with_logits(read, target.clamp(0, 1), reduction="none")
        loss = torch.where(self.binary, yes_no, (read - target).square())
        return torch.where(known, loss, 0).sum() / known.sum().clamp(min=1)


def paper_weights(schedule: NoiseSchedule) -> npt.NDArray[np.floating]:
    """w_t = snr^0.1 / (1 + snr), [T] (PDAE's, which DiTi keeps)."""
    snr = _snr(schedule)
    return snr**0.1 / (1 + snr)


def measured_weights(errors: npt.NDArray[np.floating], power: float, timesteps: int) -> npt.NDArray[np.floating]:
    """w_t = m(t)^-power, [T], scaled so that the frozen model's own loss is 1 (ours, not the paper's).

    The paper's weight leaves the noisy time-steps almost out, which tens of millions of pictures make good for, and a
    small budget does not.

    Args:
        errors: [BINS] mean squared errors of eps, from ``frozen_errors``.
    """
    m = np.maximum(errors[np.arange(timesteps) * len(errors) // timesteps], 1e-12)
    weights = m**-power
    return weights / (weights * m).mean()


@torch.no_grad()
def frozen_errors(
    model: DiffusionModel, pictures: Iterable[torch.Tensor], generator: torch.Generator
) -> npt.NDArray[np.floating]:
    """m: [bins] mean squared error of the frozen model's eps, over one batch [B,3,S,S] a bin of the time axis."""
    batches = list(pictures)
    steps, out = model.schedule.timesteps, list[float]()
    for i, x_0 in enumerate(batches):
        low, high = (-(-j * steps // len(batches)) for j in (i, i + 1))
        t = torch.randint(low, max(high, low + 1), (len(x_0),), generator=generator).to(x_0.device)
        noise = torch.randn(x_0.shape, generator=generator).to(x_0.device)
        out.append(float(_per_picture(noise - model(model.noised(x_0, noise, t), t)).mean()))
    return np.array(out)


def _gains(schedule: NoiseSchedule, options: ObjectiveOptions) -> torch.Tensor:
    """What g is multiplied by when it is taken from eps to meet the true noise, [T] float32.

    The residual is noise - eps - gain g. The paper's gain is c_t = -sqrt(alpha_t) (1 - abar_{t-1}) / sqrt(1 - abar_t),
    of which it samples with -sqrt(1 - abar_t): nearly the same, except at the smallest t.
    """
    levels = schedule.alpha_bars
    if options.guidance == "sampling":
        return torch.from_numpy(-np.sqrt(1 - levels)).float()
    before = np.concatenate([[1.0], levels[:-1]])
    return torch.from_numpy(-np.sqrt(1 - schedule.betas) * (1 - before) / np.sqrt(1 - levels)).float()


def _snr(schedule: NoiseSchedule) -> npt.NDArray[np.floating]:
    return schedule.alpha_bars / (1 - schedule.alpha_bars)


def _per_picture(error: torch.Tensor) -> torch.Tensor:
    return error.square().mean(dim=(1, 2, 3))
