"""A menu of which one entry is marked."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu


class ChoiceMenu(QMenu):
    """One of several values, each under its name."""

    chosen = Signal(str)
    """A person chose this value."""

    def __init__(self, parent: QMenu, title: str, names: Mapping[str, str], current: str) -> None:
        """A part of ``parent``, at its end."""
        super().__init__(title, parent)
        group = QActionGroup(self)
        for value, name in names.items():
            action = self.addAction(name)
            action.setCheckable(True)
            action.setChecked(value == current)
            action.triggered.connect(lambda _=False, value=value: self.chosen.emit(value))
            group.addAction(action)
        parent.addMenu(self)
