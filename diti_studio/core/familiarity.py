"""How much a picture is like those that a pack has learnt from, told before any time is spent on it.

Three signs. For packs that align faces the first one tells most; the other two see only what is far out:

- *Where the face is.* A pack that aligns faces has seen nothing else. A face is looked for in the framed square; the
  square that the recipe would put around it is compared with the one that is there.
- *How far off the latent is*: the mean of ((z - mean) / std)^2, about 1 over the training pictures.
- *How well the picture is rebuilt* by inverting and generating it: PSNR against the pack's own figures. These are
  means: single pictures that a pack knows lie up to 8 dB below.

docs/benchmarks.md tells what the limits below were measured on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from diti_studio.core import framing
from diti_studio.core.editor import Subject
from diti_studio.core.errors import DitiError
from diti_studio.core.faces import detect
from diti_studio.core.framing import Frame, FramingRecipe
from diti_studio.core.packs import Pack

MAX_DISTANCE = 3.3
MAX_MISPLACEMENT = 0.22
PSNR_SLACK = 10.0
_LOOK = 256  # pixels at which the face is looked for

Reason = Literal["no face", "face elsewhere", "latent", "rebuilt"]


@dataclass(frozen=True)
class Familiarity:
    """What is known of a picture; see the module.

    Attributes:
        distance: of the latent, 0 and more; 1 is usual.
        misplacement: how far the corners of the square are from where the recipe puts them, as a share of the side;
            infinite where no face is seen. Zero for packs that do not align.
        usual_psnr: in dB, what the pack reaches on pictures that it has not seen; None where its maker did not say.
        psnr: in dB, of this picture; None until it has been rebuilt.
    """

    distance: float
    misplacement: float = 0.0
    usual_psnr: float | None = None
    psnr: float | None = None

    @property
    def reason(self) -> Reason | None:
        """Why the picture is unusual; None when it is not."""
        if math.isinf(self.misplacement):
            return "no face"
        if self.misplacement > MAX_MISPLACEMENT:
            return "face elsewhere"
        if self.distance > MAX_DISTANCE:
            return "latent"
        if self.psnr is not None and self.usual_psnr is not None and self.psnr < self.usual_psnr - PSNR_SLACK:
            return "rebuilt"
        return None

    def rebuilt_at(self, psnr: float) -> Familiarity:
        """The same, knowing how well the picture is rebuilt, in dB."""
        return replace(self, psnr=psnr)


def familiarity(pack: Pack, subject: Subject) -> Familiarity:
    """What can be known of an opened picture without running the diffusion model."""
    recipe = pack.manifest.framing
    latents = pack.latents
    distance = float(np.mean(((subject.z - latents.mean) / latents.std) ** 2, dtype=np.float64))
    misplacement = _misplacement(subject.square, recipe) if recipe.aligns else 0.0
    return Familiarity(distance, misplacement, _usual_psnr(pack))


def _misplacement(square: NDArray[np.uint8], recipe: FramingRecipe) -> float:
    """The distance (root mean square over the corners, in sides) to the nearest square that a face asks for."""
    side = float(len(square))
    present = Frame(side / 2, side / 2, max(side, framing.MIN_SIZE)).corners()
    found = [math.inf]
    for face in detect(square, max_side=_LOOK):
        try:
            wanted = framing.align(face, recipe).corners()
        except DitiError:  # a face of a few pixels
            continue
        found.append(math.sqrt(float(((wanted - present) ** 2).sum()) / len(present)) / side)
    return min(found)


def _usual_psnr(pack: Pack) -> float | None:
    """The lowest of what the pack's maker measured on held-out pictures."""
    return min((m.value for m in pack.manifest.training.metrics if m.name.startswith("psnr_")), default=None)
