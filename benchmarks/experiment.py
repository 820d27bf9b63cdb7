"""Trains small representations of rendered shapes by the trainer's own loop, and measures them. Needs the extra
``train``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from diti_studio.core import sampler
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.tensors import to_model
from trainer import checkpoints
from trainer.config import Config, resolve
from trainer.evaluation import heldout
from trainer.evaluation.engine import TorchNetworks
from trainer.evaluation.factors import Factors
from trainer.evaluation.records import plain
from trainer.evaluation.representation import measure_disentanglement, read_representation
from trainer.evaluation.timesteps import time_map
from trainer.render.dataset import render
from trainer.render.domains import domain
from trainer.render.files import write_whole
from trainer.stages import train

KIND, SIZE = "shapes", 32
STAGE_ENDS = (50, 100, 300, 500, 1000)
GROUPS = 20
STAGE_DIMS = (2, 4, 44, 18, 12)
"""The paper's 10, 25, 327, 100 and 50 of 512 dims, brought to 80, with one dim a group at least."""
LATENT_DIM = sum(STAGE_DIMS)

_TRAINING_SEED, _MEASURING_SEED = 1, 2
_FITTED = 0.6  # of the measured pictures: probes are fitted on them, figures are of the others
_RECONSTRUCTED, _STEPS = 64, 20

Say = Callable[[str], None]


@dataclass(frozen=True)
class Variant:
    """One way to learn a representation; everything else is the same."""

    name: str
    title: str
    layout: Literal["unequal", "balanced", "single"]
    loss: Literal["base", "stop_grad", "dual"] = "base"


VARIANTS = (
    Variant("unequal", "DiTi, unequal groups", "unequal"),
    Variant("pdae", "PDAE (k = 1)", "single"),
    Variant("balanced", "DiTi, balanced groups", "balanced"),
    Variant("dual", "DiTi, unequal, `dual`", "unequal", "dual"),
    Variant("stop-grad", "DiTi, unequal, `stop_grad`", "unequal", "stop_grad"),
)


