"""The pictures that were opened before."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from diti_studio.ui.jobs import (
    Source,
)
from diti_studio.ui.preferences import Preferences


class RecentMenu(QMenu):
    """Filled when it opens; it does not look whether the files are still there."""

    chosen = Signal(object)  # Source

    def __init__(self, parent: QMenu, before: QAction, preferences: Preferences) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Open &Recent"))
        self._preferences = preferences
        self.aboutToShow.connect(self.fill)
        parent.insertMenu(before, self)

    def fill(self) -> None:
        """Lists the pictures, the latest first."""
        self.clear()
        paths = self._preferences.recent
        for path in paths:
            action = self.addAction(path.name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(Source.file(path)))
        self.addSeparator()
        forget = self.addAction(self.tr("&Forget These"))
        forget.setEnabled(bool(paths))
        forget.triggered.connect(self._preferences.clear_recent)
