"""The named attributes of rooms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trainer.attributes.spec import AttributeSpec, Columns, Floats, Read, number, one_of

_WARMTH = {"beige": 0.4, "yellow": 0.9, "red": 1.0, "green": -0.3, "teal": -0.8, "blue": -1.0, "violet": -0.1}
_GREENNESS = {"yellow": 0.3, "red": -0.8, "green": 1.0, "teal": 0.6, "violet": -1.0}


def _hue(name: str, amounts: Mapping[str, float]) -> Read:
    """How far the colour of something lies toward one side of a pair of opponent colours; 0 is grey."""

    def read(columns: Columns) -> Floats:
        kinds = np.array([amounts.get(colour, 0.0) for colour in columns[f"{name}_colour"].astype(str)])
        return kinds * columns[f"{name}_saturation"].astype(np.float64)

    return Read((f"{name}_colour", f"{name}_saturation"), read)


def _without(name: str, category: str) -> Read:
    """0 where the column holds the category, else 1."""
    absent = one_of(name, category)
    return Read(absent.columns, lambda columns: 1 - absent(columns))


_LIVING_ROOM = Read(("living_room", "main_piece"), number("living_room"))  # the piece is what is drawn


ROOMS: tuple[AttributeSpec, ...] = (
    AttributeSpec("daylight", "Time of day", "night", "bright day", number("daylight"), family="light"),
    AttributeSpec("sun", "Sunshine", "overcast", "sun patches", number("sun"), family="light"),
    AttributeSpec("lamp", "Lamp", "off", "on", number("lamp_on"), family="light", kind="binary"),
    AttributeSpec("light_warmth", "Warmth of light", "cool", "warm", number("light_warmth")),
    AttributeSpec("exposure", "Brightness", "darker", "brighter", number("exposure"), family="light"),
    AttributeSpec("colourfulness", "Colourfulness", "muted", "vivid", number("colourfulness")),
    AttributeSpec("contrast", "Contrast", "softer", "stronger", number("contrast")),
    AttributeSpec("sharpness", "Sharpness", "soft", "sharp", number("sharpness")),
    AttributeSpec("wall_lightness", "Walls", "dark", "light", number("wall_lightness")),
    AttributeSpec("wall_warmth", "Wall colour", "blue", "warm", _hue("wall", _WARMTH), family="wall colour"),
    AttributeSpec("wall_green", "Wall tint", "rose", "green", _hue("wall", _GREENNESS), family="wall colour"),
    AttributeSpec("floor_lightness", "Floor", "dark", "light", number("floor_lightness")),
    AttributeSpec("floor_warmth", "Floor colour", "grey", "warm", number("floor_warmth")),
    AttributeSpec("carpet", "Carpet", "bare floor", "carpet", one_of("floor_kind", "carpet"), kind="binary"),
    AttributeSpec("cover_lightness", "Bed or sofa", "dark", "light", number("cover_lightness")),
    AttributeSpec("cover_warmth", "Bed or sofa colour", "blue", "warm", _hue("cover", _WARMTH), family="cover colour"),
    AttributeSpec("cover_green", "Bed or sofa tint", "rose", "green", _hue("cover", _GREENNESS), family="cover colour"),
    AttributeSpec("cover_pattern", "Patterned fabric", "plain", "patterned", _without("cover_pattern", "plain"),
                  kind="binary"),
    AttributeSpec("living_room", "Bedroom – living room", "bed", "sofa", _LIVING_ROOM, kind="binary"),
    AttributeSpec("wood_lightness", "Furniture wood", "dark", "light", number("wood_lightness")),
    AttributeSpec("window", "Window", "none", "window", _without("window_wall", "none"), kind="binary"),
    AttributeSpec("curtains", "Curtains", "none", "curtains", number("curtains"), kind="binary"),
    AttributeSpec("rug", "Rug", "none", "rug", number("rug"), kind="binary"),
    AttributeSpec("pictures", "Pictures on the wall", "fewer", "more", number("pictures")),
    AttributeSpec("plant", "Plant", "none", "plant", _without("plant", "none"), kind="binary"),
    AttributeSpec("clutter", "Clutter", "tidy", "untidy", number("clutter")),
    AttributeSpec("ceiling_lamp", "Ceiling lamp", "none", "lamp", _without("ceiling_lamp", "none"), kind="binary"),
    AttributeSpec("camera_height", "Camera height", "low", "high", number("camera_height"), family="camera"),
    AttributeSpec("camera_side", "Camera place", "left", "right", number("camera_side"), family="camera"),
    AttributeSpec("camera_tilt", "Camera tilt", "down", "up", number("camera_tilt"), family="camera"),
    AttributeSpec("zoom", "Zoom", "wide", "close", number("zoom"), family="camera"),
    AttributeSpec("room_depth", "Room depth", "shallow", "deep", number("room_depth"), family="camera"),
)  # fmt: skip

SHARED_LABELS = frozenset[str]()
"""Hand labels that ROOMS reads."""

REDUNDANT = frozenset({"wall_colour", "cover_colour", "main_piece"})
"""Factors that attributes are computed from, or that follow from them."""
