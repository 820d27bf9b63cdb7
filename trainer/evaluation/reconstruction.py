"""How well a pack gives pictures back at slider zero, for several numbers of network calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diti_studio.core.editor import Quality, Settings
from trainer.evaluation.engine import Engine, to_pixels
from trainer.evaluation.metrics import Pixels, psnr, ssim

SETTINGS: tuple[Settings, ...] = (
    Settings(10, 10, "ddim"),
    Settings(20, 20, "ddim"),
    Quality.STANDARD.value,
    Settings(50, 50, "ddim"),
)


@dataclass(frozen=True)
class Reconstruction:
    """Means over pictures of one kind; ``worst`` is the lowest PSNR of a picture, in dB."""

    kind: str
    settings: Settings
    pictures: int
    psnr: float
    worst: float
    ssim: float

    @property
    def name(self) -> str:
        """For example ``20+20 ddim``: calls to invert, calls to generate, solver."""
        return f"{self.settings.invert_steps}+{self.settings.steps} {self.settings.solver}"


def reconstruct(
    engine: Engine, kind: str, images: Pixels, settings: Sequence[Settings] = SETTINGS
) -> list[Reconstruction]:
    """The network's own picture at zero edit against what it was given, for each of the settings."""
    z = engine.encode(images)
    noises = {steps: engine.invert(images, z, steps) for steps in {s.invert_steps for s in settings}}
    out = list[Reconstruction]()
    for setting in settings:
        again = to_pixels(engine.generate(noises[setting.invert_steps], z, setting))
        error, likeness = psnr(images, again), ssim(images, again)
        out.append(
            Reconstruction(kind, setting, len(images), float(error.mean()), float(error.min()), float(likeness.mean()))
        )
    return out
