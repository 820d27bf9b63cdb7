"""What can differ between two rendered faces: the typed table of factors, and how they are drawn at random.

Every factor is independent of the others except where a real portrait would look false otherwise; those few
dependencies are together in :func:`_make_plausible`.
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer.render.factor_tables import choice_factor, factors_of, flag_factor, range_factor, weighted

HAIR_STYLES = ("bald", "buzz", "short", "swept", "medium", "long", "ponytail", "afro")
HAIR_COLORS = ("black", "brown", "blond", "red", "grey", "white")
IRIS_COLORS = ("brown", "hazel", "blue", "green", "grey", "dark")
CLOTHES_STYLES = ("crew", "vneck", "shirt", "turtleneck")
BACKGROUNDS = ("wall", "window", "bokeh", "horizon")


@dataclass(frozen=True, slots=True)
class FaceFactors:
    """One face, wholly described. ``dataclasses.replace(f, smile=1.0)`` is the same person, smiling.

    Angles are in degrees, ``age`` in years, colours are sRGB in [0, 1]; the rest are amounts in the ranges of
    :data:`FACTORS`. ``noise_seed`` and ``bg_seed`` pick the fine texture and the background's arrangement.
    """

    # expression
    smile: float = range_factor(-0.3, 1, 0.2)
    mouth_open: float = range_factor(0, 1, 0)
    brow_raise: float = range_factor(-0.5, 1, 0)
    eye_close: float = range_factor(0, 0.6, 0)
    # identity
    gender: float = range_factor(0, 1, 0.5)
    age: float = range_factor(18, 85, 35)
    weight: float = range_factor(-1, 1, 0)
    eth_african: float = range_factor(0, 1, 0.2)
    eth_asian: float = range_factor(0, 1, 0.2)
    eth_caucasian: float = range_factor(0, 1, 0.6)
    nose_size: float = range_factor(-1, 1, 0)
    nose_width: float = range_factor(-1, 1, 0)
    nose_curve: float = range_factor(-1, 1, 0)
    jaw_width: float = range_factor(-1, 1, 0)
    chin_size: float = range_factor(-1, 1, 0)
    eye_size: float = range_factor(-1, 1, 0)
    eye_spacing: float = range_factor(-1, 1, 0)
    eye_slant: float = range_factor(-1, 1, 0)
    lips_fullness: float = range_factor(-1, 1, 0)
    mouth_width: float = range_factor(-1, 1, 0)
    face_length: float = range_factor(-1, 1, 0)
    forehead: float = range_factor(-1, 1, 0)
    cheekbones: float = range_factor(-1, 1, 0)
    brow_ridge: float = range_factor(-1, 1, 0)
    ear_size: float = range_factor(-1, 1, 0)
    # pose
    yaw: float = range_factor(-35, 35, 0)
    pitch: float = range_factor(-15, 15, 0)
    roll: float = range_factor(-7, 7, 0)
    gaze_x: float = range_factor(-16, 16, 0)
    gaze_y: float = range_factor(-9, 9, 0)
    # skin
    skin_tone: float = range_factor(0, 1, 0.3)
    skin_hue: float = range_factor(-1.1, 1.1, 0)
    skin_rosy: float = range_factor(0, 1, 0.4)
    skin_gloss: float = range_factor(0, 1, 0.4)
    freckles: float = range_factor(0, 1, 0)
    lips_hue: float = range_factor(0, 1, 0.3)
    lips_strength: float = range_factor(0, 1, 0.2)
    makeup: float = range_factor(0, 1, 0)
    # hair
    hair_style: str = choice_factor(HAIR_STYLES, "short")
    hair_color: str = choice_factor(HAIR_COLORS, "brown")
    hair_shade: float = range_factor(-1.1, 1.1, 0)
    hair_volume: float = range_factor(0, 1, 0.5)
    hair_length: float = range_factor(0, 1, 0.5)
    hair_wave: float = range_factor(0, 1, 0.2)
    hair_part: float = range_factor(-1, 1, 0.4)
    fringe: float = range_factor(0, 1, 0)
    hairline: float = range_factor(0, 1, 0.2)
    brow_dark: float = range_factor(0, 1, 0.5)
    brow_thick: float = range_factor(0, 1, 0.5)
    beard: float = range_factor(0, 1, 0)
    # what is worn
    glasses: int = flag_factor()
    glasses_shape: float = range_factor(0, 1, 0.5)
    glasses_tone: float = range_factor(0, 1, 0.3)
    iris_color: str = choice_factor(IRIS_COLORS, "brown")
    clothes_r: float = range_factor(0, 1, 0.25)
    clothes_g: float = range_factor(0, 1, 0.3)
    clothes_b: float = range_factor(0, 1, 0.4)
    clothes_neck: float = range_factor(0, 1, 0.5)
    clothes_pattern: float = range_factor(0, 1, 0)
    clothes_style: str = choice_factor(CLOTHES_STYLES, "crew")
    # light
    light_az: float = range_factor(-65, 65, 25)
    light_el: float = range_factor(-5, 65, 30)
    light_intensity: float = range_factor(0.75, 1.3, 1)
    light_warmth: float = range_factor(-1, 1, 0)
    ambient_r: float = range_factor(0, 1, 0.5)
    ambient_g: float = range_factor(0, 1, 0.5)
    ambient_b: float = range_factor(0, 1, 0.5)
    # background
    bg_kind: str = choice_factor(BACKGROUNDS, "wall")
    bg0_r: float = range_factor(0, 1, 0.55)
    bg0_g: float = range_factor(0, 1, 0.56)
    bg0_b: float = range_factor(0, 1, 0.58)
    bg1_r: float = range_factor(0, 1, 0.35)
    bg1_g: float = range_factor(0, 1, 0.36)
    bg1_b: float = range_factor(0, 1, 0.4)
    bg_angle: float = range_factor(0, 360, 90)
    bg_blobs: float = range_factor(0, 1, 0.5)
    bg_seed: float = range_factor(0, 50, 0)
    # frame and texture
    crop_scale: float = range_factor(-0.04, 0.04, 0)
    crop_dx: float = range_factor(-0.02, 0.02, 0)
    crop_dy: float = range_factor(-0.02, 0.02, 0)
    noise_seed: float = range_factor(0, 50, 0)


FACTORS = factors_of(FaceFactors)
"""Every factor's name and domain, in the order of the columns of ``factors.csv``."""


