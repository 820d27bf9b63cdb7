"""Images a second of a training step, against a plain diffusers loop on the same network; data's share; memory."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np

from benchmarks.machine import print_table

PLAIN, DM, DITI = "plain diffusers", "stage dm", "stage diti"
LOOPS = (PLAIN, DM, DITI)
_PICTURES = 128


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--preset", default="demo-faces")
    parser.add_argument("--data", help="pictures to train on; generated ones without")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5, help="of one step of each loop, one after the other")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--alone", choices=LOOPS, help="one loop only, and its peak memory")


def run(options: argparse.Namespace) -> None:
    """The loops take turns, so that a busy machine is busy for all of them; ratios are medians over the rounds.

    The plain loop is diffusers' example of unconditional training: DDPMScheduler.add_noise, the mean squared error of
    eps, clipping, AdamW; its pictures lie ready as tensors. Stage dm trains the same network in our loop, stage diti
    its encoder and its shift branch, while the network itself is evaluated.
    """
    with tempfile.TemporaryDirectory() as folder:
        names = (options.alone,) if options.alone else LOOPS
        steps = {name: _Loop(name, options, Path(folder)) for name in names}
        for step in steps.values():
            step()  # the first allocates and compiles kernels
        seconds: dict[str, list[float]] = {name: [] for name in names}
        waits: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(options.rounds):
            for name, step in steps.items():
                began = time.perf_counter()
                step()
                seconds[name].append(time.perf_counter() - began)
                waits[name].append(step.waited)
        if options.alone:
            print(f"peak {_peak():.2f} GiB")
            return
        rows = list[list[object]]()
        for name in names:
            ratios = [mine / plain for mine, plain in zip(seconds[name], seconds[PLAIN], strict=True)]
            spent = statistics.median(seconds[name])
            rows.append([
                name, steps[name].weights, options.batch / spent, statistics.median(ratios),
                "" if name == PLAIN else f"{100 * statistics.median(waits[name]) / spent:.2f} %",
                "" if name == PLAIN else f"{100 * steps[name].drawing() / spent:.2f} %",
                _alone(name, options),
            ])  # fmt: skip
    print(f"{options.preset}, batch {options.batch}, {options.rounds} rounds\n")
    print_table(
        (
            "loop", "trained weights (millions)", "images/s", "time of a step over the plain loop's",
            "step spent waiting for data", "making a batch, in its own thread, over a step", "peak memory alone (GiB)",
        ),
        rows,
    )  # fmt: skip


class _Loop:
    """One step at each call; ``waited`` is how long the last one stood waiting for data, in seconds."""

    def __init__(self, name: str, options: argparse.Namespace, folder: Path) -> None:
        import torch

        from trainer.config import load_preset, override, resolve
        from trainer.data import Mixture

        if options.threads:
            torch.set_num_threads(options.threads)
        torch.manual_seed(0)
        config = resolve(override(load_preset(options.preset), [f"{s}.batch={options.batch}" for s in ("dm", "diti")]))
        source = options.data or str(_pictures(folder / "pictures", config.image_size))
        config = config.model_copy(update={"data": config.data.model_copy(update={"sources": (source,)})})
        self.waited = 0.0
        self._draw: Callable[[], object] = lambda: None
        if name == PLAIN:
            self._step, trained = _plain(config, options.batch)
        else:
            mixture = Mixture.open(config.data, config.image_size)
            rng = np.random.default_rng(0)
            self._draw = lambda: mixture.draw(options.batch, rng)
            self._step, trained = self._ours(config, "dm" if name == DM else "diti", folder / name, mixture)
        self.weights = trained / 1e6

    def __call__(self) -> None:
        self.waited = 0.0
        self._step()

    def drawing(self) -> float:
        """Seconds that a batch takes to make."""
        times = list[float]()
        for _ in range(20):
            began = time.perf_counter()
            self._draw()
            times.append(time.perf_counter() - began)
        return statistics.median(times)

    def _ours(self, config: Any, stage: Any, folder: Path, mixture: Any) -> tuple[Callable[[], object], int]:
        from trainer import checkpoints, objective
        from trainer.loop import Trainer
        from trainer.models import ShiftDecoder

        model = checkpoints.build_diffusion(config)
        target: Any = objective.DiffusionObjective(model)
        if stage == "diti":
            target = objective.DitiObjective(
                checkpoints.build_encoder(config),
                ShiftDecoder(model, config.encoder.latent_dim),
                config.timestep_groups,
                config.objective,
                objective.paper_weights(model.schedule),
                mixture.table.binary,
            )
        trainer = Trainer(config, stage, folder, target, mixture, _accelerator())
        take = trainer.data.take

        def timed() -> Any:
            began = time.perf_counter()
            batch = take()
            self.waited += time.perf_counter() - began
            return batch

        trainer.data.take = timed
        return trainer.advance, _trained(target)


def _plain(config: Any, batch: int) -> tuple[Callable[[], object], int]:
    """Diffusers' example, on the grid that the network works on."""
    import torch
    from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
    from torch.nn import functional

    from trainer.checkpoints import build_diffusion

    unet, accelerator, fit = build_diffusion(config).unet.train(), _accelerator(), config.dm
    noising = DDPMScheduler(num_train_timesteps=config.diffusion.timesteps)
    model, optimiser = accelerator.prepare(unet, torch.optim.AdamW(unet.parameters(), lr=fit.rate))
    side = config.image_size // config.diffusion.unshuffle
    pictures = torch.rand(batch, 3 * config.diffusion.unshuffle**2, side, side, device=accelerator.device) * 2 - 1

    def step() -> None:
        noise = torch.randn_like(pictures)
        t = torch.randint(0, config.diffusion.timesteps, (batch,), device=pictures.device)
        noised = noising.add_noise(pictures, noise, cast(Any, t))
        loss = functional.mse_loss(model(noised, t).sample.float(), noise)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()

    return step, _trained(unet)


def _accelerator() -> Any:
    import torch
    from accelerate import Accelerator

    from trainer.loop import native_bf16

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return Accelerator(mixed_precision="bf16" if native_bf16(device) else "no")


def _trained(module: Any) -> int:
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def _pictures(folder: Path, size: int) -> Path:
    from PIL import Image

    if not folder.is_dir():
        folder.mkdir()
        rng = np.random.default_rng(0)
        for i in range(_PICTURES):
            Image.fromarray(rng.integers(0, 256, (size, size, 3), np.uint8)).save(folder / f"{i:03d}.png")
    return folder


def _alone(name: str, options: argparse.Namespace) -> str:
    """Peak memory of a process with that loop only."""
    command = [sys.executable, "-m", "benchmarks", "training", "--alone", name, "--rounds", "1"]
    command += ["--preset", options.preset, "--batch", str(options.batch), "--threads", str(options.threads)]
    command += ["--data", options.data] if options.data else []
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.rpartition("peak ")[2].split()[0]


def _peak() -> float:
    """Peak resident memory of this process in GiB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count in what the parent had when it started this process
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**30
