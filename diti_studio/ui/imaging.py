"""Pixels to and from Qt's images. A QImage made here owns its memory, so that it may cross threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def to_image(pixels: npt.NDArray[np.uint8]) -> QImage:
    """uint8 [H,W,3] sRGB -> an opaque image in the format that the screen draws fastest."""
    import numpy

    height, width = pixels.shape[:2]
    data = numpy.ascontiguousarray(pixels)
    view = QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return view.convertToFormat(QImage.Format.Format_RGB32)  # a copy, as the formats differ


def to_pixels(image: QImage) -> npt.NDArray[np.uint8]:
    """An image -> uint8 [H,W,3]; what is transparent is seen over white."""
    import numpy

    if image.hasAlphaChannel():
        image = _over_white(image)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    buffer: Any = image.constBits()
    rows = numpy.frombuffer(buffer, numpy.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def thumbnail(image: QImage, side: int) -> QImage:
    """The central square of an image, ``side`` pixels large."""
    scaled = image.scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    return scaled.copy((scaled.width() - side) // 2, (scaled.height() - side) // 2, side, side)


def _over_white(image: QImage) -> QImage:
    import numpy

    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    buffer: Any = rgba.constBits()
    values = numpy.frombuffer(buffer, numpy.uint8).reshape(rgba.height(), rgba.width(), 4).astype(numpy.uint32)
    alpha = values[:, :, 3:]
    return to_image(((values[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(numpy.uint8))