class Experiment:
    """A folder of pictures, a diffusion model and many runs; whatever is there already is not made again.

    Args:
        images: that each representation is trained on; the diffusion model sees twice as many.
        pictures, measured: how many are rendered to train on and to measure on.
        minutes: after so long no further run is begun.
    """

    def __init__(
        self, folder: Path, *, images: int, pictures: int, measured: int, minutes: float, threads: int = 0,
        say: Say = print,
    ) -> None:  # fmt: skip
        self.folder, self.images, self.threads, self._say = folder, images, threads, say
        self._pictures, self._measured = pictures, measured
        self._end = time.monotonic() + 60 * minutes

    def run(self, seeds: int) -> list[dict[str, Any]]:
        """All variants with all seeds, as far as the time allows; the records of those that are done."""
        for name, count, seed in (
            ("training", self._pictures, _TRAINING_SEED),
            ("measuring", self._measured, _MEASURING_SEED),
        ):
            render(KIND, count, self.folder / name, size=SIZE, seed=seed, workers=self.threads or None)
        out = list[dict[str, Any]]()
        if not self._trained(self.folder / "dm", "dm", self.config(VARIANTS[0], 0), 2 * self.images):
            return out
        for seed in range(seeds):
            for variant in VARIANTS:
                record = self._record(variant, seed)
                if record is not None:
                    out.append(record)
        return out

    def config(self, variant: Variant, seed: int) -> Config:
        """The options of a run."""
        fit = {"images": self.images, "batch": 32, "warmup_images": 1000, "ema": 0.995}
        return resolve({
            "image_size": SIZE,
            "domain": KIND,
            "diffusion": {
                "prediction": "v_prediction", "unshuffle": 4, "channels": [64, 64], "attention": [False, True],
                "layers": 1, "head_dim": 32,
            },
            "encoder": {"latent_dim": LATENT_DIM, "channels": [32, 64, 64], "attention_after": 2},
            "groups": {
                "layout": variant.layout, "count": GROUPS, "stage_ends": STAGE_ENDS, "stage_dims": STAGE_DIMS,
            },
            "objective": {"loss": variant.loss, "guidance": "sampling", "weight": "measured"},
            "dm": fit | {"images": 2 * self.images, "optimiser": "adamw", "rate": 1e-3},
            "diti": fit | {"rate": 1e-3},
            "data": {"sources": [str(self.folder / "training")], "flip": False},
            "loop": {
                "seed": seed, "threads": self.threads, "log_steps": 200, "check_steps": 10**9, "grid_steps": 0,
                "checkpoint_minutes": 2,
            },
        })  # fmt: skip

    def _record(self, variant: Variant, seed: int) -> dict[str, Any] | None:
        run = self.folder / f"{variant.name}-{seed}"
        path = run / "measures.json"
        if path.is_file():
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["images"] >= self.images:
                return found
        if not self._trained(run, "diti", self.config(variant, seed), self.images):
            return None
        self._say(f"measuring {run.name}")
        record = plain({"variant": variant.name, "seed": seed, **self.measure(run, variant)})
        write_whole(path, lambda file: file.write(json.dumps(record, indent=1).encode()))
        return record

    def _trained(self, run: Path, stage: Literal["dm", "diti"], config: Config, images: int) -> bool:
        """Whether the run is complete, after training it where it is not and there is time."""
        state = checkpoints.load(run)
        if state is not None and state["images"] >= images:
            return True
        if time.monotonic() > self._end:
            self._say(f"no time for {run.name}")
            return False
        self._say(f"training {run.name}")
        return train(config, stage, run, dm=None if stage == "dm" else self.folder / "dm", max_images=images)

    @cached_property
    def _pictures_and_factors(self) -> tuple[np.ndarray, Factors]:
        pictures = heldout.load(self.folder / "measuring", SIZE)
        domains = {name: factor.describe() for name, factor in domain(KIND).factors.items()}
        return np.asarray(pictures.images[:]), Factors.of(pictures.columns, domains)

    def measure(self, run: Path, variant: Variant) -> dict[str, Any]:
        """All figures of a run, on pictures of another series than it was trained on."""
        trained = checkpoints.load_run(run)
        networks = TorchNetworks(trained.encoder, trained.decoder)
        images, factors = self._pictures_and_factors
        z = np.concatenate([networks.encode(to_model(images[i : i + 250])) for i in range(0, len(images), 250)])
        z = z.astype(np.float64)
        fit = np.arange(len(z)) < _FITTED * len(z)
        # a latent of one group is cut as those that it is compared with are
        cuts = {variant.layout: trained.groups}
        if variant.layout == "single":
            cuts = {v.layout: self.config(v, 0).timestep_groups for v in VARIANTS if v.layout != "single"}
        return {
            "images": trained.images,
            "read": read_representation(z, factors, fit),
            "cuts": {
                name: {
                    "disentanglement": {d.units: d for d in measure_disentanglement(z, factors, fit, groups, "forest")},
                    "time": time_map(z, factors, fit, groups),
                }
                for name, groups in cuts.items()
            },
            "mse": self._reconstruction(networks, trained.groups, trained, images[-_RECONSTRUCTED:]),
        }

    def _reconstruction(
        self, networks: TorchNetworks, groups: TimestepGroups, run: checkpoints.Run, images: np.ndarray
    ) -> dict[str, float]:
        """Mean squared error of pictures in 0..1 that are generated from z, from the inverted x_T and from noise."""
        x = to_model(images)
        z = networks.encode(x)
        diffusion = sampler.Diffusion(networks.denoise, groups, run.schedule)
        inverted = sampler.last(sampler.invert(diffusion, x, z, _STEPS, solver="ddim"))  # as the papers do
        random = np.random.default_rng(0).standard_normal(x.shape).astype(np.float32)
        out = dict[str, float]()
        for name, start in (("inferred", inverted), ("random", random)):
            again = sampler.last(sampler.generate(diffusion, start, z, _STEPS, solver="ddim"))
            out[name] = float(np.square((np.clip(again, -1, 1) - x) / 2).mean())
        return out
