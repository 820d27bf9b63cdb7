"""The run folder: what a training run keeps.

config.json                 options, stage, code version, fingerprints of the data
dm/                         the frozen diffusion model of a DiTi run, or the result of a DM run: a diffusers folder
checkpoints/00012345.pt     after that many steps; the last two are kept (``trainer.checkpoints``)
weights.json                m(t), the frozen model's error, for the measured loss weight
metrics.jsonl, samples/, tensorboard/
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast, get_args

from diti_studio.core.errors import UsageError
from trainer.config import Config, Stage, resolve

CONFIG = "config.json"
WEIGHTS = "weights.json"


def read_config(run: Path) -> tuple[Config, Stage]:
    """The options and the stage of a run. Raises UsageError when the folder holds none."""
    path = run / CONFIG
    if not path.is_file():
        raise UsageError(f"{run} is no run folder: it has no {CONFIG}.")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        stage, options = record["stage"], record["config"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} cannot be read: {first_line(error)}.") from error
    if stage not in get_args(Stage):
        raise UsageError(f"{path} names a stage {stage!r} that does not exist.")
    return resolve(options), cast(Stage, stage)


def first_line(error: Exception) -> str:
    """The beginning of a library's message, as a part of a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2]).rstrip(".:") if lines else type(error).__name__
