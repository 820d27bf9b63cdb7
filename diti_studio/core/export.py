"""What an export writes of an edited picture: the square or the whole photo, in the photo's own colours or in sRGB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from diti_studio.core import framing
from diti_studio.core.colour import Profile, change_in
from diti_studio.core.editor import Detail, Pixels, Subject
from diti_studio.core.errors import PictureError

Area = Literal["square", "photo"]


@dataclass(frozen=True, eq=False)
class Developed:
    """Pixels uint8 [H,W,3] and the profile that they are in; None for sRGB."""

    pixels: Pixels
    profile: bytes | None


def develop(
    subject: Subject, square: Pixels, *, area: Area = "square", detail: Detail = "keep", profile: Profile = "own"
) -> Developed:
    """The picture as it is written.

    Args:
        square: [S,S,3], the edited square in sRGB as ``Editor.render`` ends with it.
        area: the framed square, or the whole photo with the edit put back.
        detail: what the square was rendered with. The network's own picture is always written in sRGB: it has nothing
            of the photo's colours.
        profile: "own" keeps the photo's values, in its own profile, wherever the edit changes nothing. A photo in
            sRGB, in greys, CMYK or Lab is written in sRGB all the same.

    Raises:
        PictureError: there is too little memory for it.
    """
    try:
        return _developed(subject, square, area, detail, profile)
    except MemoryError:
        raise PictureError("The picture needs more memory to be put together than this machine has.") from None


def _developed(subject: Subject, square: Pixels, area: Area, detail: Detail, profile: Profile) -> Developed:
    own = subject.picture.own
    if profile == "srgb" or own is None or detail == "model":
        if area == "square":
            return Developed(square, None)
        change = np.subtract(square, subject.square, dtype=np.int16)
        return Developed(framing.put_back(subject.picture.pixels, change, subject.frame), None)
    photo = own.pixels()
    own_square = framing.cut(photo, subject.frame)
    change = change_in(own.profile, own_square, subject.square, square)
    if area == "photo":
        return Developed(framing.put_back(photo, change, subject.frame), own.profile)
    return Developed(np.clip(own_square + change, 0, 255).astype(np.uint8), own.profile)
