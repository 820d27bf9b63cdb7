"""Pictures of how a run is doing: reconstructions and edits of held-out pictures, or samples of the diffusion model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from diti_studio.core.groups import TimestepGroups
from diti_studio.core.sampler import Diffusion, generate, invert
from trainer.models import DiffusionModel, Encoder, ShiftDecoder
from trainer.render.files import write_whole

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

STEPS = 10
"""Network calls in each direction: enough to see, and cheap."""


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
    x_0 = to_network(pixels)
    with torch.no_grad():
        z = encoder(_tensor(x_0, device)).float().cpu().numpy()
    diffusion = Diffusion(denoiser(decoder, device), groups, decoder.frozen.schedule)
    inverted = _last(invert(diffusion, x_0, z, STEPS))
    noise = np.random.default_rng(0).standard_normal(x_0.shape).astype(np.float32)
    back = to_pixels(_last(generate(diffusion, inverted, z, STEPS)))
    alone = to_pixels(_last(generate(diffusion, noise, z, STEPS)))
    error = np.square(back.astype(np.float64) - pixels).mean(axis=(1, 2, 3))
    psnr = float(np.mean(10 * np.log10(255**2 / np.maximum(error, 1e-3))))
    rows = [pixels, back, alone]
    for stage in range(len(groups.stage_ends)):
        inside = groups.stage_groups(stage)
        if inside:
            edited, dims = z.copy(), groups.dims_of(inside[0], inside[-1] + 1)
            edited[:, dims] = np.roll(z, -1, axis=0)[:, dims]
            rows.append(to_pixels(_last(generate(diffusion, inverted, edited, STEPS))))
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
    last = _last(generate(diffusion, noise, np.zeros((count, 1), np.float32), min(5 * STEPS, timesteps)))
    return to_pixels(last)[None]


def write_grid(path: Path, rows: Pixels) -> Pixels:
    """A PNG of [R,N,S,S,3] uint8, R rows of N pictures; returns the sheet [RS,NS,3]."""
    r, n, side = rows.shape[:3]
    sheet = rows.transpose(0, 2, 1, 3, 4).reshape(r * side, n * side, 3)
    write_whole(path, lambda file: Image.fromarray(sheet).save(file, "PNG"))
    return sheet


def to_network(pixels: Pixels) -> npt.NDArray[np.float32]:
    """[N,S,S,3] uint8 -> [N,3,S,S] float32 in [-1, 1]."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).astype(np.float32) / np.float32(127.5) - np.float32(1)


def to_pixels(x: Floats) -> Pixels:
    """The way back, rounded and clipped."""
    return np.clip(np.rint((x.transpose(0, 2, 3, 1) + 1) * 127.5), 0, 255).astype(np.uint8)


def _tensor(values: Floats, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32)).to(device)


def _last(steps) -> Floats:
    x = None
    for step in steps:
        x = step.x
    assert x is not None
    return x
