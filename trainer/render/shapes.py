"""Pictures of one shape on a plain background, all of whose factors are independent: a second domain for experiments.

Every factor has one meaning at every value: hues stop short of going round, and no shape looks the same at two
rotations. Drawn by numpy from distances to the outline, so there is nothing to install.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.render.factor_tables import choice_factor, factors_of, flag_factor, range_factor

SHAPES = ("square", "triangle", "ellipse", "cross")
VERSION = 1

_SUPERSAMPLING = 3  # a side
_OUTLINE = 0.045  # its width, in sides of the picture
_INK = np.array([0.08, 0.08, 0.1])
_DARKENED = 0.55  # what a stripe leaves of the colour

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class ShapeFactors:
    """One picture, wholly described; each factor is drawn evenly from its range.

    ``size`` is about the radius and ``x``, ``y`` the centre, in sides of the picture from its top left; ``rotation`` is
    in degrees, clockwise; hues are those of HSV; ``stripes`` counts the periods of the texture in a radius.
    """

    shape: str = choice_factor(SHAPES, "square")
    size: float = range_factor(0.18, 0.32, 0.25)
    x: float = range_factor(0.36, 0.64, 0.5)
    y: float = range_factor(0.36, 0.64, 0.5)
    rotation: float = range_factor(-40, 40, 0)
    hue: float = range_factor(0, 0.8, 0)
    background_hue: float = range_factor(0, 0.8, 0.6)
    stripes: float = range_factor(0.5, 2, 1)
    outline: int = flag_factor()


FACTORS = factors_of(ShapeFactors)
"""Every factor's name and domain, in the order of the columns of ``factors.csv``."""


def sample(seed: int, index: int) -> ShapeFactors:
    """The picture number ``index`` of the endless series ``seed``: the same on every machine and in every order."""
    rng = np.random.default_rng([seed, index])
    values = dict[str, Any]()
    for name, factor in FACTORS.items():
        if factor.kind == "continuous":
            values[name] = float(rng.uniform(factor.low, factor.high))
        elif factor.kind == "binary":
            values[name] = int(rng.integers(2))
        else:
            values[name] = factor.categories[int(rng.integers(len(factor.categories)))]
    return ShapeFactors(**values)


class ShapeRenderer:
    """Renders shapes at ``size`` pixels a side."""

    def __init__(self, size: int) -> None:
        self.size = size
        centres = (np.arange(size * _SUPERSAMPLING) + 0.5) / (size * _SUPERSAMPLING)
        self._x, self._y = np.meshgrid(centres, centres)

    def render(self, factors: Sequence[ShapeFactors]) -> npt.NDArray[np.uint8]:
        """[N, size, size, 3] uint8."""
        return np.stack([self._draw(f) for f in factors])

    def close(self) -> None:
        """It holds nothing."""

    def _draw(self, f: ShapeFactors) -> npt.NDArray[np.uint8]:
        angle = np.deg2rad(f.rotation)
        dx, dy = (self._x - f.x) / f.size, (self._y - f.y) / f.size
        u, v = np.cos(angle) * dx + np.sin(angle) * dy, np.cos(angle) * dy - np.sin(angle) * dx
        outside = _distance(f.shape, u, v) * f.size  # in sides of the picture, below 0 inside
        striped = np.sin(2 * np.pi * f.stripes * u) > 0
        colour = np.where(striped, 1.0, _DARKENED)[..., None] * np.array(colorsys.hsv_to_rgb(f.hue, 0.85, 0.95))
        if f.outline:
            colour = np.where((outside > -_OUTLINE)[..., None], _INK, colour)
        background = np.array(colorsys.hsv_to_rgb(f.background_hue, 0.35, 0.8))
        fine = np.where((outside < 0)[..., None], colour, background)
        cells = fine.reshape(self.size, _SUPERSAMPLING, self.size, _SUPERSAMPLING, 3)
        return np.rint(255 * cells.mean(axis=(1, 3))).astype(np.uint8)


def _distance(shape: str, u: Floats, v: Floats) -> Floats:
    """Distance to the outline of a shape of radius 1, negative inside, in the shape's own frame; areas are alike."""
    across, down = np.abs(u), np.abs(v)
    if shape == "square":
        return np.maximum(across, down) - 0.8
    if shape == "triangle":  # it points up
        return np.maximum(np.sqrt(0.75) * across - 0.5 * v, v) - 0.62
    if shape == "ellipse":
        return (np.hypot(u / 1.15, v / 0.68) - 1) * 0.68
    return np.minimum(np.maximum(across - 1.05, down - 0.42), np.maximum(across - 0.42, down - 1.05))
