"""PSNR of the reconstruction and of an edit against the number of network calls, their spacing, and the solver."""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.machine import print_table
from benchmarks.pictures import subjects
from diti_studio.core import packs
from diti_studio.core.edit import Edit
from diti_studio.core.editor import Editor, Settings, Subject
from diti_studio.core.sampler import Diffusion, Solver, generate, invert, last
from diti_studio.core.schedule import SPACING
from diti_studio.core.tensors import to_model, to_pixels

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

COUNTS = ((12, 4), (12, 6), (12, 12), (20, 20), (50, 50))
SOLVERS: tuple[Solver, ...] = ("ddim", "dpm++2m")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--pack", default=None)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--pictures", type=Path, help="a folder of pictures instead of the samples")
    parser.add_argument("--frame", default="auto")
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--set", default="smile=2", help="the edit, NAME=AMOUNT")
    parser.add_argument(
        "--spacings", type=lambda text: [float(p) for p in text.split(",")], default=[SPACING], metavar="P,P",
        help="powers by which the time-steps are spaced; 1 is even",
    )  # fmt: skip


def run(options: argparse.Namespace) -> None:
    """Measures the model's own pictures: reconstructions against the input, edits against 200 + 200 DDIM calls."""
    editor = Editor(packs.find(options.pack), options.device)
    pack = editor.pack
    shown = subjects(editor, options.pictures, options.count, options.frame)
    name, _, amount = options.set.partition("=")
    edit = Edit().with_attribute(name, float(amount))
    latents = [(s.z[None], edit.apply(s.z, pack)[None]) for s in shown]
    rows = list[list[object]]()
    best = [_walked(editor, s, z, SPACING, Settings(200, 200, "ddim")) for s, z in zip(shown, latents, strict=True)]
    for spacing, (invert_steps, steps), solver in product(options.spacings, COUNTS, SOLVERS):
        settings = Settings(invert_steps, steps, solver)
        rebuilt, edited, change, seconds = list[float](), list[float](), list[float](), list[float]()
        for subject, z, (best_before, best_after, _) in zip(shown, latents, best, strict=True):
            before, after, took = _walked(editor, subject, z, spacing, settings)
            rebuilt.append(psnr(before, subject.model_square))
            edited.append(psnr(after, best_after))
            change.append(psnr(after.astype(float) - before, best_after.astype(float) - best_before))
            seconds.append(took)
        means = (float(np.mean(v)) for v in (rebuilt, edited, change, seconds))
        rows.append([f"{invert_steps} + {steps}", solver, f"{spacing:g}", *means])
    print(f"{len(shown)} pictures, pack {pack.manifest.name} on {editor.device.title}, edit {options.set}\n")
    print_table(
        (
            "calls up + down", "solver", "spacing", "reconstruction dB", "edit dB", "change (what is shown) dB",
            "seconds an edit",
        ),
        rows,
    )  # fmt: skip


def _walked(
    editor: Editor, subject: Subject, latents: tuple[Floats, Floats], spacing: float, settings: Settings
) -> tuple[Pixels, Pixels, float]:
    """The network's picture unedited and edited, and the seconds that the edit took after the inversion."""
    pack = editor.pack
    diffusion = Diffusion(editor.network.denoise, pack.groups, replace(pack.schedule, spacing=spacing))
    x0, solver = to_model(subject.model_square[None]), settings.solver
    noise = last(invert(diffusion, x0, latents[0], settings.invert_steps, solver=solver))
    before = last(generate(diffusion, noise, latents[0], settings.steps, solver=solver))
    began = time.perf_counter()
    after = last(generate(diffusion, noise, latents[1], settings.steps, solver=solver))
    seconds = time.perf_counter() - began
    return to_pixels(before[0]), to_pixels(after[0]), seconds


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """dB for grey levels 0..255."""
    error = float(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)
