"""The encoder z = E(x_0)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

NORM_GROUPS = 32
HEADS = 4


class Encoder(nn.Module):
    """Picture [B,3,S,S] in [-1,1] -> latent z [B,D].

    Strided 3x3 convolutions, each halving the picture, with GroupNorm(32) and SiLU after each; one self-attention with
    four heads; a Linear (PDAE, Zhang et al., NeurIPS 2022, appendix). The paper's encoders end at 4x4: channels
    (64, 128, 128, 128) at 64 px with attention after 2 convolutions, (64, 128, 256, 256, 256) at 128 px after 3.

    Args:
        channels: the width of each convolution; S must be divisible by 2 to their number.
        attention_after: so many convolutions come before the attention, 1 or more.
        attention_before_norm: the attention sits between a convolution and its norm, as in the paper; otherwise after
            norm and SiLU.
    """

    def __init__(
        self,
        image_size: int,
        latent_dim: int,
        channels: Sequence[int],
        attention_after: int,
        *,
        attention_before_norm: bool = True,
    ) -> None:
        super().__init__()
        if image_size % 2 ** len(channels) or not 1 <= attention_after <= len(channels):
            raise ValueError("the convolutions do not fit the picture, or the attention does not fit the convolutions")
        self.attention_after = attention_after
        self.attention_before_norm = attention_before_norm
        inputs = (3, *channels[:-1])
        self.convs = nn.ModuleList(
            [nn.Conv2d(i, o, 3, stride=2, padding=1) for i, o in zip(inputs, channels, strict=True)]
        )
        self.norms = nn.ModuleList([nn.GroupNorm(NORM_GROUPS, o) for o in channels])
        self.attention = SelfAttention(channels[attention_after - 1])
        self.out = nn.Linear(channels[-1] * (image_size >> len(channels)) ** 2, latent_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True), start=1):
            x = conv(x)
            if i == self.attention_after and self.attention_before_norm:
                x = self.attention(x)
            x = functional.silu(norm(x))
            if i == self.attention_after and not self.attention_before_norm:
                x = self.attention(x)
        return self.out(x.flatten(1))


class SelfAttention(nn.Module):
    """Self-attention over the positions of [B,C,H,W], added to its input; begins as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(NORM_GROUPS, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.proj = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.proj.weight)
        nn.init.zeros_(self.proj.bias)  # type: ignore[arg-type]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, channels, height, width = x.shape
        qkv = self.qkv(self.norm(x)).reshape(batch, 3, HEADS, channels // HEADS, height * width)
        q, k, v = qkv.transpose(3, 4).unbind(1)
        mixed = functional.scaled_dot_product_attention(q, k, v)
        return x + self.proj(mixed.transpose(2, 3).reshape(batch, channels, height, width))
