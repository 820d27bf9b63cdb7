"""From radiance to a photograph: exposure, white balance, glow, film curve, lens and sensor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from trainer.render.rooms.factors import RoomFactors
from trainer.render.rooms.lighting import Lighting

Floats = npt.NDArray[np.floating]

_ADAPTION = 0.66  # of the exposure to the room's light: at 1 every room would look equally bright
_BALANCE = 0.6  # of the white to its colour
_WARM, _COOL = np.array([1.12, 1.0, 0.78], np.float32), np.array([0.88, 1.0, 1.16], np.float32)


def exposure(f: RoomFactors, lighting: Lighting) -> Floats:
    """The gain of each channel, [3]. It follows the light of the room, not its colours."""
    level = float(lighting.level.mean())
    gain = 0.98 * f.exposure * level**-_ADAPTION
    balance = (lighting.level / level) ** -_BALANCE
    tint = (_WARM if f.light_warmth > 0 else _COOL) ** abs(f.light_warmth)
    return (gain * balance * tint).astype(np.float32)


def develop(exposed: Floats, f: RoomFactors, noise: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A picture uint8 [S, S, 3] from its exposed light [S, S, 3]."""
    size = len(exposed)
    x = exposed + 0.16 * _glow(exposed)
    line = np.linspace(-1, 1, size, dtype=np.float32) ** 2
    x = x * (1 - f.vignette * 0.5 * (line[:, None] + line))[..., None]
    x = _film(x) ** (1 / 2.2)
    grey = (x[..., :1] + x[..., 1:2] + x[..., 2:]) / 3
    x = (grey + (x - grey) * 0.94 * f.colourfulness - 0.5) * f.contrast + 0.5
    softness = 0.14 * (1 - f.sharpness)
    if softness > 0.01:
        x = _blur(x, softness)
    x = x + 0.006 * noise.standard_normal((size, size, 1), dtype=np.float32)
    return (np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)


def _film(x: Floats) -> Floats:
    """Narkowicz's fit of the ACES curve (2016), softened toward an exponential so that lights keep their colour."""
    curve = x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)
    return np.clip(0.8 * curve + 0.2 * (1 - np.exp(-1.6 * x)), 0, 1)


def _glow(x: Floats) -> Floats:
    """What the lens spreads of the brightest, [S, S, 3]; computed at a quarter of the size."""
    size = len(x)
    if size % 4 or (bright := np.maximum(x - 0.9, 0)).max() < 0.02:
        return np.zeros_like(x)
    small = bright.reshape(size // 4, 4, size // 4, 4, 3).mean((1, 3))
    for _ in range(2):
        small = _box(small)
    return _box(np.repeat(np.repeat(small, 4, 0), 4, 1))


def _box(x: Floats) -> Floats:
    """The mean over 5 by 5 pixels."""
    q = np.pad(x, ((2, 2), (2, 2), (0, 0)), "edge")
    q = (q[:-4] + q[1:-3] + q[2:-2] + q[3:-1] + q[4:]) / 5
    return (q[:, :-4] + q[:, 1:-3] + q[:, 2:-2] + q[:, 3:-1] + q[:, 4:]) / 5


def _blur(x: Floats, weight: float) -> Floats:
    q = np.pad(x, ((1, 1), (1, 1), (0, 0)), "edge")
    q = (1 - 2 * weight) * q[1:-1] + weight * (q[:-2] + q[2:])
    return (1 - 2 * weight) * q[:, 1:-1] + weight * (q[:, :-2] + q[:, 2:])
