"""The choice between light, dark, high contrast and what the desktop wears."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication, QMenu

from diti_studio.ui import theme
from diti_studio.ui.preferences import SCHEMES, Preferences


class ThemeMenu(QMenu):
    """Puts on what is chosen, and remembers it."""

    def __init__(self, parent: QMenu, preferences: Preferences) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Appearance"))
        self._preferences = preferences
        self._group = QActionGroup(self)
        names = {
            "system": self.tr("&System"),
            "light": self.tr("&Light"),
            "dark": self.tr("&Dark"),
            "contrast": self.tr("&High Contrast"),
        }
        for scheme in SCHEMES:
            action = self.addAction(names[scheme])
            action.setCheckable(True)
            action.setChecked(scheme == preferences.scheme)
            action.setData(scheme)
            self._group.addAction(action)
        self._group.triggered.connect(self._choose)
        parent.addMenu(self)

    def _choose(self, action: QAction) -> None:
        scheme: theme.Scheme = action.data()
        self._preferences.scheme = scheme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, scheme)
