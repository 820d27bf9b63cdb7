"""Pictures to train on: where they come from, what is known about them, and which are never trained on."""

from __future__ import annotations

from trainer.data.mixture import Batch, Mixture, Prefetched
from trainer.data.sources import Source, open_source

__all__ = ["Batch", "Mixture", "Prefetched", "Source", "open_source"]
