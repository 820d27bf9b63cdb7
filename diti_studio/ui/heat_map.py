"""Attributes by time: how much of each attribute's effect lives in each time-step group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from diti_studio.ui import theme
from diti_studio.ui.equaliser_layout import Stage, stages_of

if TYPE_CHECKING:
    from diti_studio.core.packs import Attribute, Manifest

_ROW = 17  # least height of a row
_TALLEST = 30
_LABELS = 190.0  # most room for the names of attributes


class HeatMapPage(QWidget):
    """The map under a line that tells what the mouse is on."""

    attribute_chosen = Signal(str)
    """A row was clicked, or chosen with Enter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = HeatMap()
        self.readout = QLabel()
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setWordWrap(True)
        self.map.described.connect(self.readout.setText)
        self.map.attribute_chosen.connect(self.attribute_chosen)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.map)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.SPACE, theme.MARGIN, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self.readout)
        layout.addWidget(scroll, 1)
        self.setFocusProxy(self.map)


class HeatMap(QWidget):
    """Rows are attributes, by when in time they live; columns are the groups, each stage in its colour."""

    described = Signal(str)
    attribute_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Attributes by time"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._stages: tuple[Stage, ...] = ()
        self._times: tuple[tuple[int, int], ...] = ()  # first and last time-step of each group
        self._attributes: tuple[Attribute, ...] = ()
        self._peak = 1.0
        self._chosen = (0, 0)  # row, group
        self._hovered: tuple[int, int] | None = None

    def sizeHint(self) -> QSize:
        return QSize(680, self._needed(22))

    def minimumSizeHint(self) -> QSize:
        return QSize(420, self._needed(_ROW))

    # -- what is shown ---------------------------------------------------------------------------------

    def set_manifest(self, manifest: Manifest | None) -> None:
        """Shows the attributes of a pack that tell where in time they live."""
        self._stages = stages_of(manifest) if manifest else ()
        groups = manifest.timestep_groups.groups if manifest else ()
        self._times = tuple((group.t_start, group.t_end - 1) for group in groups)
        told = [a for a in manifest.attributes if any(a.profile)] if manifest else []
        self._attributes = tuple(sorted(told, key=_centre))
        self._peak = max((max(a.profile) for a in self._attributes), default=1.0)
        self._chosen, self._hovered = (0, 0), None
        self.updateGeometry()
        self._describe()
        self.update()

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes, from the top."""
        return tuple(a.name for a in self._attributes)

    # -- geometry --------------------------------------------------------------------------------------

    def cell(self, row: int, group: int) -> QRectF:
        """Where an attribute meets a group."""
        plot = self._plot()
        width, height = plot.width() / max(len(self._times), 1), self._row_height()
        return QRectF(plot.left() + group * width, plot.top() + row * height, width, height)

    def _plot(self) -> QRectF:
        metrics = QFontMetricsF(self.font())
        widest = max((metrics.horizontalAdvance(a.title) for a in self._attributes), default=0.0)
        left = min(widest, _LABELS) + 2 * theme.SPACE
        top = metrics.height() + theme.SPACE
        height = len(self._attributes) * self._row_height()
        return QRectF(left, top, max(self.width() - left - theme.TIGHT, 1), height)

    def _row_height(self) -> float:
        rows = max(len(self._attributes), 1)
        line = QFontMetricsF(self.font()).height()
        room = self.height() - 2 * (line + theme.SPACE)
        return min(max(room / rows, max(_ROW, line)), max(_TALLEST, line))

    def _needed(self, row: float) -> int:
        line = QFontMetricsF(self.font()).height()
        return round(2 * (line + theme.SPACE) + max(row, line) * len(self._attributes))

    # -- by hand ---------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position(), names=True)
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._choose(*cell)
            self.attribute_chosen.emit(self._attributes[cell[0]].name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, group = self._chosen
        moves = {
            Qt.Key.Key_Up: (row - 1, group),
            Qt.Key.Key_Down: (row + 1, group),
            Qt.Key.Key_Left: (row, group - 1),
            Qt.Key.Key_Right: (row, group + 1),
            Qt.Key.Key_Home: (row, 0),
            Qt.Key.Key_End: (row, len(self._times) - 1),
        }
        if not self._attributes:
            super().keyPressEvent(event)
        elif (move := moves.get(Qt.Key(event.key()))) is not None:
            self._hovered = None
            self._choose(min(max(move[0], 0), len(self._attributes) - 1), min(max(move[1], 0), len(self._times) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.attribute_chosen.emit(self._attributes[row].name)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        self._describe()
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self._describe()
        self.update()

    def _cell_at(self, place: QPointF, *, names: bool = False) -> tuple[int, int] | None:
        plot = self._plot()
        if names and place.x() < plot.left():
            place = QPointF(plot.left(), place.y())
        if not self._attributes or not plot.contains(place):
            return None
        row = min(int((place.y() - plot.top()) / self._row_height()), len(self._attributes) - 1)
        return row, min(int((place.x() - plot.left()) / plot.width() * len(self._times)), len(self._times) - 1)

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self._describe()
            self.update()

    def _choose(self, row: int, group: int) -> None:
        self._chosen = (row, group)
        self._describe()
        self.update()

    def _describe(self) -> None:
        if not self._attributes:
            text = self.tr("This pack does not tell where in time its attributes live.")
        elif self._hovered is None and not self.hasFocus():
            text = self.tr("Where in time each attribute lives. Click one to go to its slider.")
        else:
            text = self._words(*(self._hovered or self._chosen))
        self.described.emit(text)
        if self.hasFocus() and text != self.accessibleDescription() and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self.setAccessibleDescription(text)

    def _words(self, row: int, group: int) -> str:
        attribute, (start, end) = self._attributes[row], self._times[group]
        stage = next(s for s in self._stages if s.start <= group < s.end)
        total = sum(attribute.profile)
        return self.tr(
            "{title}: {share} % of it lives in time-steps {start} to {end}, {of} % in all of “{stage}”"
        ).format(
            title=attribute.title,
            share=f"{100 * attribute.profile[group] / total:.1f}",
            start=start,
            end=end,
            of=round(100 * sum(attribute.profile[stage.start : stage.end]) / total),
            stage=stage.name,
        )

    # -- drawing ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._attributes:
            return
        painter = QPainter(self)
        colours = self.palette()
        base = colours.color(QPalette.ColorRole.Base)
        ink = colours.color(QPalette.ColorRole.WindowText)
        tints = theme.stage_colours(len(self._stages), theme.is_dark(colours))
        plot = self._plot()
        painter.fillRect(plot, base)
        for row, attribute in enumerate(self._attributes):
            for stage, tint in zip(self._stages, tints, strict=True):
                for group in range(stage.start, stage.end):
                    strength = (attribute.profile[group] / self._peak) ** 0.5  # as areas are judged: small ones show
                    if strength > 0.02:
                        painter.fillRect(self._inner(row, group), theme.mix(base, tint, strength))
        self._borders(painter, plot, ink, tints)
        self._names(painter, plot, ink)
        self._mark(painter)

    def _inner(self, row: int, group: int) -> QRectF:
        cell = self.cell(row, group)
        return QRectF(cell.left(), cell.top() + 0.5, cell.width() + 0.25, cell.height() - 1)

    def _borders(self, painter: QPainter, plot: QRectF, ink: QColor, tints: list[QColor]) -> None:
        base = self.palette().color(QPalette.ColorRole.Base)
        faint = self.palette().color(QPalette.ColorRole.PlaceholderText)
        small = theme.small_font(self)
        metrics = QFontMetricsF(small)
        painter.setFont(small)
        taken = 0.0
        for stage, tint in zip(self._stages, tints, strict=True):
            left, right = self.cell(0, stage.start).left(), self.cell(0, stage.end - 1).right()
            painter.fillRect(QRectF(left + 0.5, plot.top() - 4, right - left - 1, 3), tint)
            if stage.start:
                painter.fillRect(QRectF(left, plot.top(), 1, plot.height()), theme.mix(base, ink, 0.35))
            room = QRectF(left + 2, 0, right - left - 4, plot.top() - 4)
            painter.setPen(ink)
            if room.width() >= metrics.averageCharWidth() * 4:
                text = metrics.elidedText(stage.name, Qt.TextElideMode.ElideRight, room.width())
                painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            painter.setPen(faint)
            label = str(stage.t_start)
            x = max(left - metrics.horizontalAdvance(label) / 2, plot.left())
            if x > taken + 4 or stage.start == 0:
                painter.drawText(QPointF(x, plot.bottom() + metrics.ascent() + 3), label)
                taken = x + metrics.horizontalAdvance(label)
        end = f"t = {self._stages[-1].t_end}"
        x = plot.right() - metrics.horizontalAdvance(end)
        painter.drawText(QPointF(x, plot.bottom() + metrics.ascent() + 3), end)

    def _names(self, painter: QPainter, plot: QRectF, ink: QColor) -> None:
        lit = (self._hovered or self._chosen)[0] if self._hovered or self.hasFocus() else None
        accent = self.palette().color(QPalette.ColorRole.Accent)
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        for row, attribute in enumerate(self._attributes):
            cell = self.cell(row, 0)
            room = QRectF(0, cell.top(), plot.left() - theme.SPACE, cell.height())
            painter.setPen(accent if row == lit else ink)
            text = metrics.elidedText(attribute.title, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _mark(self, painter: QPainter) -> None:
        cell = self._hovered or (self._chosen if self.hasFocus() else None)
        if cell is not None:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.drawRect(self.cell(*cell).adjusted(-1, -1, 1, 1))


def _centre(attribute: Attribute) -> float:
    """The mean group of what it moves."""
    return sum(i * share for i, share in enumerate(attribute.profile)) / sum(attribute.profile)
