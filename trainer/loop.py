"""The training loop, the same for both stages: one step after another, kept safe and exactly resumable."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list, gather_object

from diti_studio.core.errors import DitiError, UsageError
from trainer import checkpoints, grids, optimiser
from trainer.config import Config, FitOptions, Stage
from trainer.data import Mixture, Prefetched
from trainer.ema import Averages
from trainer.journal import Journal
from trainer.objective import DiffusionObjective, DitiObjective
from trainer.runs import first_line

FIFTHS = 5
"""The error relative to the frozen model is told for so many equal parts of the time axis."""

_CHECKED = 96  # held-out pictures that it is told for
_GRID = 8  # pictures from each source in a grid
_PATIENCE = 20  # steps in a row whose gradient may be infinite or no number
_FROZEN = "decoder.frozen."
_BACKEND = "inductor"


class Trainer:
    """Trains one stage of a run.

    Each process draws a stream of pictures, time-steps and noise of its own, from the seed and its rank: a run on
    other numbers of processes is another run of the same kind. Within one number of processes runs repeat exactly.

    Args:
        objective: holds the networks; its forward gives the losses.
        run: the run folder, with config.json in place.
        state: a checkpoint to go on from.
    """

    def __init__(
        self,
        config: Config,
        stage: Stage,
        run: Path,
        objective: DiffusionObjective | DitiObjective,
        mixture: Mixture,
        accelerator: Accelerator,
        state: dict[str, Any] | None = None,
    ) -> None:
        self.config, self.stage, self.run = config, stage, run
        self.objective, self.mixture, self.accelerator = objective, mixture, accelerator
        self.options: FitOptions = config.fit(stage)
        self._passes = accelerator.num_processes * self.options.accumulate
        if self.options.batch % self._passes:
            raise UsageError(f"A batch of {self.options.batch} cannot be shared by {self._passes} passes.")
        objective.to(accelerator.device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
        self.averages = Averages(objective, self.options.ema)
        self.optimiser = accelerator.prepare(optimiser.build(objective, self.options))
        self.model = accelerator.prepare(objective)
        kept = objective.state_dict(keep_vars=True)
        self._running = [b for n, b in objective.named_buffers() if n in kept and not n.startswith(_FROZEN)]
        self._trouble = self._compile() if config.loop.compile else ""
        self.step = self.images = self._bad_steps = 0
        seed = (config.loop.seed, accelerator.process_index)
        torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
        position = self._restore(state) if state is not None else ""
        if accelerator.device.type == "cuda":
            mixture.keep_on(accelerator.device, config.data.device_mib)
        self.data = Prefetched(mixture, self.options.batch // self._passes, seed, position)
        self._position = position
        self._watched = _Watched(objective, mixture, accelerator.device) if accelerator.is_main_process else None

    def fit(self, total: int) -> bool:
        """Trains until ``total`` images have been seen, and writes a checkpoint. False when a signal stopped it before.

        Raises:
            DitiError: the loss stays infinite or no number; a checkpoint cannot be written.
        """
        loop, main = self.config.loop, self.accelerator.is_main_process
        journal = Journal(self.run, self.images, total) if main else None
        if journal:
            journal.line(self._description())
            if self._trouble:
                journal.line(self._trouble)
        sums, summed = dict[str, torch.Tensor](), 0
        saved = time.monotonic()
        stopped, saved_step = False, self.step
        try:
            with _signals() as asked, self.data:
                while self.images < total and not stopped:
                    losses = self.advance()
                    for name, value in losses.items():
                        sums[name] = sums.get(name, 0) + value
                    summed += bool(losses)
                    if journal and not losses:
                        journal.line(f"step {self.step}  left out: the gradient was infinite or no number")
                    if self.step % loop.log_steps == 0:
                        means = self._means(sums, summed)
                        if journal and means:
                            journal.progress(self.step, self.images, means)
                        sums, summed = {}, 0
                    if journal and self.step % loop.check_steps == 0:
                        self._check(journal)
                    if journal and loop.grid_steps and self.step % loop.grid_steps == 0:
                        self._grid(journal)
                    due = time.monotonic() - saved >= 60 * loop.checkpoint_minutes
                    stopped, due = self._agreed(asked.is_set, due)
                    if due and not stopped:
                        self.save()
                        saved, saved_step = time.monotonic(), self.step
            if self.step > saved_step:
                self.save()
            if journal:
                journal.line(f"{'Stopped' if stopped else 'Done'} at step {self.step}, {self.images} images.")
        finally:
            if journal:
                journal.close()
        return not stopped

    def save(self) -> None:
        """Writes a checkpoint; every process must call it."""
        rng = {"torch": torch.get_rng_state(), "data": self._position}
        if self.accelerator.device.type == "cuda":
            rng["cuda"] = torch.cuda.get_rng_state(self.accelerator.device)
        everyone = gather_object([rng])
        if not self.accelerator.is_main_process:
            return
        model = {n: v for n, v in self.objective.state_dict().items() if not n.startswith(_FROZEN)}
        checkpoints.save(
            self.run,
            self.step,
            {
                "stage": self.stage,
                "images": self.images,
                "model": _on_cpu(model),
                "ema": _on_cpu(self.averages.values),
                "optimizer": self.optimiser.state_dict(),
                "rng": everyone,
            },
        )

    def _description(self) -> str:
        pictures = sum(int((~source.held).sum()) for source in self.mixture.sources)
        weights = sum(p.numel() for p in self._trained())
        device, precision = self.accelerator.device, self.accelerator.mixed_precision
        bad = sum(len(source.notes) for source in self.mixture.sources)
        return (
            f"{self.stage}: {pictures} pictures, {weights / 1e6:.1f} M trained weights, {device} "
            f"{'fp32' if precision == 'no' else precision}, from step {self.step}"
            + (f"; {bad} files could not be read (config.json lists them)" if bad else "")
        )

    def _restore(self, state: dict[str, Any]) -> str:
        """Takes everything over from a checkpoint; returns where in the data this process was."""
        if state["stage"] != self.stage:
            raise UsageError(f"The checkpoint in {self.run} is one of stage {state['stage']}, not {self.stage}.")
        take_over(self.objective, state["model"], self.run)
        self.averages.load(state["ema"])
        try:
            optimiser.restore(self.optimiser, state["optimizer"])
        except (ValueError, KeyError) as error:
            raise UsageError(f"The optimiser in {self.run} does not fit the options: {error}") from error
        self.step, self.images = state["step"], state["images"]
        rank, entries = self.accelerator.process_index, state["rng"]
        if rank >= len(entries):  # more processes than before: they begin streams of their own
            return ""
        torch.set_rng_state(entries[rank]["torch"])
        if "cuda" in entries[rank] and self.accelerator.device.type == "cuda":
            torch.cuda.set_rng_state(entries[rank]["cuda"], self.accelerator.device)
        return entries[rank]["data"]

    def _means(self, sums: dict[str, torch.Tensor], count: int) -> dict[str, float]:
        """The mean losses of ``count`` steps over all processes; nothing when all steps were left out."""
        if not count:
            return {}
        means: Any = self.accelerator.reduce(torch.stack(list(sums.values())).float() / count, "mean")
        return dict(zip(sums, means.tolist(), strict=True))

    def _compile(self) -> str:
        """Compiles the step, in place, and tries it; returns what to say when it has to run as it is."""
        side, count = self.config.image_size, self.options.batch // self._passes
        x = torch.zeros(count, 3, side, side, device=self.accelerator.device).to(memory_format=torch.channels_last)
        t = torch.zeros(count, dtype=torch.int64, device=x.device)
        targets = torch.full((count, len(self.mixture.table.names)), torch.nan, device=x.device)
        devices = [x.device] if x.device.type == "cuda" else []
        running = [buffer.clone() for buffer in self._running]
        self.objective.compile(backend=_BACKEND)
        trouble = ""
        try:
            with torch.random.fork_rng(devices=devices):
                self.accelerator.backward(self.model(x, t, torch.zeros_like(x), targets)["loss"])
        except Exception as error:  # whatever the compilers of a machine raise
            self.objective._compiled_call_impl = None
            trouble = f"torch.compile does not work here and is left out ({first_line(error)})."
        self.optimiser.zero_grad()
        self._put_back(running)
        return trouble

    @torch.no_grad()
    def _put_back(self, running: list[torch.Tensor]) -> None:
        for buffer, value in zip(self._running, running, strict=True):
            buffer.copy_(value)

    def advance(self) -> dict[str, torch.Tensor]:
        """One optimiser step; returns the losses, detached, or nothing when the step was left out."""
        accelerator, options = self.accelerator, self.options
        running = [buffer.clone() for buffer in self._running]
        if options.warmup_images:
            for group in self.optimiser.param_groups:
                group["lr"] = options.rate * min(1.0, (self.images + options.batch) / options.warmup_images)
        sums = dict[str, torch.Tensor]()
        sound = True
        for _ in range(options.accumulate):
            batch = self.data.take()
            self._position = batch.state
            x_0 = to_tensor(batch.images, accelerator.device)
            t = torch.randint(self.config.diffusion.timesteps, (len(x_0),), device=accelerator.device)
            noise = torch.randn_like(x_0)
            targets = torch.from_numpy(batch.targets).to(accelerator.device)
            with accelerator.accumulate(self.model):
                losses = self.model(x_0, t, noise, targets)
                accelerator.backward(losses["loss"])
                if accelerator.sync_gradients:
                    norm = accelerator.clip_grad_norm_(self._trained(), options.clip or float("inf"))
                    sound = self._guard(norm)
                self.optimiser.step()
                self.optimiser.zero_grad()
            for name, value in losses.items():
                sums[name] = sums.get(name, 0) + value.detach() / options.accumulate
        self.step += 1
        self.images += options.batch
        self.averages.update(self.step)
        if not sound:
            self._put_back(running)
            return {}
        return sums

    def _guard(self, norm: torch.Tensor | float | None) -> bool:
        """Leaves out a step whose gradient is not finite; gives up when there are too many in a row."""
        if norm is None or np.isfinite(float(norm)):
            self._bad_steps = 0
            return True
        self._bad_steps += 1
        self.optimiser.zero_grad()
        for parameter in self._trained():
            parameter.grad = None
        if self._bad_steps >= _PATIENCE:
            raise DitiError(
                f"The gradient was infinite or no number {_PATIENCE} times in a row up to step {self.step}: "
                "resume with a smaller rate (the last checkpoint is kept)."
            )
        return False

    def _trained(self) -> list[torch.nn.Parameter]:
        return [p for p in self.model.parameters() if p.requires_grad]

    def _agreed(self, stop: bool, save: bool) -> tuple[bool, bool]:
        """(stop, save), the same in all processes: any may ask to stop, the main one says when to save."""
        if self.accelerator.num_processes == 1:
            return stop, save
        stops = gather_object([stop])
        flags = [any(stops), save]
        broadcast_object_list(flags)
        return flags[0], flags[1]

    def _check(self, journal: Journal) -> None:
        """Error on held-out pictures with averaged weights; for DiTi relative to the frozen model's."""
        assert self._watched is not None
        with self.averages.applied(), _evaluating(self.objective):
            values = self._watched.errors()
        name = "ratio" if self.stage == "diti" else "error"
        journal.metrics(self.step, self.images, {f"{name}/{i}": v for i, v in enumerate(values)})
        journal.line(f"step {self.step}  {name} by fifths of time  " + "  ".join(f"{v:.4g}" for v in values))

    def _grid(self, journal: Journal) -> None:
        device, objective = self.accelerator.device, self.objective
        with self.averages.applied(), _evaluating(objective):
            if isinstance(objective, DitiObjective):
                pixels = self.mixture.held_out(_GRID * len(self.mixture.sources))
                rows, psnr = grids.reconstructions(
                    objective.encoder, objective.decoder, self.config.timestep_groups, pixels, device
                )
                journal.metrics(self.step, self.images, {"psnr": psnr})
                journal.line(f"step {self.step}  reconstruction {psnr:.1f} dB")
            else:
                rows = grids.samples(objective.model, 2 * _GRID, device)
        journal.picture(self.step, grids.write_grid(self.run / "samples" / f"{self.step:08d}.png", rows))


