"""Seven steps from the picture to its reference, as small pictures: a click or Enter takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from diti_studio.ui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

STEPS = tuple(round(i / 6, 2) for i in range(7))
"""How far each goes, 0 (the picture as it is) to 1 (the reference)."""

_GAP = 3.0
_LARGEST = 64.0


class StepStrip(QWidget):
    """Shows where the blend stands among the steps, and tells which one is taken."""

    taken = Signal(float)
    shown = Signal()
    """It came into view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Steps toward the reference"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("Click a step to take it. With the keyboard: arrow keys, then Enter."))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._images: tuple[QImage, ...] | None = None
        self._alpha = 0.0
        self._chosen = 0
        self._hovered: int | None = None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._side(width) + self._line())

    def sizeHint(self) -> QSize:
        return QSize(290, self.heightForWidth(290))

    def minimumSizeHint(self) -> QSize:
        return QSize(180, self.heightForWidth(180))

    # -- what is shown ---------------------------------------------------------------------------------

    @property
    def images(self) -> tuple[QImage, ...] | None:
        """The pictures of the steps, once there are any."""
        return self._images

    def show_images(self, images: Sequence[QImage] | None) -> None:
        """Shows pictures, one a step; None shows empty places."""
        self._images = tuple(images) if images is not None else None
        self.update()

    def set_alpha(self, alpha: float) -> None:
        """Marks the step at which the blend stands, where it stands at one; tells nobody."""
        self._alpha = alpha
        self._chosen = min(range(len(STEPS)), key=lambda i: abs(STEPS[i] - alpha))
        self._describe(aloud=False)
        self.update()

    def step(self, index: int) -> QRectF:
        """Where a step is drawn."""
        side = self._side(self.width())
        left = (self.width() - len(STEPS) * side - (len(STEPS) - 1) * _GAP) / 2
        return QRectF(left + index * (side + _GAP), 0, side, side)

    def _side(self, width: int) -> float:
        return max(min((width - 4 - (len(STEPS) - 1) * _GAP) / len(STEPS), _LARGEST), 16.0)

    def _line(self) -> float:
        return QFontMetricsF(theme.small_font(self)).height() + theme.TIGHT

    # -- by hand ---------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._step_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._step_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self._take(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(STEPS) - 1
        moves = {
            Qt.Key.Key_Left: self._chosen - 1,
            Qt.Key.Key_Right: self._chosen + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        move = moves.get(Qt.Key(event.key()))
        if move is not None:
            self._chosen = min(max(move, 0), last)
            self._describe(aloud=True)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._take(self._chosen)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def _step_at(self, place: QPointF) -> int | None:
        return next((i for i in range(len(STEPS)) if self.step(i).contains(place)), None)

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()

    def _take(self, index: int) -> None:
        self._chosen = index
        self.update()
        self.taken.emit(STEPS[index])

    def _describe(self, *, aloud: bool) -> None:
        text = self.tr("Step {n} of {of}: blend {alpha}").format(
            n=self._chosen + 1, of=len(STEPS), alpha=f"{STEPS[self._chosen]:.2f}"
        )
        self.setAccessibleDescription(text)
        if aloud and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    # -- drawing ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = self.palette()
        base, ink = colours.color(QPalette.ColorRole.Base), colours.color(QPalette.ColorRole.WindowText)
        accent = colours.color(QPalette.ColorRole.Accent)
        for i in range(len(STEPS)):
            place = self.step(i)
            if self._images is not None:
                painter.drawImage(place, self._images[i])
            else:
                painter.fillRect(place, theme.mix(base, ink, 0.1))
            if abs(STEPS[i] - self._alpha) < 0.005:
                painter.setPen(QPen(accent, 3))
                painter.drawRect(place.adjusted(1.5, 1.5, -1.5, -1.5))
            if i == self._hovered or (i == self._chosen and self.hasFocus()):
                painter.setPen(QPen(ink, 1.5))
                painter.drawRect(place.adjusted(0.75, 0.75, -0.75, -0.75))
        self._captions(painter)

    def _captions(self, painter: QPainter) -> None:
        painter.setFont(theme.small_font(self))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        first, last = self.step(0), self.step(len(STEPS) - 1)
        room = QRectF(first.left(), first.bottom() + 2, last.right() - first.left(), self._line() - 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, self.tr("yours"))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, self.tr("reference"))
        if self._hovered is not None:
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, f"{STEPS[self._hovered]:.2f}")
        elif self._images is None:
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, self.tr("being made…"))
