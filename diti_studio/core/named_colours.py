"""Colour spaces that a picture file names without carrying their profile, and profiles made for them.

Cameras that are set to Adobe RGB write JPEGs so (DCF 2.0, "optional colour space"), some telephones HEIC in Display P3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

Array = npt.NDArray[np.floating]

_D65 = (0.3127, 0.3290)
_PCS_WHITE = np.array([0.9642, 1.0, 0.8249])  # D50, as ICC profiles have it
_CURVE = 1024  # samples
_INTEROP_INDEX = 1
_EXIF_SRGB = 1
_P3_PRIMARIES, _SRGB_TRANSFER = 12, 13  # ITU-T H.273, tables 2 and 3
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


@dataclass(frozen=True)
class _Space:
    """An RGB space with the white of daylight, D65.

    Attributes:
        primaries: chromaticities x, y of red, green and blue.
        gamma: exponent of the transfer curve; None for that of sRGB.
    """

    name: str
    primaries: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    gamma: float | None


_ADOBE_RGB = _Space("Adobe RGB (1998)", ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), 563 / 256)
_DISPLAY_P3 = _Space("Display P3", ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06)), None)


def named_profile(image: Image.Image, exif: Image.Exif) -> bytes | None:
    """The ICC profile of the colour space that an opened RGB picture names, where that is not sRGB.

    Raises whatever a broken block of metadata makes its parser raise.
    """
    if image.mode not in ("RGB", "RGBA"):
        return None
    named: Any = image.info.get("nclx_profile")
    if named and (named.get("color_primaries"), named.get("transfer_characteristics")) == (
        _P3_PRIMARIES, _SRGB_TRANSFER
    ):  # fmt: skip
        return _profile(_DISPLAY_P3)
    says_srgb = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace) == _EXIF_SRGB
    if not says_srgb and exif.get_ifd(ExifTags.IFD.Interop).get(_INTEROP_INDEX) == "R03":
        return _profile(_ADOBE_RGB)
    return None


@cache
def _profile(space: _Space) -> bytes:
    """A display profile of three primaries and a curve: ICC.1:2001-04 (version 2), clause 6.3.1.2."""
    curve = _curve(space.gamma)
    name = space.name.encode()
    described = b"desc" + bytes(4) + struct.pack(">I", len(name) + 1) + name + b"\0" + bytes(11 + 67)
    tags = {
        b"desc": described,
        b"cprt": b"text" + bytes(4) + b"no copyright\0",
        b"wtpt": _xyz(_PCS_WHITE),
        **{key: _xyz(column) for key, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), _colorants(space).T, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body, places = b"", b"", dict[bytes, int]()
    start = 128 + 4 + 12 * len(tags)
    for key, data in tags.items():
        if data not in places:  # the curve is shared
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += key + struct.pack(">II", places[data], len(data))
    header = struct.pack(">I4sI4s4s4s", start + len(body), bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _xyz(_PCS_WHITE)[8:]
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _colorants(space: _Space) -> Array:
    """[3,3]: the XYZ of red, green and blue as columns, seen under D50 (Bradford)."""
    columns = np.stack([_white(xy) for xy in space.primaries], axis=1)
    columns = columns * np.linalg.solve(columns, _white(_D65))
    to, from_ = (_BRADFORD @ white for white in (_PCS_WHITE, _white(_D65)))
    return np.linalg.solve(_BRADFORD, (to / from_)[:, None] * (_BRADFORD @ columns))


def _white(xy: tuple[float, float]) -> Array:
    """XYZ of a chromaticity, Y = 1."""
    x, y = xy
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _xyz(values: Array) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _curve(gamma: float | None) -> bytes:
    if gamma is not None:
        return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    level = np.linspace(0, 1, _CURVE)
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return b"curv" + bytes(4) + struct.pack(f">I{_CURVE}H", _CURVE, *np.rint(linear * 65535).astype(int).tolist())