class _Watched:
    """Held-out pictures with fixed noise at fixed time-steps: the same question at every check."""

    def __init__(self, objective: DiffusionObjective | DitiObjective, mixture: Mixture, device: torch.device) -> None:
        self.objective = objective
        generator = torch.Generator().manual_seed(0)
        self.x_0 = to_tensor(mixture.held_out(_CHECKED), device)
        count = len(self.x_0)
        model = objective.decoder.frozen if isinstance(objective, DitiObjective) else objective.model
        steps = model.schedule.timesteps
        order = torch.randperm(count, generator=generator)
        self.t = (torch.arange(count) * steps // count)[order].to(device)
        self.noise = torch.randn(self.x_0.shape, generator=generator).to(device)
        self.fifth = (self.t * FIFTHS // steps).cpu()
        self.x_t = model.noised(self.x_0, self.noise, self.t)

    @torch.no_grad()
    def errors(self) -> list[float]:
        """Squared error of eps in each fifth of time, guided over frozen for DiTi; fifths without a picture are NaN."""
        objective = self.objective
        if isinstance(objective, DiffusionObjective):
            error = self.noise - objective.model(self.x_t, self.t)
            return [float(error[self.fifth == i].square().mean()) for i in range(FIFTHS)]
        z = objective.encoder(self.x_0).float() * objective.seen[self.t]
        eps, shift = objective.decoder(self.x_t, self.t, z)
        guided = eps - objective.decoder.frozen.levels(self.t)[1] * shift
        before, after = (self.noise - eps).square(), (self.noise - guided).square()
        picked = [self.fifth == i for i in range(FIFTHS)]
        return [float(after[p].mean() / before[p].mean()) for p in picked]


def take_over(objective: torch.nn.Module, weights: dict[str, torch.Tensor], origin: Path) -> None:
    """Loads everything that training changes into an objective. Raises UsageError when it is another network's."""
    try:
        missing, unexpected = objective.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        raise UsageError(f"The weights in {origin} belong to a network of another size.") from error
    lost = [name for name in (*missing, *unexpected) if not name.startswith(_FROZEN)]
    if lost:
        raise UsageError(f"The weights in {origin} belong to another network: {lost[0]} does not match.")


def to_tensor(pixels: np.ndarray | torch.Tensor, device: torch.device) -> torch.Tensor:
    """[B,S,S,3] uint8 -> [B,3,S,S] float32 in [-1, 1] on the device, channels last in memory as the pixels are."""
    return torch.as_tensor(pixels).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1


def native_bf16(device: torch.device) -> bool:
    """Whether the device computes in bf16 itself; where it only emulates, bf16 is many times slower than fp32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        able = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
        return bool(able.get("avx512_bf16") or able.get("amx_bf16") or able.get("bf16"))
    return False


def _on_cpu(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value.detach().to("cpu", memory_format=torch.contiguous_format) for name, value in tensors.items()}


@contextmanager
def _evaluating(module: torch.nn.Module) -> Iterator[None]:
    module.eval()
    try:
        yield
    finally:
        module.train()


class _Asked:
    is_set = False


@contextmanager
def _signals() -> Iterator[_Asked]:
    """Inside, SIGTERM and SIGINT ask for a stop after the step that runs; a second SIGINT interrupts at once."""
    asked = _Asked()

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked.is_set and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.is_set = True

    try:
        before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    except ValueError:  # not the main thread: whoever runs the loop there must stop it otherwise
        yield asked
        return
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
