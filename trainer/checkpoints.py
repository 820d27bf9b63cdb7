"""Checkpoints of a run, and the networks in them.

A checkpoint is a dict of tensors and plain values, read with ``weights_only=True``: ``format``, ``stage``, ``step``,
``images``, ``model`` (every tensor that training changes, by name), ``ema`` (averages of its parameters),
``optimizer``, ``rng`` (one entry a process). In a DiTi run the names begin with ``encoder.``, ``decoder.branch.`` and
``head.``; in a DM run with ``model.unet.``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.unets.unet_2d import UNet2DModel

from diti_studio.core.atomic import TEMPORARIES
from diti_studio.core.errors import DitiError, UsageError
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.schedule import NoiseSchedule
from trainer.config import Config
from trainer.models import DiffusionModel, Encoder, ShiftDecoder
from trainer.render.files import write_whole
from trainer.runs import first_line, read_config

FORMAT = 1
KEPT = 2


@dataclass(frozen=True, eq=False)
class Run:
    """A trained run, ready for use: networks in evaluation mode, in float32, on the CPU."""

    encoder: Encoder
    decoder: ShiftDecoder
    groups: TimestepGroups
    schedule: NoiseSchedule
    config: Config
    step: int
    images: int


def save(run: Path, step: int, state: Mapping[str, Any]) -> Path:
    """Writes a checkpoint, whole or not at all, and removes all but the last two.

    Raises:
        DitiError: it could not be written; earlier checkpoints are untouched.
    """
    path = run / "checkpoints" / f"{step:08d}.pt"
    content = {"format": FORMAT, "step": step, **state}
    try:
        write_whole(path, lambda file: torch.save(content, file))
    except (OSError, RuntimeError) as error:  # torch wraps a full disk in a RuntimeError
        raise DitiError(f"The checkpoint {path} could not be written ({error}): the one before it is kept.") from error
    halves = path.parent.glob(TEMPORARIES)  # of processes that were killed while they wrote
    for old in (*_checkpoints(run)[:-KEPT], *halves):
        old.unlink(missing_ok=True)
    return path


def load(run: Path) -> dict[str, Any] | None:
    """The last checkpoint of a run that can be read; None when there is none.

    Raises:
        DitiError: there are checkpoints, and none of them can be read.
    """
    paths = _checkpoints(run)
    failure: Exception | None = None
    for path in reversed(paths):
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # torch.load raises whatever the damage makes it raise
            failure = error
            continue
        if isinstance(state, dict) and state.get("format") == FORMAT:
            return state
        failure = ValueError("it has another format")
    if failure is not None:
        raise DitiError(f"No checkpoint in {run / 'checkpoints'} can be read ({first_line(failure)}).")
    return None


def load_run(run: Path, ema: bool = True) -> Run:
    """The networks of a DiTi run, from its last checkpoint, by default with averaged weights.

    Raises:
        UsageError: the folder is no DiTi run, or has no checkpoint, or one of another network.
    """
    config, stage = read_config(run)
    if stage != "diti":
        raise UsageError(f"{run} trained a diffusion model: give a run of the DiTi stage.")
    state = load(run)
    if state is None:
        raise UsageError(f"{run} has no checkpoint yet.")
    encoder = build_encoder(config)
    decoder = ShiftDecoder(DiffusionModel.from_folder(run / "dm"), config.encoder.latent_dim)
    weights = state["model"] | (state["ema"] if ema else {})
    load_part(encoder, weights, "encoder.", run)
    load_part(decoder.branch, weights, "decoder.branch.", run)
    return Run(
        encoder.eval().requires_grad_(False),
        decoder.eval().requires_grad_(False),
        config.timestep_groups,
        decoder.frozen.schedule,
        config,
        state["step"],
        state["images"],
    )


def load_diffusion(path: Path) -> DiffusionModel:
    """A diffusion model from a diffusers folder (a UNet2DModel or a pipeline), or the averaged one of a DM run.

    Raises:
        UsageError: it is neither.
    """
    if not any((path / name).is_file() for name in ("config.json", "model_index.json")):
        raise UsageError(f"{path} is neither a diffusers folder nor a run of the DM stage: it has no config.json.")
    if not (path / "checkpoints").is_dir():
        return DiffusionModel.from_folder(path)
    config, stage = read_config(path)
    if stage != "dm":
        return DiffusionModel.from_folder(path / "dm")
    state = load(path)
    if state is None:
        raise UsageError(f"{path} has no checkpoint yet.")
    model = build_diffusion(config)
    load_part(model.unet, state["model"] | state["ema"], "model.unet.", path)
    return model


def build_encoder(config: Config) -> Encoder:
    """A new encoder."""
    e = config.encoder
    return Encoder(
        config.image_size, e.latent_dim, e.channels, e.attention_after, attention_before_norm=e.attention_before_norm
    )


def build_diffusion(config: Config) -> DiffusionModel:
    """A new diffusion model: guided-diffusion's UNet in diffusers' words (method: networks)."""
    d = config.diffusion
    channels, guided = 3 * d.unshuffle**2, d.blocks == "guided"
    down, up = ("ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D") if guided else ("DownBlock2D", "UpBlock2D")
    unet = UNet2DModel(
        sample_size=config.image_size // d.unshuffle,
        in_channels=channels,
        out_channels=channels,
        down_block_types=tuple("AttnDownBlock2D" if a else down for a in d.attention),
        up_block_types=tuple("AttnUpBlock2D" if a else up for a in reversed(d.attention)),
        block_out_channels=d.channels,
        layers_per_block=d.layers,
        downsample_type="resnet",
        upsample_type="resnet",
        resnet_time_scale_shift="scale_shift",
        attention_head_dim=d.head_dim or None,
        attn_norm_num_groups=32 if guided else None,
        dropout=d.dropout,
    )
    if guided:
        _begin_as_identity(unet)
    return DiffusionModel(unet, d.schedule, d.prediction, d.unshuffle)


def _begin_as_identity(unet: UNet2DModel) -> None:
    """Sets to zero what guided-diffusion does: the last layer of each residual block and attention, and the output."""
    last = [unet.conv_out]
    for module in unet.modules():
        if isinstance(module, ResnetBlock2D):
            last.append(module.conv2)
        elif isinstance(module, Attention):
            last.append(cast(Any, module.to_out)[0])
    for layer in last:
        for parameter in layer.parameters():
            torch.nn.init.zeros_(parameter)


def load_part(module: torch.nn.Module, weights: Mapping[str, torch.Tensor], prefix: str, origin: Path) -> None:
    """Loads the tensors whose names begin with the prefix. Raises UsageError when they are another network's."""
    part = {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
    try:
        module.load_state_dict(part)
    except RuntimeError as error:
        raise UsageError(
            f"The weights in {origin} belong to another network than the options describe ({first_line(error)})."
        ) from error


def _checkpoints(run: Path) -> list[Path]:
    return sorted(path for path in (run / "checkpoints").glob("[0-9]*.pt") if path.stem.isdigit())
