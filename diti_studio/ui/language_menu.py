"""The choice of the window's language."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from diti_studio.ui.language import LANGUAGES, SYSTEM
from diti_studio.ui.preferences import Preferences


class LanguageMenu(QMenu):
    """Remembers what is chosen, for the next start: texts that are on the screen stay as they are."""

    said = Signal(str)
    """A sentence for the user."""

    def __init__(self, parent: QMenu, preferences: Preferences) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Lan&guage"))
        self._preferences = preferences
        self._group = QActionGroup(self)
        for code, name in ((SYSTEM, self.tr("&System")), *LANGUAGES.items()):
            action = self.addAction(name)
            action.setCheckable(True)
            action.setChecked(code == preferences.language)
            action.setData(code)
            self._group.addAction(action)
        self._group.triggered.connect(self._choose)
        parent.addMenu(self)

    def _choose(self, action: QAction) -> None:
        self._preferences.language = action.data()
        self.said.emit(self.tr("The language changes when the program starts next."))
