"""Pictures as the encoder of an imported run saw them in training: framed by its recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from diti_studio.core import framing, pictures
from diti_studio.core.errors import PictureError, UsageError
from diti_studio.core.framing import FramingRecipe
from trainer.data.folder import find_pictures
from trainer.evaluation.engine import to_model
from trainer.latents import Floats
from trainer.models import Encoder

Pixels = npt.NDArray[np.uint8]

LEAST = 100
"""Fewer pictures give no statistics worth the name."""

_BATCH = 32


def encode_folders(
    encoder: Encoder, folders: Sequence[Path], recipe: FramingRecipe, size: int, progress: Callable[[str], None]
) -> Floats:
    """z [N, D] float32 of all pictures that can be read and framed; each of the others is told of.

    Raises:
        UsageError: there are fewer than LEAST.
    """
    encoded = list[Floats]()
    batch = list[Pixels]()

    def encode() -> None:
        with torch.inference_mode():
            encoded.append(encoder(torch.from_numpy(to_model(np.stack(batch)))).numpy())
        batch.clear()

    for picture in _framed(folders, recipe, size, progress):
        batch.append(picture)
        if len(batch) == _BATCH:
            encode()
    if batch:
        encode()
    count = sum(map(len, encoded))
    if count < LEAST:
        raise UsageError(
            f"{count} pictures are too few to know the latent by: give at least {LEAST} that look like those that the "
            "network was trained on."
        )
    return np.concatenate(encoded)


def _framed(
    folders: Sequence[Path], recipe: FramingRecipe, size: int, progress: Callable[[str], None]
) -> Iterator[Pixels]:
    for folder in folders:
        for name in find_pictures(folder):
            try:
                pixels = pictures.load(folder / name).pixels
                yield framing.cut(pixels, framing.frame_for(pixels, recipe).frame, size)
            except PictureError as error:
                progress(str(error))
