"""Makes the real photo among the samples of the pack rooms from a panorama of a hotel room that Blender carries (CC0).

    apt-get download blender-data && dpkg-deb -x blender-data_3.4.1+dfsg-2_all.deb blender
    pip install OpenEXR==3.5.3
    python packaging/prepare_room_photo.py blender/usr/share/blender/datafiles/studiolights/world/interior.exr FOLDER

The panorama has 1024 x 512 pixels; a photo is what a camera in its centre would see, exposed for a screen.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR  # pyright: ignore[reportMissingImports]
from PIL import Image

SIDE = 512
VIEWS = {"hotel-bed": (112, -8, 85)}
"""Name: direction, elevation and angle of view, in degrees."""


def main(panorama: Path, folder: Path) -> None:
    """Writes a JPEG a view."""
    channels: Any = OpenEXR.File(str(panorama)).channels()  # pyright: ignore[reportUnknownVariableType]
    light = np.asarray(channels["RGB"].pixels, np.float32)
    for name, view in VIEWS.items():
        Image.fromarray(exposed(seen(light, *view))).save(folder / f"{name}.jpg", quality=92)


def seen(light: np.ndarray, direction: float, elevation: float, angle: float) -> np.ndarray:
    """[SIDE,SIDE,3] of an equirectangular panorama [H,W,3], interpolated linearly."""
    reach = np.tan(np.radians(angle) / 2)
    right, up = np.meshgrid(np.linspace(-reach, reach, SIDE), np.linspace(reach, -reach, SIDE))
    turn = np.radians(elevation)
    up, ahead = up * np.cos(turn) + np.sin(turn), np.cos(turn) - up * np.sin(turn)
    longitude = np.arctan2(right, ahead) + np.radians(direction)
    latitude = np.arctan2(up, np.hypot(right, ahead))
    height, width = light.shape[:2]
    x = (longitude / (2 * np.pi) + 0.5) % 1 * width - 0.5
    y = (0.5 - latitude / np.pi) * height - 0.5
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    out = np.zeros((SIDE, SIDE, 3))
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = np.abs(1 - i - (y - top)) * np.abs(1 - j - (x - left))
        out += weight[..., None] * light[np.clip(top + i, 0, height - 1), (left + j) % width]
    return out


def exposed(light: np.ndarray) -> np.ndarray:
    """uint8 in sRGB: the median a middle grey, lights pressed together (Reinhard et al., 2002)."""
    light = np.maximum(light, 0) * (0.3 / np.median(light))
    light = 1.25 * light / (1 + 0.55 * light.mean(axis=2, keepdims=True))
    levels = np.where(light < 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(np.clip(levels, 0, 1) * 255).astype(np.uint8)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
