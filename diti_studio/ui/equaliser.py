"""The time-step equaliser: bars along the diffusion's time axis, fine at the left, coarse at the right.

Each named stage is one wide bar, or one bar a group when it is opened. A drag across bars paints. On the axis below, a
drag chooses a range of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from diti_studio.ui.amount_slider import UNIT, Rest, WheelSteps, asks, key_step
from diti_studio.ui.equaliser_layout import LIMIT, Stage, shifted
from diti_studio.ui.equaliser_reader import EqualiserReader
from diti_studio.ui.equaliser_view import EqualiserView

if TYPE_CHECKING:
    from diti_studio.core.packs import Manifest

_SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class _Paint:
    """A drag over the bars: the amounts when it began, where the mouse was last, on which bar.

    A fine drag stays on its bar and moves an exact amount, which is finer than what is shown.
    """

    before: tuple[float, ...]
    last: QPointF
    bar: int
    exact: float | None = None
    dragged: bool = False


@dataclass
class _Span:
    """A drag along the axis, from one bar to another."""

    anchor: int
    x: float
    dragged: bool = False


class Equaliser(EqualiserView):
    """The bars, moved by mouse, wheel and keys. ``moved`` and ``settled`` carry the amounts of all groups."""

    moved = Signal(tuple)
    settled = Signal(tuple)
    range_selected = Signal(int, int)
    """A range of groups, the end left out; equal numbers mean none."""
    pointed = Signal(int)
    """The mouse, no button pressed, is over this bar; -1 when it is over none."""
    asked = Signal(int)
    """A key asks what this bar would do."""
    chosen = Signal(int)
    """The keys are at this bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._paint: _Paint | None = None
        self._span: _Span | None = None
        self._wheel = WheelSteps()
        self._rest = Rest(self)
        self.reader = EqualiserReader(self)
        self._rest.settled.connect(lambda: self.settled.emit(self._amounts))

    def set_manifest(self, manifest: Manifest | None) -> None:
        """Shows the stages and groups of a pack, all at zero; None shows nothing. A drag under way ends."""
        self._paint = self._span = None
        super().set_manifest(manifest)

    def reset_all(self) -> None:
        """Every bar back to zero, as one change that has settled."""
        self._change((0.0,) * len(self._amounts))
        self._rest.settle()

    # -- moving ----------------------------------------------------------------------------------------

    def _change(self, amounts: tuple[float, ...]) -> None:
        """What every hand-made change goes through; who calls it says when it rests."""
        if amounts == self._amounts:
            return
        self._amounts = amounts
        self._rest.hold()
        self._describe()
        self.update()
        self.moved.emit(amounts)

    def set_bar(self, index: int, amount: float) -> None:
        """Chooses a bar and moves it to an amount, as one change that has settled."""
        self.choose(index)
        self._move_bar(index, amount)
        self._rest.settle()

    def _nudge(self, index: int, hundredths: int) -> None:
        self._move_bar(index, self.mean_of(index) + hundredths / UNIT)
        self._rest.wait()

    def _move_bar(self, index: int, amount: float) -> None:
        bar = self._bars[index]
        target = min(max(round(amount, 2), -LIMIT), LIMIT)
        self._change(shifted(self._amounts, bar.start, bar.end, target))

    def _reset_bar(self, index: int) -> None:
        bar = self._bars[index]
        self._change((*self._amounts[: bar.start], *([0.0] * len(bar)), *self._amounts[bar.end :]))
        self._rest.settle()

    def _paint_to(self, place: QPointF, fine: bool) -> None:
        """Moves the bars that the mouse crossed since it was last seen to the line that it drew."""
        drag = self._paint
        assert drag is not None
        if fine:
            bar = self._bars[drag.bar]
            exact = self.mean_of(drag.bar) if drag.exact is None else drag.exact
            exact += (drag.last.y() - place.y()) / self.plot().height() * 2 * LIMIT / 10
            drag.exact, drag.last = min(max(exact, -LIMIT), LIMIT), place
            self._change(shifted(self._amounts, bar.start, bar.end, round(drag.exact, 2)))
            return
        drag.exact = None
        first, last = self._bar_at(drag.last.x()), self._bar_at(place.x())
        amounts = self._amounts
        for index in range(min(first, last), max(first, last) + 1):
            bar = self._bars[index]
            target = self._amount_at(_height_on(drag.last, place, bar.middle) if index != last else place.y())
            part = shifted(drag.before, bar.start, bar.end, target)[bar.start : bar.end]
            amounts = (*amounts[: bar.start], *part, *amounts[bar.end :])
        drag.last, drag.bar = place, last
        self.choose(last)
        self._change(amounts)

    # -- mouse -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if event.button() != Qt.MouseButton.LeftButton or not self._bars:
            event.ignore()
            return
        self.pointed.emit(-1)
        index = self._bar_at(place.x())
        if place.y() >= self.axis().top():
            self._span = _Span(index, place.x())
        elif place.y() < self.header().bottom():
            if not self._switch_at(place) and (stage := self._chevron_at(place)):
                self.toggle_stage(stage.index)
        else:
            self.choose(index)
            self._paint = _Paint(self._amounts, place, index)
            if not event.modifiers() & _SHIFT:
                self._paint_to(place, fine=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._paint is not None:
            self._paint.dragged = self._paint.dragged or (place - self._paint.last).manhattanLength() >= 2
            if self._paint.dragged:
                self._paint_to(place, bool(event.modifiers() & _SHIFT))
        elif self._span is not None:
            self._span.dragged = self._span.dragged or abs(place.x() - self._span.x) >= 3
            if self._span.dragged:
                self._select_bars(self._span.anchor, self._bar_at(place.x()))
        self._hover(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if (drag := self._paint) is not None:
            self._paint = None
            if drag.dragged:
                self._rest.settle()
            else:
                self._rest.wait_for_double_click()
        if (span := self._span) is not None:
            self._span = None
            if not span.dragged:
                self._select(0, 0)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._bars:
            return
        place = event.position()
        index = self._bar_at(place.x())
        if self.plot().contains(place):
            self._reset_bar(index)
        elif place.y() < self.header().bottom():
            if self._switch_at(place):
                pass  # two quick clicks are two clicks
            elif self._chevron_at(place) is None:
                self.toggle_stage(self._bars[index].stage)
            else:
                self.mousePressEvent(event)
        else:
            self._select_bars(index, index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or not self._bars or not self.plot().contains(event.position()):
            event.ignore()
            return
        event.accept()
        index = self._bar_at(event.position().x())
        self.choose(index)
        self._nudge(index, self._wheel.step(event))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(-1)
        self._hovered, self._on_axis = None, False
        self._describe()
        self.update()

    def _hover(self, place: QPointF) -> None:
        hovered = self._bar_at(place.x()) if self._bars and self.plot().contains(place) else None
        if hovered != self._hovered:
            self._hovered = hovered
            self._describe()
            self.update()
        if self._paint is None and self._span is None:
            self.pointed.emit(-1 if hovered is None else hovered)
        on_axis = bool(self._bars) and place.y() >= self.axis().top()
        if on_axis != self._on_axis:
            self._on_axis = on_axis
            self._describe()
        self.setCursor(Qt.CursorShape.SizeHorCursor if on_axis else Qt.CursorShape.ArrowCursor)

    def _switch_at(self, place: QPointF) -> bool:
        """Turns the solo or mute at a place of the header; False where there is none."""
        stage = self._stage_of(self._bars[self._bar_at(place.x())])
        for rect, toggle in zip(self.switches(stage) or (), (self.toggle_solo, self.toggle_mute), strict=False):
            if rect.contains(place):
                toggle(stage.index)
                return True
        return False

    def _chevron_at(self, place: QPointF) -> Stage | None:
        """The stage whose arrow is at a place of the header."""
        if not self.header().contains(place):
            return None
        bar = self._bars[self._bar_at(place.x())]
        left = next(b.left for b in self._bars if b.stage == bar.stage)
        stage = self._stage_of(bar)
        return stage if len(stage) > 1 and place.x() < left + 20 else None

    # -- range -----------------------------------------------------------------------------------------

    def _select_bars(self, a: int, b: int) -> None:
        self._select(self._bars[min(a, b)].start, self._bars[max(a, b)].end)

    def _select(self, start: int, end: int) -> None:
        before = self._range
        self.set_selected_range(start, end)
        if self._range != before:
            self.range_selected.emit(*self._range)

    # -- keys ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, step = event.key(), key_step(event)
        if not self._bars:
            event.ignore()
        elif asks(event):
            self.asked.emit(self._chosen)
        elif key in (Qt.Key.Key_S, Qt.Key.Key_M) and event.modifiers() == _SHIFT:
            (self.toggle_solo if key == Qt.Key.Key_S else self.toggle_mute)(self._bars[self._chosen].stage)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(1 if key == Qt.Key.Key_Right else -1, bool(event.modifiers() & _SHIFT))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.choose(0 if key == Qt.Key.Key_Home else len(self._bars) - 1)
        elif step is not None:
            self._nudge(self._chosen, step)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._reset_bar(self._chosen)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle_stage(self._bars[self._chosen].stage)
        elif key == Qt.Key.Key_Escape and self._range != (0, 0):
            self._select(0, 0)
        else:
            event.ignore()

    def _walk(self, step: int, extend: bool) -> None:
        """To the next bar; with Shift the range of time grows or shrinks along."""
        before = self._chosen
        self.choose(min(max(before + step, 0), len(self._bars) - 1))
        if not extend:
            return
        old, new = self._bars[before], self._bars[self._chosen]
        start, end = self._range
        if start == end:
            self._select_bars(before, self._chosen)
        elif step > 0:
            self._select(start, new.end) if old.end == end else self._select(new.start, end)
        else:
            self._select(new.start, end) if old.start == start else self._select(start, new.end)

    def choose(self, index: int) -> None:
        """Brings the keys to a bar."""
        if index != self._chosen:
            self._chosen = index
            self.chosen.emit(index)
            self._describe()
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        QTimer.singleShot(0, self.reader, self.reader.tell_focus)  # after Qt has told of the whole
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._paint is None:
            self._rest.settle()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._paint = self._span = None
        self._rest.settle()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        """Escape is taken before the window's own while there is a range to give up."""
        return event.key() == Qt.Key.Key_Escape and self._range != (0, 0)


def _height_on(a: QPointF, b: QPointF, x: float) -> float:
    """The height of the line from a to b at x; at the ends' own heights beyond them."""
    if a.x() == b.x():
        return b.y()
    share = min(max((x - a.x()) / (b.x() - a.x()), 0.0), 1.0)
    return a.y() + share * (b.y() - a.y())
