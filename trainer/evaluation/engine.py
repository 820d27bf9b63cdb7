"""Many pictures through a pack at once, by the same samplers and composition as ``diti_studio.core.editor``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from diti_studio.core import sampler
from diti_studio.core.detail import keep_detail
from diti_studio.core.editor import Settings
from diti_studio.core.packs import Pack
from diti_studio.core.runtime import Network
from diti_studio.core.tensors import to_grey_levels, to_model

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

BATCH = 8


class Networks(Protocol):
    """What samplers need: ``diti_studio.core.runtime.Network``, or torch modules in its place."""

    def encode(self, images: Floats) -> Floats: ...

    def denoise(self, x: Floats, t: int, z: Floats) -> tuple[Floats, Floats]: ...


class TorchNetworks:
    """An encoder and a decoder of the trainer, called like ``runtime.Network``."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module, device: torch.device | None = None) -> None:
        self._device = device or torch.device("cpu")
        self._encoder, self._decoder = encoder.eval().to(self._device), decoder.eval().to(self._device)

    def encode(self, images: Floats) -> Floats:
        with torch.inference_mode():
            return self._encoder(self._there(images)).cpu().numpy()

    def denoise(self, x: Floats, t: int, z: Floats) -> tuple[Floats, Floats]:
        with torch.inference_mode():
            times = torch.full((len(x),), t, dtype=torch.int64, device=self._device)
            eps, shift = self._decoder(self._there(x), times, self._there(z))
        return eps.cpu().numpy(), shift.cpu().numpy()

    def _there(self, values: Floats) -> torch.Tensor:
        return torch.from_numpy(values).to(self._device)


class Engine:
    """Encodes, inverts and generates batches of pictures [N, s, s, 3] uint8."""

    def __init__(
        self, pack: Pack, device: str = "auto", *, networks: Networks | None = None, batch: int = BATCH
    ) -> None:
        """Loads the pack's networks, unless others are given in their place; ``batch`` pictures go through at once."""
        self.pack = pack
        self._batch = batch
        self.network: Networks = networks or Network(pack, device)
        self._diffusion = sampler.Diffusion(self.network.denoise, pack.groups, pack.schedule)
        self._frozen = sampler.Diffusion(self._unguided, pack.groups, pack.schedule)

    def encode(self, images: Pixels, batch: int = 32) -> Floats:
        """z [N, D] float32."""
        parts = [self.network.encode(to_model(images[chunk])) for chunk in _chunks(len(images), batch)]
        return np.concatenate(parts).astype(np.float32)

    def invert(self, images: Pixels, z: Floats, settings: Settings) -> Floats:
        """x_T [N, 3, s, s]."""
        out = np.empty((len(images), 3, *images.shape[1:3]), np.float32)
        for chunk in _chunks(len(images), self._batch):
            x0, steps = to_model(images[chunk]), settings.invert_steps
            walk = sampler.invert(self._diffusion, x0, z[chunk], steps, solver=settings.solver)
            out[chunk] = sampler.last(walk)
        return out

    def generate(self, noise: Floats, z: Floats, settings: Settings) -> Floats:
        """Pictures [N, s, s, 3] float32 in grey levels, 0..255, from x_T and latents."""
        return self._walk(self._diffusion, noise, z, settings)

    def imagine(self, noise: Floats, settings: Settings) -> Floats:
        """What the frozen diffusion model makes of x_T by itself, without a latent; as ``generate``."""
        z = np.zeros((len(noise), self.pack.groups.latent_dim), np.float32)
        return self._walk(self._frozen, noise, z, settings)

    def _walk(self, diffusion: sampler.Diffusion, noise: Floats, z: Floats, settings: Settings) -> Floats:
        out = np.empty((len(noise), *noise.shape[2:], 3), np.float32)
        for chunk in _chunks(len(noise), self._batch):
            walk = sampler.generate(diffusion, noise[chunk], z[chunk], settings.steps, solver=settings.solver)
            out[chunk] = to_grey_levels(sampler.last(walk))
        return out

    def _unguided(self, x: Floats, t: int, z: Floats) -> tuple[Floats, Floats]:
        eps, shift = self.network.denoise(x, t, z)
        return eps, np.zeros_like(shift)


class Bench:
    """Pictures on the bench: inverted once and regenerated unedited, ready to be edited in many ways."""

    def __init__(self, engine: Engine, images: Pixels, settings: Settings) -> None:
        self.engine, self.images, self.settings = engine, images, settings
        self.z = engine.encode(images)
        self.noise = engine.invert(images, self.z, settings)
        self.before = engine.generate(self.noise, self.z, settings)

    def __len__(self) -> int:
        return len(self.images)

    def edited(self, move: Floats) -> Pixels:
        """The pictures as a user sees them after z + move; move is [D], or [N, D] for each its own."""
        after = self.engine.generate(self.noise, (self.z + move).astype(np.float32), self.settings)
        return np.stack([keep_detail(*parts) for parts in zip(self.images, self.before, after, strict=True)])


def _chunks(count: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))
