"""The options of a run: typed, taken from a preset, overridable one by one, and kept in the run folder."""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from diti_studio.core.errors import UsageError
from diti_studio.core.framing import FramingRecipe
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.schedule import BetaSchedule, NoiseSchedule

Stage = Literal["dm", "diti"]
Storage = Literal["fp32", "fp16", "int8"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DiffusionOptions(_Options):
    """The diffusion and the UNet2DModel that ``--stage dm`` trains; see diffusers for the UNet's options.

    Attributes:
        blocks: "guided" is guided-diffusion's network (Dhariwal and Nichol, arXiv 2105.05233), as in the papers: it
            resamples inside residual blocks at every level, normalises before the middle attention, and starts each
            residual block as the identity. "plain" resamples by a convolution at levels without attention.
        attention: at which levels, beside the middle, which always has one.
        head_dim: channels of an attention head; 0 is one head, as wide as its attention.
    """

    timesteps: Annotated[int, Field(ge=2, le=100_000)] = 1000
    beta_schedule: BetaSchedule = "linear"
    beta_start: Annotated[float, Field(gt=0, lt=1)] = 1e-4
    beta_end: Annotated[float, Field(gt=0, lt=1)] = 0.02
    prediction: Literal["epsilon", "v_prediction", "sample"] = "epsilon"
    unshuffle: Literal[1, 2, 4, 8] = 1
    channels: Annotated[tuple[Count, ...], Field(min_length=1, max_length=8)]
    attention: tuple[bool, ...]
    layers: Count = 2
    blocks: Literal["plain", "guided"] = "plain"
    head_dim: Annotated[int, Field(ge=0)] = 64
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @property
    def schedule(self) -> NoiseSchedule:
        """The noise schedule."""
        return NoiseSchedule(self.timesteps, self.beta_schedule, self.beta_start, self.beta_end)

    @model_validator(mode="after")
    def _consistent(self) -> DiffusionOptions:
        if len(self.attention) != len(self.channels):
            raise ValueError("attention needs one true or false for each of the channels")
        return self


class EncoderOptions(_Options):
    """The encoder; see ``trainer.models.encoder``."""

    latent_dim: Annotated[int, Field(ge=1, le=16_384)] = 512
    channels: Annotated[tuple[Count, ...], Field(min_length=1, max_length=8)]
    attention_after: Count
    attention_before_norm: bool = True


class GroupOptions(_Options):
    """Which dims of the latent belong to which time-steps; see ``diti_studio.core.groups``.

    ``layout``: DiTi's own unequal groups, balanced groups, or a single group, which is PDAE.
    """

    layout: Literal["unequal", "balanced", "single"] = "unequal"
    count: Count = 64
    stage_ends: tuple[int, ...] = (50, 100, 300, 500, 1000)
    stage_dims: tuple[Count, ...] = (10, 25, 327, 100, 50)


class ObjectiveOptions(_Options):
    """The loss; see ``trainer.objective``.

    Attributes:
        loss: the paper's three variants.
        guidance: how the shift enters the loss: "paper" by c_t, "sampling" by sqrt(1 - abar_t), as it is used.
        weight: "paper" is snr^0.1 / (1 + snr), "measured" is m(t)^-weight_power with m(t) the frozen model's error.
        factor_weight: of the auxiliary loss that reads known factors off z (ours, not the paper's); 0 is without.
        frozen_storage: how the frozen model's weights are rounded before the branch learns on it: what a pack's storage
            would cost is then made good for.
        train_encoder: without it the latent keeps its meaning, and the directions in it, while the decoder learns.
    """

    loss: Literal["base", "stop_grad", "dual"] = "base"
    guidance: Literal["paper", "sampling"] = "paper"
    weight: Literal["paper", "measured"] = "paper"
    weight_power: Annotated[float, Field(ge=0, le=1)] = 0.72
    factor_weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    frozen_storage: Storage = "fp32"
    train_encoder: bool = True


class FitOptions(_Options):
    """How one stage is trained. ``batch`` is a step's, over all processes and accumulated passes."""

    images: Annotated[int, Field(ge=0)]
    batch: Count = 128
    accumulate: Count = 1
    optimiser: Literal["adam", "adamw"] = "adam"
    rate: Positive = 1e-4
    weight_decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    warmup_images: Annotated[int, Field(ge=0)] = 0
    clip: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.9999


class DataOptions(_Options):
    """The pictures.

    Attributes:
        sources: PATH or PATH:WEIGHT each.
        framing: how photos are cut to a square (``core.framing``); faces are found and aligned for ffhq and celeba.
        replace_background: how often, where a matte is known.
        gamma, colour, place: how much photos vary (``trainer.data.portraits``).
        memory_mib: decoded pictures that a source may hold in memory; a larger one is decoded as it is drawn.
        device_mib: pictures of all sources that may be kept on a GPU that trains; more are brought as they are drawn.
        cache_gib: decoded pictures of all sources together that may be kept on disk; 0 keeps none.
    """

    sources: tuple[str, ...] = ()
    framing: FramingRecipe = FramingRecipe(name="centre")
    memory_mib: Annotated[int, Field(ge=0)] = 1024
    device_mib: Annotated[int, Field(ge=0)] = 8192
    cache_gib: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 20.0
    flip: bool = True
    replace_background: Share = 0.75
    gamma: Annotated[float, Field(ge=0, le=1)] = 0.15
    colour: Annotated[float, Field(ge=0, le=1)] = 0.04
    place: Annotated[float, Field(ge=0, le=0.2)] = 0.0

    @field_validator("framing", mode="before")
    @classmethod
    def _framing_by_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class LoopOptions(_Options):
    """What does not change the result: cadences and the machine.

    ``compile``: by torch.compile; it takes minutes to begin and pays on long runs on a GPU.
    """

    seed: Annotated[int, Field(ge=0)] = 0
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    threads: Annotated[int, Field(ge=0)] = 0
    compile: bool = False
    checkpoint_minutes: Positive = 10.0
    log_steps: Count = 25
    check_steps: Count = 500
    grid_steps: Annotated[int, Field(ge=0)] = 2000


class Config(_Options):
    """All options of a run."""

    preset: str = ""
    image_size: Annotated[int, Field(ge=8, le=1024)]
    domain: str = "face"
    diffusion: DiffusionOptions
    encoder: EncoderOptions
    groups: GroupOptions = GroupOptions()
    objective: ObjectiveOptions = ObjectiveOptions()
    dm: FitOptions
    diti: FitOptions
    data: DataOptions = DataOptions()
    loop: LoopOptions = LoopOptions()

    def fit(self, stage: Stage) -> FitOptions:
        """How a stage is trained."""
        return self.dm if stage == "dm" else self.diti

    @cached_property
    def timestep_groups(self) -> TimestepGroups:
        """The groups as the core computes with them."""
        g, timesteps, dims = self.groups, self.diffusion.timesteps, self.encoder.latent_dim
        if g.layout == "single":
            return TimestepGroups.single(dims, timesteps)
        if g.layout == "balanced":
            return TimestepGroups.balanced(dims, g.count, timesteps, g.stage_ends)
        return TimestepGroups.unequal(g.count, timesteps, g.stage_ends, g.stage_dims)

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        halvings, grid = len(self.encoder.channels), self.image_size // self.diffusion.unshuffle
        if self.image_size % 2**halvings:
            raise ValueError(f"an encoder of {halvings} convolutions cannot take {self.image_size} pixels")
        if self.encoder.attention_after > halvings:
            raise ValueError("encoder.attention_after is larger than the number of convolutions")
        if self.image_size % self.diffusion.unshuffle or grid % 2 ** (len(self.diffusion.channels) - 1):
            raise ValueError(f"the diffusion model's levels cannot take {self.image_size} pixels")
        if self.timestep_groups.latent_dim != self.encoder.latent_dim:
            raise ValueError("groups.stage_dims must add up to encoder.latent_dim")
        for name, fit in (("dm", self.dm), ("diti", self.diti)):
            if fit.batch % fit.accumulate:
                raise ValueError(f"{name}.batch must be a multiple of {name}.accumulate")
        return self


def presets() -> tuple[str, ...]:
    """Names of the presets that are shipped."""
    folder = importlib.resources.files("trainer") / "presets"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def load_preset(name: str) -> dict[str, Any]:
    """The options of a preset as nested tables. Raises UsageError when there is no such preset."""
    if name not in presets():
        raise UsageError(f"There is no preset {name!r}: choose one of {', '.join(presets())}.")
    text = (importlib.resources.files("trainer") / "presets" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text) | {"preset": name}


def override(options: Mapping[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """Nested options with some of them replaced: each setting is section.key=value, the value as in TOML or plain text.

    Raises:
        UsageError: a setting that is not of that form. Whether the option exists is found by ``resolve``.
    """
    out = {key: dict(value) if isinstance(value, Mapping) else value for key, value in options.items()}
    for setting in settings:
        path, equals, text = setting.partition("=")
        *sections, key = path.strip().split(".")
        if not equals or not key or len(sections) > 1:
            raise UsageError(f"{setting!r} is no setting: write section.key=value, such as diti.rate=1e-4.")
        table = out.setdefault(sections[0], {}) if sections else out
        if not isinstance(table, dict):
            raise UsageError(f"{sections[0]!r} in {setting!r} is no section of options.")
        table[key] = _value(text.strip())
    return out


def resolve(options: Mapping[str, Any]) -> Config:
    """The checked options. Raises UsageError with one sentence about the first that is wrong."""
    try:
        return Config.model_validate(options)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            raise UsageError(f"There is no option {where!r}.") from error
        raise UsageError(f"The option {where} does not fit: {message}." if where else f"{message}.") from error


def parse_source(text: str) -> tuple[Path, float]:
    """PATH or PATH:WEIGHT. A path that exists is taken whole, colons and all. Raises UsageError for a bad weight."""
    if Path(text).exists():
        return Path(text), 1.0
    path, colon, number = text.rpartition(":")
    if not colon:
        return Path(text), 1.0
    try:
        weight = float(number)
    except ValueError:
        return Path(text), 1.0
    if not (0 < weight < float("inf")):
        raise UsageError(f"The weight in {text!r} must be a number above 0.")
    return Path(path), weight


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text
