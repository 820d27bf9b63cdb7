"""The edits that were kept under a name."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from diti_studio.ui.preferences import Preferences


class PresetsMenu(QMenu):
    """Filled when it opens."""

    chosen = Signal(str)

    def __init__(self, parent: QMenu, before: QAction, preferences: Preferences) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Pre&sets"))
        self._preferences = preferences
        self._forget = QMenu(self.tr("&Delete"), self)
        self.aboutToShow.connect(self.fill)
        parent.insertMenu(before, self)

    def fill(self) -> None:
        """Lists the presets, and again to delete one."""
        self.clear()
        self._forget.clear()
        names = sorted(self._preferences.presets, key=str.casefold)
        for name in names:
            shown = name.replace("&", "&&")
            self.addAction(shown).triggered.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._forget.addAction(shown).triggered.connect(
                lambda _=False, name=name: self._preferences.remove_preset(name)
            )
        if not names:
            self.addAction(self.tr("None yet")).setEnabled(False)
            return
        self.addSeparator()
        self.addMenu(self._forget)
