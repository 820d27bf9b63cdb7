"""PSNR of the reconstruction and of an edit against the number of network calls, for each solver."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np

from benchmarks.machine import print_table
from benchmarks.pictures import subjects
from diti_studio.core import packs
from diti_studio.core.edit import Edit
from diti_studio.core.editor import Editor, Settings, result
from diti_studio.core.sampler import Solver

COUNTS = ((10, 6), (20, 6), (20, 10), (20, 20), (50, 20), (50, 50), (100, 100))
SOLVERS: tuple[Solver, ...] = ("ddim", "dpm++2m")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--pack", default=None)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--pictures", type=Path, help="a folder of pictures instead of the samples")
    parser.add_argument("--frame", default="auto")
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--set", default="smile=2", help="the edit, NAME=AMOUNT")


def run(options: argparse.Namespace) -> None:
    """Measures the model's own pictures: reconstructions against the input, edits against 200 + 200 DDIM calls."""
    editor = Editor(packs.find(options.pack), options.device)
    shown = subjects(editor, options.pictures, options.count, options.frame)
    name, _, amount = options.set.partition("=")
    edit = Edit().with_attribute(name, float(amount))
    fine = Settings(200, 200, "ddim")
    truth = [result(editor.render(s, edit, fine, detail="model")).model_pixels for s in shown]
    truth_change = [t.astype(float) - result(editor.render(s, Edit(), fine, detail="model")).model_pixels
                    for s, t in zip(shown, truth, strict=True)]  # fmt: skip
    rows = list[list[object]]()
    for invert_steps, steps in COUNTS:
        for solver in SOLVERS:
            settings = Settings(invert_steps, steps, solver)
            rebuilt, edited, change, seconds = list[float](), list[float](), list[float](), list[float]()
            for subject, best, best_change in zip(shown, truth, truth_change, strict=True):
                before = result(editor.render(subject, Edit(), settings, detail="model")).model_pixels
                began = time.perf_counter()
                after = result(editor.render(subject, edit, settings, detail="model")).model_pixels
                seconds.append(time.perf_counter() - began)
                rebuilt.append(psnr(before, subject.model_square))
                edited.append(psnr(after, best))
                change.append(psnr(after.astype(float) - before, best_change))
            rows.append(
                [f"{invert_steps} + {steps}", solver, *(float(np.mean(v)) for v in (rebuilt, edited, change, seconds))]
            )
    print(f"{len(shown)} pictures, pack {editor.pack.manifest.name} on {editor.device.title}, edit {options.set}\n")
    print_table(
        ("calls up + down", "solver", "reconstruction dB", "edit dB", "change (what is shown) dB", "seconds an edit"),
        rows,
    )


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """dB for grey levels 0..255."""
    error = float(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)