class _Draw:
    """Draws that stay inside a factor's range."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def uniform(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def normal(self, mean: float, std: float, low: float, high: float) -> float:
        return float(np.clip(self.rng.normal(mean, std), low, high))

    def beta(self, a: float, b: float) -> float:
        return float(self.rng.beta(a, b))

    def sometimes(self, probability: float) -> float:
        """0 mostly; otherwise uniform in (0, 1). Both draws are always made, so later factors do not shift."""
        amount = self.rng.random()
        return float(amount) if self.rng.random() < probability else 0.0

    def choice(self, weights: Mapping[str, float]) -> str:
        return weighted(self.rng, list(weights), list(weights.values()))

    def color(self, value: tuple[float, float], saturation: tuple[float, float]) -> tuple[float, ...]:
        return colorsys.hsv_to_rgb(self.uniform(0, 1), self.uniform(*saturation), self.uniform(*value))


def sample(seed: int, index: int) -> FaceFactors:
    """The face number ``index`` of the endless series ``seed``: the same on every machine and in every order."""
    rng = np.random.default_rng([seed, index])
    draw = _Draw(rng)
    v: dict[str, Any] = {}

    v["smile"] = draw.uniform(-0.3, 0.1) if rng.random() < 0.3 else draw.beta(1.6, 1.5)
    v["mouth_open"] = draw.beta(0.5, 3.0)
    v["brow_raise"] = draw.normal(0.1, 0.32, -0.5, 1)
    v["eye_close"] = 0.6 * draw.beta(0.7, 4.0)
    v["gender"] = draw.beta(0.45, 0.45)
    v["age"] = 18 + 67 * draw.beta(1.1, 1.6)
    v["weight"] = draw.normal(0, 0.5, -1, 1)
    mixture = rng.dirichlet([0.5] * 3)
    for name, share in zip(("eth_african", "eth_asian", "eth_caucasian"), mixture, strict=True):
        v[name] = float(share)
    for name in (
        "nose_size", "nose_width", "nose_curve", "jaw_width", "chin_size", "eye_size", "eye_spacing", "eye_slant",
        "lips_fullness", "mouth_width", "face_length", "forehead", "cheekbones", "brow_ridge", "ear_size",
    ):  # fmt: skip
        v[name] = draw.normal(0, 0.42, -1, 1)

    v["yaw"] = draw.normal(0, 14, -35, 35)
    v["pitch"] = draw.normal(0, 5.5, -15, 15)
    v["roll"] = draw.normal(0, 2.5, -7, 7)
    v["gaze_x"] = draw.normal(0, 5, -16, 16)
    v["gaze_y"] = draw.normal(0, 3, -9, 9)

    v["skin_tone"] = draw.normal(0, 1, -2, 2)  # a deviation; turned into a tone below
    v["skin_hue"] = draw.normal(0, 0.45, -1.1, 1.1)
    for name in ("skin_rosy", "skin_gloss"):
        v[name] = draw.beta(1.4, 1.8)
    v["freckles"] = draw.sometimes(0.2)
    v["lips_hue"] = draw.uniform(0, 1)
    v["lips_strength"] = draw.beta(0.8, 1.6)
    v["makeup"] = draw.sometimes(0.6)

    v["hair_style"] = draw.choice(
        {
            "bald": 0.04,
            "buzz": 0.08,
            "short": 0.2,
            "swept": 0.14,
            "medium": 0.17,
            "long": 0.2,
            "ponytail": 0.1,
            "afro": 0.07,
        }
    )
    v["hair_color"] = draw.choice(
        {"black": 0.3, "brown": 0.34, "blond": 0.15, "red": 0.07, "grey": 0.08, "white": 0.06}
    )
    v["hair_shade"] = draw.normal(0, 0.45, -1.1, 1.1)
    for name in ("hair_volume", "hair_length", "hairline", "brow_dark", "brow_thick"):
        v[name] = draw.uniform(0, 1)
    v["hair_wave"] = draw.beta(0.8, 1.2)
    v["hair_part"] = draw.uniform(-1, 1)
    v["fringe"] = draw.sometimes(0.3)
    v["beard"] = draw.sometimes(0.55)

    v["glasses"] = int(rng.random() < 0.2)
    v["glasses_shape"] = draw.uniform(0, 1)
    v["glasses_tone"] = draw.uniform(0, 1)
    v["iris_color"] = draw.choice({"brown": 0.32, "hazel": 0.13, "blue": 0.2, "green": 0.1, "grey": 0.08, "dark": 0.17})
    _put_color(v, "clothes", draw.color((0.08, 0.88), (0.02, 0.52)))
    v["clothes_neck"] = draw.uniform(0, 1)
    v["clothes_pattern"] = draw.sometimes(0.3)
    v["clothes_style"] = draw.choice({"crew": 0.38, "vneck": 0.2, "shirt": 0.28, "turtleneck": 0.14})

    v["light_az"] = draw.normal(0, 32, -65, 65)
    v["light_el"] = draw.normal(30, 15, -5, 65)
    v["light_intensity"] = draw.normal(1.0, 0.13, 0.75, 1.3)
    v["light_warmth"] = draw.normal(0, 0.5, -1, 1)
    _put_color(v, "ambient", draw.color((0.36, 0.64), (0, 0.16)))

    v["bg_kind"] = draw.choice({"wall": 0.32, "window": 0.2, "bokeh": 0.26, "horizon": 0.22})
    _put_color(v, "bg0", draw.color((0.2, 0.95), (0.0, 0.36)))
    _put_color(v, "bg1", draw.color((0.08, 0.8), (0.0, 0.42)))
    v["bg_angle"] = draw.uniform(0, 360)
    v["bg_blobs"] = draw.uniform(0, 1)
    v["bg_seed"] = draw.uniform(0, 50)
    v["crop_scale"] = draw.uniform(-0.04, 0.04)
    v["crop_dx"] = draw.uniform(-0.02, 0.02)
    v["crop_dy"] = draw.uniform(-0.02, 0.02)
    v["noise_seed"] = draw.uniform(0, 50)

    _make_plausible(v, draw)
    return FaceFactors(**v)


def _put_color(values: dict[str, Any], prefix: str, color: tuple[float, ...]) -> None:
    for channel, x in zip("rgb", color, strict=True):
        values[f"{prefix}_{channel}"] = float(x)


def _make_plausible(v: dict[str, Any], draw: _Draw) -> None:
    """The dependencies between factors, all of them. The draws are always made, whatever the outcome."""
    coin, other, age_coin, eye_coin = draw.rng.random(4)
    # Skin tone follows the mixture of face shapes loosely: every tone occurs with every shape.
    centre = 0.22 + 0.5 * v["eth_african"] + 0.12 * v["eth_asian"]
    v["skin_tone"] = float(np.clip(centre + 0.17 * v["skin_tone"], 0, 1))
    # Light hair and light eyes on deep skin are rare, grey hair is rare on the young.
    if v["skin_tone"] > 0.55 and v["hair_color"] in ("blond", "red") and coin < 0.8:
        v["hair_color"] = "black" if other < 0.7 else "brown"
    if v["skin_tone"] > 0.5 and v["iris_color"] in ("blue", "green", "grey") and eye_coin < 0.85:
        v["iris_color"] = "brown" if eye_coin < 0.45 else "dark"
    if v["age"] < 45 and v["hair_color"] in ("grey", "white") and age_coin < 0.8:
        v["hair_color"] = "brown" if other < 0.5 else "black"
    elif v["age"] > 60 and v["hair_color"] not in ("grey", "white") and age_coin < 0.5:
        v["hair_color"] = "grey" if other < 0.6 else "white"
    # Beards and receding hair are masculine, make-up and painted lips mostly feminine, long hair more often so.
    masculine = v["gender"] > 0.5
    if masculine:
        v["makeup"] = 0.0
        v["lips_strength"] *= 0.3
        if v["hair_style"] in ("medium", "long", "ponytail") and coin < 0.7:
            v["hair_style"] = "short" if other < 0.6 else "swept"
    else:
        v["beard"] = 0.0
        if v["hair_style"] in ("bald", "buzz") or (v["hair_style"] in ("short", "swept") and coin < 0.5):
            v["hair_style"] = "long" if other < 0.45 else "medium" if other < 0.8 else "ponytail"
