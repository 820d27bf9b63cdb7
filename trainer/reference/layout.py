"""The folders that the official code of DiTi and PDAE writes: where what lies, and whether it belongs together.

    RUN/config.yml                      options of the run
    RUN/checkpoints/latest.pt           networks and their averages (PDAE's published runs: RUN/checkpoint.pt)
    RUN/stats.pt                        mean and standard deviation of the latent
    RUN/mp-NAME-DIMS[-ema]/EPOCH.pt     DiTi's classifier of one attribute (NAME "all": of the forty)
    RUN/classifier.pt                   PDAE's classifier of the forty attributes (its trained-models/classifier)
    pre-trained-dpms/SET/config.yml     options of the frozen diffusion model, which the run's config.yml points to
    pre-trained-dpms/SET/checkpoint.pt  its weights, which the run's checkpoint holds too

The official programs run in a folder beside ``runs`` and ``pre-trained-dpms``, so the path in config.yml begins with
``../``: it is looked for beside the run and beside each folder above it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from diti_studio.core.errors import UsageError
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.schedule import NoiseSchedule

CONFIG = "config.yml"
DPM_CONFIG = "dpm.yml"
"""The frozen diffusion model's config.yml, as it may lie in the run folder itself."""

CHECKPOINTS = ("checkpoints/latest.pt", "checkpoint.pt")
STATISTICS = "stats.pt"
CLASSIFIERS = ("classifier.pt", "classifier/checkpoint.pt", "classifier/checkpoints/latest.pt")

_MAX_CONFIG_BYTES = 1 << 20
_STAGE_ENDS = (50, 100, 300, 500, 1000)
_MANIPULATION = re.compile(r"mp-(?P<attribute>.+)-(?P<dims>\d+)(?P<ema>-ema)?")

Size = Annotated[int, Field(ge=1, le=1 << 16)]
LatentDim = Annotated[int, Field(ge=1, le=16_384)]


@dataclass(frozen=True)
class EncoderShape:
    """An official encoder: pictures of ``image_size`` pixels, widths of its convolutions, where the attention sits."""

    image_size: int
    channels: tuple[int, ...]
    attention_after: int


_AT_128 = EncoderShape(128, (64, 128, 256, 256, 256), 3)
ENCODERS = {
    "CELEBA64Encoder": EncoderShape(64, (64, 128, 128, 128), 2),
    "FFHQEncoder": _AT_128,
    "CELEBAHQEncoder": _AT_128,
    "BEDROOMEncoder": _AT_128,
    "HORSEEncoder": _AT_128,
}


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class UNetOptions(_Options):
    """``denoise_fn_config``: the UNet of guided-diffusion. ``head_channel`` -1 means ``num_heads`` heads."""

    input_channel: Size = 3
    base_channel: Size
    channel_multiplier: Annotated[tuple[Annotated[int, Field(ge=1, le=64)], ...], Field(min_length=1, max_length=8)]
    num_residual_blocks_of_a_block: Annotated[int, Field(ge=1, le=16)]
    attention_resolutions: tuple[int, ...]
    num_heads: Size = 1
    head_channel: int = -1
    use_new_attention_order: bool = False
    learn_sigma: bool = False
    num_class: int | None = None
    dims: int = 2

    @property
    def channels(self) -> tuple[int, ...]:
        """The width of each level."""
        return tuple(m * self.base_channel for m in self.channel_multiplier)

    @property
    def attention(self) -> tuple[bool, ...]:
        """Which levels have attention; level i works at 1/2^i of the picture's side."""
        return tuple(2**level in self.attention_resolutions for level in range(len(self.channel_multiplier)))

    @property
    def attended(self) -> set[int]:
        """The widths at which there is attention; the middle always has one."""
        return {self.channels[-1], *(c for c, has in zip(self.channels, self.attention, strict=True) if has)}

    def heads(self, width: int) -> int:
        """Of an attention of that width."""
        return self.num_heads if self.head_channel == -1 else width // self.head_channel

    @model_validator(mode="after")
    def _supported(self) -> UNetOptions:
        unit = self.num_heads if self.head_channel == -1 else max(1, self.head_channel)
        refused = [
            (self.num_class is not None, "is conditioned on a class"),
            (self.dims != 2, f"works in {self.dims} dimensions"),
            (self.input_channel != 3, f"takes {self.input_channel} channels and not 3"),
            (self.channel_multiplier[0] != 1, "has a first level that is wider than its time embedding"),
            (self.base_channel % 32 != 0, "has widths that are no multiples of 32"),
            (self.head_channel != -1 and self.head_channel < 1, f"has {self.head_channel} channels a head"),
            (any(width % unit for width in self.attended), "has attentions that its heads do not fit"),
        ]
        for is_so, what in refused:
            if is_so:
                raise ValueError(f"the diffusion model {what}, which is not supported")
        return self


