"""The networks: the encoder, the frozen diffusion model, and the decoder that adds a latent to it."""

from __future__ import annotations

from trainer.models.diffusion import DiffusionModel, Prediction
from trainer.models.encoder import Encoder
from trainer.models.shift import ShiftDecoder

__all__ = ["DiffusionModel", "Encoder", "Prediction", "ShiftDecoder"]
