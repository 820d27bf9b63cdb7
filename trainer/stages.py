"""Sets a run up: its folder, its networks, its data; then hands it to the loop."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator

from diti_studio.core.errors import UsageError
from diti_studio.core.packs import Pack
from trainer import checkpoints, initial, objective, runs, tuning
from trainer.config import Config, Stage
from trainer.data import Mixture
from trainer.loop import Trainer, native_bf16, take_over, to_tensor
from trainer.models import DiffusionModel, ShiftDecoder
from trainer.render.files import write_whole
from trainer.storage import narrow

# What decides the networks and what they mean; a run cannot go on with others.
_FIXED = {
    "dm": ("image_size", "diffusion"),
    "diti": ("image_size", "encoder", "groups", "objective.frozen_storage"),
}


def train(
    config: Config,
    stage: Stage,
    run: Path,
    *,
    dm: Path | None = None,
    init: Path | None = None,
    max_images: int | None = None,
) -> bool:
    """Trains a stage in a run folder, or goes on where an earlier call stopped there.

    Args:
        dm: for a new DiTi run, its frozen diffusion model: a diffusers folder or a run of the DM stage. Not needed
            with ``init``, whose diffusion model is then taken. A run that was begun from a pack keeps it.
        init: a model pack, or an earlier run of the same stage, whose (averaged) weights are the start of a new one;
            for the DM stage a diffusers folder will do.
        max_images: how many images the run sees in all; by default what the options say.

    Returns:
        False when a signal stopped it before; it can be resumed then.

    Raises:
        DitiError: something is missing or does not fit; one sentence.
    """
    if config.loop.threads:
        torch.set_num_threads(config.loop.threads)
    begin = _Beginning.of(init, run, stage)
    accelerator = _accelerator(config, stage)
    mixture = Mixture.open(config.data, config.image_size)
    if accelerator.is_main_process:
        _open_folder(config, stage, run, mixture)
        if begin.pack is not None:
            initial.keep(begin.pack, run)
    accelerator.wait_for_everyone()
    state = checkpoints.load(run)
    torch.manual_seed(config.loop.seed)
    if stage == "dm":
        model = checkpoints.build_diffusion(config)
        if state is None and begin.given:
            _continue_from(model, begin)
        target: Any = objective.DiffusionObjective(model)
    else:
        target = _diti(config, run, dm, begin, mixture, accelerator)
        if state is None and begin.given:
            _start_from(target, begin.weights(), begin.name)
    trainer = Trainer(config, stage, run, target, mixture, accelerator, state)
    done = trainer.fit(max_images if max_images is not None else config.fit(stage).images)
    if accelerator.is_main_process:
        _note(config, stage, run, mixture)  # where pictures are decoded as they are drawn, bad ones turn up late
    if stage == "dm" and accelerator.is_main_process:
        checkpoints.load_diffusion(run).save(run / "dm", images_seen=trainer.images)
    elif begin.pack is not None and done and accelerator.is_main_process:
        tuning.check(run, mixture)
    return done


@dataclass(frozen=True, eq=False)
class _Beginning:
    """What a new run takes its weights from: a pack, an earlier run or a diffusers folder, or nothing."""

    path: Path | None
    pack: Pack | None

    @classmethod
    def of(cls, init: Path | None, run: Path, stage: Stage) -> _Beginning:
        """What ``--init`` names, or the pack that the run keeps from when it was begun."""
        if init is None:
            return cls(None, initial.kept(run))
        if (init / runs.CONFIG).is_file() or (stage == "dm" and (init / "config.json").is_file()):
            if stage == "diti" and runs.read_config(init)[1] != stage:
                raise UsageError(f"{init} trained a diffusion model: give it as --dm.")
            return cls(init, None)
        return cls(init, initial.pack_of(init))

    @property
    def given(self) -> bool:
        return self.path is not None or self.pack is not None

    @property
    def name(self) -> str:
        return str(self.path or (self.pack and self.pack.path))

    @cached_property
    def start(self) -> initial.Start:
        assert self.pack is not None
        return initial.load(self.pack)

    def diffusion(self) -> DiffusionModel:
        """The frozen diffusion model."""
        if self.pack is not None:
            return self.start.decoder.frozen
        assert self.path is not None
        return checkpoints.load_diffusion(self.path)

    def weights(self) -> dict[str, torch.Tensor]:
        """Encoder, branch and perhaps factor head, under the names of a checkpoint."""
        if self.pack is not None:
            return self.start.weights()
        assert self.path is not None
        state = checkpoints.load(self.path)
        if state is None:
            raise UsageError(f"{self.path} has no checkpoint to start from.")
        return state["model"] | state["ema"]


def _accelerator(config: Config, stage: Stage) -> Accelerator:
    wish = config.loop.precision
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    half = wish == "bf16" or (wish == "auto" and native_bf16(device))
    return Accelerator(
        mixed_precision="bf16" if half else "no", gradient_accumulation_steps=config.fit(stage).accumulate
    )


def _diti(
    config: Config, run: Path, dm: Path | None, begin: _Beginning, mixture: Mixture, accelerator: Accelerator
) -> objective.DitiObjective:
    frozen = _frozen(config, run, dm, begin, accelerator)
    options, schedule = config.objective, frozen.schedule
    weights = objective.paper_weights(schedule)
    if options.weight == "measured":
        errors = _errors(run, frozen, mixture, config, accelerator)
        weights = objective.measured_weights(errors, options.weight_power, schedule.timesteps)
    decoder = ShiftDecoder(frozen, config.encoder.latent_dim)
    encoder = checkpoints.build_encoder(config).requires_grad_(options.train_encoder)
    return objective.DitiObjective(encoder, decoder, config.timestep_groups, options, weights, mixture.table.binary)


def _frozen(config: Config, run: Path, dm: Path | None, begin: _Beginning, accelerator: Accelerator) -> DiffusionModel:
    """The run's own diffusion model, copied into its folder when the run begins."""
    own = run / "dm"
    if not (own / "diti.json").is_file():  # written last
        if dm is None and not begin.given:
            raise UsageError("A new run needs a diffusion model: give --dm FOLDER, or train one with --stage dm.")
        if accelerator.is_main_process:
            model = checkpoints.load_diffusion(dm) if dm is not None else begin.diffusion()
            narrow(model, config.objective.frozen_storage)
            model.save(own)
        accelerator.wait_for_everyone()
    model = DiffusionModel.from_folder(own)
    if model.image_size != config.image_size:
        raise UsageError(
            f"The diffusion model makes pictures of {model.image_size} pixels, and image_size is {config.image_size}."
        )
    if model.schedule.timesteps != config.diffusion.timesteps:
        raise UsageError(
            f"The diffusion model has {model.schedule.timesteps} time-steps, "
            f"and diffusion.timesteps is {config.diffusion.timesteps}."
        )
    return model


