"""A run folder with small networks, and a folder of pictures whose factors are really seen in them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import torch

from trainer.checkpoints import build_diffusion, build_encoder, load_run, save
from trainer.config import Config, resolve
from trainer.models import ShiftDecoder
from trainer.render.domains import Domain
from trainer.render.factors import FACTORS, sample
from trainer.render.pairs import Changes, paired

STAGES = (50, 100, 300, 500, 1000)


def _no_renderer(_: int) -> NoReturn:
    raise AssertionError("nothing is drawn here")


FACES = Domain(1, FACTORS, sample, _no_renderer, lambda: None)
"""The factors of faces, without OpenGL."""


def config(**changes: Any) -> Config:
    """Options of a network of a few ten thousand weights."""
    options: dict[str, Any] = {
        "image_size": 32,
        "diffusion": {
            "prediction": "v_prediction", "unshuffle": 2, "channels": [32, 32], "attention": [False, True],
            "layers": 1, "head_dim": 16,
        },
        "encoder": {"latent_dim": 64, "channels": [32, 32, 32], "attention_after": 2},
        "groups": {"count": 20, "stage_dims": [4, 4, 24, 16, 16]},
        "dm": {"images": 0}, "diti": {"images": 0},
    }  # fmt: skip
    for section, values in changes.items():
        options[section] = {**options.get(section, {}), **values} if isinstance(values, dict) else values
    return resolve(options)


def make_run(folder: Path, settings: Config | None = None, seed: int = 0) -> Path:
    """Writes a run with random weights; zero-initialised ones too are random, so that every part has an effect."""
    settings = settings or config()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        frozen = build_diffusion(settings)
        decoder = ShiftDecoder(frozen, settings.encoder.latent_dim)
        encoder = build_encoder(settings)
        with torch.no_grad():
            for parameter in (*decoder.parameters(), *encoder.parameters()):
                if not parameter.any():
                    parameter.normal_(std=0.05)
        folder.mkdir(parents=True)
        frozen.save(folder / "dm")
        parts = {"encoder.": encoder, "decoder.branch.": decoder.branch}
        model = {f"{prefix}{k}": v for prefix, part in parts.items() for k, v in part.state_dict().items()}
        save(folder, 7, {"stage": "diti", "images": 336, "model": model, "ema": {}})
    (folder / "config.json").write_text(json.dumps({"stage": "diti", "config": settings.model_dump(mode="json")}))
    load_run(folder)
    return folder


def make_renders(folder: Path, count: int = 60, size: int = 32, changes: Changes = ()) -> Path:
    """Pictures like a renderer's folder: skin tone is the brightness, yaw moves a bright bar, the rest is noise.

    With ``changes`` they are counterfactual pairs.
    """
    rng = np.random.default_rng(0)
    draw = paired(FACES, changes).sample if changes else sample
    images = np.empty((count, size, size, 3), np.uint8)
    folder.mkdir(parents=True)
    with (folder / "factors.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["index", *FACTORS])
        for i in range(count):
            factors = draw(0, i)
            writer.writerow([i, *(getattr(factors, name) for name in FACTORS)])
            picture = np.full((size, size, 3), 200 - 120 * factors.skin_tone)
            column = int((factors.yaw + 35) / 70 * (size - 4))
            picture[:, column : column + 4] = 255
            images[i] = np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255)
    np.save(folder / "images.npy", images)
    if changes:
        (folder / "render.json").write_text(json.dumps({"changes": changes}))
    return folder
