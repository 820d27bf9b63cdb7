"""A number that a person sets by hand: the slider, the field to type in, and the moment when the hand comes to rest.

Both tell ``moved`` at every change made by hand and ``settled`` once when the change is over: the mouse button
released, the keys or the wheel at rest, the typed number confirmed. Setting the amount by program tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QDoubleSpinBox, QSizePolicy, QSlider, QWidget

from diti_studio.ui import theme

UNIT = 100
"""A slider's whole numbers count hundredths."""
STEP, FINE, PAGE = 10, 1, 50
"""What an arrow key, an arrow key with Shift and a page key move, in hundredths."""
REST_MS = 400
"""A pause of keys or wheel that ends a change."""

_HANDLE = 6.0
_DETENT = 4.0
_KEYS = {
    Qt.Key.Key_Left: -STEP,
    Qt.Key.Key_Down: -STEP,
    Qt.Key.Key_Right: STEP,
    Qt.Key.Key_Up: STEP,
    Qt.Key.Key_PageDown: -PAGE,
    Qt.Key.Key_PageUp: PAGE,
}
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def key_step(event: QKeyEvent) -> int | None:
    """How far a key moves an amount, in hundredths; None for a key that moves nothing."""
    step = _KEYS.get(Qt.Key(event.key()))
    if step is not None and event.modifiers() & _SHIFT and abs(step) == STEP:
        return FINE if step > 0 else -FINE
    return step


def asks(event: QKeyEvent) -> bool:
    """True for the keys that ask what a control would do: those of a context menu."""
    shifted = event.key() == Qt.Key.Key_F10 and bool(event.modifiers() & _SHIFT)
    return shifted or event.key() == Qt.Key.Key_Menu


class WheelSteps:
    """Sums the small turns that a touch pad sends into whole notches."""

    def __init__(self) -> None:
        self._turned = 0

    def step(self, event: QWheelEvent) -> int:
        """How far the event moves an amount, in hundredths."""
        delta = event.angleDelta()
        self._turned += delta.y() or delta.x()
        notches = int(self._turned / 120)
        self._turned -= notches * 120
        return notches * (FINE if event.modifiers() & _SHIFT else STEP)


class Rest(QObject):
    """Tells once when what was moved has come to rest."""

    settled = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._moving = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.settle)

    def hold(self) -> None:
        """Something moves under the mouse; it rests when ``settle`` or ``wait`` says so."""
        self._moving = True
        self._timer.stop()

    def wait(self, milliseconds: int = REST_MS) -> None:
        """What moved rests after a pause."""
        self._moving = True
        self._timer.start(milliseconds)

    def wait_for_double_click(self) -> None:
        """A click jumped; the second one of a double click may still come, and both are one change."""
        if self._moving:
            self.wait(QGuiApplication.styleHints().mouseDoubleClickInterval())

    def settle(self) -> None:
        """It rests now; tells nothing when nothing moved."""
        self._timer.stop()
        if self._moving:
            self._moving = False
            self.settled.emit()


@dataclass
class _Drag:
    """A drag under way: the exact amount in hundredths, not clamped, at the last place of the mouse."""

    exact: float
    x: float
    grabbed_at: float
    dragged: bool = False


