"""What of a photo's metadata goes into a written picture."""

from __future__ import annotations

from typing import Literal

from PIL import ExifTags, Image

Metadata = Literal["keep", "no-location", "none"]
"""All that stays true of an edited picture, the same without where it was taken, or nothing."""


def kept(exif: bytes | None, policy: Metadata) -> bytes | None:
    """The part of a ``Picture``'s metadata that a policy lets through; None when nothing is left."""
    if exif is None or policy == "none":
        return None
    return exif if policy == "keep" else _without_location(exif)


def _without_location(exif: bytes) -> bytes | None:
    try:
        found = Image.Exif()
        found.load(exif)
        if not len(found):  # nothing that could be read
            return None
        if ExifTags.IFD.GPSInfo not in found:
            return exif
        del found[ExifTags.IFD.GPSInfo]
        return found.tobytes() if len(found) else None
    except Exception:  # whatever a broken block makes the parser raise: better nothing than a place
        return None
