"""From factors to the linear colours that the shaders mix."""

from __future__ import annotations

import numpy as np

from trainer.render.factors import FaceFactors
from trainer.render.srgb import linear

_SKIN = (
    (236, 202, 184), (231, 189, 166), (220, 173, 146), (201, 151, 122), (175, 123, 95),
    (145, 99, 76), (116, 78, 60), (96, 65, 51), (80, 55, 46),
)  # fmt: skip
_HAIR = {
    "black": (20, 17, 16), "brown": (70, 44, 28), "blond": (186, 148, 96), "red": (136, 64, 30),
    "grey": (128, 126, 124), "white": (214, 212, 206),
}  # fmt: skip
_IRIS = {
    "brown": (84, 48, 22), "hazel": (122, 90, 42), "blue": (78, 122, 168), "green": (84, 122, 78),
    "grey": (118, 128, 136), "dark": (36, 22, 14),
}  # fmt: skip
_LIPSTICK = ((150, 30, 44), (190, 60, 80), (130, 24, 60), (196, 92, 84))
_FRAMES = ((10, 9, 9), (89, 51, 26), (191, 173, 128))  # black, horn, metal


def _table(colors: tuple[tuple[int, ...], ...], position: float) -> np.ndarray:
    """The sRGB colour at ``position`` in [0, 1] along a table."""
    places = np.linspace(0, 1, len(colors))
    return np.array([np.interp(position, places, np.array(colors)[:, k]) for k in range(3)], np.float32) / 255


def skin(f: FaceFactors) -> np.ndarray:
    """Linear rgb of the skin."""
    tone = _table(_SKIN, f.skin_tone**1.15)
    return linear(np.clip(tone * (1 + np.array([0.02, 0.015, -0.06]) * f.skin_hue), 0, 1))


def lips(f: FaceFactors) -> np.ndarray:
    """Linear rgb of the lips, painted or not."""
    of_skin = skin(f)
    bare = of_skin * np.array([0.88, 0.56, 0.57])
    paint = linear(_table(_LIPSTICK, f.lips_hue)) * (0.55 + 0.45 * min(1.0, 2 * float(of_skin[1]) + 0.2))
    return bare * (1 - f.lips_strength) + paint * f.lips_strength


def hair(f: FaceFactors) -> np.ndarray:
    """Linear rgb of hair, beard and (darker) brows."""
    return linear(np.clip(np.array(_HAIR[f.hair_color]) / 255 * (1 + 0.22 * f.hair_shade), 0, 1))


def iris(f: FaceFactors) -> np.ndarray:
    """Linear rgb of the iris, less saturated than its table so that it sits in the face."""
    c = linear(np.array(_IRIS[f.iris_color]) / 255)
    return 0.8 * c + 0.2 * c.mean()


def frame(f: FaceFactors) -> tuple[np.ndarray, float]:
    """Linear rgb and gloss of the frame of the glasses."""
    which = 0 if f.glasses_tone < 0.5 else 1 if f.glasses_tone < 0.75 else 2
    return linear(np.array(_FRAMES[which]) / 255), 0.9 if which == 2 else 0.25


def triple(f: FaceFactors, prefix: str) -> np.ndarray:
    """The three factors ``prefix_r``, ``prefix_g``, ``prefix_b``."""
    return np.array([getattr(f, f"{prefix}_{c}") for c in "rgb"], np.float32)
