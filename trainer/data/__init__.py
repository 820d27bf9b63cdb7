"""Pictures to train on: where they come from, what is known about them, and which are never trained on."""

from __future__ import annotations

from trainer.data.mixture import Batch, Mixture, Prefetched
from trainer.data.pictures import Pictures
from trainer.data.sources import Source, contrast, is_known, open_pictures, open_source

__all__ = [
    "Batch", "Mixture", "Pictures", "Prefetched", "Source", "contrast", "is_known", "open_pictures", "open_source",
]  # fmt: skip
