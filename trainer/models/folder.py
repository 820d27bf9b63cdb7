"""Diffusion models as diffusers keeps them in folders: a UNet2DModel alone, or an unconditional pipeline around one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.schedulers.scheduling_utils import KarrasDiffusionSchedulers

from diti_studio.core.errors import UsageError
from diti_studio.core.schedule import BetaSchedule, NoiseSchedule

Prediction = Literal["epsilon", "v_prediction", "sample"]

NOTE = "diti.json"
"""What diffusers has no place for, beside its files in the folders that we write."""

_INDEX = "model_index.json"
_SCHEDULER = "scheduler_config.json"
_MAX_BYTES = 1 << 20
_KINDS: dict[str, BetaSchedule] = {
    "linear": "linear",
    "scaled_linear": "scaled_linear",
    "squaredcos_cap_v2": "cosine",
    "sigmoid": "sigmoid",
}
_EDGE = 1 / (1 + np.exp(6.0))  # where diffusers' sigmoid schedule begins, between its two ends
# The schedulers that diffusers takes for each other: all noise by x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps.
_SCHEDULERS = {s.name for s in KarrasDiffusionSchedulers} - {"EDMEulerScheduler"} | {
    "DDIMInverseScheduler", "DDIMParallelScheduler", "DDPMParallelScheduler", "DPMSolverMultistepInverseScheduler",
}  # fmt: skip
_OTHER_PARTS = {
    "vae": "works on the latents of a VAE",
    "vqvae": "works on the latents of a VQ-VAE",
    "movq": "works on the latents of a VQ-VAE",
    "text_encoder": "is conditioned on text",
    "tokenizer": "is conditioned on text",
    "image_encoder": "is conditioned on pictures",
    "transformer": "is built on a transformer",
    "prior": "is built on a prior",
}


@dataclass(frozen=True, eq=False)
class Stored:
    """What a folder holds: the network in float32, its schedule, what it predicts, and on what grid it works."""

    unet: UNet2DModel
    schedule: NoiseSchedule
    prediction: Prediction
    unshuffle: int


def read_folder(folder: Path) -> Stored:
    """Reads a pipeline's folder (model_index.json, unet/, scheduler/, or all in one place), or a UNet2DModel's.

    The schedule and the kind of prediction come from our own note, else from the scheduler's configuration in the
    folder or in the pipeline that the network's folder belongs to. Without either a network is taken to predict eps,
    or v where its pictures are pixel-unshuffled, under the linear schedule of 1000 steps.

    Raises:
        UsageError: there is no such folder, or it holds another kind of network or pipeline.
    """
    inside = folder
    if (folder / _INDEX).is_file():
        _check_pipeline(folder)
        inside = folder / "unet" if (folder / "unet").is_dir() else folder
    if not (inside / "config.json").is_file():
        raise UsageError(f"{folder} is no diffusers folder of a UNet2DModel: it has no config.json.")
    if (name := _record(inside / "config.json").get("_class_name", "UNet2DModel")) != "UNet2DModel":
        raise UsageError(f"The diffusion model in {folder} cannot be used: its network is a {name}, not a UNet2DModel.")
    unet = _unet(inside)
    unshuffle = round((int(unet.config["in_channels"]) / 3) ** 0.5)
    if (inside / NOTE).is_file():
        return _noted(unet, inside / NOTE, unshuffle)
    scheduler = _scheduler_of(folder)
    if scheduler is None:
        return Stored(unet, NoiseSchedule(), "v_prediction" if unshuffle > 1 else "epsilon", unshuffle)
    schedule, prediction = read_scheduler(scheduler)
    return Stored(unet, schedule, prediction, unshuffle)


def read_scheduler(path: Path) -> tuple[NoiseSchedule, Prediction]:
    """The noise schedule and the kind of prediction that a scheduler_config.json stands for.

    ``clip_sample`` is not needed: the predicted picture is always clipped to [-1, 1] here (method: inversion).

    Raises:
        UsageError: it is another kind of diffusion, or one whose betas no named schedule gives.
    """
    record = _record(path)
    name = record.get("_class_name", "DDPMScheduler")
    kind, betas = record.get("beta_schedule", "linear"), record.get("trained_betas")
    clipped = record.get("clip_sample", False) and record.get("clip_sample_range", 1.0) not in (None, 1, 1.0)
    prediction = record.get("prediction_type", "epsilon")
    refused = [
        (name not in _SCHEDULERS, f"is a {name}"),
        (bool(record.get("rescale_betas_zero_snr")), "rescales its betas to end without signal"),
        (clipped, f"clips pictures to {record.get('clip_sample_range')} and not to 1"),
        (prediction not in get_args(Prediction), f"says that the network predicts {prediction!r}"),
        (betas is None and kind not in _KINDS, f"has the beta schedule {kind!r}"),
    ]
    for is_so, what in refused:
        if is_so:
            raise UsageError(f"This diffusion model cannot be used: its scheduler ({path}) {what}.")
    try:
        if betas is not None:
            return _schedule_of(np.asarray(betas, np.float64), path), prediction
        schedule = NoiseSchedule(
            int(record.get("num_train_timesteps", 1000)),
            _KINDS[kind],
            float(record.get("beta_start", 1e-4)),
            float(record.get("beta_end", 0.02)),
        )
    except (TypeError, ValueError) as error:
        raise UsageError(f"{path} does not hold a noise schedule.") from error
    return schedule, prediction


def _schedule_of(betas: np.ndarray, path: Path) -> NoiseSchedule:
    """The named schedule that gives these betas."""
    if betas.ndim != 1 or len(betas) < 2 or not ((betas > 0) & (betas < 1)).all():
        raise ValueError("no betas")
    first, last = float(betas[0]), float(betas[-1])
    low = (first * (1 - _EDGE) - last * _EDGE) / (1 - 2 * _EDGE)
    candidates = [
        NoiseSchedule(len(betas), "linear", first, last),
        NoiseSchedule(len(betas), "scaled_linear", first, last),
        NoiseSchedule(len(betas), "cosine"),
        NoiseSchedule(len(betas), "sigmoid", low, first + last - low),
    ]
    for schedule in candidates:
        if np.allclose(schedule.betas, betas, rtol=1e-4, atol=0):
            return schedule
    raise UsageError(
        f"This diffusion model cannot be used: its scheduler ({path}) has trained betas that follow none of the "
        f"schedules {', '.join(get_args(BetaSchedule))}."
    )


def _check_pipeline(folder: Path) -> None:
    """Refuses, by what it is, a pipeline that is more than a network and its noise schedule."""
    index = _record(folder / _INDEX)
    pipeline = f"The pipeline in {folder} ({index.get('_class_name', 'unnamed')}) cannot be used: it"
    for part, what in _OTHER_PARTS.items():
        if index.get(part, [None])[0] is not None:
            raise UsageError(f"{pipeline} {what}.")
    unet = index.get("unet")
    if not isinstance(unet, list) or len(unet) != 2:
        raise UsageError(f"{pipeline} has no unet.")
    if unet[1] != "UNet2DModel":
        raise UsageError(f"{pipeline} has a {unet[1]}, not a UNet2DModel.")


def _unet(folder: Path) -> UNet2DModel:
    if not any(folder.glob("*.safetensors")) and any(folder.glob("*.bin")):
        raise UsageError(
            f"The diffusion model in {folder} keeps its weights in a pickle (.bin), which could run code and is not "
            "read: save it again with safe_serialization=True."
        )
    try:
        model = UNet2DModel.from_pretrained(
            folder, torch_dtype=torch.float32, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, TypeError, RuntimeError, KeyError, NotImplementedError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UsageError(f"The diffusion model in {folder} cannot be read: {first}") from error
    return cast(UNet2DModel, model)


def _noted(unet: UNet2DModel, path: Path, unshuffle: int) -> Stored:
    """A network with the note that ``DiffusionModel.save`` leaves beside it."""
    note = _record(path)
    unshuffle = note.get("unshuffle", unshuffle)
    prediction = note.get("prediction", "v_prediction" if unshuffle != 1 else "epsilon")
    if prediction not in get_args(Prediction) or not isinstance(unshuffle, int) or unshuffle < 1:
        raise UsageError(f"{path} holds a prediction or an unshuffle that does not exist.")
    default = NoiseSchedule()
    try:
        kind = note.get("beta_schedule", default.kind)
        if kind not in get_args(BetaSchedule):
            raise ValueError(kind)
        schedule = NoiseSchedule(
            int(note.get("timesteps", default.timesteps)),
            kind,
            float(note.get("beta_start", default.beta_start)),
            float(note.get("beta_end", default.beta_end)),
        )
    except (TypeError, ValueError) as error:
        raise UsageError(f"{path} does not hold a noise schedule.") from error
    return Stored(unet, schedule, prediction, unshuffle)


def _scheduler_of(folder: Path) -> Path | None:
    """A pipeline's scheduler lies beside its network's folder or, in older ones, among all its files."""
    places = [folder / "scheduler" / _SCHEDULER, folder / _SCHEDULER]
    if (folder.parent / _INDEX).is_file():
        places += [folder.parent / "scheduler" / _SCHEDULER, folder.parent / _SCHEDULER]
    return next((place for place in places if place.is_file()), None)


def _record(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError("it is too large")
        record = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(record, dict):
            raise ValueError("it is no JSON object")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    return record
