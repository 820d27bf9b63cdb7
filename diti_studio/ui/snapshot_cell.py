"""One picture of the grid of snapshots, with its name and the two switches that choose what is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QToolTip, QWidget

from diti_studio.ui.imaging import thumbnail
from diti_studio.ui.tips import tip

if TYPE_CHECKING:
    from diti_studio.ui.session import Snapshot

MARKS = ("A", "B")
LINE = 8.0  # logical pixels around the name
_SWITCH = 24.0
_EDGE = 3.0  # around the picture, for the frame
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class SnapshotCell(QAbstractButton):
    """A click or Enter takes the picture; A and B, as switches or keys, mark it as one side of a comparison."""

    marked = Signal(str)
    """"A" or "B" was switched."""
    walked = Signal(int)
    """An arrow key, for the cell beside this one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._image = QImage()
        self._drawn = True
        self._mark = ""
        self._pixmap = QPixmap()

    def sizeHint(self) -> QSize:
        return QSize(200, round(200 + self.text_height(self)))

    @staticmethod
    def text_height(widget: QWidget) -> float:
        """Logical pixels below a picture, for its name in the font of a widget."""
        return QFontMetricsF(widget.font()).height() + 2 * LINE

    def show_snapshot(self, snapshot: Snapshot, mark: str) -> None:
        """Shows a picture, its name, and which side of the comparison it is: "A", "B" or none."""
        if snapshot.image.cacheKey() != self._image.cacheKey():
            self._image, self._pixmap = snapshot.image, QPixmap()
        self._drawn, self._mark = snapshot.drawn, mark
        self.setText(snapshot.name.replace("&", "&&"))
        self.setAccessibleName(snapshot.name)
        sides = {"A": self.tr("A, on the left of the comparison"), "B": self.tr("B, on the right of the comparison")}
        self.setAccessibleDescription(sides.get(mark, ""))
        self.update()

    @property
    def mark(self) -> str:
        """Which side of the comparison it is."""
        return self._mark

    def switch(self, mark: str) -> QRectF:
        """Where the switch of a mark is."""
        picture = self._picture()
        x = picture.left() + 8 if mark == "A" else picture.left() + 8 + _SWITCH + 4
        return QRectF(x, picture.top() + 8, _SWITCH, _SWITCH)

    def _picture(self) -> QRectF:
        side = min(self.width(), self.height() - self.text_height(self)) - 2 * _EDGE
        return QRectF((self.width() - side) / 2, _EDGE, side, side)

    def _switch_at(self, place: QPointF) -> str:
        return next((mark for mark in MARKS if self.switch(mark).contains(place)), "")

    # -- events ----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self._switch_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and mark:
            self.marked.emit(mark)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_A, Qt.Key.Key_B) and not event.modifiers():
            self.marked.emit("A" if key == Qt.Key.Key_A else "B")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in _ARROWS:
            self.walked.emit(key)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self._tip_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def _tip_at(self, place: QPointF) -> str:
        match self._switch_at(place):
            case "A":
                return self.tr("A: on the left of the comparison (key A)")
            case "B":
                return self.tr("B: on the right of the comparison (key B)")
            case _:
                return self.tr("Click to go on with {0}").format(self.accessibleName())

    # -- drawing ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, picture = self.palette(), self._picture()
        painter.drawPixmap(picture.topLeft(), self._scaled(picture.width()))
        if not self._drawn:
            veil = colours.color(QPalette.ColorRole.Window)
            veil.setAlphaF(0.75)
            painter.fillRect(picture, veil)
        accent = colours.color(QPalette.ColorRole.Accent)
        if self.hasFocus() or self.underMouse() or self._mark:
            painter.setPen(QPen(accent, 2.5 if self.hasFocus() else 1.5))
            painter.drawRoundedRect(picture.adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3)
        for mark in MARKS:
            self._paint_switch(painter, mark)
        metrics = QFontMetricsF(self.font())
        below = QRectF(0, picture.bottom() + LINE - 1, self.width(), metrics.height() + 2)
        painter.setPen(colours.color(QPalette.ColorRole.WindowText))
        name = metrics.elidedText(self.accessibleName(), Qt.TextElideMode.ElideMiddle, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_switch(self, painter: QPainter, mark: str) -> None:
        on, place, colours = self._mark == mark, self.switch(mark), self.palette()
        painter.setPen(QPen(QColor(255, 255, 255, 255 if on else 130), 1))
        painter.setBrush(colours.color(QPalette.ColorRole.Highlight) if on else QColor(18, 18, 20, 190))
        painter.drawEllipse(place)
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(colours.color(QPalette.ColorRole.HighlightedText) if on else QColor(255, 255, 255))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, mark)
        painter.setFont(self.font())
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _scaled(self, side: float) -> QPixmap:
        """The picture as large as it is shown, made once for a size."""
        ratio = self.devicePixelRatioF()
        pixels = max(round(side * ratio), 1)
        if self._pixmap.width() != pixels and not self._image.isNull():
            self._pixmap = QPixmap.fromImage(thumbnail(self._image, pixels))
            self._pixmap.setDevicePixelRatio(ratio)
        return self._pixmap