class DiffusionOptions(_Options):
    """``diffusion_config``."""

    timesteps: Annotated[int, Field(ge=2, le=100_000)] = 1000
    betas_type: Literal["linear"] = "linear"
    linear_beta_start: Annotated[float, Field(gt=0, lt=1)] = 1e-4
    linear_beta_end: Annotated[float, Field(gt=0, lt=1)] = 0.02

    @property
    def schedule(self) -> NoiseSchedule:
        """The noise schedule."""
        return NoiseSchedule(self.timesteps, "linear", self.linear_beta_start, self.linear_beta_end)


class EncoderOptions(_Options):
    """``encoder_config``."""

    model: str
    latent_dim: LatentDim

    @property
    def shape(self) -> EncoderShape:
        """The layers that the name stands for."""
        return ENCODERS[self.model]

    @field_validator("model")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in ENCODERS:
            raise ValueError(f"the encoder {name} is not supported: {', '.join(ENCODERS)} are")
        return name


class DecoderOptions(_Options):
    """``decoder_config``."""

    latent_dim: LatentDim


class DatasetOptions(_Options):
    """``train_dataset_config``, in PDAE ``dataset_config``."""

    name: str
    image_size: Annotated[int, Field(ge=8, le=1024)]


class LoaderOptions(_Options):
    """``dataloader_config``."""

    batch_size: Annotated[int, Field(ge=0)] = 0


class GroupOptions(_Options):
    """``ssl_config``: DiTi's time-step groups, among options of losses that it does not use."""

    k: Annotated[int, Field(ge=1, le=4096)]
    stages: str | None = None
    dims_per_stage: str | None = None
    k_per_stage: str | None = None
    ssl_method: str = ""
    no_pdae: bool = False

    @model_validator(mode="after")
    def _supported(self) -> GroupOptions:
        if self.k_per_stage is not None:
            raise ValueError("groups of unequal time (k_per_stage) are not supported")
        if self.no_pdae:
            raise ValueError("it was trained without a decoder (no_pdae), so it cannot edit pictures")
        if self.ssl_method == "mae":
            raise ValueError("its latent comes from a masked autoencoder (mae), which is not supported")
        return self


class RunOptions(_Options):
    """config.yml of a run."""

    diffusion_config: DiffusionOptions
    encoder_config: EncoderOptions
    decoder_config: DecoderOptions
    dataset: DatasetOptions
    dataloader_config: LoaderOptions = LoaderOptions()
    ssl_config: GroupOptions | None = None
    trained_ddpm_config: str | None = None

    @property
    def groups(self) -> TimestepGroups:
        """The time-step groups; PDAE has one (method: time-step groups)."""
        dims, timesteps = self.encoder_config.latent_dim, self.diffusion_config.timesteps
        options = self.ssl_config
        if options is None or options.k == 1:
            return TimestepGroups.single(dims, timesteps)
        ends = _numbers(options.stages) or (_STAGE_ENDS if timesteps == _STAGE_ENDS[-1] else (timesteps,))
        if options.dims_per_stage is not None:
            return TimestepGroups.unequal(options.k, timesteps, ends, _numbers(options.dims_per_stage))
        cut = [int(dims / options.k * i) for i in range(options.k + 1)]  # as official, also where k is no divisor
        return TimestepGroups(timesteps, tuple(b - a for a, b in pairwise(cut)), ends)

    @model_validator(mode="after")
    def _consistent(self) -> RunOptions:
        encoder, latent = self.encoder_config, self.decoder_config.latent_dim
        if encoder.latent_dim != latent:
            raise ValueError(f"the encoder gives {encoder.latent_dim} latent dims and the decoder takes {latent}")
        if encoder.shape.image_size != self.dataset.image_size:
            raise ValueError(
                f"{encoder.model} takes {encoder.shape.image_size} pixels and the pictures have "
                f"{self.dataset.image_size}"
            )
        if self.groups.latent_dim != latent:
            raise ValueError(f"dims_per_stage add up to {self.groups.latent_dim} and not to {latent} latent dims")
        return self


class DpmOptions(_Options):
    """config.yml of a pre-trained diffusion model."""

    denoise_fn_config: UNetOptions
    diffusion_config: DiffusionOptions = DiffusionOptions()


@dataclass(frozen=True)
class ClassifierFile:
    """A classifier of the manipulation stage; ``attribute`` is None where it tells the forty of CelebA."""

    path: Path
    attribute: str | None


@dataclass(frozen=True)
class RunFolder:
    """A run folder whose parts were found and whose options agree with each other."""

    path: Path
    options: RunOptions
    unet: UNetOptions
    checkpoint: Path
    statistics: Path | None
    classifiers: tuple[ClassifierFile, ...]


