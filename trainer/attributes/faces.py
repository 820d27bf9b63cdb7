"""The named attributes of faces."""

from __future__ import annotations

import numpy as np

from trainer.attributes.spec import AttributeSpec, Columns, Floats, Read, is_label, number, one_of, scaled

_BACKGROUND = tuple(f"bg{end}_{channel}" for end in "01" for channel in "rgb")


def _background(columns: Columns) -> Floats:
    weights = (0.2126, 0.7152, 0.0722)
    pairs = zip("rgb", weights, strict=True)
    return sum((w * (number(f"bg0_{c}")(columns) + number(f"bg1_{c}")(columns)) / 2 for c, w in pairs), np.zeros(1))


_HAIR_AMOUNT = {"bald": 0.0, "buzz": 0.15, "short": 0.35, "swept": 0.4, "afro": 0.55, "medium": 0.75}


def _hair_length(columns: Columns) -> Floats:
    styles = columns["hair_style"].astype(str)
    return np.array([_HAIR_AMOUNT.get(style, 1.0) for style in styles])


FACES: tuple[AttributeSpec, ...] = (
    AttributeSpec("smile", "Smile", "serious", "smiling", number("smile"),
                  scaled("smiling", (-0.05, 0.4, 0.85)), "mouth"),
    AttributeSpec("mouth_open", "Mouth open", "closed", "open", number("mouth_open"), family="mouth"),
    AttributeSpec("age", "Age", "younger", "older", number("age"), scaled("age_group", (32, 50, 68))),
    AttributeSpec("gender", "Feminine – masculine", "feminine", "masculine", number("gender"),
                  scaled("male", (0.12, 0.88))),
    AttributeSpec("glasses", "Glasses", "none", "glasses", number("glasses"), scaled("eyeglasses", (0, 1)),
                  kind="binary"),
    AttributeSpec("beard", "Beard", "shaved", "bearded", number("beard"), scaled("beard", (0, 0.4, 0.9))),
    AttributeSpec("hair_blond", "Blond hair", "less blond", "blond", one_of("hair_color", "blond"),
                  is_label("hair_colour", 2), "hair colour", "binary"),
    AttributeSpec("hair_dark", "Dark hair", "lighter", "dark", one_of("hair_color", "black"),
                  is_label("hair_colour", 0), "hair colour", "binary"),
    AttributeSpec("hair_grey", "Grey hair", "less grey", "grey", one_of("hair_color", "grey", "white"),
                  is_label("hair_colour", 4, 5), "hair colour", "binary"),
    AttributeSpec("hair_red", "Red hair", "less red", "red", one_of("hair_color", "red"),
                  is_label("hair_colour", 3), "hair colour", "binary"),
    AttributeSpec("hair_length", "Hair length", "short", "long", Read(("hair_style",), _hair_length),
                  scaled("hair_length", (0.3, 0.7, 1.0)), "hair amount"),
    AttributeSpec("bald", "Bald", "full hair", "bald", one_of("hair_style", "bald"),
                  scaled("bald", (0, 0.5, 1)), "hair amount", "binary"),
    AttributeSpec("fringe", "Fringe", "forehead free", "fringe", number("fringe"),
                  scaled("bangs", (0.05, 0.8)), "hair amount"),
    AttributeSpec("skin_tone", "Skin tone", "lighter", "darker", number("skin_tone")),
    AttributeSpec("weight", "Face width", "narrow", "wide", number("weight")),
    AttributeSpec("lips", "Lipstick", "none", "painted", number("lips_strength"),
                  scaled("lipstick", (0.15, 0.75)), "make-up"),
    AttributeSpec("makeup", "Eye make-up", "none", "strong", number("makeup"), family="make-up"),
    AttributeSpec("brow_raise", "Eyebrows", "lowered", "raised", number("brow_raise"), family="eyes"),
    AttributeSpec("eye_close", "Eyelids", "wide open", "half closed", number("eye_close"), family="eyes"),
    AttributeSpec("yaw", "Turn head", "to the left", "to the right", number("yaw")),
    AttributeSpec("pitch", "Nod", "down", "up", number("pitch")),
    AttributeSpec("light_az", "Light from the side", "from the left", "from the right", number("light_az")),
    AttributeSpec("light_intensity", "Brightness", "dimmer", "brighter", number("light_intensity"), family="light"),
    AttributeSpec("light_warmth", "Warmth of light", "cool", "warm", number("light_warmth")),
    AttributeSpec("background", "Background", "dark", "bright", Read(_BACKGROUND, _background)),
)  # fmt: skip

SHARED_LABELS = frozenset({
    "smiling", "age_group", "male", "eyeglasses", "beard", "hair_colour", "hair_length", "bald", "bangs", "lipstick",
})  # fmt: skip
"""Hand labels that FACES reads."""

REDUNDANT = frozenset({"hair_style", "hair_color", *_BACKGROUND})
"""Factors that attributes are computed from."""
