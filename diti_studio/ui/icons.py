"""Icons: our own line drawings, tinted by the palette at the moment of painting.

An SVG says ``currentColor`` wherever it wants ink. The engine puts in the palette's text colour when Qt asks for
pixels, at the size and density that the screen needs: icons follow a change from light to dark, and stay crisp at any
scale.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from diti_studio.core.resources import resource

_clones: list[QIconEngine] = []
"""Qt owns what ``clone`` returns, Python's count does not know: it would free it a second time."""


def icon(name: str) -> QIcon:
    """The icon drawn in ``resources/icons/NAME.svg``. Raises FileNotFoundError when there is none."""
    _drawing(name)
    return QIcon(_TintedEngine(name))


@cache
def _drawing(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text("utf-8")


class _TintedEngine(QIconEngine):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        density = painter.device().devicePixelRatioF() if painter.device() else 1.0
        pixels = QSize(round(rect.width() * density), round(rect.height() * density))
        painter.drawPixmap(rect, self._pixels(pixels, mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self._pixels(size, mode)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        pixmap = QPixmap(self._pixels(QSize(round(size.width() * scale), round(size.height() * scale)), mode))
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def clone(self) -> QIconEngine:
        engine = _TintedEngine(self._name)
        _clones.append(engine)
        return engine

    def key(self) -> str:
        return "diti-tinted"

    def _pixels(self, size: QSize, mode: QIcon.Mode) -> QPixmap:
        ink = _ink(mode)
        key = f"diti:{self._name}:{size.width()}x{size.height()}:{ink.rgba():08x}"
        pixmap = QPixmap()
        if not QPixmapCache.find(key, pixmap):
            pixmap = _render(self._name, size, ink)
            QPixmapCache.insert(key, pixmap)
        return pixmap


def _ink(mode: QIcon.Mode) -> QColor:
    palette = QGuiApplication.palette()
    if mode == QIcon.Mode.Disabled:
        return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
    if mode == QIcon.Mode.Selected:
        return palette.color(QPalette.ColorRole.HighlightedText)
    return palette.color(QPalette.ColorRole.WindowText)


def _render(name: str, size: QSize, ink: QColor) -> QPixmap:
    pixmap = QPixmap(size)
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(_drawing(name).replace("currentColor", ink.name()).encode())
    side = min(size.width(), size.height())
    box = QRectF(QRect(QPoint((size.width() - side) // 2, (size.height() - side) // 2), QSize(side, side)))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(ink.alphaF())
    renderer.render(painter, box)
    painter.end()
    return pixmap
