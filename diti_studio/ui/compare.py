"""Comparing two pictures: the line between before and after, and their difference."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPolygonF

GRIP = 10.0  # logical pixels around the line within which the mouse takes it
RADIUS = 15.0
PADDING = 12.0
DIFFERENCE_SIDE = 800
GAINS = (1, 4, 16)


class Split:
    """A vertical line across a picture, kept as a share of its width, so that it stays when the view is zoomed."""

    def __init__(self) -> None:
        self.fraction = 0.5

    def x(self, picture: QRectF) -> float:
        """Where the line is, in the coordinates of ``picture``."""
        return picture.left() + self.fraction * picture.width()

    def move_to(self, x: float, picture: QRectF) -> None:
        """Moves the line, within the picture."""
        self.fraction = min(1.0, max(0.0, (x - picture.left()) / picture.width()))

    def is_at(self, point: QPointF, picture: QRectF) -> bool:
        """True when a press there takes the line."""
        return abs(point.x() - self.x(picture)) <= GRIP and picture.top() <= point.y() <= picture.bottom()

    def paint(self, painter: QPainter, picture: QRectF, visible: QRectF, before: str, after: str) -> None:
        """Draws line, handle and the two names over the part of the picture that is seen; logical pixels."""
        area = picture & visible
        x = self.x(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if area.left() <= x <= area.right():
            for colour, width in ((QColor(0, 0, 0, 90), 4.0), (QColor(255, 255, 255), 2.0)):
                painter.setPen(QPen(colour, width))
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            self._paint_handle(painter, QPointF(x, area.center().y()))
        top = area.top() + PADDING
        if x - area.left() > 90:
            paint_pill(painter, before, QPointF(area.left() + PADDING, top))
        if area.right() - x > 90:
            paint_pill(painter, after, QPointF(area.right() - PADDING, top), Qt.AlignmentFlag.AlignRight)

    def _paint_handle(self, painter: QPainter, centre: QPointF) -> None:
        painter.setPen(QPen(QColor(0, 0, 0, 70), 1.0))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(centre, RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(40, 40, 44))
        for way in (-1, 1):
            tip = centre + QPointF(way * 9.5, 0)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-way * 5.5, -4.5), tip + QPointF(-way * 5.5, 4.5)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def difference(before: QImage, after: QImage, gain: int) -> QImage:
    """|after - before| of each channel, ``gain`` (a power of two) times as bright, clipped at white.

    At most ``DIFFERENCE_SIDE`` pixels a side: it shows where something changed, and must not hold the window up.
    """
    side = min(DIFFERENCE_SIDE, after.width())
    out = QImage(side, side, QImage.Format.Format_RGB32)
    with QPainter(out) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(out.rect(), before)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
        painter.drawImage(out.rect(), after)
    while gain > 1:
        twice = out.copy()
        with QPainter(twice) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
            painter.drawImage(0, 0, out)
        out, gain = twice, gain // 2
    return out


def paint_pill(
    painter: QPainter, text: str, corner: QPointF, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
) -> None:
    """Writes a word on a dark pill whose top left (or right) corner is given; legible over any picture."""
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    box = QRectF(corner.x(), corner.y(), metrics.horizontalAdvance(text) + 20.0, metrics.height() + 8.0)
    if side == Qt.AlignmentFlag.AlignRight:
        box.moveRight(corner.x())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(18, 18, 20, 190))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)
