"""The official networks in this package's modules: the same numbers under other names and in another order.

What differs, and is converted here:

- guided-diffusion's attention has one 1x1 convolution for q, k and v. Its legacy order splits the rows into heads
  first, [heads, 3, width of a head], its new order into q, k and v first; diffusers has a matrix for each of the
  three, and the encoder here takes the new order. All scale the products by 1 / sqrt(width of a head).
- The blocks of a level are numbered through in one list; here they belong to the level.
- A network that learns the variance has six output channels: the last three are dropped.

What is the same: the time embedding (cosines first, frequencies 10000^(-i / half)), GroupNorm(32) with eps 1e-5 (also
before the middle attention, where diffusers must be told), resampling inside residual blocks (at levels without
attention too, for which diffusers has blocks of another name), scale and shift after the norm.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from diffusers.models.attention_processor import Attention
from diffusers.models.unets.unet_2d import UNet2DModel
from torch import nn

from diti_studio.core.schedule import NoiseSchedule
from trainer.models import DiffusionModel, Encoder, ShiftDecoder
from trainer.models.encoder import HEADS
from trainer.models.shift import LatentResnet
from trainer.reference.layout import EncoderOptions, UNetOptions
from trainer.reference.weights import Weights

_MODULES = 3  # of the Sequential for each convolution: itself, norm, SiLU


def build_encoder(options: EncoderOptions, weights: Weights) -> Encoder:
    """The official encoder (keys ``encoder.N``, N counted through a Sequential)."""
    shape = options.shape
    encoder = Encoder(shape.image_size, options.latent_dim, shape.channels, shape.attention_after).eval()
    at = 0
    for i, (conv, norm) in enumerate(zip(encoder.convs, encoder.norms, strict=True), start=1):
        _copy(weights, f"encoder.{at}", conv)
        if i == shape.attention_after:
            at += 1
            _encoder_attention(weights, f"encoder.{at}", encoder.attention)
        _copy(weights, f"encoder.{at + 1}", norm)
        at += _MODULES
    _copy(weights, f"encoder.{at + 1}", encoder.out)  # after the flattening
    weights.finish()
    return encoder.requires_grad_(False)


def build_decoder(
    options: UNetOptions, image_size: int, latent_dim: int, schedule: NoiseSchedule, weights: Weights
) -> ShiftDecoder:
    """The official ShiftUNet, which holds the frozen diffusion model."""
    decoder = ShiftDecoder(DiffusionModel(_unet(options, image_size), schedule), latent_dim).eval()
    _frozen(weights, options, decoder.frozen.unet)
    branch = decoder.branch
    _copy(weights, "label_emb", branch.embed)
    _middle(weights, options, "shift_middle_block", branch.middle, branch.middle_attentions)
    _ups(weights, options, "shift_output_blocks", branch.ups)
    _copy(weights, "shift_out.0", branch.norm)
    _copy(weights, "shift_out.2", branch.out)
    weights.finish()
    return decoder.requires_grad_(False)


def build_diffusion(options: UNetOptions, image_size: int, schedule: NoiseSchedule, weights: Weights) -> DiffusionModel:
    """A pre-trained diffusion model alone."""
    model = DiffusionModel(_unet(options, image_size), schedule).eval()
    _frozen(weights, options, model.unet)
    weights.finish()
    return model.requires_grad_(False)


def _unet(options: UNetOptions, image_size: int) -> UNet2DModel:
    unet = UNet2DModel(
        sample_size=image_size,
        down_block_types=tuple("AttnDownBlock2D" if a else "ResnetDownsampleBlock2D" for a in options.attention),
        up_block_types=tuple("AttnUpBlock2D" if a else "ResnetUpsampleBlock2D" for a in reversed(options.attention)),
        block_out_channels=options.channels,
        layers_per_block=options.num_residual_blocks_of_a_block,
        downsample_type="resnet",
        upsample_type="resnet",
        resnet_time_scale_shift="scale_shift",
        attn_norm_num_groups=32,
        attention_head_dim=_head_width(options),
    )
    for module in unet.modules():
        if isinstance(module, Attention):
            _set_heads(module, options.heads(module.to_q.in_features))
    return unet


def _head_width(options: UNetOptions) -> int | None:
    """The width of a head where all have the same; None means as wide as the attention: one head."""
    if options.head_channel != -1:
        return options.head_channel
    return None if options.num_heads == 1 else options.channels[-1] // options.num_heads


def _set_heads(attention: Attention, heads: int) -> None:
    """A diffusers UNet has one width of head for all its attentions; the official one may have one number of heads."""
    attention.heads = heads
    attention.scale = (attention.to_q.out_features // heads) ** -0.5


def _frozen(weights: Weights, options: UNetOptions, unet: UNet2DModel) -> None:
    _copy(weights, "time_embed.0", unet.time_embedding.linear_1)
    _copy(weights, "time_embed.2", unet.time_embedding.linear_2)
    _copy(weights, "input_blocks.0.0", unet.conv_in)
    at = 1
    for down in cast(Any, unet.down_blocks):
        for i, resnet in enumerate(down.resnets):
            _resnet(weights, f"input_blocks.{at}.0", resnet)
            if hasattr(down, "attentions"):
                _attention(weights, options, f"input_blocks.{at}.1", down.attentions[i])
            at += 1
        for resnet in down.downsamplers or ():
            _resnet(weights, f"input_blocks.{at}.0", resnet)
            at += 1
    middle = cast(Any, unet.mid_block)
    _middle(weights, options, "middle_block", middle.resnets, middle.attentions)
    _ups(weights, options, "output_blocks", unet.up_blocks)
    _copy(weights, "out.0", unet.conv_norm_out)
    _copy(weights, "out.2", unet.conv_out, rows=6 if options.learn_sigma else None)


def _middle(weights: Weights, options: UNetOptions, key: str, resnets: Any, attentions: Any) -> None:
    _resnet(weights, f"{key}.0", resnets[0])
    _attention(weights, options, f"{key}.1", attentions[0])
    _resnet(weights, f"{key}.2", resnets[1])


def _ups(weights: Weights, options: UNetOptions, key: str, ups: Any) -> None:
    at = 0
    for up in ups:
        attentions = [a for a in getattr(up, "attentions", ()) if isinstance(a, Attention)]
        for i, resnet in enumerate(up.resnets):
            part = f"{key}.{at}"
            _resnet(weights, f"{part}.0", resnet)
            if attentions:
                _attention(weights, options, f"{part}.1", attentions[i])
            if i + 1 == len(up.resnets):
                for upsampler in up.upsamplers or ():
                    _resnet(weights, f"{part}.{2 if attentions else 1}", upsampler)
            at += 1


def _resnet(weights: Weights, key: str, resnet: Any) -> None:
    """A residual block, of the frozen or of the trained kind."""
    block = resnet.block if isinstance(resnet, LatentResnet) else resnet
    _copy(weights, f"{key}.in_layers.0", block.norm1)
    _copy(weights, f"{key}.in_layers.2", block.conv1)
    _copy(weights, f"{key}.emb_layers.1", block.time_emb_proj)
    if isinstance(resnet, LatentResnet):
        _copy(weights, f"{key}.emb_z_layers.1", resnet.latent)
    _copy(weights, f"{key}.out_layers.0", block.norm2)
    _copy(weights, f"{key}.out_layers.3", block.conv2)
    if block.conv_shortcut is not None:
        _copy(weights, f"{key}.skip_connection", block.conv_shortcut)


def _attention(weights: Weights, options: UNetOptions, key: str, attention: Any) -> None:
    width = attention.to_q.in_features
    heads = 1 if options.use_new_attention_order else options.heads(width)
    _copy(weights, f"{key}.norm", attention.group_norm)
    qkv, bias = _qkv(weights, key, width, heads)
    for i, target in enumerate((attention.to_q, attention.to_k, attention.to_v)):
        _put(target.weight, qkv[i])
        _put(target.bias, bias[i])
    out = attention.to_out[0]
    _put(out.weight, weights.take(f"{key}.proj_out.weight", width, width, 1)[..., 0])
    _put(out.bias, weights.take(f"{key}.proj_out.bias", width))


def _encoder_attention(weights: Weights, key: str, attention: Any) -> None:
    """The official encoders have four heads in legacy order."""
    width = attention.qkv.in_channels
    _copy(weights, f"{key}.norm", attention.norm)
    qkv, bias = _qkv(weights, key, width, HEADS)
    _put(attention.qkv.weight, qkv.reshape(3 * width, width, 1, 1))
    _put(attention.qkv.bias, bias.reshape(3 * width))
    _put(attention.proj.weight, weights.take(f"{key}.proj_out.weight", width, width, 1)[..., None])
    _put(attention.proj.bias, weights.take(f"{key}.proj_out.bias", width))


def _qkv(weights: Weights, key: str, width: int, heads: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight [3, C, C] and bias [3, C] of q, k and v, each with its rows head by head; one head is the new order."""
    weight = weights.take(f"{key}.qkv.weight", 3 * width, width, 1).reshape(heads, 3, width // heads, width)
    bias = weights.take(f"{key}.qkv.bias", 3 * width).reshape(heads, 3, width // heads)
    return weight.transpose(0, 1).reshape(3, width, width), bias.transpose(0, 1).reshape(3, width)


def _copy(weights: Weights, key: str, module: nn.Module, rows: int | None = None) -> None:
    """Weight and bias of a module as they are; of the ``rows`` that the checkpoint has, the first ones."""
    for name in ("weight", "bias"):
        target = cast(torch.Tensor, getattr(module, name))
        shape = tuple(target.shape)
        found = weights.take(f"{key}.{name}", rows or shape[0], *shape[1:])
        _put(target, found[: shape[0]])


def _put(target: torch.Tensor, value: torch.Tensor) -> None:
    with torch.no_grad():
        target.copy_(value)
