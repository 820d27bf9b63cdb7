"""Draws the photo with the square that is framed: dark outside of it, with handles, thirds and the faces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from diti_studio.ui.frame_geometry import Square

HANDLE = 5.0  # half the side of a corner's handle, in logical pixels as all that follows
KNOB = 9.0  # radius of the handle that turns
STEM = 30.0  # from the square's upper side to that handle
_SHADE = QColor(0, 0, 0, 150)
_SHADOW = QColor(0, 0, 0, 120)
_LIGHT = QColor(255, 255, 255)
_INK = QColor(40, 40, 44)


@dataclass(frozen=True)
class FaceChoice:
    """A face of the photo.

    Attributes:
        box: around it, in photo pixels.
        square: as the pack frames this face.
    """

    box: QRectF
    square: Square


@dataclass(frozen=True)
class Look:
    """How a square lies on the screen.

    Attributes:
        to_screen: from photo pixels to the widget's logical ones.
        square: what is framed.
        focused: the keys move it.
        hovered: index of the face under the pointer.
    """

    to_screen: QTransform
    square: Square
    focused: bool = False
    hovered: int | None = None

    def polygon(self) -> QPolygonF:
        """The square's corners on the screen, as ``Square.polygon``."""
        return self.to_screen.map(self.square.polygon())

    def knob(self) -> QPointF:
        """Where the handle that turns is."""
        top = QLineF(self.polygon().at(0), self.polygon().at(1))
        up = top.normalVector().unitVector()  # of a line to the right this one points upwards
        return top.center() + (up.p2() - up.p1()) * STEM


def paint(
    painter: QPainter, image: QImage, photo: QRectF, look: Look, faces: Sequence[FaceChoice], accent: QColor
) -> None:
    """Draws everything but the background.

    Args:
        image: the photo, of any size.
        photo: its place, in photo pixels.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    place = look.to_screen.mapRect(photo)
    painter.drawImage(place, image)
    _paint_beyond(painter, image, place, look.polygon())
    _paint_shade(painter, place, look.polygon())
    for index, face in enumerate(faces):
        _paint_face(painter, look, face, accent, hovered=index == look.hovered)
    _paint_thirds(painter, look)
    _paint_border(painter, look, accent)


def _paint_beyond(painter: QPainter, image: QImage, place: QRectF, square: QPolygonF) -> None:
    """Where the square leaves the photo the model sees its mirror image: so does the user."""
    area = square.boundingRect()
    if place.contains(area):
        return
    path = QPainterPath()
    path.addPolygon(square)
    painter.save()
    painter.setClipPath(path)
    for row in _tiles(area.top() - place.top(), area.bottom() - place.top(), place.height()):
        for column in _tiles(area.left() - place.left(), area.right() - place.left(), place.width()):
            if row or column:
                tile = place.translated(column * place.width(), row * place.height())
                mirrored = QTransform.fromScale(-1 if column % 2 else 1, -1 if row % 2 else 1)
                painter.save()
                painter.translate(tile.center())
                painter.setTransform(mirrored, True)
                painter.translate(-tile.center())
                painter.drawImage(tile, image)
                painter.restore()
    painter.restore()


def _tiles(start: float, end: float, length: float) -> range:
    """Which copies of the photo, side by side, cover this range; the photo itself is number 0."""
    return range(math.floor(start / length), math.ceil(end / length))


def _paint_shade(painter: QPainter, place: QRectF, square: QPolygonF) -> None:
    outside, inside = QPainterPath(), QPainterPath()
    outside.addRect(place)
    inside.addPolygon(square)
    inside.closeSubpath()
    painter.fillPath(outside - inside, _SHADE)


def _paint_face(painter: QPainter, look: Look, face: FaceChoice, accent: QColor, *, hovered: bool) -> None:
    box = look.to_screen.mapRect(face.box)
    radius = min(8.0, box.width() / 4)
    chosen = face.square == look.square
    if hovered:
        fill = QColor(accent)
        fill.setAlpha(70)
        painter.setBrush(fill)
    painter.setPen(QPen(_SHADOW, 4.0))
    painter.drawRoundedRect(box, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    style = Qt.PenStyle.SolidLine if hovered or chosen else Qt.PenStyle.DashLine
    painter.setPen(QPen(accent if hovered or chosen else _LIGHT, 2.0, style))
    painter.drawRoundedRect(box, radius, radius)


def _paint_thirds(painter: QPainter, look: Look) -> None:
    whole = look.square.transform() * look.to_screen
    lines = [
        QLineF(whole.map(QPointF(*a)), whole.map(QPointF(*b)))
        for share in (1 / 3, 2 / 3)
        for a, b in (((share, 0), (share, 1)), ((0, share), (1, share)))
    ]
    for colour, width in ((QColor(0, 0, 0, 60), 3.0), (QColor(255, 255, 255, 130), 1.0)):
        painter.setPen(QPen(colour, width))
        painter.drawLines(lines)


def _paint_border(painter: QPainter, look: Look, accent: QColor) -> None:
    polygon, knob = look.polygon(), look.knob()
    stem = QLineF((polygon.at(0) + polygon.at(1)) / 2, knob)
    for colour, width in ((accent if look.focused else _SHADOW, 5.0 if look.focused else 4.0), (_LIGHT, 1.5)):
        painter.setPen(QPen(colour, width, j=Qt.PenJoinStyle.MiterJoin))
        painter.drawPolygon(polygon)
        painter.drawLine(stem)
    painter.setPen(QPen(_INK, 1.0))
    painter.setBrush(_LIGHT)
    for corner in polygon.toList():
        painter.save()
        painter.translate(corner)
        painter.rotate(-look.square.angle)
        painter.drawRect(QRectF(-HANDLE, -HANDLE, 2 * HANDLE, 2 * HANDLE))
        painter.restore()
    painter.drawEllipse(knob, KNOB, KNOB)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _paint_turn(painter, knob)


def _paint_turn(painter: QPainter, middle: QPointF) -> None:
    """An arrow that goes round."""
    radius = KNOB * 0.5
    painter.setPen(QPen(_INK, 1.5, c=Qt.PenCapStyle.FlatCap))
    ring = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    painter.drawArc(ring, 16 * 60, 16 * 270)
    tip = middle + QPointF(radius, 0)  # the arc ends at -30 degrees; the head points on to the right side
    head = QPolygonF([tip + QPointF(0.4, -1.2), tip + QPointF(-3.4, 1.4), tip + QPointF(1.6, 3.6)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_INK)
    painter.drawPolygon(head)
    painter.setBrush(Qt.BrushStyle.NoBrush)
