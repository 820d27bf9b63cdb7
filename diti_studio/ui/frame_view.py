"""The whole photo with the square on it, moved by mouse and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPolygonF,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QApplication, QWidget

from diti_studio.ui import frame_painter
from diti_studio.ui.frame_geometry import Grip, Limits, Part, Square, moved, resized
from diti_studio.ui.frame_painter import KNOB, STEM, FaceChoice, Look

MARGINS = (16.0, STEM + KNOB + 6)  # logical pixels around the photo; the wider where the handle that turns needs it
REACH = 11.0  # around a handle, within which a press takes it
FAR = 10  # photo pixels that an arrow key moves with Shift; without it one
GROWTH = 0.02
TURN = 1.0  # degrees

_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
_GROW = {"+": 1, "=": 1, "-": -1, "_": -1}  # the unshifted neighbours, where plus needs Shift
_TURN = {"[": TURN, "]": -TURN}
_ABOUT_CENTRE = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier


class FrameView(QWidget):
    """Shows a photo and lets a square be placed on it.

    A corner is dragged against the one opposite to it, as croppers do; Alt, or Shift where the desktop takes Alt for
    itself, holds the centre instead.
    """

    changed = Signal()
    """The square is another one."""
    applied = Signal()
    """The user wants it so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frameView")
        self.setAccessibleName(self.tr("Square on the photo"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 160)
        self._image = QImage()
        self._scaled = QImage()
        self._photo = QRectF()
        self._limits = Limits(QSizeF(), 1, 1)
        self._faces: Sequence[FaceChoice] = ()
        self._square = Square(0, 0, 1)
        self._to_screen = QTransform()
        self._grip: Grip | None = None
        self._pressed = QPointF()
        self._dragging = False
        self._hovered: int | None = None
        self._before_click: Square | None = None

    # -- what is shown ---------------------------------------------------------------------------------

    def show_photo(self, image: QImage, limits: Limits, square: Square, faces: Sequence[FaceChoice]) -> None:
        """Shows a photo, reduced to ``image``, with its square and faces."""
        self._image, self._limits, self._faces = image, limits, faces
        self._scaled = QImage()
        self._photo = QRectF(QPointF(0, 0), limits.photo)
        self._grip = self._hovered = self._before_click = None
        self._square = square
        self._tell()
        self._fit()

    @property
    def square(self) -> Square:
        """What is framed."""
        return self._square

    def set_square(self, square: Square) -> None:
        """Frames something else, within the limits; a square that a recipe made is kept to the last digit."""
        self._place(square)
        self._fit()

    @property
    def faces(self) -> Sequence[FaceChoice]:
        """The faces that can be chosen."""
        return self._faces

    def on_screen(self, point: QPointF) -> QPointF:
        """Where a point of the photo is in this widget."""
        return self._to_screen.map(point)

    def knob(self) -> QPointF:
        """Where the handle that turns is in this widget."""
        return self._look().knob()

    # -- mouse -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed, self._dragging = event.position(), False
        self._grip = self._grip_at(event.position())
        self._update_pointer(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        grip = self._grip
        if grip is None:
            self._update_pointer(event.position())
            return
        way = (event.position() - self._pressed).manhattanLength()
        if not self._dragging and way < QApplication.startDragDistance():
            return
        self._dragging = True
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        to = self._on_photo(event.position())
        self._place(grip.dragged(to, self._limits, centred=bool(event.modifiers() & _ABOUT_CENTRE), snapped=shift))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        face = self._face_at(event.position())
        if not self._dragging and face is not None and face == self._face_at(self._pressed):
            inside = self._square.holds(self._on_photo(event.position()))
            self._before_click = self._square if inside else None
            self._place(self._faces[face].square)
        else:
            self._before_click = None
        self._grip = None
        self._fit()
        self._update_pointer(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Applies: the square as it was before the first of the two clicks, where that one was inside of it."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        before, self._before_click = self._before_click, None
        if before is not None:
            self._place(before)
        if self._square.holds(self._on_photo(event.position())):
            self.applied.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hovered(None)
        super().leaveEvent(event)

    # -- keys ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        square, key = self._square, Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.applied.emit()
        elif key in _ARROWS:
            far = FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.set_square(self._limits.keep(moved(square, _ARROWS[key] * far)))
        elif event.text() in _GROW:
            by = max(2, round(GROWTH * square.size)) * _GROW[event.text()]
            self.set_square(self._limits.keep(resized(square, self._limits.size(square.size + by))))
        elif event.text() in _TURN:
            self.set_square(self._limits.keep(replace(square, angle=square.angle + _TURN[event.text()])))
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the faces, and after the last one on to the next control."""
        squares = [face.square for face in self._faces]
        step = 1 if next else -1
        place = squares.index(self._square) + step if self._square in squares else (0 if next else -1)
        if not 0 <= place < len(squares):
            return super().focusNextPrevChild(next)
        self.set_square(squares[place])
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # -- inside ----------------------------------------------------------------------------------------

    def _place(self, square: Square) -> None:
        if square != self._square:
            self._square = square
            self._tell()
            self.changed.emit()
            self.update()

    def _tell(self) -> None:
        """What a screen reader says of it."""
        square = self._square
        text = self.tr("Centre {0:.0f}, {1:.0f}; side {2:.0f} pixels; turned by {3:.1f}°")
        self.setAccessibleDescription(text.format(square.cx, square.cy, square.size, square.angle))

    def _fit(self) -> None:
        """Shows the whole photo, and the square where it reaches beyond."""
        if self._photo.isEmpty():
            return
        wanted = self._photo.united(self._square.polygon().boundingRect())
        scale, seen = 1.0, QRectF(self.rect()).adjusted(KNOB, KNOB, -KNOB, -KNOB)
        for margin in MARGINS:
            scale = self._centre_on(wanted, margin)
            if seen.contains(self.knob()):
                break
        self._scale_image(scale)
        self.update()

    def _centre_on(self, wanted: QRectF, margin: float) -> float:
        """Shows a part of the photo, as large as it goes; returns how large that is."""
        room = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        scale = max(1e-6, min(room.width() / wanted.width(), room.height() / wanted.height()))
        middle = QRectF(self.rect()).center()
        self._to_screen = QTransform()
        self._to_screen.translate(middle.x(), middle.y())
        self._to_screen.scale(scale, scale)
        self._to_screen.translate(-wanted.center().x(), -wanted.center().y())
        return scale

    def _scale_image(self, scale: float) -> None:
        """Averages the photo once for its size on the screen: drawn smaller in one go, it would shimmer."""
        size = (self._photo.size() * (scale * self.devicePixelRatioF())).toSize()
        if size.width() >= self._image.width():
            self._scaled = self._image
        elif size != self._scaled.size():
            self._scaled = self._image.scaled(
                size.expandedTo(QSize(1, 1)),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )

    def _look(self) -> Look:
        return Look(self._to_screen, self._square, self.hasFocus(), self._hovered)

    def _on_photo(self, point: QPointF) -> QPointF:
        back, _ = self._to_screen.inverted()
        return back.map(point)

    def _grip_at(self, point: QPointF) -> Grip | None:
        look, place = self._look(), self._on_photo(point)
        for index, corner in enumerate(look.polygon().toList()):
            if _near(point, corner, REACH):
                return Grip(self._square, Part.CORNER, place, index)
        if _near(point, look.knob(), REACH):
            return Grip(self._square, Part.TURN, place)
        return Grip(self._square, Part.INSIDE, place) if self._square.holds(place) else None

    def _face_at(self, point: QPointF) -> int | None:
        """The smallest face there, so that one in front of another can be reached."""
        place = self._on_photo(point)
        there = [i for i, face in enumerate(self._faces) if face.box.contains(place)]
        return min(there, key=lambda i: self._faces[i].box.width(), default=None)

    def _update_pointer(self, point: QPointF) -> None:
        grip = self._grip or self._grip_at(point)
        on_handle = grip is not None and grip.part is not Part.INSIDE
        face = None if on_handle or self._dragging else self._face_at(point)
        self._set_hovered(face)
        if grip is None:
            shape = Qt.CursorShape.PointingHandCursor if face is not None else Qt.CursorShape.ArrowCursor
        elif grip.part is Part.INSIDE:
            shape = Qt.CursorShape.SizeAllCursor
        elif grip.part is Part.TURN:
            shape = Qt.CursorShape.ClosedHandCursor if self._grip else Qt.CursorShape.OpenHandCursor
        else:
            shape = _diagonal(self._look().polygon(), grip.corner)
        self.setCursor(shape)

    def _set_hovered(self, face: int | None) -> None:
        if face != self._hovered:
            self._hovered = face
            self.update()

    # -- drawing ---------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Dark))
        if not self._photo.isEmpty():
            accent = self.palette().color(QPalette.ColorRole.Accent)
            frame_painter.paint(painter, self._scaled, self._photo, self._look(), self._faces, accent)


def _near(a: QPointF, b: QPointF, reach: float) -> bool:
    return QPointF.dotProduct(a - b, a - b) <= reach * reach


def _diagonal(polygon: QPolygonF, corner: int) -> Qt.CursorShape:
    """The arrow that lies nearest to the way in which a corner goes."""
    way = polygon.at(corner) - polygon.at((corner + 2) % 4)
    if abs(way.x()) > 2 * abs(way.y()):
        return Qt.CursorShape.SizeHorCursor
    if abs(way.y()) > 2 * abs(way.x()):
        return Qt.CursorShape.SizeVerCursor
    return Qt.CursorShape.SizeFDiagCursor if way.x() * way.y() > 0 else Qt.CursorShape.SizeBDiagCursor
