"""Where the pictures of a document are, and what to tell the user of one that is not where it was."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from diti_studio.core import pictures
from diti_studio.core.document.entries import PictureEntry, is_relative
from diti_studio.core.errors import PictureError
from diti_studio.core.pictures import Picture


@dataclass(frozen=True)
class Found:
    """A picture is there.

    Attributes:
        entry: what the document is to say of it from now on.
        data: the file's bytes, read once: what was compared, or is remembered, is what is decoded.
    """

    entry: PictureEntry
    data: bytes = field(repr=False)

    @classmethod
    def of_file(cls, path: str | Path) -> Found:
        """A picture file that a document is to use. Raises PictureError."""
        path = Path(path)
        return cls.of_bytes(pictures.read_bytes(path), path.name, path)

    @classmethod
    def of_bytes(cls, data: bytes, name: str, path: Path | None = None) -> Found:
        """The content of a picture file; without a path it travels inside the document."""
        return cls(PictureEntry.of_bytes(data, name, path), data)

    @classmethod
    def of_pixels(cls, pixels: NDArray[np.uint8], name: str) -> Found:
        """Pixels that were never a file, uint8 [H, W, 3]: they travel inside the document as a PNG."""
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)  # quick: it is large, and done while people wait
        return cls.of_bytes(buffer.getvalue(), f"{name}.png")

    def picture(self) -> Picture:
        """The picture itself. Raises PictureError when the file is none."""
        return replace(pictures.decode(self.data, self.entry.name), path=self.entry.path)


@dataclass(frozen=True)
class Changed:
    """There is a file, but its content is another than the document remembers. Nothing uses it unless accepted."""

    entry: PictureEntry
    path: Path

    @property
    def sentence(self) -> str:
        """What to tell the user."""
        return (
            f"{self.path.name} is not the picture that {self.entry.name} was: use it anyway, or locate the other one."
        )

    def accept(self) -> Found:
        """Takes the file as it is now, because the user said so. Raises PictureError when it cannot be read."""
        found = Found.of_file(self.path)
        return replace(found, entry=found.entry.model_copy(update={"copy_inside": self.entry.copy_inside}))


@dataclass(frozen=True)
class Missing:
    """There is no file, or it cannot be read; ``sentence`` says so."""

    entry: PictureEntry
    sentence: str


Whereabouts = Found | Changed | Missing


def find_picture(entry: PictureEntry, copies: Mapping[str, bytes], folder: Path | None = None) -> Whereabouts:
    """Looks for a picture: inside the document, where its path leads, then by its name in ``folder`` (the document's).

    A path written by a stranger is followed only to a file of the size and digest that the document names.
    """
    if entry.sha256 in copies:
        return Found(entry, copies[entry.sha256])
    first = look_at(entry, entry.path) if entry.path is not None else None
    if isinstance(first, Found) or folder is None or not is_relative(entry.name):  # some systems have drives in names
        return first or _not_inside(entry)
    beside = look_at(entry, folder / entry.name)
    return beside if isinstance(beside, Found) else first or _not_inside(entry)


def look_at(entry: PictureEntry, path: Path) -> Whereabouts:
    """Whether the file at ``path`` is the picture: what to ask for a file that the user has located."""
    try:
        if path.stat().st_size != entry.size and path.is_file():
            return Changed(entry, path)
        data = pictures.read_bytes(path)
    except PictureError as error:
        return Missing(entry, str(error))
    except (OSError, ValueError):  # a link in a circle, a null character
        return Missing(entry, f"{entry.name} was not found; looked for it at {path}.")
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        return Changed(entry, path)
    return Found(entry.model_copy(update={"path": path.absolute()}), data)


def _not_inside(entry: PictureEntry) -> Missing:
    return Missing(entry, f"The document's own copy of {entry.name} is missing or damaged: locate the picture.")
