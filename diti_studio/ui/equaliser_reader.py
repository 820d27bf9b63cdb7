"""The equaliser for screen readers: each bar is a child of its own, with name, value and actions.

Qt asks for these interfaces through one factory of the program. A bar's interface is registered with Qt, which numbers
it; both sides keep it until the equaliser goes.
"""

# pyright: reportIncompatibleMethodOverride=false
# The stubs of PySide6 know of no interface that is not there.

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleValueChangeEvent,
    QAccessibleValueInterface,
    QKeySequence,
)
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import VoidPtr, isValid

from diti_studio.ui.amount_slider import STEP, UNIT
from diti_studio.ui.equaliser_layout import LIMIT

if TYPE_CHECKING:
    from diti_studio.ui.equaliser import Equaliser

_Span = tuple[int, int]
_RESET = "reset"
_NULL = VoidPtr(0)  # Qt would take None for the address of an interface


class EqualiserReader(QObject):
    """Says to assistive technology what the bars are, and what becomes of the one at the keys."""

    def __init__(self, equaliser: Equaliser) -> None:
        super().__init__(equaliser)
        self.equaliser = equaliser
        self._bars = dict[_Span, _Bar]()
        self._told: tuple[_Span, str] | None = None
        self.interface: _Bars | None = None
        """Kept here while Qt has only its address."""
        equaliser.described.connect(self._tell)
        equaliser.opened_changed.connect(self._reorder)

    def bar(self, index: int) -> _Bar:
        """The interface of a bar; the same one each time the bar is shown."""
        bar = self.equaliser.bars()[index]
        span = bar.start, bar.end
        if span not in self._bars:
            self._bars[span] = _Bar(self.equaliser, span)
        return self._bars[span]

    def reset_words(self) -> tuple[str, str]:
        """The name of what resets a bar, and what it does."""
        return self.tr("Reset"), self.tr("Back to zero")

    def tell_focus(self) -> None:
        """The keys came to the equaliser."""
        self._told = None
        self._tell()

    def _tell(self) -> None:
        """Of the bar at the keys: that it is another one, or that its amount is."""
        if not QAccessible.isActive() or not self.equaliser.bars():
            return
        bar = self.bar(self.equaliser.chosen_bar)
        before, self._told = self._told, (bar.span, bar.text(QAccessible.Text.Value))
        if before == self._told:
            return
        if before is not None and before[0] == bar.span:
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(bar, bar.value.currentValue()))
        elif self.equaliser.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(bar, QAccessible.Event.Focus))

    def _reorder(self) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self.equaliser, QAccessible.Event.ObjectReorder))


class _Bars(QAccessibleWidget):
    """The equaliser, a group of sliders."""

    def __init__(self, equaliser: Equaliser) -> None:
        super().__init__(equaliser, QAccessible.Role.Grouping)
        self._equaliser = equaliser

    def childCount(self) -> int:
        return len(self._equaliser.bars())

    def child(self, index: int) -> QAccessibleInterface | None:
        return self._equaliser.reader.bar(index) if 0 <= index < self.childCount() else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.index if isinstance(child, _Bar) else -1

    def focusChild(self) -> QAccessibleInterface | None:
        return self.child(self._equaliser.chosen_bar) if self._equaliser.hasFocus() else None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        return next(
            (bar for bar in map(self.child, range(self.childCount())) if bar and bar.rect().contains(x, y)), None
        )


class _Bar(QAccessibleInterface):
    """One bar: of a stage, or of a group of a stage that is open. It is there while it is shown."""

    def __init__(self, equaliser: Equaliser, span: _Span) -> None:
        super().__init__()
        self.equaliser = equaliser
        self.span = span
        self.value = _Amount(self)
        self._actions = _Actions(self)

    @property
    def index(self) -> int:
        """Its place among the bars that are shown; -1 while it is not."""
        spans = [(bar.start, bar.end) for bar in self.equaliser.bars()]
        return spans.index(self.span) if self.span in spans else -1

    def isValid(self) -> bool:
        return isValid(self.equaliser) and self.index >= 0

    def object(self) -> QObject | None:
        return None

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self.equaliser)

    def child(self, index: int) -> QAccessibleInterface | None:
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def rect(self) -> QRect:
        bar, plot = self.equaliser.bars()[self.index], self.equaliser.plot()
        inside = QRectF(QPointF(bar.left, plot.top()), QPointF(bar.right, plot.bottom())).toRect()
        return inside.translated(self.equaliser.mapToGlobal(QPoint()))

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Slider

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.focusable = True
        state.focused = self.equaliser.hasFocus() and self.index == self.equaliser.chosen_bar
        state.disabled = not self.equaliser.isEnabled()
        state.invisible = not self.equaliser.isVisible()
        return state

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Name:
            return self.equaliser.name_of(self.index)
        return self.equaliser.amount_of(self.index) if kind == QAccessible.Text.Value else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        pass

    def interface_cast(self, kind: QAccessible.InterfaceType) -> object:
        if kind == QAccessible.InterfaceType.ValueInterface:
            return self.value
        return self._actions if kind == QAccessible.InterfaceType.ActionInterface else _NULL


class _Amount(QAccessibleValueInterface):
    """In standard deviations."""

    def __init__(self, bar: _Bar) -> None:
        super().__init__()
        self._bar = bar

    def currentValue(self) -> float:
        return round(self._bar.equaliser.mean_of(self._bar.index), 2)

    def setCurrentValue(self, value: float) -> None:
        self._bar.equaliser.set_bar(self._bar.index, float(value))

    def minimumValue(self) -> float:
        return -LIMIT

    def maximumValue(self) -> float:
        return LIMIT

    def minimumStepSize(self) -> float:
        return STEP / UNIT


class _Actions(QAccessibleActionInterface):
    """What the keys do to a bar."""

    def __init__(self, bar: _Bar) -> None:
        super().__init__()
        self._bar = bar
        self._keys = {
            self.increaseAction(): Qt.Key.Key_Up,
            self.decreaseAction(): Qt.Key.Key_Down,
            _RESET: Qt.Key.Key_Delete,
        }

    def actionNames(self) -> list[str]:
        return [self.setFocusAction(), *self._keys]

    def doAction(self, name: str) -> None:
        equaliser, index = self._bar.equaliser, self._bar.index
        if name == self.setFocusAction():
            equaliser.choose(index)
            equaliser.setFocus()
        elif name == _RESET:
            equaliser.set_bar(index, 0.0)
        elif name in self._keys:
            step = STEP / UNIT if name == self.increaseAction() else -STEP / UNIT
            equaliser.set_bar(index, equaliser.mean_of(index) + step)

    def localizedActionName(self, name: str) -> str:
        return self._bar.equaliser.reader.reset_words()[0] if name == _RESET else super().localizedActionName(name)

    def localizedActionDescription(self, name: str) -> str:
        if name == _RESET:
            return self._bar.equaliser.reader.reset_words()[1]
        return super().localizedActionDescription(name)

    def keyBindingsForAction(self, name: str) -> list[str]:
        key = self._keys.get(name)
        return [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)] if key is not None else []


def _interface(name: str, asked: QObject) -> QAccessibleInterface | None:
    """What Qt's factory of interfaces returns for an object of a class called ``name``."""
    reader = getattr(asked, "reader", None) if name == "Equaliser" else None
    if not isinstance(reader, EqualiserReader):
        return None
    reader.interface = _Bars(reader.equaliser)
    return reader.interface


QAccessible.installFactory(_interface)
