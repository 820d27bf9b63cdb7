"""From whatever colours a picture file holds to opaque 8-bit sRGB."""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageCms

DEPTH_NOTE = "16 bits a colour reduced to 8"


@cache
def profile(name: Literal["sRGB", "LAB"]) -> ImageCms.ImageCmsProfile:
    """A profile made by LittleCMS; pictures are converted to ``sRGB`` and saved with it."""
    made: Any = ImageCms.createProfile(name)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return ImageCms.ImageCmsProfile(made)


def is_deep(image: Image.Image) -> bool:
    """Whether an image that is open but not loaded holds 16 bits a colour, which Pillow reads as 8."""
    return image.mode in ("RGB", "RGBA", "LA") and ";16" in repr(getattr(image, "tile", ""))


@cache
def written_profile() -> bytes:
    """The sRGB profile that files are saved with, its date of making fixed: equal pictures give equal files."""
    data = bytearray(profile("sRGB").tobytes())
    data[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)  # ICC.1:2010, 7.2.8
    data[84:100] = bytes(16)  # the profile's ID, which would have to be computed anew, and may be zero
    return bytes(data)


def to_srgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """A loaded image of any of Pillow's modes as an opaque RGB one in sRGB.

    What was lost on the way is added to ``notes``, in a user's words. Raises OSError or ValueError for a mode that
    Pillow cannot convert.
    """
    alpha: Image.Image | None = None
    if image.has_transparency_data:
        image = image if image.mode in ("RGBA", "LA") else _keep_profile(image, "RGBA")
        alpha = image.getchannel("A")
        image = _keep_profile(image, "RGB" if image.mode == "RGBA" else "L")
        if alpha.getextrema() == (255, 255):
            alpha = None
    elif image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _reduce_depth(image, notes)
    if image.mode not in ("RGB", "L", "CMYK", "LAB"):
        image = _keep_profile(image, "RGB")
    rgb = _apply_profile(image, notes)
    if alpha is not None:
        rgb = Image.composite(rgb, Image.new("RGB", rgb.size, "white"), alpha)
        notes.append("transparent parts put on white")
    return rgb


def _keep_profile(image: Image.Image, mode: str) -> Image.Image:
    converted = image.convert(mode)
    if embedded := image.info.get("icc_profile"):
        converted.info["icc_profile"] = embedded
    return converted


def _reduce_depth(image: Image.Image, notes: list[str]) -> Image.Image:
    """Grey levels of 16 or 32 bits, or floats in 0..1, 0..255 or 0..65535, to 8 bits."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32))
    top = float(values.max(initial=0.0))
    if image.mode == "F":
        white = 1.0 if top <= 1.0 else 255.0 if top <= 255.0 else 65535.0
        notes.append("floating-point grey levels reduced to 8 bits")
    else:
        white = 65535.0 if image.mode.startswith("I;16") or top > 255.0 else 255.0
        notes.append(DEPTH_NOTE)
    reduced = Image.fromarray(np.rint(np.clip(values * (255.0 / white), 0, 255)).astype(np.uint8))
    if embedded := image.info.get("icc_profile"):
        reduced.info["icc_profile"] = embedded
    return reduced


def _apply_profile(image: Image.Image, notes: list[str]) -> Image.Image:
    """Through the embedded profile into sRGB, relative colorimetric with black-point compensation."""
    embedded = image.info.get("icc_profile")
    try:
        if embedded:
            source = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
        elif image.mode == "LAB":
            source = profile("LAB")
        else:
            return image.convert("RGB")
        transform = ImageCms.buildTransform(
            source,
            profile("sRGB"),
            image.mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if image.mode == "RGB" and _changes_nothing(transform):
            return image
        converted = ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        notes.append("unreadable colour profile ignored")
        return image.convert("RGB")
    if converted is None:  # only for in-place transforms, which this is not
        return image
    notes.append("colours converted to sRGB")
    return converted


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a profile is sRGB under whatever name: it moves no colour of a lattice by more than rounding."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    moved = ImageCms.applyTransform(Image.fromarray(lattice), transform)
    return moved is not None and int(np.abs(np.asarray(moved).astype(int) - lattice).max()) <= 1
