"""The official networks as plain arithmetic on tensors under their official names; folders in the official layout.

Written from docs/method.md. A network here is a dictionary: each function asks it for its tensors by name and shape,
and the first call makes random ones, so that names, shapes and arithmetic are said once and share nothing with the
importer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from torch.nn import functional

Tensor = torch.Tensor

TIMESTEPS = 1000
LATENT = 512
SIZE = 64
UNET: dict[str, Any] = {
    "model": "CELEBA64DenoiseFn", "dims": 2, "input_channel": 3, "base_channel": 32, "channel_multiplier": [1, 2],
    "num_residual_blocks_of_a_block": 1, "dropout": 0.1, "attention_resolutions": [2], "num_heads": 1,
    "head_channel": -1, "use_new_attention_order": False,
}  # fmt: skip
UNEQUAL = {"k": 64, "stages": "50,100,300,500,1000", "dims_per_stage": "10,25,327,100,50", "ssl_method": "simclr"}
BALANCED = {"k": 64, "ssl_method": "simsiam"}
ALPHA_BARS = torch.cumprod(1 - torch.linspace(1e-4, 0.02, TIMESTEPS), 0)


class Official(dict[str, Tensor]):
    """Tensors by official name, made when they are first asked for."""

    def __init__(self, seed: int) -> None:
        self._random = torch.Generator().manual_seed(seed)

    def tensor(self, name: str, *shape: int, scale: float, centre: float = 0.0) -> Tensor:
        if name not in self:
            self[name] = torch.randn(*shape, generator=self._random) * scale + centre
        return self[name]

    def norm(self, name: str, x: Tensor) -> Tensor:
        weight = self.tensor(f"{name}.weight", x.shape[1], scale=0.2, centre=1)
        return functional.group_norm(x, 32, weight, self.tensor(f"{name}.bias", x.shape[1], scale=0.2))

    def linear(self, name: str, x: Tensor, out: int) -> Tensor:
        weight = self.tensor(f"{name}.weight", out, x.shape[1], scale=x.shape[1] ** -0.5)
        return x @ weight.T + self.tensor(f"{name}.bias", out, scale=0.1)

    def conv(self, name: str, x: Tensor, out: int, side: int = 3, stride: int = 1) -> Tensor:
        fan = x.shape[1] * side**2
        weight = self.tensor(f"{name}.weight", out, x.shape[1], side, side, scale=fan**-0.5)
        return functional.conv2d(x, weight, self.tensor(f"{name}.bias", out, scale=0.1), stride, side // 2)

    def attention(self, name: str, x: Tensor, heads: int, legacy: bool = True) -> Tensor:
        """x plus its self-attention. ``legacy``: the rows of qkv are heads first, else q, k and v first."""
        batch, width, height, _ = x.shape
        flat = x.reshape(batch, width, -1)
        normed = self.norm(f"{name}.norm", x).reshape(batch, width, -1)
        weight = self.tensor(f"{name}.qkv.weight", 3 * width, width, 1, scale=1.5 * width**-0.5)
        rows = functional.conv1d(normed, weight, self.tensor(f"{name}.qkv.bias", 3 * width, scale=0.1))
        if legacy:
            q, k, v = rows.reshape(batch, heads, 3, width // heads, -1).unbind(2)
        else:
            q, k, v = rows.reshape(batch, 3, heads, width // heads, -1).unbind(1)
        likeness = torch.einsum("bhct,bhcs->bhts", q, k) / math.sqrt(width // heads)
        mixed = torch.einsum("bhts,bhcs->bhct", likeness.softmax(-1), v).reshape(batch, width, -1)
        weight = self.tensor(f"{name}.proj_out.weight", width, width, 1, scale=0.5 * width**-0.5)
        out = functional.conv1d(mixed, weight, self.tensor(f"{name}.proj_out.bias", width, scale=0.1))
        return (flat + out).reshape(batch, width, height, -1)

    def block(
        self, name: str, x: Tensor, out: int, time: Tensor, latent: Tensor | None = None, resample: str = ""
    ) -> Tensor:
        """A residual block; with ``latent``, e_z, one that sees the latent."""
        h = functional.silu(self.norm(f"{name}.in_layers.0", x))
        if resample == "down":
            h, x = functional.avg_pool2d(h, 2), functional.avg_pool2d(x, 2)
        if resample == "up":
            h, x = (part.repeat_interleave(2, 2).repeat_interleave(2, 3) for part in (h, x))
        h = self.conv(f"{name}.in_layers.2", h, out)
        scale, shift = self._pair(f"{name}.emb_layers.1", time, out)
        h = self.norm(f"{name}.out_layers.0", h) * (1 + scale) + shift
        if latent is not None:
            scale, shift = self._pair(f"{name}.emb_z_layers.1", latent, out)
            h = (1 + scale) * h + shift
        h = self.conv(f"{name}.out_layers.3", functional.silu(h), out)
        if x.shape[1] != out:
            x = self.conv(f"{name}.skip_connection", x, out, side=1)
        return x + h

    def _pair(self, name: str, embedding: Tensor, out: int) -> list[Tensor]:
        both = self.linear(name, functional.silu(embedding), 2 * out)[:, :, None, None]
        return [both[:, :out], both[:, out:]]


def encode(net: Official, x: Tensor, latent: int = LATENT) -> Tensor:
    """z of pictures of 64 pixels by CELEBA64Encoder."""
    x = net.conv("encoder.0", x, 64, stride=2)
    x = net.conv("encoder.3", functional.silu(net.norm("encoder.1", x)), 128, stride=2)
    x = net.attention("encoder.4", x, heads=4)
    x = net.conv("encoder.7", functional.silu(net.norm("encoder.5", x)), 128, stride=2)
    x = net.conv("encoder.10", functional.silu(net.norm("encoder.8", x)), 128, stride=2)
    x = functional.silu(net.norm("encoder.11", x))
    return net.linear("encoder.14", x.flatten(1), latent)


def decode(
    net: Official, x: Tensor, t: Tensor, z: Tensor | None, options: dict[str, Any] = UNET
) -> tuple[Tensor, Tensor | None]:
    """(eps, shift) of the ShiftUNet, or eps and None of the bare diffusion model when z is None."""
    base, multipliers = options["base_channel"], options["channel_multiplier"]
    blocks, legacy = options["num_residual_blocks_of_a_block"], not options["use_new_attention_order"]

    def attend(name: str, h: Tensor) -> Tensor:
        heads = options["num_heads"] if options["head_channel"] == -1 else h.shape[1] // options["head_channel"]
        return net.attention(name, h, heads, legacy)

    angles = t[:, None].float() * 10000 ** (-torch.arange(base // 2) / (base // 2))
    time = net.linear("time_embed.0", torch.cat([angles.cos(), angles.sin()], 1), 4 * base)
    time = net.linear("time_embed.2", functional.silu(time), 4 * base)
    ez = None if z is None else net.linear("label_emb", z, 4 * base)

    h = net.conv("input_blocks.0.0", x, base)
    skips = [h]
    for level, multiplier in enumerate(multipliers):
        for _ in range(blocks):
            name = f"input_blocks.{len(skips)}"
            h = net.block(f"{name}.0", h, base * multiplier, time)
            if 2**level in options["attention_resolutions"]:
                h = attend(f"{name}.1", h)
            skips.append(h)
        if level + 1 < len(multipliers):
            h = net.block(f"input_blocks.{len(skips)}.0", h, h.shape[1], time, resample="down")
            skips.append(h)

    def up(h: Tensor, prefix: str, latent: Tensor | None, out: int) -> Tensor:
        h = net.block(f"{prefix}middle_block.0", h, h.shape[1], time, latent)
        h = attend(f"{prefix}middle_block.1", h)
        h = net.block(f"{prefix}middle_block.2", h, h.shape[1], time, latent)
        left, number = list(skips), 0
        for level in reversed(range(len(multipliers))):
            for i in range(blocks + 1):
                parts = [f"{prefix}output_blocks.{number}.{part}" for part in range(3)]
                h = net.block(parts.pop(0), torch.cat([h, left.pop()], 1), base * multipliers[level], time, latent)
                if 2**level in options["attention_resolutions"]:
                    h = attend(parts.pop(0), h)
                if level and i == blocks:
                    h = net.block(parts.pop(0), h, h.shape[1], time, latent, resample="up")
                number += 1
        return net.conv(f"{prefix}out.2", functional.silu(net.norm(f"{prefix}out.0", h)), out)

    eps = up(h, "", None, 6 if options.get("learn_sigma") else 3)[:, :3]
    return eps, None if ez is None else up(h, "shift_", ez, 3)


def networks(options: dict[str, Any] = UNET, seed: int = 0) -> tuple[Official, Official]:
    """A random encoder and a random decoder."""
    encoder, decoder = Official(seed), Official(seed + 1)
    z = encode(encoder, torch.zeros(1, 3, SIZE, SIZE))
    decode(decoder, torch.zeros(1, 3, 16, 16), torch.zeros(1, dtype=torch.long), z, options)
    return encoder, decoder


def tame(net: Official) -> Official:
    """Makes a random decoder denoise a little, as a trained one does; else rounding grows from step to step.

    eps becomes x_t at unit variance, plus a tenth of what the rest of the network makes, and the shift a third of
    itself. x_t runs through six channels of the first and the last block, since silu(a) - silu(-a) = a.
    """
    last = max(int(key.split(".")[1]) for key in net if key.startswith("output_blocks."))
    first, block, width = "input_blocks.0.0", f"output_blocks.{last}.0", len(net["out.0.bias"])
    for key in ("weight", "bias"):
        net[f"out.2.{key}"] *= 0.1
        net[f"shift_out.2.{key}"] *= 0.3
    for channel in range(6):
        colour, sign = channel // 2, 1 - 2 * (channel % 2)
        for name in (first, f"{block}.skip_connection", f"{block}.out_layers.3", "out.0"):
            net[f"{name}.weight"][channel] = net[f"{name}.bias"][channel] = 0
        net[f"{first}.weight"][channel, colour, 1, 1] = sign
        net[f"{block}.skip_connection.weight"][channel, width + channel] = 1
        net["out.0.weight"][channel] = 1
        net["out.2.weight"][:, channel] = 0
        net["out.2.weight"][colour, channel, 1, 1] = sign
    return net


def masks(groups: dict[str, Any] | None) -> Tensor:
    """[k, D]: what of z is seen in each group. None is PDAE: all, always."""
    if groups is None:
        return torch.ones(1, LATENT)
    if "dims_per_stage" in groups:
        ends = [2, 4, 6, 10]  # 10 dims for 4 groups
        ends += [18, 26, 35]  # 25 for 3
        ends += [35 + 25 * i for i in range(1, 13)] + [362]  # 327 for 13
        ends += [362 + 8 * i for i in range(1, 12)] + [462]  # 100 for 12
        ends += [462 + i for i in range(1, 32)] + [512]  # 50 for 32
    else:
        ends = [8 * i for i in range(1, 65)]
    return (torch.arange(LATENT) < torch.tensor(ends)[:, None]).float()


def walk(decoder: Official, x: Tensor, z: Tensor, seen: Tensor, steps: int, up: bool) -> Tensor:
    """DDIM from pictures to noise (``up``) or back, one step after the other, at the application's time-steps."""
    grid = [max(i, round((TIMESTEPS - 1) * (i / (steps - 1)) ** 2)) for i in range(steps)]
    levels = [*ALPHA_BARS[grid].tolist(), 0.0] if up else [1.0, *ALPHA_BARS[grid].tolist()]
    order = range(len(grid)) if up else reversed(range(len(grid)))
    for i in order:
        t, now, then = grid[i], ALPHA_BARS[grid[i]], torch.tensor(levels[i + 1] if up else levels[i])
        eps, shift = decode(decoder, x, torch.full((len(x),), t), z * seen[t * len(seen) // TIMESTEPS])
        assert shift is not None
        guided = eps - (1 - now).sqrt() * shift
        picture = ((x - (1 - now).sqrt() * guided) / now.sqrt()).clamp(-1, 1)
        noise = (x - now.sqrt() * picture) / (1 - now).sqrt()
        x = then.sqrt() * picture + (1 - then).sqrt() * noise
    return x


def write_dpm(folder: Path, options: dict[str, Any] = UNET, seed: int = 1) -> Official:
    """A folder of a pre-trained diffusion model."""
    net = Official(seed)
    decode(net, torch.zeros(1, 3, 16, 16), torch.zeros(1, dtype=torch.long), None, options)
    _write_yaml(folder / "config.yml", {"diffusion_config": _diffusion(), "denoise_fn_config": options})
    torch.save({"step": 9, "ema_denoise_fn": dict(net), "denoise_fn": {}}, folder / "checkpoint.pt")
    return net


def write_run(
    root: Path, encoder: Official, decoder: Official, groups: dict[str, Any] | None = UNEQUAL,
    options: dict[str, Any] = UNET, *, prefix: str = "", names: Sequence[str] = (),
) -> Path:  # fmt: skip
    """root/runs/celeba64/NAME and root/pre-trained-dpms/celeba64, as the programs of the papers leave them.

    Args:
        groups: ``ssl_config``; None writes the older layout of PDAE's published runs.
        prefix: before each name, as torch.compile puts one.
        names: attributes that a classifier with 16 chosen dims is written for.
    """
    pdae = groups is None
    folder = root / "runs" / "celeba64" / ("pdae" if pdae else "diti64")
    section, name = ("dataset_config", "celeba64") if pdae else ("train_dataset_config", "CELEBA64")
    config = {
        section: {"name": name, "image_size": SIZE},
        "diffusion_config": _diffusion(),
        "trained_ddpm_config": "../pre-trained-dpms/celeba64/config.yml",
        "trained_ddpm_checkpoint": "../pre-trained-dpms/celeba64/checkpoint.pt",
        "encoder_config": {"model": "CELEBA64Encoder", "latent_dim": LATENT},
        "decoder_config": {"model": "CELEBA64Decoder", "latent_dim": LATENT},
        "dataloader_config": {"num_workers": 3, "batch_size": 128},
        "optimizer_config": {"lr": "1e-4", "adam_betas": "(0.9, 0.999)"},
    } | ({} if groups is None else {"ssl_config": groups})  # fmt: skip
    _write_yaml(folder / "config.yml", config)
    _write_yaml(
        root / "pre-trained-dpms" / "celeba64" / "config.yml",
        {"diffusion_config": _diffusion(), "denoise_fn_config": options},
    )
    state = {
        "step": 2000,
        "encoder": {key: -value for key, value in encoder.items()},  # not averaged: nobody should want them
        "ema_encoder": {prefix + key: value for key, value in encoder.items()},
        "decoder": {key: -value for key, value in decoder.items()},
        "ema_decoder": {prefix + key: value for key, value in decoder.items()},
        "optimizer": {"state": {0: {"step": torch.tensor(2.0)}}, "param_groups": [{"betas": (0.9, 0.999)}]},
        "scaler": {},
    }
    checkpoint = folder / ("checkpoint.pt" if pdae else "checkpoints/latest.pt")
    checkpoint.parent.mkdir(exist_ok=True)
    torch.save(state, checkpoint)
    rng = np.random.default_rng(1)
    statistics = {"mean": rng.normal(size=LATENT), "std": rng.uniform(0.5, 2, LATENT)}
    torch.save({key: torch.from_numpy(value).float() for key, value in statistics.items()}, folder / "stats.pt")
    for name in names:
        stage = folder / f"mp-{name}-16-ema"
        stage.mkdir()
        for epoch in (1, 10):
            torch.save(
                classifier(1, seed=epoch) | {"mask_subnet": _mask(), "mask": {"scores": _mask()}}, stage / f"{epoch}.pt"
            )
    return folder


def classifier(rows: int, seed: int) -> dict[str, Any]:
    """A linear classifier of normalised latents."""
    random = torch.Generator().manual_seed(seed)
    return {
        "classifier": {
            "weight": torch.randn(rows, LATENT, generator=random),
            "bias": torch.randn(rows, generator=random),
        }
    }


def _mask() -> Tensor:
    return (torch.arange(LATENT) % 32 == 5).float()


def _diffusion() -> dict[str, Any]:
    return {"timesteps": TIMESTEPS, "betas_type": "linear", "linear_beta_start": 0.0001, "linear_beta_end": 0.02}


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
