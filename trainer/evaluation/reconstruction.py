"""How well a pack gives pictures back at slider zero, for several numbers of network calls.

LPIPS is left out: the package that carries its linear weights downloads the network below them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from diti_studio.core.editor import Quality, Settings
from diti_studio.core.tensors import rounded
from trainer.evaluation.engine import Engine, Floats
from trainer.evaluation.metrics import Pixels, psnr, ssim

SETTINGS: tuple[Settings, ...] = (
    Settings(10, 10, "ddim"),
    Settings(20, 20, "ddim"),
    Quality.STANDARD.value,
    Settings(50, 50, "ddim"),
)


@dataclass(frozen=True)
class Reconstruction:
    """Means over pictures of one kind.

    Attributes:
        noise: where generation starts: from the picture's own inverted x_T, or from random noise, so that z alone says
            what the picture is.
        worst: the lowest PSNR of a picture, in dB.
        mse: mean squared error of pixels in 0..1.
    """

    kind: str
    settings: Settings
    pictures: int
    psnr: float
    worst: float
    ssim: float
    noise: Literal["inferred", "random"]
    mse: float

    @property
    def name(self) -> str:
        """For example ``20+20 ddim``: calls to invert, calls to generate, solver; from noise nothing is inverted."""
        inverted = self.settings.invert_steps if self.noise == "inferred" else 0
        return f"{inverted}+{self.settings.steps} {self.settings.solver}"


def reconstruct(
    engine: Engine, kind: str, images: Pixels, settings: Sequence[Settings] = SETTINGS
) -> list[Reconstruction]:
    """The network's own picture at zero edit against what it was given, for each of the settings; and, with the last
    of them, the picture from random noise."""
    z = engine.encode(images)
    out = [_compare(engine, kind, images, z, engine.invert(images, z, s), s, "inferred") for s in settings]
    shape = (len(images), 3, *images.shape[1:3])
    random = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    out.append(_compare(engine, kind, images, z, random, settings[-1], "random"))
    return out


def _compare(
    engine: Engine, kind: str, images: Pixels, z: Floats, start: Floats, settings: Settings,
    noise: Literal["inferred", "random"],
) -> Reconstruction:  # fmt: skip
    again = rounded(engine.generate(start, z, settings))
    error, likeness = psnr(images, again), ssim(images, again)
    mse = np.square((again.astype(np.float64) - images) / 255).mean()
    return Reconstruction(
        kind, settings, len(images), float(error.mean()), float(error.min()), float(likeness.mean()), noise, float(mse)
    )
