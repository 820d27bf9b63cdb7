"""The diffusion model: a diffusers UNet2DModel, whatever it predicts and on whatever grid it works."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from torch import nn
from torch.nn import functional

from diti_studio.core.errors import UsageError
from diti_studio.core.schedule import NoiseSchedule
from trainer.models.folder import NOTE, Prediction, read_folder
from trainer.render.files import write_whole

_UP_BLOCKS = ("UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D")
_DOWN_BLOCKS = ("DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D")
_TIME_EMBEDDINGS = ("positional", "learned")


@dataclass(frozen=True)
class Features:
    """What the frozen half of the network hands to the blocks after it.

    Attributes:
        temb: [B,E] embedding of the time-step.
        middle: [B,C,h,w], the input of the middle block.
        skips: outputs of the down blocks, in the order in which they were made.
    """

    temb: torch.Tensor
    middle: torch.Tensor
    skips: tuple[torch.Tensor, ...]


class DiffusionModel(nn.Module):
    """Predicts the noise in x_t [B,3,S,S] at time-steps t [B] int64.

    Args:
        unet: works on pictures pixel-unshuffled by ``unshuffle``: [B, 3 u^2, S/u, S/u] in and out. When it gives
            twice as many channels the second half is a learned variance (Nichol and Dhariwal, arXiv 2102.09672),
            which nothing here needs.
        prediction: what the UNet gives: eps; v = sqrt(abar) eps - sqrt(1 - abar) x_0 (Salimans and Ho, arXiv
            2202.00512); or x_0.

    Raises:
        UsageError: the UNet is conditional, latent or of a kind that the decoder cannot be built on.
    """

    def __init__(
        self, unet: UNet2DModel, schedule: NoiseSchedule, prediction: Prediction = "epsilon", unshuffle: int = 1
    ) -> None:
        super().__init__()
        _check(unet, unshuffle, schedule.timesteps)
        self.unet = unet
        self.schedule = schedule
        self.prediction: Prediction = prediction
        self.unshuffle = unshuffle
        levels = torch.from_numpy(schedule.alpha_bars)
        self.signal: torch.Tensor
        self.noise: torch.Tensor
        self.register_buffer("signal", levels.sqrt().float(), persistent=False)
        self.register_buffer("noise", (1 - levels).sqrt().float(), persistent=False)

    @property
    def image_size(self) -> int:
        """S, the side of the pictures in pixels."""
        return int(_square(self.unet.config["sample_size"]) or 0) * self.unshuffle

    @property
    def channels(self) -> int:
        """3 u^2: of the UNet's input, and of that part of its output that is a prediction."""
        return 3 * self.unshuffle**2

    def levels(self, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(sqrt(abar_t), sqrt(1 - abar_t)), each [B,1,1,1]."""
        return self.signal[t][:, None, None, None], self.noise[t][:, None, None, None]

    def features(self, x_t: torch.Tensor, t: torch.Tensor) -> Features:
        """The time embedding and the down path, which the frozen and the trained half share."""
        unet = self.unet
        temb = unet.time_embedding(unet.time_proj(t).to(x_t.dtype))
        h = unet.conv_in(functional.pixel_unshuffle(x_t, self.unshuffle))
        skips = (h,)
        for block in unet.down_blocks:
            h, made = block(hidden_states=h, temb=temb)
            skips += made
        return Features(temb, h, skips)

    def finish(self, features: Features) -> torch.Tensor:
        """The UNet's output on its own grid: [B, 3 u^2, S/u, S/u]."""
        unet, skips = self.unet, features.skips
        h = features.middle if unet.mid_block is None else unet.mid_block(features.middle, features.temb)
        for block in unet.up_blocks:
            count = len(cast(Any, block).resnets)
            h = block(hidden_states=h, res_hidden_states_tuple=skips[-count:], temb=features.temb)
            skips = skips[:-count]
        out = unet.conv_out(unet.conv_act(unet.conv_norm_out(h)))
        return out if unet.config["out_channels"] == self.channels else out[:, : self.channels]

    def forward(self, x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """eps [B,3,S,S]."""
        return self.eps(self.finish(self.features(x_t, t)), x_t, t)

    predict = forward

    def eps(self, output: torch.Tensor, x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """The noise that an output of the UNet, on its grid, stands for: [B,3,S,S]."""
        full = functional.pixel_shuffle(output.float(), self.unshuffle)
        signal, noise = self.levels(t)
        if self.prediction == "v_prediction":
            return signal * full + noise * x_t
        if self.prediction == "sample":
            return (x_t - signal * full) / noise
        return full

    def shift(self, correction: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """The shift g that a correction of the UNet's output stands for: [B,3,S,S].

        A correction d of a predicted v changes eps by sqrt(abar) d, and of a predicted x_0 by
        -sqrt(abar) / sqrt(1 - abar) d; the guided noise is eps - sqrt(1 - abar) g. So the network that is trained
        gives numbers of the same size at every t, and every reader of the shift sees the papers' g. For a network
        that predicts eps the correction is g itself, as in PDAE.
        """
        full = functional.pixel_shuffle(correction.float(), self.unshuffle)
        signal, noise = self.levels(t)
        if self.prediction == "v_prediction":
            return -(signal / noise) * full
        if self.prediction == "sample":
            return signal / noise.square() * full
        return full

    def noised(self, x_0: torch.Tensor, noise: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise."""
        a, b = self.levels(t)
        return a * x_0 + b * noise

    def save(self, folder: Path, **notes: Any) -> None:
        """Writes a diffusers folder, and beside its files what diffusers does not keep (diti.json)."""
        folder.mkdir(parents=True, exist_ok=True)
        self.unet.save_pretrained(folder)
        (folder / "diffusion_pytorch_model.safetensors").chmod(0o644)
        note = notes | {
            "prediction": self.prediction,
            "unshuffle": self.unshuffle,
            "timesteps": self.schedule.timesteps,
            "beta_schedule": self.schedule.kind,
            "beta_start": self.schedule.beta_start,
            "beta_end": self.schedule.beta_end,
        }
        write_whole(folder / NOTE, lambda file: file.write(json.dumps(note, indent=1).encode()))

    @classmethod
    def from_folder(cls, folder: Path) -> DiffusionModel:
        """Reads a diffusers folder of a UNet2DModel or of an unconditional pipeline; see ``folder.read_folder``.

        Raises:
            UsageError: there is no such folder, or its network is not supported.
        """
        stored = read_folder(folder)
        return cls(stored.unet, stored.schedule, stored.prediction, stored.unshuffle)


def _check(unet: UNet2DModel, unshuffle: int, timesteps: int) -> None:
    config = unet.config
    channels, embedding = 3 * unshuffle**2, config["time_embedding_type"]
    taken, given = config["in_channels"], config["out_channels"]
    refused = [
        (taken != channels, f"takes {taken} channels and not {channels}"),
        (given not in (channels, 2 * channels), f"gives {given} channels and not {channels}, nor a variance with them"),
        (unet.class_embedding is not None, "is conditioned on a class"),
        (embedding not in _TIME_EMBEDDINGS, f"has {embedding} time embeddings"),
        (
            embedding == "learned" and (config["num_train_timesteps"] or 0) < timesteps,
            f"has learnt {config['num_train_timesteps']} time-steps, fewer than the {timesteps} of its schedule",
        ),
        (bool(config["center_input_sample"]), "centres its input"),
        (_square(config["sample_size"]) is None, "has no square sample_size"),
        (unet.mid_block is None, "has no middle block"),
        *((name not in _DOWN_BLOCKS, f"has a {name}") for name in config["down_block_types"]),
        *((name not in _UP_BLOCKS, f"has a {name}") for name in config["up_block_types"]),
    ]
    for is_so, what in refused:
        if is_so:
            raise UsageError(f"This diffusion model cannot be used: it {what}.")


def _square(size: Any) -> int | None:
    """The side that a UNet's sample_size, a number or a pair, stands for; None when it is not square."""
    if isinstance(size, int):
        return size
    if isinstance(size, list | tuple) and len(size) == 2 and size[0] == size[1] and isinstance(size[0], int):
        return size[0]
    return None
