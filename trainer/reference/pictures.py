"""The latents of pictures that are framed as those were that an imported run was trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from diti_studio.core.errors import UsageError
from diti_studio.core.framing import FramingRecipe
from diti_studio.core.tensors import to_model
from trainer.config import DataOptions
from trainer.data.sources import open_pictures
from trainer.discovery import ENCODED
from trainer.latents import Floats
from trainer.models import Encoder

LEAST = 100
"""Fewer pictures give no statistics worth the name."""

_BATCH = 32


def encode_sources(
    encoder: Encoder, sources: Sequence[Path], recipe: FramingRecipe, size: int, progress: Callable[[str], None]
) -> Floats:
    """z [N, D] float32 of pictures that are not held out, at most ENCODED of a source, which ``open_pictures`` reads.

    Raises:
        UsageError: a source cannot be read, or there are fewer than LEAST pictures.
    """
    encoded = list[Floats]()
    for source in sources:
        pictures = open_pictures(source, size, DataOptions(framing=recipe))
        for note in pictures.notes:
            progress(note)
        images = pictures.spread(~pictures.held, ENCODED).images
        progress(f"encoding {len(images)} pictures of {source}")
        for start in range(0, len(images), _BATCH):
            with torch.inference_mode():
                encoded.append(encoder(torch.from_numpy(to_model(images[start : start + _BATCH]))).numpy())
    count = sum(map(len, encoded))
    if count < LEAST:
        raise UsageError(
            f"{count} pictures are too few to know the latent by: give at least {LEAST} that look like those that the "
            "network was trained on."
        )
    return np.concatenate(encoded)
