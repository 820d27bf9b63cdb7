"""The square that is framed by hand, and what dragging a part of it does: plain arithmetic on photo coordinates.

Coordinates and angles are those of ``core.framing``: y grows downwards, a positive angle turns counter-clockwise on the
screen. The class repeats the four numbers of ``framing.Frame`` because the window does not wait for numpy at its start.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPolygonF, QTransform

SNAP = 15.0  # degrees
_DIGITS = 2  # of what is written: a hundredth of a pixel or degree


@dataclass(frozen=True)
class Square:
    """A square on the photo: its centre and side in photo pixels, its turn in degrees."""

    cx: float
    cy: float
    size: float
    angle: float = 0.0

    @property
    def centre(self) -> QPointF:
        """Where its diagonals cross."""
        return QPointF(self.cx, self.cy)

    @property
    def choice(self) -> str:
        """``X,Y,SIZE,ANGLE``, as ``framing.Frame.parse`` reads it."""
        # Adding zero turns -0.0 into 0.0.
        numbers = (round(n, _DIGITS) + 0.0 for n in (self.cx, self.cy, self.size, self.angle))
        return ",".join(f"{n:.{_DIGITS}f}".rstrip("0").rstrip(".") for n in numbers)

    def transform(self) -> QTransform:
        """From the square's own coordinates, 0..1, to the photo's."""
        out = QTransform()
        out.translate(self.cx, self.cy)
        out.rotate(-self.angle)  # Qt turns clockwise where y points down
        out.scale(self.size, self.size)
        out.translate(-0.5, -0.5)
        return out

    def polygon(self) -> QPolygonF:
        """Its corners on the photo: top left, top right, bottom right, bottom left."""
        return QPolygonF([self.transform().map(QPointF(x, y)) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))])

    def corner(self, index: int) -> QPointF:
        """One corner of ``polygon``."""
        return self.polygon().at(index)

    def holds(self, point: QPointF) -> bool:
        """True when a point of the photo is inside."""
        inside, _ = self.transform().inverted()
        return QRectF(0, 0, 1, 1).contains(inside.map(point))


@dataclass(frozen=True)
class Limits:
    """What a square must keep to: sides in photo pixels, and its centre on the photo."""

    photo: QSizeF
    smallest: float
    largest: float

    def size(self, size: float) -> float:
        """The nearest side that is allowed."""
        return min(self.largest, max(self.smallest, size))

    def keep(self, square: Square) -> Square:
        """The nearest square that is allowed; an upright one lies on whole pixels, and is then cut without a loss."""
        cx = min(self.photo.width(), max(0.0, square.cx))
        cy = min(self.photo.height(), max(0.0, square.cy))
        size, angle = self.size(square.size), normal(square.angle)
        if angle == 0:
            size = float(round(size))
            cx, cy = (math.floor(n - size / 2 + 0.5) + size / 2 for n in (cx, cy))
        return Square(cx, cy, size, angle)


class Part(Enum):
    """What of the square a press takes."""

    INSIDE = auto()
    CORNER = auto()
    TURN = auto()


@dataclass(frozen=True)
class Grip:
    """A drag that began: the square as it was, the part and the place where it was taken.

    Attributes:
        corner: index of the corner, where one was taken.
    """

    square: Square
    part: Part
    start: QPointF
    corner: int = 0

    def dragged(self, to: QPointF, limits: Limits, *, centred: bool, snapped: bool) -> Square:
        """The square when the pointer is at ``to``.

        Args:
            centred: a corner moves against the centre, not against the corner that lies opposite.
            snapped: the turn goes in steps of ``SNAP``.
        """
        if self.part is Part.INSIDE:
            return limits.keep(moved(self.square, to - self.start))
        if self.part is Part.TURN:
            return limits.keep(self._turned(to, snapped))
        size = limits.size(self._size(to, centred))
        return limits.keep(resized(self.square, size, None if centred else self.corner))

    def _turned(self, to: QPointF, snapped: bool) -> Square:
        angle = self.square.angle + _direction(to - self.square.centre) - _direction(self.start - self.square.centre)
        return replace(self.square, angle=normal(SNAP * round(angle / SNAP) if snapped else angle))

    def _size(self, to: QPointF, centred: bool) -> float:
        corner = self.square.corner(self.corner)
        anchor = self.square.centre if centred else self.square.corner((self.corner + 2) % 4)
        out = corner - anchor  # along the diagonal
        length = math.hypot(out.x(), out.y())
        target = corner + (to - self.start) - anchor
        along = QPointF.dotProduct(target, out) / length
        return along * math.sqrt(2) if centred else along / math.sqrt(2)


def moved(square: Square, by: QPointF) -> Square:
    """The square somewhere else."""
    return replace(square, cx=square.cx + by.x(), cy=square.cy + by.y())


def resized(square: Square, size: float, corner: int | None = None) -> Square:
    """The square with another side about its centre or, where ``corner`` is given, about the corner opposite to it."""
    if corner is None:
        return replace(square, size=size)
    anchor = square.corner((corner + 2) % 4)
    centre = anchor + (square.centre - anchor) * (size / square.size)
    return Square(centre.x(), centre.y(), size, square.angle)


def normal(angle: float) -> float:
    """The same turn in (-180, 180] degrees."""
    rest = math.remainder(angle, 360.0)
    return 180.0 if rest == -180.0 else rest + 0.0


def _direction(vector: QPointF) -> float:
    """Degrees counter-clockwise from the right, on the screen."""
    return math.degrees(math.atan2(-vector.y(), vector.x()))
