"""What the equaliser shows: stages and bars along the time axis, and the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from diti_studio.ui import theme
from diti_studio.ui.equaliser_layout import LIMIT, Bar, Stage, bars_of, stages_of
from diti_studio.ui.equaliser_painter import Scene, paint
from diti_studio.ui.tips import tip

if TYPE_CHECKING:
    from diti_studio.core.packs import Manifest

_DETENT = 4.0
_SWITCH = 16.0  # side of the solo and mute switches


class EqualiserView(QWidget):
    """The bars. ``amounts`` holds a number for each group, in standard deviations of its principal direction."""

    described = Signal(str)
    """What the bar under the mouse, or else the chosen one, is and stands at."""
    opened_changed = Signal()
    heard_changed = Signal(object)
    """The groups that are heard, a frozenset; None when all are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Time-step equaliser"))
        self._stages: tuple[Stage, ...] = ()
        self._opened = frozenset[int]()
        self._bars: tuple[Bar, ...] = ()
        self._amounts: tuple[float, ...] = ()
        self._limits: tuple[tuple[int, int], ...] = ()  # first and last time-step of each group
        self._plot = QRectF(0, 0, 1, 1)
        self._range = (0, 0)
        self._chosen = 0
        self._hovered: int | None = None
        self._on_axis = False
        self._tips_over_bars = True
        self._lending = False
        self._solo = frozenset[int]()
        self._muted = frozenset[int]()

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
        self._chosen, self._hovered = 0, None
        self._arrange()
        self._switch(frozenset(), frozenset())

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

    # -- solo and mute: of what is looked at, not of the edit ------------------------------------------

    def toggle_solo(self, stage: int) -> None:
        """Lets only this stage be heard, with others that are solo, or ends that."""
        self._switch(self._solo ^ {stage}, self._muted)

    def toggle_mute(self, stage: int) -> None:
        """Leaves this stage out, or ends that; where any is solo, that alone counts."""
        self._switch(self._solo, self._muted ^ {stage})

    def hear_all(self) -> None:
        """Ends every solo and mute."""
        self._switch(frozenset(), frozenset())

    def is_heard(self, stage: int) -> bool:
        """Whether what a stage moves is part of the picture that is shown."""
        return stage in self._solo if self._solo else stage not in self._muted

    def heard(self) -> frozenset[int] | None:
        """The groups that are heard; None when all are."""
        if not self._solo and not self._muted:
            return None
        return frozenset(g for s in self._stages if self.is_heard(s.index) for g in range(s.start, s.end))

    def heard_words(self) -> str:
        """What is heard, in words; empty when all is."""
        names = [s.name for s in self._stages if s.index in (self._solo or self._muted)]
        if not names:
            return ""
        text = self.tr("Solo: {stages}") if self._solo else self.tr("Muted: {stages}")
        return text.format(stages=" · ".join(names))

    def _switch(self, solo: frozenset[int], muted: frozenset[int]) -> None:
        if (solo, muted) != (self._solo, self._muted):
            self._solo, self._muted = solo, muted
            self._describe()
            self.update()
            self.heard_changed.emit(self.heard())

    def switches(self, stage: Stage) -> tuple[QRectF, QRectF] | None:
        """Where a stage's solo and mute are drawn; None where it is too narrow."""
        own = [bar for bar in self._bars if bar.stage == stage.index]
        left, right = own[0].left, own[-1].right
        if right - left < 84:
            return None
        top = (self.header().height() - 4 - _SWITCH) / 2
        return (
            QRectF(right - 2 * _SWITCH - 5, top, _SWITCH, _SWITCH),
            QRectF(right - _SWITCH - 3, top, _SWITCH, _SWITCH),
        )

    def set_lending(self, on: bool) -> None:
        """Whether there is a reference: the axis then says that what it lends is chosen there."""
        if on != self._lending:
            self._lending = on
            self.update()

    def set_tips_over_bars(self, on: bool) -> None:
        """Whether bars have tool tips; not where something else tells of them."""
        self._tips_over_bars = on

    @property
    def opened(self) -> frozenset[int]:
        """Indices of the stages that show their single groups."""
        return self._opened

    @property
    def chosen_bar(self) -> int:
        """The bar that the keys are at."""
        return self._chosen

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

    # -- geometry --------------------------------------------------------------------------------------

    def bars(self) -> tuple[Bar, ...]:
        """The bars as they stand, in pixels of the widget."""
        return self._bars

    def plot(self) -> QRectF:
        """Where the bars are drawn; its top stands for +3, its bottom for -3."""
        return self._plot

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

    def mean_of(self, index: int) -> float:
        """What a bar stands at: the mean of its groups."""
        bar = self._bars[index]
        return sum(self._amounts[bar.start : bar.end]) / len(bar)

    def _arrange(self) -> None:
        small = QFontMetricsF(theme.small_font(self)).height()
        normal = QFontMetricsF(self.font()).height()
        width, height = max(self.width() - 38.0, 1.0), max(self.height() - normal - small - 30, 1.0)
        self._plot = plot = QRectF(30, normal + 12, width, height)
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

    # -- telling ---------------------------------------------------------------------------------------

    def describe(self, index: int) -> str:
        """A bar in words: stage, time-steps, amount."""
        return f"{self.name_of(index)}: {self.amount_of(index)}"

    def name_of(self, index: int) -> str:
        """What a bar is called."""
        bar = self._bars[index]
        return self.tr("{stage}, time-steps {start} to {end}").format(
            stage=self._stage_of(bar).name, start=self._limits[bar.start][0], end=self._limits[bar.end - 1][1]
        )

    def amount_of(self, index: int) -> str:
        """What a bar stands at, in words."""
        bar = self._bars[index]
        values = self._amounts[bar.start : bar.end]
        text = self.tr("{amount} sd").format(amount=f"{self.mean_of(index):+.2f}" if any(values) else "0")
        if len(set(values)) > 1:
            text += self.tr(" on average")
        if bar.stage in self._solo:
            text += self.tr(", solo")
        elif bar.stage in self._muted:
            text += self.tr(", muted")
        return text

    def _describe(self) -> None:
        if not self._bars:
            self.described.emit("")
            return
        words = self.describe(self._hovered if self._hovered is not None else self._chosen)
        self.described.emit(self._axis_hint() if self._on_axis else words)
        self.setAccessibleDescription(self.describe(self._chosen))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self._tip_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tip(text) if text else "", self)
            return True
        return super().event(event)

    def _axis_hint(self) -> str:
        return self.tr("Drag here to choose a range of time, for example for what the reference lends.")

    def _tip_at(self, place: QPointF) -> str:
        if not self._bars:
            return ""
        if place.y() >= self.axis().top():
            return self._axis_hint()
        if place.y() < self.header().bottom():
            stage = self._stage_of(self._bars[self._bar_at(place.x())])
            if (switches := self.switches(stage)) and any(switch.contains(place) for switch in switches):
                return self.tr(
                    "Solo (S) shows the picture with this stage’s moves only, mute (M) without them. "
                    "The edit stays as it is, and exports have all of it."
                )
            return self.tr("{stage}, time-steps {start} to {end}.\nDouble-click shows its single groups.").format(
                stage=stage.name, start=stage.t_start, end=stage.t_end - 1
            )
        if not self._tips_over_bars:
            return ""
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
                lending=self._lending,
                solo=self._solo,
                muted=self._muted,
            ),
        )
