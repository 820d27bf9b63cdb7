"""The choice of the window's language."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from diti_studio.ui.choice_menu import ChoiceMenu
from diti_studio.ui.language import LANGUAGES, SYSTEM
from diti_studio.ui.preferences import Preferences


class LanguageMenu(QObject):
    """Remembers what is chosen, for the next start: texts that are on the screen stay as they are."""

    said = Signal(str)
    """A sentence for the user."""

    def __init__(self, parent: QMenu, preferences: Preferences) -> None:
        super().__init__(parent)
        self._preferences = preferences
        names = {SYSTEM: self.tr("&System"), **LANGUAGES}
        ChoiceMenu(parent, self.tr("Lan&guage"), names, preferences.language).chosen.connect(self._choose)

    def _choose(self, language: str) -> None:
        self._preferences.language = language
        self.said.emit(self.tr("The language changes when the program starts next."))
