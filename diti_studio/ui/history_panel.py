"""What was done, step by step; a click goes back or forth."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QUndoGroup
from PySide6.QtWidgets import QFrame, QUndoView, QVBoxLayout, QWidget


class HistoryPanel(QWidget):
    """The steps of the current picture."""

    def __init__(self, group: QUndoGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = QUndoView(group)
        self.view.setEmptyLabel(self.tr("Start"))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setUniformItemSizes(True)
        self.view.setSpacing(2)
        self.view.setAccessibleName(self.tr("History"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

    def sizeHint(self) -> QSize:
        return QSize(300, 160)
