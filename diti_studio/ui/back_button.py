"""The way back from a view in the canvas's place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from diti_studio.ui import icons


class BackButton(QToolButton):
    """Leads back to the picture; the view says what a click does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Back to the Picture"))
        self.setIcon(icons.icon("close"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAutoRaise(True)
