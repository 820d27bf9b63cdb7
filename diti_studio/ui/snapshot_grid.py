"""The grid of snapshots, in the canvas's place: the original, what there is now, and every snapshot beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from diti_studio.ui import icons, theme
from diti_studio.ui.back_button import BackButton
from diti_studio.ui.snapshot_cell import MARKS, SnapshotCell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diti_studio.ui.session import Snapshot

SMALLEST = 150  # logical pixels of a picture's side, before the grid is scrolled
LARGEST = 520
_GAP = 14


class SnapshotGrid(QWidget):
    """A click takes one of the pictures; two of them, marked A and B, are compared."""

    shown = Signal()
    """It came into view."""
    close_requested = Signal()
    restored = Signal(object)  # Snapshot
    compared = Signal(object, object)  # Snapshot on the left, Snapshot on the right

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Grid of snapshots"))
        self._snapshots: tuple[Snapshot, ...] = ()
        self._marks = dict[str, int]()  # "A" and "B" -> place in the grid
        self._columns = 1
        self.cells = list[SnapshotCell]()
        self._hint = QLabel()
        self._hint.setObjectName("hint")
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.compare = QPushButton(self.tr("Compare A with B"))
        self.compare.setAutoDefault(False)
        self.compare.setIcon(icons.icon("split"))
        self.compare.clicked.connect(self._compare)
        close = BackButton()
        close.clicked.connect(self.close_requested)
        head = QHBoxLayout()
        head.setContentsMargins(theme.MARGIN, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        head.setSpacing(theme.SPACE)
        head.addWidget(self._hint, 1)
        head.addWidget(self.compare)
        head.addWidget(close)
        self._body = QWidget()
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._area, 1)
        self.setMinimumSize(240, 200)

    def show_snapshots(self, snapshots: Sequence[Snapshot]) -> None:
        """Shows these; marks stay where the names do."""
        before, self._snapshots = self._snapshots, tuple(snapshots)
        same = [old.name == new.name for old, new in zip(before, snapshots, strict=False)]
        self._marks = {mark: i for mark, i in self._marks.items() if i < len(same) and same[i]}
        while len(self.cells) > len(snapshots):
            cell = self.cells.pop()
            cell.hide()
            cell.deleteLater()
        while len(self.cells) < len(snapshots):
            self.cells.append(self._new_cell())
        self._show_marks()
        if len(snapshots) != len(before):
            self._arrange()
        self._hint.setText(
            self.tr("Click a picture to go on with it; mark two with A and B to compare them.")
            if len(snapshots) > 2
            else self.tr("Edit > Take a Snapshot (Ctrl+D) adds how the picture looks now.")
        )

    def _new_cell(self) -> SnapshotCell:
        cell = SnapshotCell(self._body)
        cell.clicked.connect(lambda: self.restored.emit(self._snapshot(cell)))
        cell.marked.connect(lambda mark: self._mark(cell, mark))
        cell.walked.connect(lambda key: self._walk(cell, Qt.Key(key)))
        cell.show()
        return cell

    def _snapshot(self, cell: SnapshotCell) -> Snapshot:
        return self._snapshots[self.cells.index(cell)]

    # -- comparing -------------------------------------------------------------------------------------

    def _mark(self, cell: SnapshotCell, mark: str) -> None:
        """Gives a picture a mark, or takes it away; a picture has one, and each mark is on one picture."""
        place = self.cells.index(cell)
        again = self._marks.get(mark) == place
        self._marks = {m: i for m, i in self._marks.items() if m != mark and i != place}
        if not again:
            self._marks[mark] = place
        self._show_marks()

    def _show_marks(self) -> None:
        sides = {place: mark for mark, place in self._marks.items()}
        for i, (cell, snapshot) in enumerate(zip(self.cells, self._snapshots, strict=True)):
            cell.show_snapshot(snapshot, sides.get(i, ""))
        self.compare.setEnabled(len(self._marks) == len(MARKS))

    def _compare(self) -> None:
        self.compared.emit(*(self._snapshots[self._marks[mark]] for mark in MARKS))

    # -- places ----------------------------------------------------------------------------------------

    def _walk(self, cell: SnapshotCell, key: Qt.Key) -> None:
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self._columns, Qt.Key.Key_Down: self._columns,
        }[key]  # fmt: skip
        target = self.cells.index(cell) + step
        if 0 <= target < len(self.cells):
            self.cells[target].setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(self.cells[target])

    def _arrange(self) -> None:
        """As many columns as make the pictures largest; where they would be too small, the grid is scrolled."""
        count, room = len(self.cells), self._area.viewport().size()
        if not count:
            return
        text = SnapshotCell.text_height(self)
        sides = [(_side(columns, count, room, text), columns) for columns in range(1, count + 1)]
        side, self._columns = max(sides, key=lambda entry: (entry[0], -entry[1]))
        if side < SMALLEST:
            self._columns = max(min((room.width() - _GAP) // (SMALLEST + _GAP), count), 1)
            side = max((room.width() - _GAP) // self._columns - _GAP, 60)
        side = min(side, LARGEST)
        cell = QSize(side, round(side + text))
        rows = -(-count // self._columns)
        used = QSize(self._columns * (side + _GAP) + _GAP, rows * (cell.height() + _GAP) + _GAP)
        corner = QPoint(max(room.width() - used.width(), 0) // 2, max(room.height() - used.height(), 0) // 2)
        for i, button in enumerate(self.cells):
            row, column = divmod(i, self._columns)
            place = corner + QPoint(_GAP + column * (side + _GAP), _GAP + row * (cell.height() + _GAP))
            button.setGeometry(QRect(place, cell))
        self._body.setMinimumHeight(used.height() if used.height() > room.height() else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()
        self._arrange()
        if self.cells:
            self.cells[min(1, len(self.cells) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)


def _side(columns: int, count: int, room: QSize, text: float) -> int:
    """How large pictures are in so many columns, in logical pixels."""
    rows = -(-count // columns)
    across = (room.width() - _GAP) / columns - _GAP
    down = (room.height() - _GAP) / rows - _GAP - text
    return int(min(across, down))
