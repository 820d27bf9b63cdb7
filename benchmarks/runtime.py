"""Milliseconds of one denoiser call by batch size: ONNX Runtime, and torch eager where a training run is given."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.machine import print_table
from diti_studio.core import packs
from diti_studio.core.runtime import Network

BATCHES = (1, 2, 4, 8, 16)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--pack", default=None)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--run", type=Path, help="the training run of the same pack, to time torch eager beside it")
    parser.add_argument("--repeat", type=int, default=20)


def run(options: argparse.Namespace) -> None:
    """Medians; the candidates take turns, so that a busy machine slows all of them alike."""
    pack = packs.find(options.pack)
    network = Network(pack, options.device)
    side, dim = pack.manifest.image_size, pack.manifest.latent_dim
    torch_call = _torch(options.run) if options.run else None
    rng = np.random.default_rng(0)
    rows = list[list[object]]()
    for batch in BATCHES:
        x = rng.standard_normal((batch, 3, side, side)).astype(np.float32)
        z = rng.standard_normal((batch, dim)).astype(np.float32)
        calls: list[Callable[[], object]] = [lambda x=x, z=z: network.denoise(x, 500, z)]
        if torch_call:
            calls.append(lambda x=x, z=z: torch_call(x, 500, z))
        times = [list[float]() for _ in calls]
        for call in calls:
            call()
        for _ in range(options.repeat):
            for call, out in zip(calls, times, strict=True):
                began = time.perf_counter()
                call()
                out.append(1000 * (time.perf_counter() - began))
        middle = [median(t) for t in times]
        rows.append([batch, middle[0], middle[0] / batch, *([middle[1], middle[1] / middle[0]] if torch_call else [])])
    head = ["batch", f"ONNX Runtime, {network.device.title}, ms", "ms a picture"]
    print_table([*head, *(["torch eager, ms", "torch / ONNX Runtime"] if torch_call else [])], rows)


def _torch(folder: Path) -> Callable[[np.ndarray, int, np.ndarray], object]:
    import torch

    from trainer.checkpoints import load_run

    decoder = load_run(folder).decoder.eval()

    @torch.inference_mode()
    def call(x: np.ndarray, t: int, z: np.ndarray) -> object:
        steps = torch.full((len(x),), t, dtype=torch.int64)
        return decoder(torch.from_numpy(x), steps, torch.from_numpy(z))

    return call
