"""Presets, overriding, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from diti_studio.core.errors import UsageError
from trainer.checkpoints import build_diffusion, build_encoder
from trainer.config import Config, DataOptions, load_preset, override, parse_source, presets, resolve
from trainer.models import ShiftDecoder


@pytest.mark.parametrize("name", presets())
def test_every_preset_resolves_and_survives_json(name: str) -> None:
    config = resolve(load_preset(name))
    assert config.preset == name
    assert config.timestep_groups.latent_dim == config.encoder.latent_dim
    assert Config.model_validate_json(config.model_dump_json()) == config


# The diffusion models' weights are those that guided-diffusion's layers add up to: 63,958,019 and 98,618,499.
PAPERS = {  # images of stage dm, of stage diti; side; million weights: of the diffusion model, branch, encoder
    "celeba64": (72_000_000, 38_000_000, 64, (63.96, 52.01, 1.49)),
    "pdae-celeba64": (72_000_000, 38_000_000, 64, (63.96, 52.01, 1.49)),
    "ffhq128": (130_000_000, 64_000_000, 128, (98.62, 78.52, 3.91)),
    "bedroom128": (120_000_000, 70_000_000, 128, (98.62, 78.52, 3.91)),
}


@pytest.mark.parametrize("name", PAPERS)
def test_the_papers_presets_train_as_the_papers_do(name: str) -> None:
    config = resolve(load_preset(name))
    dm, diti, side, _ = PAPERS[name]
    for fit in (config.dm, config.diti):
        assert (fit.optimiser, fit.rate, fit.weight_decay, fit.batch, fit.ema) == ("adam", 1e-4, 0, 128, 0.9999)
        assert fit.warmup_images == 0
    assert (config.dm.images, config.diti.images, config.image_size) == (dm, diti, side)
    assert (config.dm.clip, config.diti.clip) == (1, 0)
    d, o = config.diffusion, config.objective
    assert (d.timesteps, d.beta_schedule, d.beta_start, d.beta_end) == (1000, "linear", 1e-4, 0.02)
    assert (d.prediction, d.unshuffle, d.dropout) == ("epsilon", 1, 0.1)
    assert (o.loss, o.weight, o.guidance, o.factor_weight) == ("base", "paper", "paper", 0)
    assert config.data.flip
    assert config.encoder.attention_before_norm
    if name.startswith("pdae"):
        assert config.timestep_groups.dims == (512,)
    else:
        assert config.timestep_groups.dim_ends[:9].tolist() == [2, 4, 6, 10, 18, 26, 35, 60, 85]


@pytest.mark.parametrize("name", PAPERS)
def test_the_papers_networks_have_the_papers_layers(name: str) -> None:
    """Which blocks at which side of the picture, and how many weights (on the meta device: nothing is allocated)."""
    config = resolve(load_preset(name))
    with torch.device("meta"):
        model = build_diffusion(config)
        decoder, encoder = ShiftDecoder(model, config.encoder.latent_dim), build_encoder(config)
    unet, side = model.unet, config.image_size
    widths = (64, 128, 256, 512) if side == 64 else (128, 128, 256, 384, 512)
    for level, (block, width) in enumerate(zip(unet.down_blocks, widths, strict=True)):
        parts: Any = block
        assert [r.out_channels for r in parts.resnets] == [width, width]
        attentions = getattr(parts, "attentions", [])
        assert len(attentions) == (2 if side >> level == 16 else 0)
        assert all((a.heads, a.scale) == (1, width**-0.5) for a in attentions)
        assert [r.down for r in parts.downsamplers or ()] == ([True] if width != 512 else [])
    for level, (block, width) in enumerate(zip(unet.up_blocks, reversed(widths), strict=True)):
        parts = block
        assert [r.out_channels for r in parts.resnets] == [width] * 3
        assert len(getattr(parts, "attentions", [])) == (3 if side >> (len(widths) - 1 - level) == 16 else 0)
    middle: Any = unet.mid_block
    assert len(middle.resnets) == 2
    assert (middle.attentions[0].heads, middle.attentions[0].group_norm.num_groups) == (1, 32)
    assert {r.time_embedding_norm for r in middle.resnets} == {"scale_shift"}
    assert unet.time_embedding.linear_2.out_features == 4 * widths[0]
    assert encoder.out.in_features == (2048 if side == 64 else 4096)
    counts = tuple(sum(p.numel() for p in part.parameters()) for part in (unet, decoder.branch, encoder))
    assert tuple(round(count / 1e6, 2) for count in counts) == PAPERS[name][3]


def test_the_demonstrations_differ_in_the_domain_only() -> None:
    faces, rooms = resolve(load_preset("demo-faces")), resolve(load_preset("demo-rooms"))
    assert (faces.domain, rooms.domain) == ("face", "room")
    assert not rooms.data.flip  # left and right are factors
    same = {"preset": "", "domain": "", "data": DataOptions()}
    assert faces.model_copy(update=same) == rooms.model_copy(update=same)


def test_settings_replace_single_options() -> None:
    options = override(
        load_preset("celeba64"),
        [
            "diti.rate=2e-3",
            "objective.loss=dual",
            "encoder.channels=[32, 64, 64, 64]",
            "image_size=32",
            "data.flip=false",
        ],
    )
    config = resolve(override(options, ["diffusion.channels=[32, 64]", "diffusion.attention=[false, true]"]))
    assert config.diti.rate == 2e-3
    assert config.diti.batch == 128  # the rest of the section stays
    assert config.objective.loss == "dual"
    assert config.encoder.channels == (32, 64, 64, 64)
    assert config.image_size == 32
    assert config.data.flip is False
    assert load_preset("celeba64")["diti"] == {"images": 38_000_000, "clip": 0}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("diti.speed=3", "no option 'diti.speed'"),
        ("wheels=4", "no option 'wheels'"),
        ("diti.rate=fast", "option diti.rate"),
        ("diti.rate=-1", "option diti.rate"),
        ("diti.rate=nan", "option diti.rate"),
        ("objective.loss=mine", "option objective.loss"),
        ("encoder.latent_dim=100", "add up to encoder.latent_dim"),
        ("encoder.attention_after=5", "attention_after"),
        ("diti.accumulate=5", "multiple of diti.accumulate"),
        ("image_size=60", "cannot take 60 pixels"),
        ("diffusion.attention=[true]", "one true or false for each"),
        ("groups.layout=balanced", None),
    ],
)
def test_wrong_options_are_refused_in_a_sentence(setting: str, message: str | None) -> None:
    options = override(load_preset("celeba64"), [setting])
    if message is None:
        assert resolve(options).timestep_groups.dims == (8,) * 64
        return
    with pytest.raises(UsageError, match=message) as caught:
        resolve(options)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("setting", ["diti.rate", "=3", "a.b.c=1", "preset.x=1"])
def test_malformed_settings_are_refused(setting: str) -> None:
    with pytest.raises(UsageError):
        override(load_preset("celeba64"), [setting])


def test_an_unknown_preset_names_those_that_exist() -> None:
    with pytest.raises(UsageError, match="demo-faces"):
        load_preset("celebs")


def test_a_source_is_a_path_and_a_weight(tmp_path: Path) -> None:
    assert parse_source("photos") == (Path("photos"), 1.0)
    assert parse_source("photos:0.25") == (Path("photos"), 0.25)
    assert parse_source("C:\\photos") == (Path("C:\\photos"), 1.0)
    odd = tmp_path / "scans:2"
    odd.mkdir()
    assert parse_source(str(odd)) == (odd, 1.0)
    for weight in ("0", "-1", "inf", "nan"):
        with pytest.raises(UsageError, match="above 0"):
            parse_source(f"photos:{weight}")


def test_options_of_another_type_are_refused() -> None:
    wrong: dict[str, Any] = load_preset("celeba64") | {"diti": "fast"}
    with pytest.raises(UsageError, match="diti"):
        resolve(wrong)
