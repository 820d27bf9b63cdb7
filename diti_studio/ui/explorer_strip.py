"""Stations along a picture's diffusion, side by side: noised above, what is still known below, and what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from diti_studio.ui import theme
from diti_studio.ui.equaliser_layout import Stage

if TYPE_CHECKING:
    from diti_studio.ui.answers import (
        Explored,
    )

_GAP = 6.0  # between thumbnails
_LINE = 6.0  # around a line of text
_BAND = 24.0  # height of the strip of stages
_ARROW = 7.0  # height of the mark above it, and half its width
_LARGEST = 192.0  # side of a thumbnail


def lost_by(stages: Sequence[Stage], t: int) -> tuple[list[Stage], list[Stage], list[Stage]]:
    """(lost, going, known): what is behind time-step t, what t lies within, and what is still to come."""
    last = stages[-1].t_end - 1 if stages else 0
    lost = [stage for stage in stages if stage.t_end <= t or t >= last]
    going = [stage for stage in stages if stage.t_start < t < stage.t_end and stage not in lost]
    return lost, going, [stage for stage in stages if stage not in lost and stage not in going]


class StationStrip(QWidget):
    """A row of times. The mouse over one, arrow keys or a click choose it; ``chosen`` tells which is to be enlarged."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Times of the diffusion"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._stages: tuple[Stage, ...] = ()
        self._explored: Explored | None = None
        self._current = 0
        self._hovered: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(680, round(self._height(96)))

    def minimumSizeHint(self) -> QSize:
        return QSize(360, round(self._height(32)))

    # -- what is shown ---------------------------------------------------------------------------------

    def set_stages(self, stages: tuple[Stage, ...]) -> None:
        """The stages that colour and name what is lost."""
        self._stages = stages
        self.update()

    def show_stations(self, explored: Explored | None) -> None:
        """Shows a picture's stations; None shows empty places."""
        before = self._explored
        self._explored = explored
        if explored is not None and (before is None or len(before.times) != len(explored.times)):
            self._current = len(explored.times) // 2
        self._hovered = None
        self.update()

    @property
    def shown(self) -> int:
        """The station to enlarge: the one under the mouse, or else the chosen one."""
        return self._current if self._hovered is None else self._hovered

    # -- geometry --------------------------------------------------------------------------------------

    def column(self, index: int) -> QRectF:
        """Where a station stands, both of its pictures and its time."""
        left, pitch = self._left(), self._pitch()
        return QRectF(left + index * pitch, 0, pitch, self.height())

    def place(self, t: int) -> float:
        """Where a time-step lies on the strip of stages: stations in the middle of their columns, linear between."""
        times = self._times()
        middles = [self.column(i).center().x() for i in range(len(times))]
        if t >= times[-1]:
            return self.column(len(times) - 1).right() - _GAP / 2
        for (a, b), (x, y) in zip(pairwise(times), pairwise(middles), strict=True):
            if t <= b:
                return x + (y - x) * max(t - a, 0) / (b - a)
        return middles[-1]

    def _times(self) -> tuple[int, ...]:
        return self._explored.times if self._explored else ()

    def _left(self) -> float:
        metrics = QFontMetricsF(theme.small_font(self))
        return max(metrics.horizontalAdvance(text) for text in self._titles()) + 2 * theme.SPACE

    def _titles(self) -> tuple[str, str, str]:
        return self.tr("Noised"), self.tr("Still known"), self.tr("Lost on the way")

    def _pitch(self) -> float:
        return (self.width() - self._left() - theme.TIGHT) / max(len(self._times()), 1)

    def _side(self) -> float:
        room = (self.height() - self._height(0)) / 2
        return max(min(self._pitch() - _GAP, room, _LARGEST), 16.0)

    def _text_height(self) -> float:
        return QFontMetricsF(self.font()).height() + _LINE

    def _height(self, side: float) -> float:
        return self._text_height() + 2 * (side + _GAP) + _BAND + theme.TIGHT

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    # -- by hand ---------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._station_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._station_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self._choose(index)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._times()) - 1
        target = {
            Qt.Key.Key_Left: self._current - 1,
            Qt.Key.Key_Right: self._current + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if target is None or last < 0:
            super().keyPressEvent(event)
        else:
            self._hovered = None
            self._choose(min(max(target, 0), last))

    def focusInEvent(self, event: QEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.update()

    def announce(self, text: str) -> None:
        """Says in words what the shown station is."""
        self.setAccessibleDescription(text)
        if self.hasFocus() and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _station_at(self, place: QPointF) -> int | None:
        index = int((place.x() - self._left()) // self._pitch())
        return index if place.x() >= self._left() and 0 <= index < len(self._times()) else None

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()
            self.chosen.emit(self.shown)

    def _choose(self, index: int) -> None:
        self._current = index
        self.update()
        self.chosen.emit(self.shown)

    # -- drawing ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = self.palette()
        ink = colours.color(QPalette.ColorRole.WindowText)
        faint = colours.color(QPalette.ColorRole.PlaceholderText)
        side = self._side()
        first = max(self.height() - self._height(side), 0)  # what room is left is above
        top = first + self._text_height()
        rows = [top, top + side + _GAP]
        painter.setFont(theme.small_font(self))
        painter.setPen(faint)
        band = rows[1] + side + _GAP
        for text, y, height in zip(self._titles(), (*rows, band), (side, side, _BAND), strict=True):
            box = QRectF(0, y, self._left() - theme.SPACE, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        explored = self._explored
        if explored is None:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Looking at the picture…"))
            return
        for i, t in enumerate(explored.times):
            column = self.column(i)
            lit = i == self.shown
            painter.setFont(_bold(self.font()) if lit else self.font())
            painter.setPen(ink if lit else faint)
            box = QRectF(column.left(), first, column.width(), top - first)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"t = {t}")
            for y, image in zip(rows, (explored.noised[i], explored.known[i]), strict=True):
                self._picture(painter, QRectF(column.center().x() - side / 2, y, side, side), image)
            if lit:
                frame = QRectF(column.center().x() - side / 2, top, side, 2 * side + _GAP)
                self._frame(painter, frame.adjusted(-2, -2, 2, 2), i)
        self._band(painter, QRectF(0, band, self.width(), _BAND))

    def _picture(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        painter.drawImage(place, image)

    def _frame(self, painter: QPainter, place: QRectF, index: int) -> None:
        colour = self.palette().color(QPalette.ColorRole.Accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.5 if self.hasFocus() and index == self._current else 1.5))
        painter.drawRoundedRect(place, theme.RADIUS, theme.RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _band(self, painter: QPainter, place: QRectF) -> None:
        """What is lost between the stations, in the colours of the stages."""
        base = self.palette().color(QPalette.ColorRole.Base)
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        small = theme.small_font(self)
        for stage, colour in zip(self._stages, self._colours(), strict=True):
            left, right = self.place(stage.t_start), self.place(stage.t_end)
            box = QRectF(left + 0.5, place.top() + 3, right - left - 1, place.height() - 3)
            painter.fillRect(box, theme.mix(base, colour, 0.3))
            painter.fillRect(QRectF(box.left(), box.top(), box.width(), 3), colour)
            painter.setPen(ink)
            painter.setFont(small)
            text = QFontMetricsF(small).elidedText(stage.name, Qt.TextElideMode.ElideRight, box.width() - 6)
            painter.drawText(box.adjusted(3, 3, -3, 0), Qt.AlignmentFlag.AlignCenter, text)
        if self._times():
            self._mark(painter, QPointF(self.column(self.shown).center().x(), place.top() + 3))

    def _mark(self, painter: QPainter, tip: QPointF) -> None:
        """An arrow from above, which leaves the names below it free."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Accent))
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-_ARROW, -_ARROW), tip + QPointF(_ARROW, -_ARROW)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _colours(self) -> list[QColor]:
        return theme.stage_colours(len(self._stages), theme.is_dark(self.palette()))


def _bold(font: QFont) -> QFont:
    out = QFont(font)
    out.setWeight(QFont.Weight.DemiBold)
    return out
