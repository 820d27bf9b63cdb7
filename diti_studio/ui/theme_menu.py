"""The choice between light, dark, high contrast and what the desktop wears."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMenu

from diti_studio.ui import theme
from diti_studio.ui.choice_menu import ChoiceMenu
from diti_studio.ui.preferences import Preferences


class ThemeMenu(QObject):
    """Puts on what is chosen, and remembers it."""

    def __init__(self, parent: QMenu, preferences: Preferences) -> None:
        super().__init__(parent)
        self._preferences = preferences
        names = {
            "system": self.tr("&System"),
            "light": self.tr("&Light"),
            "dark": self.tr("&Dark"),
            "contrast": self.tr("&High Contrast"),
        }
        self.menu = ChoiceMenu(parent, self.tr("&Appearance"), names, preferences.scheme)
        self.menu.chosen.connect(self._choose)

    def _choose(self, scheme: theme.Scheme) -> None:
        self._preferences.scheme = scheme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, scheme)
