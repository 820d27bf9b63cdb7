"""Pictures in what is dropped or pasted."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QImage

from diti_studio.ui.jobs import (
    Source,
)


def has_source(data: QMimeData) -> bool:
    """True when there may be a picture in it; nothing is decoded."""
    return data.hasImage() or any(url.isLocalFile() for url in data.urls())


def sources_of(data: QMimeData | None) -> list[Source]:
    """Local files first; else the pixels themselves, as browsers and image programs give them."""
    if data is None:  # an empty clipboard of some platforms
        return []
    files = [Source.file(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        return files
    image = data.imageData() if data.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        return [pixels(image)]
    return []


def pixels(image: QImage) -> Source:
    """Pixels of another program."""
    return Source(QCoreApplication.translate("drops", "Pasted picture"), image=QImage(image))