class AmountSlider(QSlider):
    """A slider from ``low`` to ``high`` in steps of 0.01, filled from zero, with a mark at zero when it lies inside.

    A double click resets. The wheel works only with the focus, so that scrolling a panel changes nothing. Shift makes
    mouse, arrows and wheel fine.
    """

    moved = Signal(float)
    settled = Signal(float)

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(round(low * UNIT), round(high * UNIT))
        self.setSingleStep(STEP)
        self.setPageStep(PAGE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ends = ("", "")
        self._drag: _Drag | None = None
        self._wheel = WheelSteps()
        self._rest = Rest(self)
        self._rest.settled.connect(lambda: self.settled.emit(self.amount()))
        self.valueChanged.connect(self._value_changed)
        self._fit_height()

    # -- the amount ------------------------------------------------------------------------------------

    def amount(self) -> float:
        """What the slider stands at."""
        return self.value() / UNIT

    def set_amount(self, amount: float) -> None:
        """Shows an amount, and tells nobody. What lies beyond an end is shown at the end."""
        with QSignalBlocker(self):
            self.setValue(round(amount * UNIT))
        self.update()

    def set_ends(self, minus: str, plus: str) -> None:
        """What the two ends mean, in small letters below."""
        self._ends = (minus, plus)
        self._fit_height()
        self.update()

    def reset(self) -> None:
        """Back to zero, as one change that has settled."""
        self.setValue(0)
        self._rest.settle()

    def _value_changed(self) -> None:
        if self._drag is not None:
            self._rest.hold()
        else:
            self._rest.wait()
        self.moved.emit(self.amount())

    # -- by hand ---------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x = event.position().x()
        self._drag = _Drag(self.value(), x, x)
        if abs(x - self._place(self.value())) > _HANDLE + 1:
            self._drag.exact = self._hundredths(x)
            self._show_drag(fine=False)
        event.accept()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if (drag := self._drag) is None:
            return
        fine = bool(event.modifiers() & _SHIFT)
        x = event.position().x()
        low, high = self._groove()
        drag.exact += (x - drag.x) / (high - low) * (self.maximum() - self.minimum()) * (0.1 if fine else 1)
        drag.x = x
        drag.dragged = drag.dragged or abs(x - drag.grabbed_at) >= 2
        if drag.dragged:
            self._show_drag(fine)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or (drag := self._drag) is None:
            return
        self._drag = None
        if drag.dragged:
            self._rest.settle()
        else:
            self._rest.wait_for_double_click()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = key_step(event)
        if step is not None:
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft and event.key() in (
                Qt.Key.Key_Left,
                Qt.Key.Key_Right,
            ):
                step = -step
            self.setValue(self.value() + step)
        elif event.key() == Qt.Key.Key_Home:
            self.setValue(self.minimum())
        elif event.key() == Qt.Key.Key_End:
            self.setValue(self.maximum())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()  # it scrolls the panel
            return
        event.accept()
        self.setValue(self.value() + self._wheel.step(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._drag is None:
            self._rest.settle()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._drag = None
        self._rest.settle()
        super().hideEvent(event)

    def _show_drag(self, fine: bool) -> None:
        assert self._drag is not None
        value = round(self._drag.exact)
        if not fine and abs(self._place(self._drag.exact) - self._place(0)) < _DETENT:
            value = 0  # zero is easy to find again
        self.setValue(value)

    # -- looks -----------------------------------------------------------------------------------------

    def _groove(self) -> tuple[float, float]:
        return _HANDLE + 2, self.width() - _HANDLE - 2

    def _place(self, hundredths: float) -> float:
        low, high = self._groove()
        share = (hundredths - self.minimum()) / (self.maximum() - self.minimum())
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            share = 1 - share
        return low + share * (high - low)

    def _hundredths(self, x: float) -> float:
        low, high = self._groove()
        share = min(max((x - low) / (high - low), 0.0), 1.0)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            share = 1 - share
        return self.minimum() + share * (self.maximum() - self.minimum())

    def _fit_height(self) -> None:
        caption = QFontMetricsF(theme.small_font(self)).height() if any(self._ends) else 0
        self.setFixedHeight(round(2 * _HANDLE + 6 + max(caption - 3, 0)))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._fit_height()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self.palette()
        accent = colours.color(QPalette.ColorRole.Accent)
        low, high = self._groove()
        y = _HANDLE + 3.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.color(QPalette.ColorRole.Midlight))
        painter.drawRoundedRect(QRectF(low - 2, y - 1.5, high - low + 4, 3), 1.5, 1.5)
        zero, here = self._place(0), self._place(self.value())
        if self.minimum() < 0 < self.maximum():
            painter.setBrush(colours.color(QPalette.ColorRole.Mid))
            painter.drawRect(QRectF(round(zero) - 0.5, y - 5, 1, 10))
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(min(zero, here), y - 1.5, abs(here - zero), 3), 1.5, 1.5)
        self._paint_handle(painter, here, y)
        self._paint_ends(painter, y + _HANDLE)

    def _paint_handle(self, painter: QPainter, x: float, y: float) -> None:
        colours = self.palette()
        accent = colours.color(QPalette.ColorRole.Accent)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 1.5))
            painter.drawEllipse(QRectF(x - _HANDLE - 1.5, y - _HANDLE - 1.5, 2 * _HANDLE + 3, 2 * _HANDLE + 3))
        ink = colours.color(QPalette.ColorRole.WindowText)
        body = theme.mix(colours.color(QPalette.ColorRole.Window), ink, 0.72)
        if not self.isEnabled():
            body = theme.mix(colours.color(QPalette.ColorRole.Window), ink, 0.5)
        elif self._drag is not None:
            body = accent
        elif self.underMouse():
            body = ink
        painter.setPen(QPen(colours.color(QPalette.ColorRole.Window), 1.5))
        painter.setBrush(body)
        radius = _HANDLE if self.isEnabled() else _HANDLE - 1.5
        painter.drawEllipse(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))

    def _paint_ends(self, painter: QPainter, top: float) -> None:
        minus, plus = self._ends
        if not (minus or plus):
            return
        font = theme.small_font(self)
        painter.setFont(font)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        role = QPalette.ColorRole.PlaceholderText if self.isEnabled() else QPalette.ColorRole.WindowText
        painter.setPen(self.palette().color(group, role))
        metrics = QFontMetricsF(font)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            minus, plus = plus, minus
        half = (self.width() - theme.SPACE) / 2 - 2
        box = QRectF(2, top, self.width() - 4, metrics.height())
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, metrics.elidedText(minus, elide, half))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, metrics.elidedText(plus, elide, half))


class AmountField(QDoubleSpinBox):
    """The same number, typed. Arrow keys and wheel step as on the slider."""

    moved = Signal(float)
    settled = Signal(float)

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self._told = 0.0
        self.setDecimals(2)
        self.setRange(low, high)
        self.setSingleStep(STEP / UNIT)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._wheel = WheelSteps()
        self._rest = Rest(self)
        self._rest.settled.connect(lambda: self.settled.emit(self.value()))
        self.valueChanged.connect(self._value_changed)
        self.editingFinished.connect(self._rest.settle)

    def set_amount(self, amount: float) -> None:
        """Shows an amount, and tells nobody. One beyond the range, from a recipe, is shown as it is."""
        with QSignalBlocker(self):
            self.setRange(min(self._low, amount), max(self._high, amount))
            if round(amount * UNIT) != round(self.value() * UNIT):  # do not disturb what is being typed
                self.setValue(amount)
        self._told = self.value()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.setValue(self.value() + (key_step(event) or 0) / UNIT)
            self._rest.wait()
            event.accept()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        event.accept()
        self.setValue(self.value() + self._wheel.step(event) / UNIT)
        self._rest.wait()

    def _value_changed(self) -> None:
        if self.value() == self._told:  # Qt says it again on Return
            return
        self._told = self.value()
        self._rest.hold()  # typing may go on: Return or leaving the field ends it
        self.moved.emit(self.value())
