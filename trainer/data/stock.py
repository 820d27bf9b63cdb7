"""A source's pictures as tensors to draw from: in a device's memory, or brought from the host's as they are drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from trainer.data.decoded import Images
from trainer.data.sources import Source


class Stock:
    """What a source gives to training.

    Args:
        device: where the pictures are kept and augmented; None leaves them where they are.
    """

    def __init__(self, source: Source, device: torch.device | None = None) -> None:
        self._augmentation = source.augmentation
        self._images = source.images if device is None else _moved(source.images, device)
        mattes = source.mattes
        self._mattes = mattes if device is None or mattes is None else _moved(mattes, device)

    def draw(self, which: npt.NDArray[np.int64], rng: np.random.Generator) -> torch.Tensor:
        """Pictures by index, [n,S,S,3] uint8, augmented."""
        pixels = _picked(self._images, which)
        if self._augmentation is None:
            return pixels
        generator = torch.Generator(pixels.device).manual_seed(int(rng.integers(2**62)))
        alpha = None if self._mattes is None else _picked(self._mattes, which)
        return self._augmentation(pixels, alpha, generator)


def size_of(source: Source) -> int | None:
    """Bytes of its pictures and mattes when they lie in memory; None when they are decoded as they are drawn."""
    parts = [part for part in (source.images, source.mattes) if part is not None]
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    return sum(part.nbytes for part in arrays) if len(arrays) == len(parts) else None


def _moved(images: Images, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.array(images[:])).to(device)


def _picked(images: Images | torch.Tensor, which: npt.NDArray[np.int64]) -> torch.Tensor:
    if isinstance(images, torch.Tensor):
        return images[torch.from_numpy(which).to(images.device)]
    return torch.from_numpy(np.asarray(images[which]))
