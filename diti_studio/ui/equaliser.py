"""The time-step equaliser: bars along the diffusion's time axis, fine at the left, coarse at the right.

Each named stage is one wide bar, or one bar a group when it is opened. A drag across bars paints. On the axis below, a
drag chooses a range of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAccessibleValueChangeEvent,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from diti_studio.ui import theme
from diti_studio.ui.amount_slider import UNIT, Rest, WheelSteps, key_step
from diti_studio.ui.equaliser_layout import LIMIT, Bar, Stage, bars_of, shifted, stages_of
from diti_studio.ui.equaliser_painter import Scene, paint

if TYPE_CHECKING:
    from diti_studio.core.packs import Manifest

_DETENT = 4.0
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


class Equaliser(QWidget):
    """The bars. ``amounts`` holds a number for each group, in standard deviations of its principal direction."""

    moved = Signal(tuple)
    settled = Signal(tuple)
    range_selected = Signal(int, int)
    """A range of groups, the end left out; equal numbers mean none."""
    described = Signal(str)
    """What the bar under the mouse, or else the chosen one, is and stands at."""
    opened_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Time-step equaliser"))
        self._stages: tuple[Stage, ...] = ()
        self._opened = frozenset[int]()
        self._bars: tuple[Bar, ...] = ()
        self._amounts: tuple[float, ...] = ()
        self._limits: tuple[tuple[int, int], ...] = ()  # first and last time-step of each group
        self._range = (0, 0)
        self._chosen = 0
        self._hovered: int | None = None
        self._paint: _Paint | None = None
        self._span: _Span | None = None
        self._wheel = WheelSteps()
        self._rest = Rest(self)
        self._rest.settled.connect(lambda: self.settled.emit(self._amounts))

    def sizeHint(self) -> QSize:
        return QSize(680, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 132)

    # -- what is shown ---------------------------------------------------------------------------------

    def set_manifest(self, manifest: Manifest | None) -> None:
        """Shows the stages and groups of a pack, all at zero; None shows nothing."""
        self._stages = stages_of(manifest) if manifest else ()
        groups = manifest.timestep_groups.groups if manifest else ()
        self._limits = tuple((group.t_start, group.t_end - 1) for group in groups)
        self._amounts = (0.0,) * len(groups)
        self._opened = frozenset()
        self._range = (0, 0)
        self._chosen, self._hovered, self._paint, self._span = 0, None, None, None
        self._arrange()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that are shown, from fine to coarse."""
        return self._stages

    @property
    def amounts(self) -> tuple[float, ...]:
        """One number a group."""
        return self._amounts

    def set_amounts(self, amounts: tuple[float, ...]) -> None:
        """Shows amounts, and tells nobody."""
        if amounts != self._amounts and len(amounts) == len(self._amounts):
            self._amounts = amounts
            self._describe()
            self.update()

    @property
    def selected_range(self) -> tuple[int, int]:
        """The chosen groups, the end left out; equal numbers mean none."""
        return self._range

    def set_selected_range(self, start: int, end: int) -> None:
        """Shows a range of groups as chosen, and tells nobody."""
        count = len(self._amounts)
        start, end = min(max(start, 0), count), min(max(end, 0), count)
        self._range = (start, end) if start < end else (0, 0)
        self.update()

    @property
    def opened(self) -> frozenset[int]:
        """Indices of the stages that show their single groups."""
        return self._opened

    def set_opened(self, stages: frozenset[int]) -> None:
        """Opens these stages and closes all others."""
        if stages == self._opened:
            return
        group = self._bars[self._chosen].start if self._bars else 0
        self._opened = stages
        self._arrange()
        self._chosen = next((i for i, bar in enumerate(self._bars) if bar.start <= group < bar.end), 0)
        self._describe()
        self.opened_changed.emit()

    def toggle_stage(self, stage: int) -> None:
        """Opens a stage into its groups, or closes it."""
        self.set_opened(self._opened ^ {stage})

    def reset_all(self) -> None:
        """Every bar back to zero, as one change that has settled."""
        self._change((0.0,) * len(self._amounts))
        self._rest.settle()

    # -- geometry --------------------------------------------------------------------------------------

    def bars(self) -> tuple[Bar, ...]:
        """The bars as they stand, in pixels of the widget."""
        return self._bars

    def plot(self) -> QRectF:
        """Where the bars are drawn; its top stands for +3, its bottom for -3."""
        small = QFontMetricsF(theme.small_font(self)).height()
        normal = QFontMetricsF(self.font()).height()
        return QRectF(30, normal + 12, max(self.width() - 38.0, 1.0), max(self.height() - normal - small - 30, 1.0))

    def header(self) -> QRectF:
        """The strip above the bars, with the names of the stages."""
        plot = self.plot()
        return QRectF(plot.left(), 0, plot.width(), plot.top())

    def axis(self) -> QRectF:
        """The strip below the bars, where a range is chosen."""
        plot = self.plot()
        return QRectF(plot.left(), plot.bottom(), plot.width(), self.height() - plot.bottom())

    def place(self, amount: float) -> float:
        """The height at which an amount is drawn, in pixels from the top."""
        plot = self.plot()
        return plot.center().y() - min(max(amount, -LIMIT), LIMIT) / LIMIT * plot.height() / 2

    def _amount_at(self, y: float, detent: bool = True) -> float:
        plot = self.plot()
        if detent and abs(y - plot.center().y()) < _DETENT:
            return 0.0
        amount = (plot.center().y() - y) / (plot.height() / 2) * LIMIT
        return round(min(max(amount, -LIMIT), LIMIT), 2)

    def _bar_at(self, x: float) -> int:
        """The bar at or nearest to a place."""
        for i, bar in enumerate(self._bars):
            if x < bar.right:
                return i
        return len(self._bars) - 1

    def _stage_of(self, bar: Bar) -> Stage:
        return next(stage for stage in self._stages if stage.index == bar.stage)

    def _mean(self, bar: Bar) -> float:
        return sum(self._amounts[bar.start : bar.end]) / len(bar)

    def _arrange(self) -> None:
        plot = self.plot()
        self._bars = bars_of(self._stages, self._opened, plot.left(), plot.right()) if self._stages else ()
        self._chosen = min(self._chosen, max(len(self._bars) - 1, 0))
        self._hovered = None
        self._describe()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._arrange()
        super().changeEvent(event)

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

    def _nudge(self, index: int, hundredths: int) -> None:
        bar = self._bars[index]
        target = round(self._mean(bar) + hundredths / UNIT, 2)
        self._change(shifted(self._amounts, bar.start, bar.end, min(max(target, -LIMIT), LIMIT)))
        self._rest.wait()

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
            exact = self._mean(bar) if drag.exact is None else drag.exact
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
        self._choose(last)
        self._change(amounts)

    # -- mouse -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if event.button() != Qt.MouseButton.LeftButton or not self._bars:
            event.ignore()
            return
        index = self._bar_at(place.x())
        if place.y() >= self.axis().top():
            self._span = _Span(index, place.x())
        elif place.y() < self.header().bottom():
            if stage := self._chevron_at(place):
                self.toggle_stage(stage.index)
        else:
            self._choose(index)
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
            if self._chevron_at(place) is None:
                self.toggle_stage(self._bars[index].stage)
            else:
                self.mousePressEvent(event)  # two quick clicks on the arrow are two clicks
        else:
            self._select_bars(index, index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or not self._bars or not self.plot().contains(event.position()):
            event.ignore()
            return
        event.accept()
        index = self._bar_at(event.position().x())
        self._choose(index)
        self._nudge(index, self._wheel.step(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self._describe()
        self.update()

    def _hover(self, place: QPointF) -> None:
        hovered = self._bar_at(place.x()) if self._bars and self.plot().contains(place) else None
        if hovered != self._hovered:
            self._hovered = hovered
            self._describe()
            self.update()
        on_axis = bool(self._bars) and place.y() >= self.axis().top()
        self.setCursor(Qt.CursorShape.SizeHorCursor if on_axis else Qt.CursorShape.ArrowCursor)

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
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(1 if key == Qt.Key.Key_Right else -1, bool(event.modifiers() & _SHIFT))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(0 if key == Qt.Key.Key_Home else len(self._bars) - 1)
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
        self._choose(min(max(before + step, 0), len(self._bars) - 1))
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

    def _choose(self, index: int) -> None:
        if index != self._chosen:
            self._chosen = index
            self._describe()
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._paint is None:
            self._rest.settle()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._paint = self._span = None
        self._rest.settle()

    # -- telling ---------------------------------------------------------------------------------------

    def describe(self, index: int) -> str:
        """A bar in words: stage, time-steps, amount."""
        bar = self._bars[index]
        stage = self._stage_of(bar)
        values = self._amounts[bar.start : bar.end]
        amount = f"{self._mean(bar):+.2f}" if any(values) else "0"
        text = self.tr("{stage}, time-steps {start} to {end}: {amount} sd").format(
            stage=stage.name, start=self._limits[bar.start][0], end=self._limits[bar.end - 1][1], amount=amount
        )
        if len(set(values)) > 1:
            text += self.tr(" on average")
        return text

    def _describe(self) -> None:
        if not self._bars:
            self.described.emit("")
            return
        self.described.emit(self.describe(self._hovered if self._hovered is not None else self._chosen))
        chosen = self.describe(self._chosen)
        if chosen == self.accessibleDescription():
            return
        self.setAccessibleDescription(chosen)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, self._mean(self._bars[self._chosen])))
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        """Escape is taken before the window's own while there is a range to give up."""
        return event.key() == Qt.Key.Key_Escape and self._range != (0, 0)

    def _tip_at(self, place: QPointF) -> str:
        if not self._bars:
            return ""
        if place.y() >= self.axis().top():
            return self.tr("Drag here to choose a range of time, for example for what the reference lends.")
        if place.y() < self.header().bottom():
            stage = self._stage_of(self._bars[self._bar_at(place.x())])
            return self.tr("{stage}, time-steps {start} to {end}.\nDouble-click shows its single groups.").format(
                stage=stage.name, start=stage.t_start, end=stage.t_end - 1
            )
        return self.describe(self._bar_at(place.x())) + self.tr("\nDrag across bars to paint; double-click resets.")

    def paintEvent(self, event: QPaintEvent) -> None:
        paint(
            self,
            Scene(
                stages=self._stages,
                opened=self._opened,
                bars=self._bars,
                amounts=self._amounts,
                selected=self._range,
                chosen=self._chosen,
                hovered=self._hovered,
                grabbed=self._paint is not None,
            ),
        )


def _height_on(a: QPointF, b: QPointF, x: float) -> float:
    """The height of the line from a to b at x; at the ends' own heights beyond them."""
    if a.x() == b.x():
        return b.y()
    share = min(max((x - a.x()) / (b.x() - a.x()), 0.0), 1.0)
    return a.y() + share * (b.y() - a.y())
