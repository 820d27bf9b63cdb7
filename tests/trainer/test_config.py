"""Presets, overriding, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diti_studio.core.errors import UsageError
from trainer.config import Config, load_preset, override, parse_source, presets, resolve


@pytest.mark.parametrize("name", presets())
def test_every_preset_resolves_and_survives_json(name: str) -> None:
    config = resolve(load_preset(name))
    assert config.preset == name
    assert config.timestep_groups.latent_dim == config.encoder.latent_dim
    assert Config.model_validate_json(config.model_dump_json()) == config


def test_the_paper_preset_is_the_papers() -> None:
    config = resolve(load_preset("celeba64"))
    assert (config.diti.optimiser, config.diti.rate, config.diti.batch, config.diti.ema) == ("adam", 1e-4, 128, 0.9999)
    assert config.diti.images == 38_000_000
    assert (config.objective.loss, config.objective.weight, config.objective.guidance) == ("base", "paper", "paper")
    assert config.objective.factor_weight == 0
    assert config.timestep_groups.dim_ends[:5].tolist() == [2, 4, 6, 10, 18]


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
    assert load_preset("celeba64")["diti"] == {"images": 38_000_000}


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
