"""From whatever colours a picture file holds to opaque 8-bit sRGB, and back to the photo's own."""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

Pixels = npt.NDArray[np.uint8]

Profile = Literal["own", "srgb"]
"""The colours in which a picture is written: those of its photo, or sRGB."""

DEPTH_NOTE = "16 bits a colour reduced to 8"
CONVERTED_NOTE = "colours converted to sRGB"
MAX_PROFILE = 1_000_000
"""Bytes of a profile that is written again: readers of PNG take no more than a mebibyte."""

REACH = 64.0
"""A change, in grey levels of sRGB, beyond which nothing is left of what sRGB could not hold of the photo."""

_RGB_MODES = ("RGB", "RGBA", "RGBX", "P", "PA")
_BAND_PIXELS = 1 << 20  # changed at a time, so that memory stays bounded
_UNREADABLE = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


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


def own_profile(image: Image.Image) -> bytes | None:
    """The embedded profile, where an edited picture can be written in its colours: an RGB one that is not sRGB.

    None for grey levels, CMYK and Lab, and for a profile that is too large or leads one way only.
    """
    embedded = image.info.get("icc_profile")
    if image.mode not in _RGB_MODES or not isinstance(embedded, bytes) or not 0 < len(embedded) <= MAX_PROFILE:
        return None
    try:
        own = _opened(embedded)
        there, _ = _transform(own, profile("sRGB"), "RGB"), _transform(profile("sRGB"), own, "RGB")
        return None if _changes_nothing(there) else embedded
    except _UNREADABLE:
        return None


def profile_name(embedded: bytes) -> str:
    """What a profile calls itself, in one short line; a general name where it does not say."""
    try:
        name = ImageCms.getProfileDescription(_opened(embedded))
    except _UNREADABLE:
        name = ""
    return "".join(c if c.isprintable() else " " for c in name).strip()[:60] or "an RGB profile"


def as_stored(image: Image.Image) -> Image.Image:
    """A loaded image that has an ``own_profile`` as an opaque RGB one, its colours untouched."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    return Image.composite(rgba.convert("RGB"), Image.new("RGB", rgba.size, "white"), rgba.getchannel("A"))


def change_in(embedded: bytes, own: Pixels, before: Pixels, after: Pixels) -> npt.NDArray[np.int16]:
    """What an edit that was made in sRGB changes of a picture in its own colours.

    Where the edit changes nothing that is exactly zero, so that colours which sRGB cannot hold stay what they are.
    Elsewhere they go with the edit, the less the further it leads away (``REACH``): what was painted over is gone.

    Args:
        embedded: a profile that ``own_profile`` gave.
        own: [H,W,3], the picture in the colours of that profile.
        before, after: [H,W,3] in sRGB, without and with the edit.

    Returns:
        [H,W,3] in grey levels of the profile.
    """
    transform = _transform(profile("sRGB"), _opened(embedded), "RGB")
    out = np.empty(own.shape, np.int16)
    step = max(1, _BAND_PIXELS // own.shape[1])
    for top in range(0, len(own), step):
        rows = slice(top, top + step)
        was, now = (_applied(transform, pixels[rows]) for pixels in (before, after))
        moved = np.abs(np.subtract(after[rows], before[rows], dtype=np.int16)).max(axis=2, keepdims=True)
        gone = np.minimum(moved / np.float32(REACH), np.float32(1))
        out[rows] = np.rint(now - was - gone * (own[rows] - was))
    return out


def _applied(transform: ImageCms.ImageCmsTransform, pixels: Pixels) -> npt.NDArray[np.float32]:
    moved = ImageCms.applyTransform(Image.fromarray(pixels), transform)
    assert moved is not None  # only in-place transforms return nothing
    return np.asarray(moved).astype(np.float32)


def _opened(embedded: bytes) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(embedded))


def _transform(
    source: ImageCms.ImageCmsProfile, target: ImageCms.ImageCmsProfile, mode: str
) -> ImageCms.ImageCmsTransform:
    """From a mode of Pillow's to RGB, relative colorimetric with black-point compensation."""
    return ImageCms.buildTransform(
        source, target, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
    )


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
    """Through the embedded profile into sRGB."""
    embedded = image.info.get("icc_profile")
    try:
        if embedded:
            source = _opened(embedded)
        elif image.mode == "LAB":
            source = profile("LAB")
        else:
            if image.mode == "CMYK":
                notes.append(CONVERTED_NOTE)
            return image.convert("RGB")
        transform = _transform(source, profile("sRGB"), image.mode)
        if image.mode == "RGB" and _changes_nothing(transform):
            return image
        converted = ImageCms.applyTransform(image, transform)
    except _UNREADABLE:
        notes.append("unreadable colour profile ignored")
        return image.convert("RGB")
    if converted is None:  # only for in-place transforms, which this is not
        return image
    notes.append(CONVERTED_NOTE)
    return converted


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a profile is sRGB under whatever name: it moves no colour of a lattice by more than rounding."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    moved = ImageCms.applyTransform(Image.fromarray(lattice), transform)
    return moved is not None and int(np.abs(np.asarray(moved).astype(int) - lattice).max()) <= 1