def _errors(
    run: Path, frozen: DiffusionModel, mixture: Mixture, config: Config, accelerator: Accelerator
) -> np.ndarray:
    """The frozen model's error by time, measured once and kept."""
    path = run / runs.WEIGHTS
    if accelerator.is_main_process and not path.is_file():
        rng = np.random.default_rng(config.loop.seed)
        frozen.to(accelerator.device)
        bins = min(objective.BINS, frozen.schedule.timesteps)
        pictures = (to_tensor(mixture.draw(48, rng).images, accelerator.device) for _ in range(bins))
        errors = objective.frozen_errors(frozen, pictures, torch.Generator().manual_seed(config.loop.seed))
        text = json.dumps({"frozen_errors": errors.tolist()})
        write_whole(path, lambda file: file.write(text.encode()))
    accelerator.wait_for_everyone()
    try:
        return np.array(json.loads(path.read_text(encoding="utf-8"))["frozen_errors"], np.float64)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} cannot be read: remove it to have it measured again.") from error


def _continue_from(model: DiffusionModel, begin: _Beginning) -> None:
    """Takes the weights of an earlier diffusion model, which must be the same network with the same meaning."""
    start = begin.diffusion()
    for name in ("prediction", "unshuffle", "schedule"):
        if getattr(start, name) != getattr(model, name):
            raise UsageError(f"The diffusion model in {begin.name} differs from the options in its {name}.")
    checkpoints.load_part(model.unet, start.unet.state_dict(), "", Path(begin.name))


def _start_from(target: objective.DitiObjective, weights: dict[str, torch.Tensor], origin: str) -> None:
    """Takes over earlier networks; the factor head only when it knows the same factors."""
    own = target.state_dict()
    heads = [name for name in own if name.startswith("head.")]
    weights = {name: value for name, value in weights.items() if not name.startswith("head.")} | {
        name: weights[name] if name in weights and weights[name].shape == own[name].shape else own[name]
        for name in heads
    }
    take_over(target, weights, Path(origin))


def _open_folder(config: Config, stage: Stage, run: Path, mixture: Mixture) -> None:
    """Makes the run folder, or checks that the run in it can go on with these options, and notes the options."""
    if (run / runs.CONFIG).is_file():
        before, was = runs.read_config(run)
        if was != stage:
            raise UsageError(f"{run} holds a run of stage {was}: choose another folder.")
        for name in _FIXED[stage]:
            if attrgetter(name)(before) != attrgetter(name)(config):
                raise UsageError(f"{run} was begun with other options in {name!r}: choose another folder for new ones.")
    elif run.exists() and (not run.is_dir() or any(run.iterdir())):
        raise UsageError(f"{run} already holds something else: choose an empty or a new folder.")
    _note(config, stage, run, mixture)


def _note(config: Config, stage: Stage, run: Path, mixture: Mixture) -> None:
    """Writes config.json."""
    record = {
        "stage": stage,
        "code": code_version(),
        "data": [
            {"path": str(s.folder), "share": round(float(w), 6), "pictures": len(s), "fingerprint": s.fingerprint}
            for s, w in zip(mixture.sources, mixture.weights, strict=True)
        ],
        "unreadable": [note for source in mixture.sources for note in source.notes],
        "config": config.model_dump(mode="json"),
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    write_whole(run / runs.CONFIG, lambda file: file.write(text.encode()))


def code_version() -> str:
    """The installed version, and the commit in a checkout."""
    version = importlib.metadata.version("diti-studio")
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=Path(__file__).parent, capture_output=True, text=True, timeout=5, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return version
    return f"{version} ({done.stdout.strip()})"
