"""The decoder: a frozen diffusion model, and a trained branch that shifts its prediction by a latent (PDAE)."""

from __future__ import annotations

import copy
from typing import Any, cast

import torch
from diffusers.models.resnet import ResnetBlock2D
from torch import nn

from trainer.models.diffusion import DiffusionModel, Features


class ShiftDecoder(nn.Module):
    """(x_t [B,3,S,S], t [B] int64, z [B,D], masked) -> (eps, shift), both [B,3,S,S] float32.

    The guided noise is eps - sqrt(1 - abar_t) shift. Only ``branch`` is trained (Zhang et al., NeurIPS 2022, section
    3.2: the gradient estimator); the diffusion model stays in evaluation mode and gets no gradient.
    """

    def __init__(self, frozen: DiffusionModel, latent_dim: int) -> None:
        super().__init__()
        self.frozen = frozen.requires_grad_(False).eval()
        self.branch = ShiftBranch(frozen, latent_dim)

    def train(self, mode: bool = True) -> ShiftDecoder:
        super().train(mode)
        self.frozen.eval()
        return self

    def forward(self, x_t: torch.Tensor, t: torch.Tensor, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features, eps = self.unguided(x_t, t)
        return eps, self.shift(features, t, z)

    def unguided(self, x_t: torch.Tensor, t: torch.Tensor) -> tuple[Features, torch.Tensor]:
        """The frozen half: what the branch needs, and eps [B,3,S,S]."""
        with torch.no_grad():
            features = self.frozen.features(x_t, t)
            return features, self.frozen.eps(self.frozen.finish(features), x_t, t)

    def shift(self, features: Features, t: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """The trained half: the shift [B,3,S,S] for masked latents z [B,D]."""
        return self.frozen.shift(self.branch(features, z), t)


class ShiftBranch(nn.Module):
    """The second middle block, up blocks and output, which see the latent; on the UNet's own grid.

    Begins as a copy of the frozen blocks that does not look at z, with an output of zero: the shift starts at 0.
    """

    def __init__(self, frozen: DiffusionModel, latent_dim: int) -> None:
        super().__init__()
        unet = frozen.unet
        width = cast(int, cast(Any, unet.time_embedding.linear_2).out_features)
        self.embed = nn.Linear(latent_dim, width)
        middle = cast(Any, unet.mid_block)
        self.middle = nn.ModuleList([LatentResnet(block, width) for block in middle.resnets])
        self.middle_attentions = nn.ModuleList([_copied(a) for a in middle.attentions])
        self.ups = nn.ModuleList([_UpBlock(block, width) for block in unet.up_blocks])
        self.norm = _copied(unet.conv_norm_out)
        self.act = copy.deepcopy(unet.conv_act)
        self.out = nn.Conv2d(unet.conv_out.in_channels, frozen.channels, 3, padding=1)  # without a learned variance
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(cast(torch.Tensor, self.out.bias))

    def forward(self, features: Features, z: torch.Tensor) -> torch.Tensor:
        ez = self.embed(z)
        temb = features.temb
        h, skips = _leaf(features.middle), [_leaf(skip) for skip in features.skips]
        h = self.middle[0](h, temb, ez)
        for attention, resnet in zip(self.middle_attentions, list(self.middle)[1:], strict=True):
            h = resnet(attention(h), temb, ez)
        for up in self.ups:
            count = len(cast(_UpBlock, up).resnets)
            h = up(h, skips[-count:], temb, ez)
            skips = skips[:-count]
        return self.out(self.act(self.norm(h)))


class LatentResnet(nn.Module):
    """A residual block of the diffusion model that sees the latent too.

    h = (1 + s_z) [GN(h) (1 + s_t) + b_t] + b_z with (s_z, b_z) = Linear(SiLU(e_z)). The Linear starts at zero.
    """

    def __init__(self, block: ResnetBlock2D, width: int) -> None:
        super().__init__()
        self.block = _copied(block)
        self.latent = nn.Linear(width, 2 * block.out_channels)
        nn.init.zeros_(self.latent.weight)
        nn.init.zeros_(self.latent.bias)

    def forward(self, x: torch.Tensor, temb: torch.Tensor, ez: torch.Tensor) -> torch.Tensor:
        block = self.block
        act = block.nonlinearity
        h = act(block.norm1(x))
        if block.upsample is not None:
            x, h = block.upsample(x), block.upsample(h)
        h = block.conv1(h)
        time = block.time_emb_proj(act(temb))[:, :, None, None]
        if block.time_embedding_norm == "scale_shift":
            scale, bias = time.chunk(2, dim=1)
            h = block.norm2(h) * (1 + scale) + bias
        else:
            h = block.norm2(h + time)
        scale_z, bias_z = self.latent(act(ez))[:, :, None, None].chunk(2, dim=1)
        h = (1 + scale_z) * h + bias_z
        h = block.conv2(block.dropout(act(h)))
        if block.conv_shortcut is not None:
            x = block.conv_shortcut(x)
        return (x + h) / block.output_scale_factor


class _UpBlock(nn.Module):
    """The trained counterpart of an UpBlock2D or AttnUpBlock2D."""

    def __init__(self, block: Any, width: int) -> None:
        super().__init__()
        self.resnets = nn.ModuleList([LatentResnet(resnet, width) for resnet in block.resnets])
        attentions = getattr(block, "attentions", None) or [nn.Identity() for _ in block.resnets]
        self.attentions = nn.ModuleList([_copied(attention) for attention in attentions])
        self.upsamplers = nn.ModuleList(
            [
                LatentResnet(upsampler, width) if isinstance(upsampler, ResnetBlock2D) else _copied(upsampler)
                for upsampler in block.upsamplers or ()
            ]
        )

    def forward(self, h: torch.Tensor, skips: list[torch.Tensor], temb: torch.Tensor, ez: torch.Tensor) -> torch.Tensor:
        for resnet, attention, skip in zip(self.resnets, self.attentions, reversed(skips), strict=True):
            h = attention(resnet(torch.cat([h, skip], dim=1), temb, ez))
        for upsampler in self.upsamplers:
            h = upsampler(h, temb, ez) if isinstance(upsampler, LatentResnet) else upsampler(h)
        return h


def _copied(module: Any) -> Any:
    """A trainable copy; an absent attention becomes the identity."""
    return nn.Identity() if module is None else copy.deepcopy(module).requires_grad_(True)


def _leaf(frozen: torch.Tensor) -> torch.Tensor:
    """A frozen feature as the input of a trained block.

    torch 2.13's backward pass of GroupNorm on the CPU crashes when its channels_last input needs no gradient, so the
    feature says that it needs one, which nobody reads.
    """
    return frozen.detach().requires_grad_() if torch.is_grad_enabled() else frozen
