"""How the equaliser looks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

from diti_studio.ui import theme
from diti_studio.ui.equaliser_layout import Bar, Stage
from diti_studio.ui.language import translate

if TYPE_CHECKING:
    from diti_studio.ui.equaliser_view import EqualiserView


@dataclass(frozen=True)
class Scene:
    """What is to be drawn."""

    stages: tuple[Stage, ...]
    opened: frozenset[int]
    bars: tuple[Bar, ...]
    amounts: tuple[float, ...]
    selected: tuple[int, int]
    chosen: int
    hovered: int | None
    lending: bool
    solo: frozenset[int]
    muted: frozenset[int]


def paint(view: EqualiserView, scene: Scene) -> None:
    """Draws the whole widget."""
    painter = QPainter(view)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    if not scene.bars:
        painter.setPen(view.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(view.rect(), Qt.AlignmentFlag.AlignCenter, translate("EqualiserView", "No model pack yet."))
        return
    _Drawing(painter, view, scene).draw()


class _Drawing:
    def __init__(self, painter: QPainter, view: EqualiserView, scene: Scene) -> None:
        self.painter, self.view, self.scene = painter, view, scene
        self.plot, self.density = view.plot(), view.devicePixelRatioF()
        colours = view.palette()
        self.base = colours.color(QPalette.ColorRole.Base)
        self.ink = colours.color(QPalette.ColorRole.WindowText)
        self.faint = colours.color(QPalette.ColorRole.PlaceholderText) if view.isEnabled() else self.ink
        self.accent = colours.color(QPalette.ColorRole.Accent)
        palette = theme.stage_colours(len(scene.stages), theme.is_dark(colours))
        if not view.isEnabled():
            palette = [theme.mix(colour, self.base, 0.6) for colour in palette]
        self.own_tints = {stage.index: colour for stage, colour in zip(scene.stages, palette, strict=True)}
        palette = [
            colour if view.is_heard(stage.index) else theme.mix(colour, self.base, 0.7)
            for stage, colour in zip(scene.stages, palette, strict=True)
        ]
        self.tints = {stage.index: colour for stage, colour in zip(scene.stages, palette, strict=True)}

    def draw(self) -> None:
        self._columns()
        self._grid()
        for i, bar in enumerate(self.scene.bars):
            self._bar(i, bar)
        self._headings()
        self._axis()
        self._bracket()

    # -- ground ----------------------------------------------------------------------------------------

    def _columns(self) -> None:
        self.painter.fillRect(self._crisp(self.plot), self.base)
        for stage in self.scene.stages:
            left, right = self._sides(stage)
            column = self._crisp(QRectF(left, self.plot.top(), right - left, self.plot.height()))
            self.painter.fillRect(column, theme.mix(self.base, self.tints[stage.index], 0.12))
            if left > self.plot.left() + 1:
                line = QRectF(column.left(), self.plot.top(), self._hair(), self.plot.height())
                self.painter.fillRect(line, theme.mix(self.base, self.ink, 0.22))

    def _grid(self) -> None:
        self.painter.setFont(theme.small_font(self.view))
        metrics = QFontMetricsF(self.painter.font())
        for amount in range(-3, 4):
            y = self._snap(self.view.place(amount))
            strength = 0.45 if amount == 0 else 0.1
            if abs(amount) < 3:
                self.painter.fillRect(
                    QRectF(self.plot.left(), y, self.plot.width(), self._hair()),
                    theme.mix(self.base, self.ink, strength),
                )
            if amount in (-3, 0, 3):
                box = QRectF(0, y - metrics.height() / 2, self.plot.left() - 5, metrics.height())
                self.painter.setPen(self.faint)
                text = f"{amount:+d}".replace("-", "−") if amount else "0"
                self.painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    # -- bars ------------------------------------------------------------------------------------------

    def _bar(self, index: int, bar: Bar) -> None:
        width = bar.right - bar.left
        gap = 1.0 if width < 14 else 2.0 if width < 40 else 5.0
        left, right = self._snap(bar.left + gap), self._snap(bar.right - gap)
        values = self.scene.amounts[bar.start : bar.end]
        tint = self.tints[bar.stage]
        lit = index == self.scene.hovered or (index == self.scene.chosen and self.view.hasFocus())
        if lit:
            veil = QColor(self.ink)
            veil.setAlphaF(0.07)
            self.painter.fillRect(QRectF(left, self.plot.top(), right - left, self.plot.height()), veil)
        step = (right - left) / len(values)
        for i, value in enumerate(values):
            a, b = self._snap(left + i * step), self._snap(left + (i + 1) * step)
            self._column(a, b, value, tint)
        self._handle(left, right, sum(values) / len(values), tint, index)

    def _column(self, left: float, right: float, value: float, tint: QColor) -> None:
        zero, top = self._snap(self.view.place(0)), self._snap(self.view.place(value))
        if top != zero:
            fill = theme.mix(self.base, tint, 0.62)
            self.painter.fillRect(QRectF(left, min(zero, top), right - left, abs(top - zero)), fill)

    def _handle(self, left: float, right: float, value: float, tint: QColor, index: int) -> None:
        """The cap that one grasps, at the mean of what the bar moves."""
        y = self._snap(self.view.place(value))
        height = 5.0 if right - left >= 14 else 3.0
        cap = QRectF(left, y - height / 2, right - left, height)
        chosen = index == self.scene.chosen and self.view.hasFocus()
        colour = tint
        if index == self.scene.hovered or chosen:
            colour = theme.mix(tint, self.ink, 0.55)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawRoundedRect(cap, 1.5, 1.5)
        if chosen:
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.setPen(QPen(self.accent, 1.5))
            self.painter.drawRoundedRect(cap.adjusted(-2, -2, 2, 2), 3, 3)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if right - left >= 44 and (value or chosen):
            self._number(left, right, y, value)

    def _number(self, left: float, right: float, y: float, value: float) -> None:
        self.painter.setFont(theme.small_font(self.view))
        height = QFontMetricsF(self.painter.font()).height()
        above = (value >= 0 and y - height - 5 > self.plot.top()) or y + height + 5 > self.plot.bottom()
        box = QRectF(left, y - height - 5 if above else y + 5, right - left, height)
        self.painter.setPen(self.ink)
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{value:+.2f}".replace("-", "−"))

    # -- above and below -------------------------------------------------------------------------------

    def _headings(self) -> None:
        header = self.view.header()
        for stage in self.scene.stages:
            left, right = self._sides(stage)
            strip = self._crisp(QRectF(left, header.bottom() - 4, right - left, 3))
            self.painter.fillRect(strip.adjusted(self._hair(), 0, -self._hair(), 0), self.tints[stage.index])
            text_left = left + 4
            if len(stage) > 1:
                self._chevron(left + 9, header.top() + (header.height() - 4) / 2, stage.index in self.scene.opened)
                text_left = left + 19
            if switches := self.view.switches(stage):
                self._switch(switches[0], translate("EqualiserView", "S"), stage.index in self.scene.solo, stage)
                self._switch(switches[1], translate("EqualiserView", "M"), stage.index in self.scene.muted, stage)
                right = switches[0].left()
            box = QRectF(text_left, header.top(), right - text_left - 2, header.height() - 5)
            self.painter.setPen(self.ink)
            font = self.view.font()
            if QFontMetricsF(font).horizontalAdvance(stage.name) > box.width():
                font = theme.small_font(self.view)
            metrics = QFontMetricsF(font)
            if box.width() < metrics.averageCharWidth() * 4:
                continue  # a letter and dots tell nothing; the tool tip has the name
            self.painter.setFont(font)
            text = metrics.elidedText(stage.name, Qt.TextElideMode.ElideRight, box.width())
            self.painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _switch(self, place: QRectF, letter: str, on: bool, stage: Stage) -> None:
        colour = self.own_tints[stage.index]
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(QPen(colour if on else theme.mix(self.base, self.ink, 0.3), 1))
        self.painter.setBrush(colour if on else Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.painter.setPen(self.base if on else self.faint)
        self.painter.setFont(theme.small_font(self.view))
        self.painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letter)

    def _chevron(self, x: float, y: float, opened: bool) -> None:
        points = [(-3.5, -2), (0, 2), (3.5, -2)] if opened else [(-2, -3.5), (2, 0), (-2, 3.5)]
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(QPen(self.faint, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        self.painter.drawPolyline(QPolygonF([QPointF(x + a, y + b) for a, b in points]))
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _axis(self) -> None:
        self.painter.setFont(theme.small_font(self.view))
        metrics = QFontMetricsF(self.painter.font())
        axis = self.view.axis()
        ticks = [(self._sides(stage)[0], stage.t_start) for stage in self.scene.stages]
        ticks.append((self.plot.right(), self.scene.stages[-1].t_end))
        fine, coarse = translate("EqualiserView", "fine"), translate("EqualiserView", "coarse")
        taken = self.plot.left() - 30
        places = list[tuple[float, float]]()
        groove = QRectF(self.plot.left(), axis.top() + 3, self.plot.width(), 4)
        lit = self.scene.lending and self.scene.selected == (0, 0)  # all of time is lent
        self.painter.fillRect(
            self._crisp(groove), theme.mix(self.base, self.accent if lit else self.ink, 0.6 if lit else 0.16)
        )
        self.painter.setPen(self.faint)
        for i, (x, t) in enumerate(ticks):
            self.painter.fillRect(
                QRectF(self._snap(x), axis.top(), self._hair(), 7), theme.mix(self.base, self.ink, 0.5)
            )
            text = str(t)
            if i == 0:
                text = f"{t} {fine}"
            elif i == len(ticks) - 1:
                text = f"{coarse} {t}"
            width = metrics.horizontalAdvance(text)
            at = x if i == 0 else x - width if i == len(ticks) - 1 else x - width / 2
            if at > taken + 6:
                self.painter.drawText(QPointF(at, axis.bottom() - metrics.descent() - 1), text)
                places.append((at, at + width))
                taken = at + width
        if self.scene.lending:
            self._invite(places, axis.bottom() - metrics.descent() - 1, metrics)

    def _invite(self, taken: list[tuple[float, float]], y: float, metrics: QFontMetricsF) -> None:
        """Says, in the widest room between the numbers, that a range is chosen here."""
        text = translate("EqualiserView", "drag: what the reference lends")
        gap, left = max((b[0] - a[1], a[1]) for a, b in pairwise(taken))
        width = metrics.horizontalAdvance(text)
        if width + 16 <= gap:
            self.painter.setPen(self.accent)
            self.painter.drawText(QPointF(left + (gap - width) / 2, y), text)

    def _bracket(self) -> None:
        """What is chosen of the time axis."""
        start, end = self.scene.selected
        if start == end:
            return
        left, right = self._group_edge(start), self._group_edge(end)
        veil = QColor(self.accent)
        veil.setAlphaF(0.10)
        self.painter.fillRect(QRectF(left, self.plot.top(), right - left, self.plot.height()), veil)
        y = self.plot.bottom() + 3
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.accent)
        self.painter.drawRoundedRect(QRectF(left, y, right - left, 4), 2, 2)
        for x in (left, right - 2):
            self.painter.drawRect(QRectF(x, y - 3, 2, 10))
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # -- places ----------------------------------------------------------------------------------------

    def _sides(self, stage: Stage) -> tuple[float, float]:
        own = [bar for bar in self.scene.bars if bar.stage == stage.index]
        return own[0].left, own[-1].right

    def _group_edge(self, group: int) -> float:
        """Where a group begins, also inside the bar of a closed stage."""
        for bar in self.scene.bars:
            if group < bar.end:
                return self._snap(bar.left + (bar.right - bar.left) * (group - bar.start) / len(bar))
        return self._snap(self.plot.right())

    def _snap(self, value: float) -> float:
        return round(value * self.density) / self.density

    def _hair(self) -> float:
        """A line as thin as stays visible: one pixel at 100 %, and as thick at larger scales."""
        return max(1.0, round(self.density)) / self.density

    def _crisp(self, box: QRectF) -> QRectF:
        left, top = self._snap(box.left()), self._snap(box.top())
        return QRectF(left, top, self._snap(box.right()) - left, self._snap(box.bottom()) - top)
