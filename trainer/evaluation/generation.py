"""How good and how diverse the pictures are that the frozen diffusion model makes by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diti_studio.core.editor import Quality, Settings
from diti_studio.core.tensors import rounded
from trainer.data.mixture import Mixture
from trainer.evaluation.distributions import Floats, Likeness
from trainer.evaluation.engine import Engine
from trainer.evaluation.metrics import Pixels


@dataclass(frozen=True)
class Generation:
    """Pictures from random noise, without a latent, against real ones, in the encoder's standardised latents.

    Attributes:
        pictures: of each of the three sets: made, real, other real ones.
        dims: of the features: those of z.
        settings: how they were made.
        made: made pictures against real ones.
        real: other real pictures against the same: what would be perfect with so few.
    """

    pictures: int
    dims: int
    settings: Settings
    made: Likeness
    real: Likeness


def generation(
    engine: Engine, mixture: Mixture, count: int, settings: Settings = Quality.STANDARD.value
) -> tuple[Generation, Pixels]:
    """Makes as many pictures as asked for, or as the sources allow to compare with; and gives them too.

    Real pictures are drawn from all of the mixture's, held out or not, in its shares and augmented as for training.
    """
    rng = np.random.default_rng(0)
    real, others = mixture.apart(2, count, rng)
    size = engine.pack.manifest.image_size
    noise = rng.standard_normal((len(real), 3, size, size)).astype(np.float32)
    made = rounded(engine.imagine(noise, settings))
    latents = engine.pack.latents

    def features(images: Pixels) -> Floats:
        return ((engine.encode(images) - latents.mean) / latents.std).astype(np.float64)

    seen = features(real)
    found = Generation(
        len(made), seen.shape[1], settings, Likeness.of(features(made), seen), Likeness.of(features(others), seen)
    )
    return found, made
