"""Colours of a room as linear RGB, from the words and amounts of its factors.

They are mixed in OKLCh (Ottosson 2020, "A perceptual color space for image processing"), where lightness and
saturation mean the same for every hue, and where colours that no paint has are easily left out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Colour = npt.NDArray[np.float32]

_TO_LMS = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]]
)
_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)

# The hue in degrees and the chroma at full saturation of each word.
_HUES = {
    "neutral": (85.0, 0.012),
    "beige": (75.0, 0.055),
    "yellow": (90.0, 0.125),
    "red": (24.0, 0.125),
    "green": (140.0, 0.095),
    "teal": (195.0, 0.075),
    "blue": (253.0, 0.105),
    "violet": (318.0, 0.09),
}


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Linear RGB [3] in [0, 1] of a lightness (0 to 1), chroma and hue in degrees."""
    angle = np.radians(hue)
    lab = np.array([lightness, chroma * np.cos(angle), chroma * np.sin(angle)])
    return np.clip(_TO_RGB @ (_TO_LMS @ lab) ** 3, 0.004, 0.95).astype(np.float32)


def paint(word: str, lightness: float, saturation: float) -> Colour:
    """Linear RGB [3] of a wall or a fabric; the lightest and the darkest hold less colour, as pigments do."""
    hue, chroma = _HUES[word]
    room = min(1.0, 4.2 * (1.02 - lightness), 1.9 * lightness)
    return oklch(lightness, chroma * saturation * room, hue)


def wood(lightness: float, warmth: float) -> Colour:
    """Linear RGB [3] of wood: lightness 0 is wenge, 1 is maple; warmth -1 is greyed oak, 1 is cherry."""
    return oklch(0.36 + 0.47 * lightness, 0.014 + 0.034 * (1 + warmth), 70 - 14 * warmth)


def stone(lightness: float, warmth: float) -> Colour:
    """Linear RGB [3] of tiles and carpet: warmth -1 is blueish grey, 1 is sand."""
    return oklch(0.4 + 0.46 * lightness, 0.006 + 0.045 * max(0.0, warmth) + 0.018 * max(0.0, -warmth),
                 75.0 if warmth >= 0 else 250.0)  # fmt: skip
