"""Pictures of how a run is doing: reconstructions and edits of held-out pictures, or samples of the diffusion model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from diti_studio.core.editor import Quality
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.sampler import Diffusion, generate, invert, last
from diti_studio.core.tensors import to_model, to_pixels
from trainer.models import DiffusionModel, Encoder, ShiftDecoder
from trainer.render.files import write_whole

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

SETTINGS = Quality.STANDARD.value
"""The walk that users get."""


def denoiser(decoder: ShiftDecoder, device: torch.device) -> Callable[[Floats, int, Floats], tuple[Floats, Floats]]:
    """The decoder as the core's samplers call it: (x [B,3,S,S], t, masked z [B,D]) -> (eps, shift)."""

    @torch.no_grad()
    def call(x: Floats, t: int, z: Floats) -> tuple[Floats, Floats]:
        steps = torch.full((len(x),), t, dtype=torch.int64, device=device)
        eps, shift = decoder(_tensor(x, device), steps, _tensor(z, device))
        return eps.cpu().numpy(), shift.cpu().numpy()

    return call


def reconstructions(
    encoder: Encoder, decoder: ShiftDecoder, groups: TimestepGroups, pixels: Pixels, device: torch.device
) -> tuple[Pixels, float]:
    """Rows of pictures, and how well the second row comes out: its mean PSNR in dB.

    The rows: the pictures [N,S,S,3]; what comes back from their inversion; what z alone says, from other noise; and
    for each stage of time-steps the pictures with that stage's dims of z taken from the next picture, from their own
    noise (the counterfactual of the paper's figures).
    """
    x_0, solver = to_model(pixels), SETTINGS.solver
    with torch.no_grad():
        z = encoder(_tensor(x_0, device)).float().cpu().numpy()
    diffusion = Diffusion(denoiser(decoder, device), groups, decoder.frozen.schedule)
    inverted = last(invert(diffusion, x_0, z, SETTINGS.invert_steps, solver=solver))
    noise = np.random.default_rng(0).standard_normal(x_0.shape).astype(np.float32)

    def generated(start: Floats, latents: Floats) -> Pixels:
        return to_pixels(last(generate(diffusion, start, latents, SETTINGS.steps, solver=solver)))

    back, alone = generated(inverted, z), generated(noise, z)
    error = np.square(back.astype(np.float64) - pixels).mean(axis=(1, 2, 3))
    psnr = float(np.mean(10 * np.log10(255**2 / np.maximum(error, 1e-3))))
    rows = [pixels, back, alone]
    for stage in range(len(groups.stage_ends)):
        inside = groups.stage_groups(stage)
        if inside:
            edited, dims = z.copy(), groups.dims_of(inside[0], inside[-1] + 1)
            edited[:, dims] = np.roll(z, -1, axis=0)[:, dims]
            rows.append(generated(inverted, edited))
    return np.stack(rows), psnr


def samples(model: DiffusionModel, count: int, device: torch.device) -> Pixels:
    """[1,count,S,S,3]: pictures of the diffusion model alone, from the same noise at every call."""

    @torch.no_grad()
    def call(x: Floats, t: int, z: Floats) -> tuple[Floats, Floats]:
        steps = torch.full((len(x),), t, dtype=torch.int64, device=device)
        return model(_tensor(x, device), steps).cpu().numpy(), np.zeros_like(x)

    side, timesteps = model.image_size, model.schedule.timesteps
    diffusion = Diffusion(call, TimestepGroups.single(1, timesteps), model.schedule)
    noise = np.random.default_rng(0).standard_normal((count, 3, side, side)).astype(np.float32)
    steps, blank = min(SETTINGS.steps, timesteps), np.zeros((count, 1), np.float32)
    return to_pixels(last(generate(diffusion, noise, blank, steps, solver=SETTINGS.solver)))[None]


def write_grid(path: Path, rows: Pixels) -> Pixels:
    """A PNG of [R,N,S,S,3] uint8, R rows of N pictures; returns the sheet [RS,NS,3]."""
    r, n, side = rows.shape[:3]
    sheet = rows.transpose(0, 2, 1, 3, 4).reshape(r * side, n * side, 3)
    write_whole(path, lambda file: Image.fromarray(sheet).save(file, "PNG"))
    return sheet


def _tensor(values: Floats, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32)).to(device)