def open_run(folder: Path) -> RunFolder:
    """Finds the parts of a run of DiTi or PDAE.

    Raises:
        UsageError: it is no such folder, a part is missing, or options are not supported or contradict each other.
    """
    raw = _read_yaml(folder / CONFIG)
    _refuse_others(folder, raw)
    dataset = raw.get("train_dataset_config", raw.get("dataset_config"))
    options = _checked(RunOptions, raw | {"dataset": dataset}, folder / CONFIG)
    checkpoint = next((folder / name for name in CHECKPOINTS if (folder / name).is_file()), None)
    if checkpoint is None:
        raise UsageError(f"{folder} has no {CHECKPOINTS[0]}: a run folder of the official code holds one.")
    dpm = _dpm_config(folder, options)
    unet = _checked(DpmOptions, _read_yaml(dpm), dpm).denoise_fn_config
    if options.dataset.image_size % 2 ** (len(unet.channels) - 1):
        raise UsageError(
            f"{dpm} contradicts {folder / CONFIG}: {len(unet.channels)} levels cannot take "
            f"{options.dataset.image_size} pixels."
        )
    statistics = folder / STATISTICS
    return RunFolder(
        folder, options, unet, checkpoint, statistics if statistics.is_file() else None, tuple(_classifiers(folder))
    )


def open_dpm(folder: Path) -> tuple[DpmOptions, Path]:
    """Options and checkpoint of a folder of a pre-trained diffusion model.

    Raises:
        UsageError: it is no such folder, or its network is not supported.
    """
    options = _checked(DpmOptions, _read_yaml(folder / CONFIG), folder / CONFIG)
    checkpoint = folder / "checkpoint.pt"
    if not checkpoint.is_file():
        raise UsageError(f"{folder} has no checkpoint.pt.")
    return options, checkpoint


def _refuse_others(folder: Path, raw: Mapping[str, Any]) -> None:
    """Names the other kinds of folders that the official code has."""
    if "encoder_config" in raw:
        return
    if "trained_representation_learning_config" in raw:
        what = "a manipulation or latent stage: give the run folder of the encoder that it was made for"
    elif "denoise_fn_config" in raw:
        what = "a diffusion model without an encoder: give the folder of a DiTi or PDAE run"
    else:
        what = "no run of DiTi or PDAE: its config.yml has no encoder_config"
    raise UsageError(f"{folder} is {what}.")


def _dpm_config(folder: Path, options: RunOptions) -> Path:
    own = folder / DPM_CONFIG
    named = options.trained_ddpm_config
    if own.is_file() or named is None:
        if not own.is_file():
            raise UsageError(f"{folder / CONFIG} names no trained_ddpm_config, and there is no {own}.")
        return own
    path = Path(named)
    bare = Path(*(part for part in path.parts if part not in ("..", ".")))
    places = [path] if path.is_absolute() else [parent / bare for parent in (folder, *folder.resolve().parents)]
    for place in places:
        if place.is_file():
            return place
    raise UsageError(
        f"The options of the frozen diffusion model, {named}, were not found near {folder}: put pre-trained-dpms "
        f"beside runs as in the official layout, or a copy of that config.yml at {own}."
    )


def _classifiers(folder: Path) -> list[ClassifierFile]:
    """The last epoch of each classifier of DiTi, then PDAE's; those made for averaged weights before the others."""
    found = dict[tuple[str, str], ClassifierFile]()
    stages = [(m, p) for p in sorted(folder.glob("mp-*")) if (m := _MANIPULATION.fullmatch(p.name)) and p.is_dir()]
    for match, stage in sorted(stages, key=lambda entry: entry[0]["ema"] is None):
        epochs = sorted((p for p in stage.glob("*.pt") if p.stem.isdigit()), key=lambda p: int(p.stem))
        if epochs:
            attribute = None if match["attribute"] == "all" else match["attribute"]
            found.setdefault((match["attribute"], match["dims"]), ClassifierFile(epochs[-1], attribute))
    forty = [ClassifierFile(folder / name, None) for name in CLASSIFIERS if (folder / name).is_file()]
    return [*found.values(), *forty[:1]]


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise UsageError(f"{path} is refused: options are not larger than {_MAX_CONFIG_BYTES >> 20} MiB.")
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{path.parent} is no folder of the official DiTi or PDAE code: it has no {path.name}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{path} is no plain YAML, so it is refused.") from error
    if not isinstance(raw, dict):
        raise UsageError(f"{path} holds no options.")
    return raw


_Checked = TypeVar("_Checked", bound=_Options)


def _checked(kind: type[_Checked], raw: Mapping[str, Any], path: Path) -> _Checked:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"{path} cannot be used: {f'{where}: ' if where else ''}{message}.") from error


def _numbers(text: str | None) -> tuple[int, ...]:
    """The numbers of ``10,25,327``; pydantic turns the ValueError into a sentence."""
    return tuple(int(part) for part in text.split(",")) if text else ()
