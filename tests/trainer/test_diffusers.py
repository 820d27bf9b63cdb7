"""Folders that diffusers itself wrote as frozen diffusion models: read alike, built upon, or refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.pipelines.ddpm.pipeline_ddpm import DDPMPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler

from diti_studio.core.errors import UsageError
from diti_studio.core.schedule import NoiseSchedule
from trainer.checkpoints import load_diffusion
from trainer.models import DiffusionModel, Prediction, ShiftDecoder
from trainer.models.folder import read_scheduler

SIDE = 32
STEPS = torch.tensor([0, 5, 500, 999])


def _levels(count: int, attended: int) -> dict[str, Any]:
    down = ["AttnDownBlock2D" if i == attended else "DownBlock2D" for i in range(count)]
    return {
        "down_block_types": tuple(down),
        "up_block_types": tuple(name.replace("Down", "Up") for name in reversed(down)),
    }


# The options of published networks, with few channels: which blocks, which embedding, which padding.
WILD: dict[str, dict[str, Any]] = {
    "ddpm-cifar10-32": _levels(4, 1) | {
        "block_out_channels": (8, 16, 16, 16), "attention_head_dim": None, "downsample_padding": 0,
        "flip_sin_to_cos": False, "freq_shift": 1, "norm_eps": 1e-6,
    },
    "ddpm-celebahq-256": _levels(6, 4) | {
        "block_out_channels": (8, 8, 16, 16, 24, 24), "attention_head_dim": None, "downsample_padding": 0,
        "flip_sin_to_cos": False, "freq_shift": 1, "norm_eps": 1e-6,
    },
    "ddpm-ema-flowers-64": _levels(6, 4) | {"block_out_channels": (8, 8, 16, 16, 24, 24), "attention_head_dim": 8},
    "guided-diffusion": {
        "block_out_channels": (8, 16), "down_block_types": ("ResnetDownsampleBlock2D", "AttnDownBlock2D"),
        "up_block_types": ("AttnUpBlock2D", "ResnetUpsampleBlock2D"), "downsample_type": "resnet",
        "upsample_type": "resnet", "resnet_time_scale_shift": "scale_shift", "attn_norm_num_groups": 8,
        "out_channels": 6,
    },
    "no attention, scaled middle, learned steps, wide embedding": {
        "block_out_channels": (8, 16), "down_block_types": ("DownBlock2D",) * 2, "up_block_types": ("UpBlock2D",) * 2,
        "add_attention": False, "mid_block_scale_factor": 1.5, "time_embedding_type": "learned",
        "num_train_timesteps": 1000, "time_embedding_dim": 24, "act_fn": "gelu",
    },
}  # fmt: skip


def _unet(**options: Any) -> UNet2DModel:
    torch.manual_seed(0)
    common: dict[str, Any] = {
        "sample_size": SIDE,
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "block_out_channels": (8, 16),
    }
    blocks: dict[str, Any] = {"down_block_types": ("DownBlock2D",) * 2, "up_block_types": ("UpBlock2D",) * 2}
    return UNet2DModel(**(common | blocks | options)).eval()


def _pipeline(folder: Path, unet: UNet2DModel, **scheduler: Any) -> Path:
    DDPMPipeline(unet, DDPMScheduler(**scheduler)).save_pretrained(folder)
    return folder


def _noised() -> torch.Tensor:
    torch.manual_seed(1)
    return torch.randn(len(STEPS), 3, SIDE, SIDE)


# -- what is read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WILD)
def test_published_networks_give_what_diffusers_gives(tmp_path: Path, name: str) -> None:
    unet = _unet(**WILD[name])
    model = load_diffusion(_pipeline(tmp_path / "ddpm", unet, variance_type="learned_range")).eval()
    with torch.no_grad():
        expected = model.unet(_noised(), STEPS).sample[:, :3]
        # Not bit for bit: some processors' kernels round by where a tensor lies in memory.
        torch.testing.assert_close(model(_noised(), STEPS), expected)
        torch.testing.assert_close(unet(_noised(), STEPS).sample[:, :3], expected)
        decoder = ShiftDecoder(model, 4)
        decoder.branch.out.weight.copy_(unet.conv_out.weight[:3])
        decoder.branch.out.bias.copy_(unet.conv_out.bias[:3])  # type: ignore[union-attr]
        eps, shift = decoder(_noised(), STEPS, torch.randn(len(STEPS), 4))
    torch.testing.assert_close(eps, expected)
    torch.testing.assert_close(shift, expected, atol=2e-5, rtol=1e-4)  # the branch's blocks are the network's own


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize("kind", ["linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid"])
def test_eps_follows_the_scheduler(tmp_path: Path, prediction: Prediction, kind: str) -> None:
    options = {"beta_schedule": kind, "prediction_type": prediction, "beta_start": 2e-4, "beta_end": 0.03}
    unet, steps = _unet(), torch.tensor([1, 40, 300, 399])
    model = load_diffusion(_pipeline(tmp_path / "ddpm", unet, num_train_timesteps=400, **options)).eval()
    assert (model.schedule.timesteps, model.prediction) == (400, prediction)
    levels = DDPMScheduler(num_train_timesteps=400, **options).alphas_cumprod[steps, None, None, None]  # type: ignore[arg-type]
    with torch.no_grad():
        output, got = unet(_noised(), steps).sample, model(_noised(), steps)
    expected = {
        "epsilon": output,
        "v_prediction": levels.sqrt() * output + (1 - levels).sqrt() * _noised(),
        "sample": (_noised() - levels.sqrt() * output) / (1 - levels).sqrt(),
    }
    torch.testing.assert_close(got, expected[prediction], atol=1e-4, rtol=1e-4)


def test_a_network_alone_takes_the_scheduler_of_its_pipeline(tmp_path: Path) -> None:
    folder = _pipeline(tmp_path / "ddpm", _unet(), beta_schedule="squaredcos_cap_v2", num_train_timesteps=300)
    assert load_diffusion(folder / "unet").schedule == NoiseSchedule(300, "cosine")
    _unet().save_pretrained(tmp_path / "alone")
    assert load_diffusion(tmp_path / "alone").schedule == NoiseSchedule()


def test_older_pipelines_keep_everything_in_one_folder(tmp_path: Path) -> None:
    folder = _pipeline(tmp_path / "ddpm", _unet(), beta_schedule="scaled_linear")
    for part in ("unet", "scheduler"):
        for file in (folder / part).iterdir():
            file.rename(folder / file.name)
        (folder / part).rmdir()
    assert load_diffusion(folder).schedule.kind == "scaled_linear"


def test_a_saved_copy_keeps_the_meaning(tmp_path: Path) -> None:
    unet = _unet(out_channels=6)
    model = load_diffusion(_pipeline(tmp_path / "ddpm", unet, beta_schedule="sigmoid", prediction_type="v_prediction"))
    model.save(tmp_path / "copy")
    again = load_diffusion(tmp_path / "copy")
    assert (again.schedule, again.prediction, again.channels) == (model.schedule, "v_prediction", 3)
    with torch.no_grad():
        assert torch.equal(again.eval()(_noised(), STEPS), model.eval()(_noised(), STEPS))


@pytest.mark.parametrize(
    "schedule",
    [
        NoiseSchedule(200, "linear", 1e-3, 0.05),
        NoiseSchedule(200, "scaled_linear", 1e-3, 0.05),
        NoiseSchedule(200, "cosine"),
        NoiseSchedule(200, "sigmoid", 1e-3, 0.05),
    ],
    ids=lambda schedule: schedule.kind,
)
def test_trained_betas_are_known_by_their_schedule(tmp_path: Path, schedule: NoiseSchedule) -> None:
    DDIMScheduler(trained_betas=schedule.betas.astype(np.float32).tolist()).save_pretrained(tmp_path)
    got, _ = read_scheduler(tmp_path / "scheduler_config.json")
    assert got.kind == schedule.kind
    np.testing.assert_allclose(got.betas, schedule.betas, rtol=1e-4)


# -- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ({"_class_name": "ScoreSdeVeScheduler"}, "is a ScoreSdeVeScheduler"),
        ({"_class_name": "FlowMatchEulerDiscreteScheduler"}, "is a FlowMatchEulerDiscreteScheduler"),
        ({"beta_schedule": "laplace"}, "has the beta schedule 'laplace'"),
        ({"rescale_betas_zero_snr": True}, "end without signal"),
        ({"prediction_type": "flow"}, "predicts 'flow'"),
        ({"clip_sample": True, "clip_sample_range": 2.0}, "clips pictures to 2.0"),
        ({"trained_betas": [0.1, 0.5, 0.2]}, "follow none of the schedules"),
        ({"trained_betas": [0.1, 1.5]}, "does not hold a noise schedule"),
        ({"num_train_timesteps": "many"}, "does not hold a noise schedule"),
    ],
)
def test_other_schedulers_are_refused_by_name(tmp_path: Path, record: dict[str, Any], what: str) -> None:
    path = tmp_path / "scheduler_config.json"
    path.write_text(json.dumps(record))
    with pytest.raises(UsageError, match=what) as caught:
        read_scheduler(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("index", "what"),
    [
        ({"vqvae": ["diffusers", "VQModel"]}, "latents of a VQ-VAE"),
        (
            {"vae": ["diffusers", "AutoencoderKL"], "text_encoder": ["transformers", "CLIPTextModel"]},
            "latents of a VAE",
        ),
        ({"text_encoder": ["transformers", "CLIPTextModel"]}, "conditioned on text"),
        ({"unet": ["diffusers", "UNet2DConditionModel"]}, "UNet2DConditionModel"),
        ({"unet": None}, "has no unet"),
    ],
)
def test_other_pipelines_are_refused_by_name(tmp_path: Path, index: dict[str, Any], what: str) -> None:
    folder = _pipeline(tmp_path / "ddpm", _unet())
    path = folder / "model_index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | index))
    with pytest.raises(UsageError, match=what):
        load_diffusion(folder)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"num_class_embeds": 4}, "conditioned on a class"),
        ({"time_embedding_type": "fourier"}, "fourier"),
        ({"in_channels": 4, "out_channels": 4}, "takes 4 channels"),
        ({"time_embedding_type": "learned", "num_train_timesteps": 10}, "learnt 10 time-steps"),
        ({"sample_size": (32, 16)}, "no square sample_size"),
    ],
)
def test_other_networks_are_refused_by_name(tmp_path: Path, options: dict[str, Any], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        load_diffusion(_pipeline(tmp_path / "ddpm", _unet(**options)))


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    _unet().save_pretrained(tmp_path / "unet", safe_serialization=False)
    with pytest.raises(UsageError, match=r"pickle.*safe_serialization=True"):
        DiffusionModel.from_folder(tmp_path / "unet")
