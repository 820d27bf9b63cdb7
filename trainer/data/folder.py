"""A folder of pictures, nested as it may be: found, decoded once to the size of the network, bad ones named."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from diti_studio.core import pictures
from diti_studio.core.errors import PictureError, UsageError

Pixels = npt.NDArray[np.uint8]

SUFFIXES = frozenset({
    ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif", ".jp2", ".ppm",
})  # fmt: skip
MATTES = "mattes"


def find_pictures(folder: Path) -> list[str]:
    """Names of the pictures under a folder, relative to it, sorted; mattes and hidden files are left out.

    Raises:
        UsageError: it is no folder, or holds no picture.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    out = list[str]()
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != MATTES)
        relative = Path(where).relative_to(folder)
        out += [
            (relative / f).as_posix() for f in files if not f.startswith(".") and Path(f).suffix.lower() in SUFFIXES
        ]
    if not out:
        raise UsageError(f"{folder} holds no pictures.")
    return sorted(out)


def decode_pictures(folder: Path, names: Sequence[str], size: int) -> tuple[Pixels, list[int], list[str]]:
    """Decodes pictures to a centre square of ``size`` pixels.

    Returns:
        Pixels [M,size,size,3] of those that could be read, their indices among ``names``, and one sentence for each
        of the others.
    """
    images = np.empty((len(names), size, size, 3), np.uint8)

    def decode(i: int) -> str:
        try:
            images[i] = square(pictures.load(folder / names[i]).pixels, size)
        except PictureError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        failures = list(pool.map(decode, range(len(names))))
    good = [i for i, failure in enumerate(failures) if not failure]
    bad = [failure for failure in failures if failure]
    return (images if not bad else images[good]), good, bad


def square(pixels: Pixels, size: int) -> Pixels:
    """The centre square of [H,W,3] uint8 at size x size, by Lanczos."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    if height == width == size:
        return pixels
    crop = Image.fromarray(pixels[top : top + side, left : left + side])
    return np.asarray(crop.resize((size, size), Image.Resampling.LANCZOS))


def decode_mattes(folder: Path, names: Sequence[str], size: int) -> npt.NDArray[np.uint8] | None:
    """Foreground alpha [N,size,size] from mattes/NAME.png beside the pictures; all 0 where a picture has none.

    None when the folder has no mattes.
    """
    if not (folder / MATTES).is_dir():
        return None
    out = np.zeros((len(names), size, size), np.uint8)
    for i, name in enumerate(names):
        path = folder / MATTES / Path(name).with_suffix(".png")
        if path.is_file():
            try:
                image = pictures.open_image(pictures.read_bytes(path), path.name).convert("L")
            except (PictureError, OSError):
                continue
            out[i] = square(np.repeat(np.asarray(image)[..., None], 3, axis=2), size)[..., 0]
    return out
