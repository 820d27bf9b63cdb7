"""The losses against their formulas (method: training loss), computed here step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from diti_studio.core.groups import TimestepGroups
from diti_studio.core.sampler import Diffusion
from diti_studio.core.schedule import NoiseSchedule
from tests.trainer.tiny import config
from trainer.checkpoints import build_diffusion, build_encoder
from trainer.config import ObjectiveOptions
from trainer.grids import denoiser
from trainer.models import ShiftDecoder
from trainer.objective import (
    DiffusionObjective,
    DitiObjective,
    FactorHead,
    frozen_errors,
    measured_weights,
    paper_weights,
)

SCHEDULE = NoiseSchedule()
T = torch.tensor([3, 60, 320, 980])  # at t = 0 the paper's c_t is 0: nothing is learnt there
SIZE = 32


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def _objective(groups: TimestepGroups | None = None, weights: Any = None, **options: Any) -> DitiObjective:
    settings = config()
    decoder = ShiftDecoder(build_diffusion(settings), settings.encoder.latent_dim)
    with torch.no_grad():
        for parameter in decoder.branch.parameters():
            if not parameter.any():
                parameter.normal_(std=0.1)
    return DitiObjective(
        build_encoder(settings),
        decoder,
        groups or settings.timestep_groups,
        ObjectiveOptions(**options),
        paper_weights(SCHEDULE) if weights is None else weights,
        np.array([False, True]),
    ).eval()


def _batch() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    return torch.rand(4, 3, SIZE, SIZE) * 2 - 1, T, torch.randn(4, 3, SIZE, SIZE), torch.full((4, 2), torch.nan)


def _c(t: int) -> float:
    """c_t of method.md, from the betas alone."""
    alphas = 1 - np.linspace(1e-4, 0.02, 1000)
    now, before = alphas[: t + 1].prod(), alphas[:t].prod()
    return float(-np.sqrt(alphas[t]) * (1 - before) / np.sqrt(1 - now))


def test_the_base_loss_is_the_papers() -> None:
    objective = _objective()
    x_0, t, noise, targets = _batch()
    with torch.no_grad():
        got = objective(x_0, t, noise, targets)
        z = objective.encoder(x_0)
    groups, expected = config().timestep_groups, list[float]()
    for i, step in enumerate(t.tolist()):
        level = SCHEDULE.alpha_bar(step)
        x_t = level**0.5 * x_0[i : i + 1] + (1 - level) ** 0.5 * noise[i : i + 1]
        masked = z[i : i + 1] * torch.from_numpy(groups.mask(step))
        with torch.no_grad():
            eps, g = objective.decoder(x_t, t[i : i + 1], masked)
        snr = level / (1 - level)
        weight = snr**0.1 / (1 + snr)
        expected.append(weight * float((noise[i] - eps - _c(step) * g).square().mean()))
    assert float(got["loss"]) == pytest.approx(np.mean(expected), rel=1e-4)
    assert set(got) == {"loss", "base"}


def test_the_sampling_loss_is_the_error_of_the_noise_that_samplers_use() -> None:
    objective = _objective(guidance="sampling", weights=np.ones(1000))
    x_0, t, noise, targets = _batch()
    with torch.no_grad():
        got = float(objective(x_0, t, noise, targets)["loss"])
        z = objective.encoder(x_0).numpy()
    call, errors = denoiser(objective.decoder, torch.device("cpu")), list[float]()
    diffusion = Diffusion(call, config().timestep_groups, SCHEDULE)
    for i, step in enumerate(t.tolist()):
        level = SCHEDULE.alpha_bar(step)
        x_t = (level**0.5 * x_0[i : i + 1] + (1 - level) ** 0.5 * noise[i : i + 1]).numpy()
        eps, shift = diffusion.denoise(x_t, step, z[i : i + 1] * config().timestep_groups.mask(step))
        guided = eps - (1 - level) ** 0.5 * shift
        errors.append(float(np.square(noise[i].numpy() - guided).mean()))
    assert got == pytest.approx(np.mean(errors), rel=1e-4)


def _latent_gradient(objective: DitiObjective, only: int) -> torch.Tensor:
    """Gradient [D] of the loss of picture ``only`` by its latent."""
    x_0, t, noise, targets = _batch()
    kept = dict[str, torch.Tensor]()

    def keep(_module: object, _inputs: object, output: torch.Tensor) -> None:
        output.retain_grad()
        kept["z"] = output

    handle = objective.encoder.register_forward_hook(keep)
    pick = slice(only, only + 1)
    objective(x_0[pick], t[pick], noise[pick], targets[pick])["loss"].backward()
    handle.remove()
    gradient = kept["z"].grad
    assert gradient is not None
    return gradient[0]


@pytest.mark.parametrize("index", range(len(T)))
def test_masks_decide_which_dims_learn(index: int) -> None:
    groups = config().timestep_groups
    seen, own = (torch.from_numpy(m(int(T[index]))).bool() for m in (groups.mask, groups.own_mask))
    base = _latent_gradient(_objective(loss="base"), index)
    assert not base[~seen].any()
    assert (base[seen] != 0).all()
    stop = _latent_gradient(_objective(loss="stop_grad"), index)
    assert not stop[~own].any()
    assert (stop[own] != 0).all()


def test_stop_grad_sees_what_base_sees_and_dual_is_the_sum() -> None:
    batch = _batch()
    base, stop, dual = (_same_weights(loss)(*batch) for loss in ("base", "stop_grad", "dual"))
    torch.testing.assert_close(stop["loss"], base["loss"])
    torch.testing.assert_close(dual["loss"], base["loss"] + stop["loss"])


def _same_weights(loss: str) -> DitiObjective:
    torch.manual_seed(1)
    return _objective(loss=loss)


def test_one_group_is_pdae() -> None:
    gradient = _latent_gradient(_objective(TimestepGroups.single(64)), 0)
    assert (gradient != 0).all()


def test_the_factor_loss_learns_what_is_known_only() -> None:
    head = FactorHead(6, np.array([False, True])).train()
    z = torch.randn(32, 6)
    unknown = torch.full((32, 2), torch.nan)
    assert float(head(z, unknown).detach()) == 0
    targets = unknown.clone()
    targets[:5, 0] = z[:5, 0]
    head(z, targets).backward()
    gradient = head.linear.weight.grad
    assert gradient is not None
    assert gradient[0].any()
    assert not gradient[1].any()
    assert gradient.isfinite().all()


def test_the_factor_loss_is_cross_entropy_for_yes_and_no() -> None:
    head = FactorHead(6, np.array([False, True])).eval()
    torch.nn.init.zeros_(head.linear.weight)
    torch.nn.init.zeros_(head.linear.bias)
    targets = torch.tensor([[2.0, torch.nan], [torch.nan, 1.0]])
    assert float(head(torch.randn(2, 6), targets).detach()) == pytest.approx((4 + np.log(2)) / 2, rel=1e-5)


def test_the_factor_loss_reaches_the_encoder_by_its_weight() -> None:
    objective = _objective(factor_weight=0.5).train()
    x_0, t, noise, _ = _batch()
    losses = objective(x_0, t, noise, torch.tensor([[1.0, 0.0]] * 4))
    torch.testing.assert_close(losses["loss"], losses["base"] + 0.5 * losses["factors"])
    (gradient,) = torch.autograd.grad(losses["factors"], objective.encoder.out.weight)
    assert gradient.any()


def test_measured_weights_even_out_the_frozen_models_error() -> None:
    errors = np.geomspace(1, 1e-5, 50)
    full, part = measured_weights(errors, 1, 1000), measured_weights(errors, 0.72, 1000)
    per_step = errors[np.arange(1000) // 20]
    np.testing.assert_allclose(full * per_step, 1)
    assert (part * per_step).mean() == pytest.approx(1)
    assert part[-1] / part[0] == pytest.approx(1e5**0.72)
    np.testing.assert_allclose(measured_weights(errors, 0, 1000), 1 / per_step.mean())


def test_frozen_errors_are_measured_in_their_part_of_time() -> None:
    model = build_diffusion(config())
    asked = list[tuple[int, int]]()
    real = model.eps

    def watch(output: torch.Tensor, x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        asked.append((int(t.min()), int(t.max())))
        return real(output, x_t, t)

    model.eps = watch  # type: ignore[method-assign]
    pictures = [torch.rand(8, 3, SIZE, SIZE) for _ in range(10)]
    errors = frozen_errors(model, pictures, torch.Generator().manual_seed(0))
    assert all(100 * i <= low <= high < 100 * (i + 1) for i, (low, high) in enumerate(asked))
    assert errors.shape == (10,)
    assert (errors > 0).all()
    # An untrained v-prediction leaves abar of the noise unexplained: little of it at large t.
    assert errors[-1] < errors[0] / 10


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_the_diffusion_loss_weighs_the_error_of_the_picture_by_min_snr(prediction: str) -> None:
    settings = config(diffusion={"prediction": prediction})
    model = build_diffusion(settings)
    objective = DiffusionObjective(model).eval()
    x_0, t, noise, targets = _batch()
    with torch.no_grad():
        got = float(objective(x_0, t, noise, targets)["loss"])
        x_t = model.noised(x_0, noise, t)
        signal, level = model.levels(t)
        eps = model(x_t, t)
        found = (x_t - level * eps) / signal
        error = (found - x_0).square().mean(dim=(1, 2, 3)).double()
    snr = torch.from_numpy(SCHEDULE.alpha_bars / (1 - SCHEDULE.alpha_bars))[t]
    weight = snr if prediction == "epsilon" else snr.clamp(max=5)
    assert got == pytest.approx(float((weight * error).mean()), rel=1e-3)
